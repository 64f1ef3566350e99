"""Element-wise functions that are no ufuncs: where, clip, round, comparisons."""

import operator

import numpy as _numpy
from numpy import _NoValue
from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._core import ndarray
from ._creation import as_operands, asarray
from ._dtypes import (
    FLOAT32,
    FLOAT64,
    as_dtype,
    is_inexact,
    kind,
    result_type,
)
from ._joining import concatenate
from ._limits import finfo
from ._masks import nonzero
from ._orders import match_fortran
from ._views import imag, real

_clip = _core.ufunc("clip")


def astype(x, dtype, /, *, copy=True, device=None):
    """`x` converted to `dtype`, on `device` or where it lies.

    Raises TypeError for what is neither an array nor a number of NumPy's.
    """
    if not isinstance(x, (ndarray, _numpy.ndarray, _numpy.generic)):
        raise TypeError(
            f"Input should be an array or scalar. It is a {type(x)} instead."
        )
    x = asarray(x, device=device)
    result = ops.convert(x, as_dtype(dtype))
    return x.__copy__() if copy and result is x else result


def where(condition, x=None, y=None, /):
    """`x` where `condition` holds, else `y`, of their common dtype and shape.

    With the condition alone: the indices where it holds, as `nonzero`. Raises
    ValueError for one of `x` and `y` alone.
    """
    if (x is None) != (y is None):
        raise ValueError("either both or neither of x and y should be given")
    if x is None:
        return nonzero(condition)
    return _core.where(condition, x, y)


def angle(z, deg=False):
    """The angle of complex numbers, in radians or, if `deg`, in degrees."""
    z = ops.as_array(z)
    if kind(z.dtype) == "b":
        z = ops.cast(z, FLOAT64)
    result = uf.arctan2(imag(z), real(z))
    return uf.rad2deg(result) if deg else result


def _bound(dtype, value, is_redundant):
    """`value`, or None where a Python integer excludes nothing of `dtype`."""
    if type(value) is int and kind(dtype) in "iu" and is_redundant(value):
        return None
    return value


def _limit(value, alias):
    """A limit of clip, given by position, as `min` or as `a_min`; None if not."""
    if alias is _NoValue:
        return None if value is _NoValue else value
    if value is not _NoValue:
        raise ValueError(
            "Passing `min` or `max` keyword argument when `a_min` and "
            "`a_max` are provided is forbidden."
        )
    return alias


def clip(
    a, min=_NoValue, max=_NoValue, out=None, *, a_min=_NoValue, a_max=_NoValue, **kwargs
):
    """`a` limited to `[min, max]`, either of which may be None or missing.

    NaN stays NaN. `a_min` and `a_max` are other names of the limits. Keywords are
    those of ufuncs. Raises ValueError for a limit that is given twice.
    """
    low, high = _limit(min, a_min), _limit(max, a_max)
    a = asarray(a)
    if kind(a.dtype) == "f" and type(low) is type(high) is float:
        return _clip(a, low, high, out=out, **kwargs)
    if kind(a.dtype) in "iu":
        info = _numpy.iinfo(a.dtype)
        low = _bound(a.dtype, low, lambda value: value <= info.min)
        high = _bound(a.dtype, high, lambda value: value >= info.max)
    if low is None and high is None:
        return uf.positive(a, out=out, **kwargs)
    if low is None:
        return uf.minimum(a, high, out=out, **kwargs)
    if high is None:
        return uf.maximum(a, low, out=out, **kwargs)
    x, low, high = ops.as_arrays((a, low, high))
    if x.dtype in (FLOAT32, FLOAT64) and not _are_uniform(x, low, high):
        # NumPy takes the zeros of limits that vary, and keeps the elements' else.
        return uf.minimum(uf.maximum(x, low), high, out=out, **kwargs)
    return _clip(x, low, high, out=out, **kwargs)


def _are_uniform(x, *limits):
    """Whether NumPy's loop over `x` meets the same limits at every element."""
    return all(y.size == 1 and (y.ndim == 0 or x.size > 1) for y in limits)


def _round_real(x, decimals):
    if decimals == 0:
        return uf.rint(x)
    # NumPy's powers of 10 overflow to infinity, which makes NaN of everything.
    scale = 10.0 ** abs(decimals) if abs(decimals) <= 308 else float("inf")
    if decimals > 0:
        return uf.divide(uf.rint(uf.multiply(x, scale)), scale)
    return uf.multiply(uf.rint(uf.divide(x, scale)), scale)


def round(a, decimals=0, out=None):
    """`a` rounded to `decimals` places, halves to even."""
    x = asarray(a)
    decimals = operator.index(decimals)
    if kind(x.dtype) == "b":
        x = ops.cast(x, _numpy.dtype("float16"))
    if decimals >= 0 and not is_inexact(x.dtype):
        return ops.store(x.__copy__(), out)
    if kind(x.dtype) == "c" and decimals:
        # A complex scale would mix the parts, infinities with all.
        parts = [_round_real(part, decimals) for part in (x.real, x.imag)]
        result = ops.record("make_complex", parts, x.shape, x.dtype)
    else:
        result = ops.cast(_round_real(x, decimals), x.dtype)
    return ops.store(match_fortran(result, x) if decimals else result, out)


around = round


def fix(x, out=None):
    """`x` rounded towards zero."""
    return uf.trunc(x, out=out)


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    """`x` with NaN and infinities replaced, by 0 and the extreme finite numbers.

    Without `copy`, an array is changed itself.
    """
    x = asarray(x)
    if not is_inexact(x.dtype):
        return x.__copy__() if copy else x
    result = _replace_non_finite(x, nan, posinf, neginf)
    return result if copy else ops.store(result, x)


def _replace_non_finite(x, nan, posinf, neginf):
    if kind(x.dtype) == "c":
        parts = tuple(
            _replace_non_finite(part, nan, posinf, neginf)
            for part in (real(x), imag(x))
        )
        return ops.record("make_complex", parts, x.shape, x.dtype)
    limits = finfo(x.dtype)
    posinf = limits.max if posinf is None else posinf
    neginf = limits.min if neginf is None else neginf
    result = ops.select(uf.isnan(x), ops.as_array(nan, x.dtype), x)
    for infinity, value in ((float("inf"), posinf), (float("-inf"), neginf)):
        is_infinity = uf.equal(x, infinity)
        result = ops.select(is_infinity, ops.as_array(value, x.dtype), result)
    return result


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether `|a - b| <= atol + rtol * |b|`; infinities are close to equals."""
    a, b = as_operands((a, b))
    if not is_inexact(b.dtype):
        b = asarray(b, result_type(b, 1.0))
    distance = uf.absolute(uf.subtract(a, b))
    limit = uf.add(atol, uf.multiply(rtol, uf.absolute(b)))
    near = uf.logical_and(uf.less_equal(distance, limit), uf.isfinite(b))
    result = uf.logical_or(near, uf.equal(a, b))
    if equal_nan:
        result = uf.logical_or(result, uf.logical_and(uf.isnan(a), uf.isnan(b)))
    return result


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close; a Python bool."""
    return bool(red.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2, equal_nan=False):
    """Whether shapes and all elements are equal; a Python bool."""
    a1, a2 = as_operands((a1, a2))
    if a1.shape != a2.shape:
        return False
    same = uf.equal(a1, a2)
    if equal_nan and is_inexact(a1.dtype) and is_inexact(a2.dtype):
        same = uf.logical_or(same, uf.logical_and(uf.isnan(a1), uf.isnan(a2)))
    are_same = red.all(same)
    # What somebody holds is written to memory with what is computed from it.
    del same
    return bool(are_same)


def array_equiv(a1, a2):
    """Whether the arrays broadcast and are equal then; a Python bool."""
    a1, a2 = as_operands((a1, a2))
    try:
        ops.broadcast_shape(a1.shape, a2.shape)
    except ValueError:
        return False
    return bool(red.all(uf.equal(a1, a2)))


def isneginf(x, out=None):
    """Whether each element is negative infinity."""
    return uf.logical_and(uf.isinf(x), uf.signbit(x), out=out)


def isposinf(x, out=None):
    """Whether each element is positive infinity."""
    return uf.logical_and(uf.isinf(x), uf.logical_not(uf.signbit(x)), out=out)


def _extend(a, prepend, append, axis):
    """`a` between two others along `axis`, each of which may be None or a number."""
    edge = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
    parts = [prepend, a, append]
    for i in (0, 2):
        if parts[i] is not None:
            part = ops.as_array(parts[i], device=a)
            parts[i] = part if part.ndim else ops.broadcast(part, edge)
    return concatenate([part for part in parts if part is not None], axis)


def diff(a, n=1, axis=-1, prepend=None, append=None):
    """The `n`-th differences of neighbours along `axis`; bools are xor-ed.

    Raises ValueError for a negative `n` and for an array without axes.
    """
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    a = asarray(a)
    if n == 0:
        return a
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis_index(axis, a.ndim)
    if prepend is not None or append is not None:
        a = _extend(a, prepend, append, axis)
    subtract = uf.not_equal if kind(a.dtype) == "b" else uf.subtract
    for _ in range(n):
        a = subtract(ops.take(a, axis, 1), ops.take(a, axis, None, -1))
    return a


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral of `y` along `axis` by the trapezoidal rule."""
    y = asarray(y)
    axis = normalize_axis_index(axis, y.ndim)
    if x is None:
        width = dx
    else:
        x = ops.as_array(x, device=y)
        width = diff(x, axis=0 if x.ndim == 1 else axis)
        if x.ndim == 1:
            shape = [1] * y.ndim
            shape[axis] = width.shape[0]
            width = ops.reshape(width, tuple(shape))
    heights = uf.add(ops.take(y, axis, 1), ops.take(y, axis, None, -1))
    return red.sum(uf.divide(uf.multiply(width, heights), 2.0), axis)


def iscomplexobj(x):
    """Whether `x` has a complex dtype."""
    return kind(asarray(x).dtype) == "c"


def isrealobj(x):
    """Whether `x` has no complex dtype."""
    return not iscomplexobj(x)
