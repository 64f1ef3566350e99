"""The assertions of `numpy.testing`, also on Numloom's arrays.

They compute what they compare and look at it on the host.
"""

import functools

import numpy as _numpy
from numpy import testing as _testing

from ._core import ndarray as _ndarray

__all__ = [
    "assert_allclose",
    "assert_almost_equal",
    "assert_approx_equal",
    "assert_array_almost_equal",
    "assert_array_almost_equal_nulp",
    "assert_array_equal",
    "assert_array_less",
    "assert_array_max_ulp",
    "assert_equal",
]


def _to_numpy(x):
    """NumPy's array or scalar for an array; of a container, that of its entries."""
    if isinstance(x, _ndarray):
        return _numpy.asarray(x)[()]
    if type(x) in (list, tuple):
        return type(x)(map(_to_numpy, x))
    if type(x) is dict:
        return {key: _to_numpy(value) for key, value in x.items()}
    return x


def _adapt(assertion):
    @functools.wraps(assertion)
    def adapted(*args, **kwargs):
        return assertion(*map(_to_numpy, args), **_to_numpy(kwargs))

    return adapted


assert_allclose = _adapt(_testing.assert_allclose)
assert_almost_equal = _adapt(_testing.assert_almost_equal)
assert_approx_equal = _adapt(_testing.assert_approx_equal)
assert_array_almost_equal = _adapt(_testing.assert_array_almost_equal)
assert_array_almost_equal_nulp = _adapt(_testing.assert_array_almost_equal_nulp)
assert_array_equal = _adapt(_testing.assert_array_equal)
assert_array_less = _adapt(_testing.assert_array_less)
assert_array_max_ulp = _adapt(_testing.assert_array_max_ulp)
assert_equal = _adapt(_testing.assert_equal)


def __getattr__(name):
    # What is no comparison of arrays: `assert_raises`, `suppress_warnings` and others.
    if name.startswith("_"):
        raise AttributeError(name)
    return getattr(_testing, name)
