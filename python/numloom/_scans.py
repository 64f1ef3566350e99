"""Scans along one axis: running sums and products."""

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._nan_reductions import _without_nan
from ._ufunc_methods import loop_dtype


def _scan(ufunc, a, axis, dtype, out):
    x = ops.as_array(a)
    if axis is None or x.ndim == 0:
        if axis is not None:
            ops.as_axis(axis, 1)
        x, axis = ops.reshape(x, (x.size,)), 0
    axis = ops.as_axis(axis, x.ndim)
    return ufunc.accumulate(x, axis, dtype, out)


def cumsum(a, axis=None, dtype=None, out=None):
    """Running sums along `axis`, or of the flattened array; dtypes as `sum`."""
    if dtype is None and out is None:
        result = _core.cumsum(a, axis, True)
        if result is not None:
            return result
    return _scan(uf.add, a, axis, dtype, out)


def cumprod(a, axis=None, dtype=None, out=None):
    """Running products along `axis`, or of the flattened array."""
    if dtype is None and out is None:
        result = _core.cumprod(a, axis, True)
        if result is not None:
            return result
    return _scan(uf.multiply, a, axis, dtype, out)


def nancumsum(a, axis=None, dtype=None, out=None):
    """Running sums with NaN counted as 0."""
    return cumsum(_without_nan(a, 0)[0], axis, dtype, out)


def nancumprod(a, axis=None, dtype=None, out=None):
    """Running products with NaN counted as 1."""
    return cumprod(_without_nan(a, 1)[0], axis, dtype, out)


def _cumulative(ufunc, x, axis, dtype, out, include_initial):
    x = ops.as_array(x)
    if x.ndim == 0:
        x = ops.reshape(x, (1,))
    if axis is None:
        if x.ndim > 1:
            raise ValueError(
                "For arrays which have more than one dimension ``axis`` argument "
                "is required."
            )
        axis = 0
    out = ops.as_output(out)
    dtype = loop_dtype(ufunc, x, dtype, out)
    result = ufunc.accumulate(x, axis, dtype)
    axis = ops.as_axis(axis, x.ndim)
    if include_initial:
        shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        first = ops.full(shape, ufunc.identity, result.dtype, result)
        result = ops.concatenate([first, result], axis)
    return ops.store_unsafely(result, out)


def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Running sums along `axis`; with `include_initial`, from 0 on."""
    return _cumulative(uf.add, x, axis, dtype, out, include_initial)


def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
    """Running products along `axis`; with `include_initial`, from 1 on."""
    return _cumulative(uf.multiply, x, axis, dtype, out, include_initial)
