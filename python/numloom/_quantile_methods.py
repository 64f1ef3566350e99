"""NumPy's methods of quantiles: where in the sorted elements a quantile lies.

Nine are those of Hyndman and Fan, "Sample quantiles in statistical packages", The
American Statistician 50(4), 1996.

All of it is arithmetic of operators and the functions of `xp`, which is NumPy for
numbers of the host or `Recorded` for numloom arrays.
"""

from . import _ops as ops
from . import _ufuncs as uf


class _Method:
    """One of NumPy's methods.

    `place(n, q, xp)` is where in n sorted elements the quantile lies, counted from
    0; whole numbers where `is_discrete`. `weight(fraction, place, xp)` is how much
    of the next element goes into it.
    """

    def __init__(self, place, weight=None, is_discrete=False):
        self.place, self.weight, self.is_discrete = place, weight, is_discrete


def _continuous(alpha, beta):
    return _Method(lambda n, q, xp: n * q + (alpha + q * (1 - alpha - beta)) - 1)


def _observe(index, fraction, n, xp):
    """The element at `index`, or the one behind it unless the condition holds."""
    rounded = xp.where(fraction, index, index + 1)
    return xp.where(rounded < 0, rounded * 0, rounded)


def _place_inverted_cdf(n, q, xp):
    place = n * q
    floor = xp.floor(place)
    return _observe(floor - 1, place - floor == 0, n, xp)


def _place_closest(n, q, xp):
    place = n * q - 1 - 0.5
    floor = xp.floor(place)
    return _observe(floor, (place - floor == 0) & (floor % 2 == 1), n, xp)


_METHODS = {
    "inverted_cdf": _Method(_place_inverted_cdf, is_discrete=True),
    "averaged_inverted_cdf": _Method(
        lambda n, q, xp: n * q - 1,
        lambda fraction, place, xp: xp.where(fraction == 0, 0.5 + 0 * fraction, 1.0),
    ),
    "closest_observation": _Method(_place_closest, is_discrete=True),
    "interpolated_inverted_cdf": _continuous(0, 1),
    "hazen": _continuous(0.5, 0.5),
    "weibull": _continuous(0, 0),
    "linear": _Method(lambda n, q, xp: (n - 1) * q),
    "median_unbiased": _continuous(1 / 3.0, 1 / 3.0),
    "normal_unbiased": _continuous(3 / 8.0, 3 / 8.0),
    "lower": _Method(lambda n, q, xp: xp.floor((n - 1) * q), is_discrete=True),
    "higher": _Method(lambda n, q, xp: xp.ceil((n - 1) * q), is_discrete=True),
    "midpoint": _Method(
        lambda n, q, xp: 0.5 * (xp.floor((n - 1) * q) + xp.ceil((n - 1) * q)),
        lambda fraction, place, xp: xp.where(
            place % 1 == 0, 0 * fraction, 0.5 + 0 * fraction
        ),
    ),
    "nearest": _Method(lambda n, q, xp: xp.rint((n - 1) * q), is_discrete=True),
}


class Recorded:
    """The functions that methods use, on numloom arrays."""

    floor, ceil, rint = uf.floor, uf.ceil, uf.rint

    @staticmethod
    def where(condition, x, y):
        """`where` in the dtype of `x`."""
        return ops.select(condition, x, ops.as_array(y, x.dtype, x))


def find_method(name):
    """The method that NumPy calls `name`; raises ValueError for others."""
    try:
        return _METHODS[name]
    except KeyError:
        raise ValueError(
            f"{name!r} is not a valid method. Use one of: {_METHODS.keys()}"
        ) from None


def find_neighbours(method, n, q, xp):
    """The two places and the weight of the second, in the terms of `xp`."""
    place = method.place(n, q, xp)
    previous = xp.floor(place)
    following = previous + 1
    # Outside of the array both are its end.
    previous = xp.where(place >= n - 1, 0 * place + (n - 1), previous)
    following = xp.where(place >= n - 1, 0 * place + (n - 1), following)
    previous = xp.where(place < 0, 0 * place, previous)
    following = xp.where(place < 0, 0 * place, following)
    fraction = place - previous
    if method.weight is not None:
        fraction = method.weight(fraction, place, xp)
    return previous, following, fraction
