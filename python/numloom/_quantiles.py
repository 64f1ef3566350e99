"""Median, quantiles and percentiles: selection, then interpolation."""

import warnings
from math import prod

import numpy as _numpy
from numpy import _NoValue
from numpy.lib.array_utils import normalize_axis_tuple

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _scans as scans
from . import _ufuncs as uf
from ._dtypes import FLOAT64, INT64, is_inexact, kind, result_type
from ._orders import match_kept
from ._quantile_methods import Recorded, find_method, find_neighbours
from ._sorting import gather_rows


def _interpolate(a, b, t):
    """Between `a` and `b`; from the nearer end, so that it hits both."""
    difference = uf.subtract(b, a)
    from_a = a + difference * t
    from_b = b - difference * (1 - t)
    return ops.select(t >= 0.5, from_b, ops.cast(from_a, from_b.dtype))


class _Rows:
    """An array with the axes to reduce joined into its last one."""

    def __init__(self, x, axis):
        axes = range(x.ndim) if axis is None else normalize_axis_tuple(axis, x.ndim)
        self.axes = tuple(sorted(axes))
        self.shape = x.shape
        kept = [i for i in range(x.ndim) if i not in self.axes]
        self.kept_shape = tuple(x.shape[i] for i in kept)
        self.order = [*kept, *self.axes]
        self.n = prod(x.shape[i] for i in self.axes)
        self.x = self.join(x)

    def join(self, x):
        return ops.reshape(ops.transpose(x, self.order), (*self.kept_shape, self.n))

    def match_order(self, result, x):
        """`result`, of the kept axes, in the order of `x` if it lost one axis."""
        return match_kept(result, x, *self.axes) if len(self.axes) == 1 else result

    def keep(self, result, leading=()):
        """`result` of shape (*leading, *kept_shape) with the reduced axes as ones."""
        kept = tuple(1 if i in self.axes else n for i, n in enumerate(self.shape))
        return ops.reshape(result, (*leading, *kept))


def _take_columns(x, columns):
    """`x[..., columns]` for a host array of places in range."""
    index = _core.asarray(columns.astype(INT64), None, None, x)
    return ops.gather_along(x, index, x.ndim - 1)


def _spread_nan(x, result):
    """`result`, or NaN for the rows of `x` whose last element is NaN.

    `result` has the rows' axes, and may have a last one of its own.
    """
    if not is_inexact(x.dtype):
        return result
    last = ops.take(x, x.ndim - 1, -1, None)
    if result.ndim < x.ndim:
        last = ops.reshape(last, result.shape)
    return ops.select(uf.isnan(last), ops.cast(last, result.dtype), result)


def _select_quantiles(x, q, method, n):
    """What was selected, and quantiles `q` (host, 1-D) of the first `n` of each row.

    Of sorted rows, that is. The last element selected is a row's greatest one, which
    is NaN if any is.
    """
    previous, following, fraction = find_neighbours(method, n, q, _numpy)
    if method.is_discrete:
        following, fraction = previous, None
    last = x.shape[-1] - 1
    ranks = _numpy.unique([*previous, *following, last]).astype(INT64)
    selected = _core.order_statistics(x, ranks.tolist())
    low = _take_columns(selected, _numpy.searchsorted(ranks, previous))
    if fraction is None:
        return selected, low
    t = _core.asarray(_numpy.asarray(fraction, q.dtype), None, None, x)
    high = _take_columns(selected, _numpy.searchsorted(ranks, following))
    return selected, _interpolate(low, high, t)


def _quantile_rows(x, q, method):
    """Quantiles `q` (host, 1-D) of the rows of `x`, along its last axis."""
    return _spread_nan(*_select_quantiles(x, q, method, x.shape[-1]))


def _count_numbers(x):
    """How many elements of a single row are no NaN, 1 for none. Waits."""
    count = int(red.sum(uf.logical_not(uf.isnan(x))))
    if count == 0:
        _warn_of_nan()
    return max(1, count)


def _warn_of_nan():
    warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=7)


def _sort_numbers_first(x):
    """The rows of `x` sorted, and how many elements of each are no NaN, int64.

    Warns of rows of nothing but NaN.
    """
    x = _core.sort(x)
    if red.any(uf.isnan(ops.take(x, x.ndim - 1, 0, 1))):
        _warn_of_nan()
    valid = ops.cast(uf.logical_not(uf.isnan(x)), INT64)
    return x, red.sum(valid, -1, keepdims=True)


def _nan_quantile_rows(x, q, method):
    """The same of what is no NaN in each row."""
    if x.size == x.shape[-1]:
        return _select_quantiles(x, q, method, _count_numbers(x))[1]
    x, counts = _sort_numbers_first(x)
    counts = ops.cast(counts, q.dtype)
    t = ops.broadcast(_core.asarray(q, None, None, x), (*x.shape[:-1], q.size))
    n = ops.broadcast(counts, t.shape)
    previous, following, fraction = find_neighbours(method, n, t, Recorded)

    def pick(places):
        # A row without numbers has only NaN to pick.
        return gather_rows(x, ops.cast(uf.maximum(places, 0), INT64))

    if method.is_discrete:
        return pick(previous)
    return _interpolate(pick(previous), pick(following), ops.cast(fraction, q.dtype))


def _weighted_rows(x, weights, q):
    """Quantiles of weighted rows, by the inverted distribution function."""
    order = _core.argsort(x)
    x = gather_rows(x, order)
    sums = scans.cumsum(ops.cast(gather_rows(weights, order), FLOAT64), -1)
    sums = sums / ops.take(sums, sums.ndim - 1, -1, None)
    if red.any(uf.isnan(ops.take(sums, sums.ndim - 1, -1, None))):
        raise ValueError("Weights included NaN, inf or were all zero.")
    targets = _core.asarray(q, FLOAT64, None, x)
    below = uf.less(
        ops.reshape(sums, (*sums.shape[:-1], 1, sums.shape[-1])),
        ops.reshape(targets, (q.size, 1)),
    )
    places = uf.minimum(red.sum(below, -1), x.shape[-1] - 1)
    return _spread_nan(x, gather_rows(x, places))


def _check_weights(x, axis, weights, method):
    """`weights` with the shape of `x`."""
    if method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    weights = ops.as_array(weights, device=x)
    if weights.shape != x.shape:
        weights = red.broadcast_weights(x, axis, weights)
    if red.any(weights < 0):
        raise ValueError("Weights must be non-negative.")
    return weights


def _parse_q(q, dtype, scale):
    """The quantiles as a host array of the dtype that they are computed in.

    A Python number takes the dtype of the elements, if they are floats.
    """
    q = _numpy.asarray(q)
    if dtype is not None and kind(dtype) == "f":
        q = q.astype(dtype)
    elif q.dtype.kind in "biu":
        q = q.astype(FLOAT64)
    if scale != 1:
        q = _numpy.true_divide(q, q.dtype.type(scale) if q.dtype.kind == "f" else scale)
    if not ((q >= 0) & (q <= 1)).all():
        what = "Percentiles must be in the range [0, 100]"
        raise ValueError(
            what if scale != 1 else "Quantiles must be in the range [0, 1]"
        )
    return q


def _is_python_number(q):
    return type(q) in (int, float)


def _quantile(a, q, scale, axis, out, method, keepdims, weights, ignores_nan):
    x = ops.as_array(a)
    if kind(x.dtype) == "c":
        raise TypeError("a must be an array of real numbers")
    if scale == 1 and method == "linear" and _numpy.asarray(q).dtype.kind in "biu":
        # 0 and 1 name elements: there is nothing to interpolate.
        method = "lower"
    if kind(x.dtype) == "b" and not find_method(method).is_discrete:
        raise TypeError(
            "numpy boolean subtract, the `-` operator, is not supported, use the "
            "bitwise_xor, the `^` operator, or the logical_xor function instead."
        )
    host = _parse_q(q, x.dtype if _is_python_number(q) else None, scale)
    if host.ndim > 2:
        raise ValueError("q must be a scalar or 1d")
    if weights is not None:
        weights = _check_weights(x, axis, weights, method)
    if x.ndim == 0:
        normalize_axis_tuple(() if axis is None else axis, 0)
        x = ops.reshape(x, (1,))
        weights = None if weights is None else ops.reshape(weights, (1,))
        result = _reduce_rows(_Rows(x, None), host, method, weights, ignores_nan)
    else:
        rows = _Rows(x, axis)
        if weights is not None:
            weights = rows.join(weights)
        result = _reduce_rows(rows, host, method, weights, ignores_nan)
        if keepdims:
            result = rows.keep(result, host.shape)
    return ops.store(result, out)


def _reduce_rows(rows, q, method, weights, ignores_nan):
    """The quantiles in front of the kept axes, in the shape of `q`."""
    how = find_method(method)
    shape = (*q.shape, *rows.kept_shape)
    x = rows.x
    if x.size == 0 and ignores_nan and rows.n == 0:
        dtype = result_type(x.dtype, q.dtype)
        return ops.full(shape, float("nan"), dtype, x)
    ignores_nan = ignores_nan and is_inexact(x.dtype)
    if x.size == 0:
        if rows.n == 0 and not ignores_nan:
            raise IndexError(f"index -1 is out of bounds for axis 0 with size {rows.n}")
        dtype = x.dtype
        if not (how.is_discrete or ignores_nan):
            dtype = result_type(dtype, q.dtype)
        return ops.full(shape, float("nan") if is_inexact(dtype) else 0, dtype, x)
    flat_q = q.reshape(-1)
    if weights is not None:
        result = _weighted_rows(x, weights, flat_q)
    elif ignores_nan:
        result = _nan_quantile_rows(x, flat_q, how)
    else:
        result = _quantile_rows(x, flat_q, how)
    rank = result.ndim
    result = ops.transpose(result, [rank - 1, *range(rank - 1)])
    return ops.own(ops.reshape(result, shape))


def quantile(
    a,
    q,
    axis=None,
    out=None,
    overwrite_input=False,
    method="linear",
    keepdims=False,
    *,
    weights=None,
):
    """The `q`-th quantiles of `a` over `axis`, `q` in [0, 1]; shape of `q` in front.

    NaN where there is one. `weights` need method "inverted_cdf". Raises ValueError
    for `q` out of range or an unknown `method`.
    """
    return _quantile(a, q, 1, axis, out, method, keepdims, weights, False)


def percentile(
    a,
    q,
    axis=None,
    out=None,
    overwrite_input=False,
    method="linear",
    keepdims=False,
    *,
    weights=None,
):
    """The `q`-th percentiles of `a` over `axis`, `q` in [0, 100]."""
    return _quantile(a, q, 100, axis, out, method, keepdims, weights, False)


def nanquantile(
    a,
    q,
    axis=None,
    out=None,
    overwrite_input=False,
    method="linear",
    keepdims=_NoValue,
    *,
    weights=None,
):
    """`quantile` of what is no NaN; NaN where nothing is left."""
    keepdims = keepdims is not _NoValue and keepdims
    return _quantile(a, q, 1, axis, out, method, keepdims, weights, True)


def nanpercentile(
    a,
    q,
    axis=None,
    out=None,
    overwrite_input=False,
    method="linear",
    keepdims=_NoValue,
    *,
    weights=None,
):
    """`percentile` of what is no NaN; NaN where nothing is left."""
    keepdims = keepdims is not _NoValue and keepdims
    return _quantile(a, q, 100, axis, out, method, keepdims, weights, True)


def _select_medians(x, n):
    """What was selected, as for quantiles, and the medians."""
    middle = [(n - 1) // 2, n // 2] if n % 2 == 0 else [n // 2]
    selected = _core.order_statistics(x, [*middle, x.shape[-1] - 1])
    both = ops.take(selected, x.ndim - 1, 0, len(middle))
    return selected, red.mean(both, -1)


def _median_rows(x):
    return _spread_nan(*_select_medians(x, x.shape[-1]))


def _nan_median_rows(x):
    if x.size == x.shape[-1]:
        return _select_medians(x, _count_numbers(x))[1]
    x, counts = _sort_numbers_first(x)
    upper = counts // 2
    lower = uf.maximum((counts - 1) // 2, 0)
    both = gather_rows(x, ops.concatenate([lower, upper], x.ndim - 1))
    return red.mean(both, -1)


def _median(a, axis, out, keepdims, reduce):
    x = ops.as_array(a)
    if x.ndim == 0:
        normalize_axis_tuple(() if axis is None else axis, 0)
        x = ops.reshape(x, (1,))
        return ops.store_unsafely(reduce(x), out)
    rows = _Rows(x, axis)
    if rows.x.size:
        result = rows.match_order(reduce(rows.x), x)
    else:
        if rows.n == 0:
            warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=3)
        dtype = x.dtype if is_inexact(x.dtype) else FLOAT64
        result = ops.full(rows.kept_shape, float("nan"), dtype, x)
    return ops.store_unsafely(rows.keep(result) if keepdims else result, out)


def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    """The middle element over `axis`, or the mean of the two in the middle.

    Integers give float64; NaN where there is one, and for no elements.
    """
    return _median(a, axis, out, keepdims, _median_rows)


def nanmedian(a, axis=None, out=None, overwrite_input=False, keepdims=_NoValue):
    """`median` of what is no NaN; NaN where nothing is left."""
    keepdims = keepdims is not _NoValue and keepdims
    dtype = ops.as_array(a).dtype
    reduce = _nan_median_rows if is_inexact(dtype) else _median_rows
    return _median(a, axis, out, keepdims, reduce)
