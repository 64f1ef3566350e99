"""Reductions: sum to std, argmin and argmax."""

import builtins
import math
import warnings

from numpy import _NoValue
from numpy.lib.array_utils import normalize_axis_tuple

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._core import get_selection, ndarray
from ._dtypes import (
    FLOAT32,
    FLOAT64,
    INT64,
    as_dtype,
    is_half,
    is_inexact,
    kind,
    make_cast_error,
    promote_types,
    real_dtype,
)
from ._selections import open_selection
from ._ufunc_methods import get_zero

# The extension records what has NumPy's default dtype and no mask, and gives None
# for what it leaves to the functions below.


def sum(
    a, axis=None, dtype=None, out=None, keepdims=False, initial=_NoValue, where=True
):
    """Sum of the elements over `axis`.

    Integers and bools add up in int64 or uint64, float16 in float32. Raises
    AxisError for an axis out of range.
    """
    if dtype is None and out is None and initial is _NoValue and where is True:
        result = _core.sum(a, axis, keepdims)
        if result is not None:
            return result
    return uf.add.reduce(a, axis, dtype, out, keepdims, initial, where)


def prod(
    a, axis=None, dtype=None, out=None, keepdims=False, initial=_NoValue, where=True
):
    """Product of the elements over `axis`; dtypes are those of `sum`."""
    if dtype is None and out is None and initial is _NoValue and where is True:
        result = _core.prod(a, axis, keepdims)
        if result is not None:
            return result
    return uf.multiply.reduce(a, axis, dtype, out, keepdims, initial, where)


def max(a, axis=None, out=None, keepdims=False, initial=_NoValue, where=True):
    """Largest element over `axis`; NaN where there is one.

    Raises ValueError for no elements, unless `initial` is given.
    """
    if out is None and initial is _NoValue and where is True:
        result = _core.max(a, axis, keepdims)
        if result is not None:
            return result
    return uf.maximum.reduce(a, axis, None, out, keepdims, initial, where)


def min(a, axis=None, out=None, keepdims=False, initial=_NoValue, where=True):
    """Smallest element over `axis`; NaN where there is one.

    Raises ValueError for no elements, unless `initial` is given.
    """
    if out is None and initial is _NoValue and where is True:
        result = _core.min(a, axis, keepdims)
        if result is not None:
            return result
    return uf.minimum.reduce(a, axis, None, out, keepdims, initial, where)


amax, amin = max, min


def any(a, axis=None, out=None, keepdims=False, *, where=True):
    """Whether any element over `axis` is true; bool."""
    if out is None and where is True:
        result = _core.any(a, axis, keepdims)
        if result is not None:
            return result
    return uf.logical_or.reduce(a, axis, None, out, keepdims, where=where)


def all(a, axis=None, out=None, keepdims=False, *, where=True):
    """Whether all elements over `axis` are true; bool."""
    if out is None and where is True:
        result = _core.all(a, axis, keepdims)
        if result is not None:
            return result
    return uf.logical_and.reduce(a, axis, None, out, keepdims, where=where)


def count_nonzero(a, axis=None, *, keepdims=False):
    """The number of elements over `axis` that are not zero; int64."""
    holds = ops.to_bool(a) if get_selection(a) is None else uf.not_equal(a, 0)
    return sum(holds, axis, keepdims=keepdims)


def ptp(a, axis=None, out=None, keepdims=False):
    """The range of the elements over `axis`: largest minus smallest."""
    a, keepdims = ops.as_array(a), ops.as_flag(keepdims)
    result = uf.subtract(
        max(a, axis, keepdims=keepdims), min(a, axis, keepdims=keepdims)
    )
    return ops.store(result, out)


def _arg_reduce(op, a, axis, out, keepdims):
    x = ops.as_array(a)
    shape = x.shape
    if x.ndim == 0:
        if axis is not None:
            ops.as_axis(axis, 1)
        x, axes = ops.reshape(x, (1,)), (0,)
    elif axis is None:
        axes = tuple(range(x.ndim))
    else:
        axes = (ops.as_axis(axis, x.ndim),)
    if _count(x, axes, False, True) == 0:
        raise ValueError(f"attempt to get {op} of an empty sequence")
    result = ops.reduce(op, x, axes, INT64)
    if keepdims and shape:
        result = ops.keep_axes(result, shape, axes)
    return ops.store_back(result, out)


def argmax(a, axis=None, out=None, *, keepdims=False):
    """Position of the first largest element along `axis`, or of the whole array.

    A NaN counts as largest. int64. Raises ValueError for an empty axis.
    """
    if out is None:
        result = _core.argmax(a, axis, keepdims)
        if result is not None:
            return result
    return _arg_reduce("argmax", a, axis, out, keepdims)


def argmin(a, axis=None, out=None, *, keepdims=False):
    """Position of the first smallest element along `axis`, or of the whole array.

    A NaN counts as smallest. int64. Raises ValueError for an empty axis.
    """
    if out is None:
        result = _core.argmin(a, axis, keepdims)
        if result is not None:
            return result
    return _arg_reduce("argmin", a, axis, out, keepdims)


def accumulation_dtype(x, dtype):
    """The dtypes in which means of `x` are computed and returned."""
    if dtype is not None:
        result = as_dtype(dtype)
    else:
        result = x.dtype if is_inexact(x.dtype) else FLOAT64
    return (FLOAT32 if is_half(result) else result), result


def _count(x, axes, keepdims, where):
    """The number of elements that a reduction of `x` sees, int64."""
    if where is True:
        return math.prod([x.shape[axis] for axis in axes])
    mask = ops.broadcast(ops.as_mask(where, x), x.shape)
    return sum(mask, axes, keepdims=keepdims)


def divide_by_count(total, count):
    """`total / count` in the dtype of the total, as NumPy stores it in place."""
    if isinstance(count, ndarray) and is_inexact(total.dtype):
        count = ops.cast(count, total.dtype)
    return ops.cast(uf.divide(total, count), total.dtype)


def _mean(x, axes, work, keepdims, where):
    """The mean in the dtype `work`."""
    total = sum(x, axes, work, keepdims=keepdims, where=where)
    return divide_by_count(total, _count(x, axes, keepdims, where))


def mean(a, axis=None, dtype=None, out=None, keepdims=False, *, where=True):
    """Arithmetic mean over `axis`.

    Integers are averaged in float64, float16 in float32. Warns and gives NaN for
    no elements; of `a[mask]` that nobody has counted it gives NaN alone.
    """
    if dtype is None and out is None and where is True:
        result = _core.mean(a, axis, keepdims)
        if result is not None:
            return result
    keepdims, out = ops.as_flag(keepdims), ops.as_output(out)
    a, axis, where = open_selection(a, axis, keepdims, where)
    x = ops.as_array(a)
    axes = ops.as_axes(axis, x.ndim)
    if where is True and _count(x, axes, False, True) == 0:
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=2)
    if out is not None:
        return ops.store(_mean_as(x, axes, dtype, out.dtype, keepdims, where), out)
    work, dtype = accumulation_dtype(x, dtype)
    result = _mean(x, axes, work, keepdims, where)
    # NumPy's sums start from 0.0.
    result = uf.add(result, get_zero(result))
    return ops.cast(result, dtype)


def _mean_as(x, axes, dtype, result_dtype, keepdims, where):
    """The mean through a sum in an output's dtype, as NumPy computes it there."""
    work, _ = accumulation_dtype(x, dtype)
    if dtype is None and is_inexact(x.dtype):
        work = promote_types(work, result_dtype)
    total = sum(x, axes, work, keepdims=keepdims, where=where)
    return divide_by_count(
        ops.cast(total, result_dtype), _count(x, axes, keepdims, where)
    )


def squared_magnitude(x):
    """`|x|**2` element-wise, real."""
    if kind(x.dtype) != "c":
        return uf.square(x)
    dtype = real_dtype(x.dtype)
    real, imag = (ops.record(part, (x,), x.shape, dtype) for part in ("real", "imag"))
    return uf.add(uf.square(real), uf.square(imag))


def choose_ddof(ddof, correction):
    """`correction` where it is given, which then stands for `ddof`."""
    if correction is _NoValue:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


def var(
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
    """Variance over `axis`: the mean of squared distances from the mean.

    Divides by `n - ddof`; `correction` is another name of `ddof`. Integers are
    computed in float64, float16 in float32; the variance of complex numbers is real
    unless `dtype` is complex. Warns where `n <= ddof`.
    """
    if correction is not _NoValue:
        ddof = choose_ddof(ddof, correction)
    if dtype is None and out is None and where is True and mean is _NoValue:
        result = _core.var(a, axis, keepdims, ddof)
        if result is not None:
            return result
    out = ops.as_output(out)
    return ops.store(_variance(a, axis, dtype, out, ddof, keepdims, where, mean), out)


def _variance(a, axis, dtype, out, ddof, keepdims, where, mean):
    """The variance in the dtype of `out`, if there is one: NumPy divides there.

    With an integer dtype the mean and each square lose their fractions.
    """
    keepdims = ops.as_flag(keepdims)
    a, axis, where = open_selection(a, axis, keepdims, where)
    x = ops.as_array(a)
    axes = ops.as_axes(axis, x.ndim)
    if where is True and _count(x, axes, False, True) <= ddof:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
    work, result_dtype = accumulation_dtype(x, dtype)
    if dtype is None:
        result_dtype = real_dtype(result_dtype)
    if is_inexact(work) and (kind(x.dtype) != "c" or kind(work) == "c"):
        x = ops.cast(x, work)
    if mean is _NoValue:
        mean = _mean(x, axes, work, True, where)
    squares = squared_magnitude(uf.subtract(x, mean))
    work = squares.dtype if is_inexact(work) else work
    total = sum(squares, axes, work, keepdims=keepdims, where=where)
    count = _count(x, axes, keepdims, where)
    if isinstance(count, ndarray) or isinstance(ddof, ndarray):
        freedom = uf.maximum(uf.subtract(count, ddof), 0)
    else:
        freedom = builtins.max(count - ddof, 0)
    if out is not None:
        return divide_by_count(ops.cast(total, out.dtype), freedom)
    return ops.cast(divide_by_count(total, freedom), result_dtype)


def std(
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
    """Standard deviation over `axis`: the square root of `var`."""
    if correction is not _NoValue:
        ddof = choose_ddof(ddof, correction)
    if dtype is None and out is None and where is True and mean is _NoValue:
        result = _core.std(a, axis, keepdims, ddof)
        if result is not None:
            return result
    out = ops.as_output(out)
    variance = _variance(a, axis, dtype, out, ddof, keepdims, where, mean)
    root = uf.sqrt(variance)
    if root.dtype != variance.dtype:
        # NumPy takes the roots of integers in place, which it refuses but for one.
        if out is not None or variance.ndim:
            raise make_cast_error(root.dtype, variance.dtype, "same_kind")
        root = ops.cast(root, variance.dtype)
    return ops.store(root, out)


def average(a, axis=None, weights=None, returned=False, *, keepdims=False):
    """Weighted mean over `axis`: `sum(a * weights) / sum(weights)`.

    `weights` has the shape of `a`, or is 1-D along the one `axis`. With
    `returned`, also gives the sum of the weights.
    """
    x = ops.as_array(a)
    if axis is not None:
        axis = normalize_axis_tuple(axis, x.ndim, argname="axis")
    if weights is None:
        result = mean(x, axis, keepdims=keepdims)
        if result.size == 0:
            raise ZeroDivisionError("division by zero")
        axes = ops.as_axes(axis, x.ndim)
        scale = ops.cast(ops.extent([x.shape[i] for i in axes], x), result.dtype)
    else:
        weights = broadcast_weights(x, axis, ops.as_array(weights, device=x))
        scale = sum(weights, axis, keepdims=keepdims)
        result = uf.divide(sum(uf.multiply(x, weights), axis, keepdims=keepdims), scale)
    if not returned:
        return result
    return result, ops.broadcast(ops.cast(scale, result.dtype), result.shape)


def broadcast_weights(x, axis, weights):
    """`weights` in the shape of `x`, of which they have the axes `axis`."""
    if weights.shape == x.shape:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = normalize_axis_tuple(axis, x.ndim)
    if weights.shape != tuple(x.shape[i] for i in axes):
        raise ValueError(
            "Shape of weights must be consistent with shape of a along specified axis."
        )
    order = sorted(range(len(axes)), key=axes.__getitem__)
    shape = tuple(n if i in axes else 1 for i, n in enumerate(x.shape))
    return ops.broadcast(ops.reshape(ops.transpose(weights, order), shape), x.shape)
