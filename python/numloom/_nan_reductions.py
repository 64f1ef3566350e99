"""Reductions that leave NaN out."""

import warnings

from numpy import _NoValue
from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._dtypes import as_dtype, is_half, is_inexact
from ._ufunc_methods import as_reduced_axes


def _without_nan(a, fill):
    """`a` with `fill` in place of NaN, and the bool array of what is no NaN."""
    x = ops.as_array(a)
    if not is_inexact(x.dtype):
        return x, None
    valid = uf.logical_not(uf.isnan(x))
    return ops.select(valid, x, ops.as_array(fill, x.dtype)), valid


def nansum(
    a, axis=None, dtype=None, out=None, keepdims=False, initial=_NoValue, where=True
):
    """Sum over `axis` with NaN counted as 0."""
    x, _ = _without_nan(a, 0)
    return red.sum(x, axis, dtype, out, keepdims, initial, where)


def nanprod(
    a, axis=None, dtype=None, out=None, keepdims=False, initial=_NoValue, where=True
):
    """Product over `axis` with NaN counted as 1."""
    x, _ = _without_nan(a, 1)
    return red.prod(x, axis, dtype, out, keepdims, initial, where)


def nanmax(a, axis=None, out=None, keepdims=False, initial=_NoValue, where=True):
    """Largest element over `axis` that is no NaN; NaN where there is none."""
    return uf.fmax.reduce(a, axis, None, out, keepdims, initial, where)


def nanmin(a, axis=None, out=None, keepdims=False, initial=_NoValue, where=True):
    """Smallest element over `axis` that is no NaN; NaN where there is none."""
    return uf.fmin.reduce(a, axis, None, out, keepdims, initial, where)


def _nan_arg_reduce(function, a, fill, axis, out, keepdims):
    a = ops.as_array(a)
    x, valid = _without_nan(a, fill)
    if valid is None or x.size == 0 or out is not None:
        _check_slices(valid, axis)
        return function(x, axis, out, keepdims=keepdims)
    # What somebody holds is written to memory with what is computed from it.
    del valid
    places = function(x, axis, keepdims=True)
    if x.ndim == 0:
        axis = None
    del x
    # Where what was found is a number no slice is without one: a look at few elements.
    is_doubtful = red.any(uf.isnan(_pick(a, places, axis)))
    _core.evaluate([is_doubtful, places])
    if is_doubtful:
        _check_slices(_without_nan(a, fill)[1], axis)
    if keepdims:
        return places
    return ops.reshape(places, () if axis is None else _drop(places.shape, axis))


def _drop(shape, axis):
    axis = normalize_axis_index(axis, len(shape))
    return shape[:axis] + shape[axis + 1 :]


def _pick(a, places, axis):
    """The elements of `a` at `places` along `axis`, where they have one entry."""
    if axis is None:
        return ops.gather_along(ops.reshape(a, (a.size,)), places, 0)
    axis = normalize_axis_index(axis, a.ndim)
    indices = [
        places if i == axis else ops.iota(places.shape, i, a) for i in range(a.ndim)
    ]
    return ops.gather(a, indices, range(a.ndim), places.shape)


def _check_slices(valid, axis):
    """Raises where a slice holds nothing valid."""
    # NumPy raises at the call, so the array has to be looked at here.
    if valid is not None and not red.all(red.any(valid, axis)):
        raise ValueError("All-NaN slice encountered")


def nanargmax(a, axis=None, out=None, *, keepdims=False):
    """Position of the largest element that is no NaN.

    Evaluates `a`, to raise ValueError where a slice holds nothing but NaN.
    """
    return _nan_arg_reduce(red.argmax, a, float("-inf"), axis, out, keepdims)


def nanargmin(a, axis=None, out=None, *, keepdims=False):
    """Position of the smallest element that is no NaN.

    Evaluates `a`, to raise ValueError where a slice holds nothing but NaN.
    """
    return _nan_arg_reduce(red.argmin, a, float("inf"), axis, out, keepdims)


def _valid_mask(valid, where):
    return valid if where is True else uf.logical_and(valid, ops.as_mask(where, valid))


def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """Arithmetic mean over `axis` of what is no NaN; NaN where there is none."""
    x, valid = _without_nan(a, 0)
    if valid is not None:
        where = _valid_mask(valid, where)
        _check_inexact(dtype, out)
        _warn_if_empty(x, axis, "Mean of empty slice")
        if dtype is None and out is None and where is valid and not is_half(x.dtype):
            total = red.sum(x, axis, keepdims=keepdims)
            return red.divide_by_count(total, red.sum(valid, axis, keepdims=keepdims))
        axis = as_reduced_axes(axis, x.ndim)
    return red.mean(x, axis, dtype, out, keepdims, where=where)


def nanvar(
    a,
    axis=None,
    dtype=None,
    out=None,
    ddof=0,
    keepdims=False,
    *,
    where=True,
    mean=_NoValue,
    correction=_NoValue,
):
    """Variance over `axis` of what is no NaN; NaN where at most `ddof` are left."""
    ddof = red.choose_ddof(ddof, correction)
    x, valid = _without_nan(a, 0)
    if valid is None:
        return red.var(x, axis, dtype, out, ddof, keepdims, where=where, mean=mean)
    where = _valid_mask(valid, where)
    _check_inexact(dtype, out)
    _warn_if_empty(x, axis, "Degrees of freedom <= 0 for slice.")
    axis = as_reduced_axes(axis, x.ndim)
    result = red.var(x, axis, dtype, None, ddof, keepdims, where=where, mean=mean)
    count = red.sum(ops.broadcast(where, x.shape), axis, keepdims=keepdims)
    nan = ops.as_array(float("nan"), result.dtype)
    return ops.store(ops.select(uf.greater(count, ddof), result, nan), out)


def nanstd(
    a,
    axis=None,
    dtype=None,
    out=None,
    ddof=0,
    keepdims=False,
    *,
    where=True,
    mean=_NoValue,
    correction=_NoValue,
):
    """Standard deviation over `axis` of what is no NaN."""
    ddof = red.choose_ddof(ddof, correction)
    x = ops.as_array(a)
    if not is_inexact(x.dtype):
        return red.std(x, axis, dtype, out, ddof, keepdims, where=where, mean=mean)
    variance = nanvar(x, axis, dtype, None, ddof, keepdims, where=where, mean=mean)
    return ops.store(uf.sqrt(variance), out)


def _warn_if_empty(x, axis, text):
    """Warns of slices without elements; nobody looks for slices of nothing but NaN."""
    if x.size == 0 and 0 in [x.shape[i] for i in ops.as_axes(axis, x.ndim)]:
        warnings.warn(text, RuntimeWarning, stacklevel=3)


def _check_inexact(dtype, out):
    if dtype is not None and not is_inexact(as_dtype(dtype)):
        raise TypeError("If a is inexact, then dtype must be inexact")
    out = ops.as_output(out)
    if out is not None and not is_inexact(out.dtype):
        raise TypeError("If a is inexact, then out must be inexact")
