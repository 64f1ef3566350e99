"""Recording below NumPy's functions: operands are arrays, arguments are checked.

Each function records at most a few nodes of the `array` dialect; NumPy's
defaults, promotion and errors are the callers' business. A `device` may be an
array, which stands for where it lies.
"""

import operator
import sys
import warnings

import numpy as _numpy
from numpy.exceptions import ComplexWarning
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from . import _core
from ._core import ndarray, record
from ._dtypes import BOOL, INT64, can_cast, kind, make_cast_error


def as_array(x, dtype=None, device=None):
    """`x` as an array of `dtype`; what is an array of it already stays.

    What is no array goes to `device`, by default the default device.
    """
    if not isinstance(x, ndarray):
        return _core.asarray(x, dtype, None, device)
    return x if dtype is None else cast(x, dtype)


def home(arrays):
    """The first array among operands, on whose device the others go; else None.

    Raises TypeError for NumPy's arrays beside arrays on a GPU: nothing is copied
    there unasked.
    """
    for first in arrays:
        if isinstance(first, ndarray):
            break
    else:
        return None
    if first.device != "cpu":
        for x in arrays:
            if isinstance(x, _numpy.ndarray) and x.ndim:
                raise TypeError(
                    f"Unsupported type {type(x)} beside arrays on a GPU: "
                    "numloom.asarray copies it there"
                )
    return first


def as_arrays(arrays):
    """All of `arrays` converted to one common dtype, on one device."""
    arrays, dtype, device = _resolve(arrays)
    return [as_array(x, dtype, device) for x in arrays]


def as_choices(arrays):
    """As `as_arrays`, but integers that the dtype does not hold wrap."""
    arrays, dtype, device = _resolve(arrays)
    return [wrap(x, dtype, device) for x in arrays]


def _resolve(arrays):
    """`arrays` but for Python numbers as arrays, their common dtype and device."""
    device = home(arrays)
    arrays = [
        x if isinstance(x, (int, float, complex)) else as_array(x, device=device)
        for x in arrays
    ]
    return arrays, _core.result_type(*arrays), device


def wrap(x, dtype, device=None):
    """As `as_array`, with a Python number converted as arrays are."""
    if type(x) is int and kind(dtype) in "iu":
        info = _numpy.iinfo(dtype)
        if not info.min <= x <= info.max:
            x = _numpy.asarray(x).astype(dtype)
    return as_array(x, dtype, device)


def cast(x, dtype):
    """`x` converted to `dtype` as by astype."""
    return x if x.dtype == dtype else _core.cast(x, dtype)


def warn_of_discarded_parts(source, target):
    """NumPy's ComplexWarning if a cast between these dtypes loses imaginary parts."""
    if kind(source) == "c" and kind(target) not in "bc":
        warnings.warn(
            "Casting complex values to real discards the imaginary part",
            ComplexWarning,
            stacklevel=_get_depth(),
        )


def _get_depth():
    """How many calls lie between the user's line and the caller, itself included."""
    depth, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__package__") == __package__:
        depth, frame = depth + 1, frame.f_back
    return depth


def convert(x, dtype):
    """As `cast`, for conversions that the user asked for: they may warn."""
    warn_of_discarded_parts(x.dtype, dtype)
    return cast(x, dtype)


def to_bool(x):
    """The truth value of each element."""
    return cast(as_array(x), BOOL)


def reshape(x, shape):
    """The elements of `x`, row-major, in `shape`, one extent of which may be -1."""
    return _core.reshape(x, shape)


def transpose(x, axes):
    """Axis `i` of the result is axis `axes[i]` of `x`."""
    return _core.transpose(x, axes)


def broadcast(x, shape):
    """`x` stretched to `shape`; ValueError where NumPy's rules forbid it."""
    return x if x.shape == shape else _core.broadcast_to(x, shape)


def own(x):
    """The elements of `x`, in C order, as an array that shares memory with no other."""
    return _core.copy(x)


def to_c_order(x):
    """The elements of `x`, which nobody else has seen yet, in C order."""
    return x if _core.keep_order(x) is None else own(x)


def constant(shape, value, dtype, device=None):
    """Every element is the integer `value`, which the program knows."""
    return record("constant", (), shape, dtype, (value,), device)


def full(shape, value, dtype, device=None):
    """Every element is the scalar `value`, a run-time input of the program."""
    return broadcast(_core.asarray(value, dtype, None, device), shape)


def empty(shape, dtype, device=None):
    """Elements that may be anything."""
    return record("empty", (), shape, dtype, (), device)


def iota(shape, axis, device=None):
    """The index along `axis`, int64."""
    return record("iota", (), shape, INT64, (axis,), device)


def extent(factors, device=None):
    """The product of the extents `factors` as a 0-d int64 array."""
    return record("extent", (), (), INT64, (list(factors),), device)


def select(condition, x, y):
    """`x` where the bool `condition` holds, else `y`; dtypes are equal."""
    shape = broadcast_shape(condition.shape, x.shape, y.shape)
    return record("where", (condition, x, y), shape, x.dtype)


# Small parts of joins of so many are computed one by one. One program for all of them
# takes 50 to 250 ms to compile, again for each length and combination of parts; a
# program for each, which parts share, costs 0.7 us more per part at every run.
MANY_PARTS = 16
_SMALL_PART = 4096


def concatenate(arrays, axis):
    """Arrays of one dtype joined along `axis`, in their order in memory."""
    if len(arrays) == 1:
        return arrays[0].__copy__()
    if len(arrays) >= MANY_PARTS and arrays[0].device == "cpu":
        for x in arrays:
            if x.size <= _SMALL_PART:
                x._evaluate()
    order = _core.join_order(*arrays)
    if order is not None:
        arrays = [transpose(x, order) for x in arrays]
        return _core.permuted(_join(arrays, order.index(axis)), order)
    return _join(arrays, axis)


def _join(arrays, axis):
    shape = list(arrays[0].shape)
    shape[axis] = sum(x.shape[axis] for x in arrays)
    return record("concatenate", arrays, tuple(shape), arrays[0].dtype, (axis,))


def reduce(op, x, axes, dtype=None):
    """Reduction `op` of the dialect over ascending `axes`, which the result loses."""
    shape = x.shape
    if len(axes) == len(shape):
        kept = ()
    elif len(axes) == 1:
        kept = shape[: axes[0]] + shape[axes[0] + 1 :]
    else:
        kept = tuple(n for i, n in enumerate(shape) if i not in axes)
    return record(op, (x,), kept, dtype or x.dtype, (axes,))


def scan(op, x, axis):
    """Inclusive scan `op` of the dialect along `axis`."""
    return record(op, (x,), x.shape, x.dtype, (axis,))


def gather(x, indices, axes, shape):
    """Entries of `x` at `indices`, int64 in range, along the ascending `axes`."""
    if 0 in shape:
        return _core.empty(shape, x.dtype, x)
    return record("gather", (x, *indices), shape, x.dtype, (list(axes),))


def gather_along(x, index, axis):
    """`x` with `axis` replaced by its entries at `index`, int64 in range."""
    shape = (*x.shape[:axis], *index.shape, *x.shape[axis + 1 :])
    return gather(x, (index,), (axis,), shape)


def repeat_to(values, n):
    """`n` elements of the 1-D `values`, not empty, which start again at their end."""
    size = values.shape[0]
    if size >= n:
        return values if size == n else values[:n]
    if size == 1:
        return broadcast(values, (n,))
    rounds = -(-n // size)
    whole = reshape(broadcast(values, (rounds, size)), (-1,))
    return whole[:n]


def no_place(like):
    """Indices like `like` that scatters leave out."""
    return constant(like.shape, -1, INT64, like)


def keep_axes(x, shape, axes):
    """`x`, reduced over `axes` of `shape`, with those axes back as ones."""
    return reshape(x, keep_extents(shape, axes))


def keep_extents(shape, axes):
    """`shape` with ones along `axes`."""
    if len(axes) == 1:
        return (*shape[: axes[0]], 1, *shape[axes[0] + 1 :])
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def take(x, axis, start=None, stop=None, step=None):
    """The slice `start:stop:step` along one axis."""
    return x[(slice(None),) * axis + (slice(start, stop, step),)]


def pick(x, axis, index):
    """The elements at `index` of one axis, which the result loses."""
    return x[(slice(None),) * axis + (index,)]


def broadcast_shape(*shapes):
    """The shape to which `shapes` broadcast; ValueError if to none."""
    if shapes and all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    rank = max(map(len, shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        for axis, n in enumerate(shape, rank - len(shape)):
            if n != 1 and result[axis] not in (1, n):
                raise ValueError(
                    "operands could not be broadcast together with shapes "
                    + " ".join(format_shape(shape) for shape in shapes)
                )
            if n != 1:
                result[axis] = n
    return tuple(result)


def format_shape(shape):
    """A shape as NumPy's messages print it: `(2,3)`."""
    return f"({shape[0]},)" if len(shape) == 1 else f"({','.join(map(str, shape))})"


def as_shape(shape):
    """A shape argument, an integer or integers, as a tuple of integers."""
    if type(shape) is int and shape >= 0:
        return (shape,)
    if type(shape) is tuple and len(shape) <= 64:
        for n in shape:
            if type(n) is not int or n < 0:
                break
        else:
            return shape
    try:
        if isinstance(shape, bool):
            raise TypeError
        shape = (shape.__index__(),)
    except (AttributeError, TypeError):
        try:
            shape = tuple(n.__index__() for n in shape)
        except (AttributeError, TypeError):
            raise TypeError(
                f"expected a sequence of integers or a single integer, got '{shape!r}'"
            ) from None
    if any(n < 0 for n in shape):
        raise ValueError("negative dimensions are not allowed")
    if len(shape) > 64:
        raise ValueError(
            "maximum supported dimension for an ndarray is currently 64, "
            f"found {len(shape)}"
        )
    return shape


def as_axes(axis, ndim):
    """An `axis` argument as an ascending tuple of axes; None means all.

    Raises TypeError for lists, floats and bools.
    """
    if axis is None:
        return tuple(range(ndim))
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis % ndim,)
    axes = axis if isinstance(axis, tuple) else (axis,)
    if any(isinstance(i, bool) for i in axes):
        raise TypeError("an integer is required")
    return tuple(sorted(normalize_axis_tuple(tuple(map(operator.index, axes)), ndim)))


def as_axis(axis, ndim):
    """An `axis` argument that names one axis, counted from the front.

    Raises TypeError for None, tuples, floats and bools.
    """
    if isinstance(axis, bool):
        raise TypeError("an integer is required for the axis")
    return normalize_axis_index(operator.index(axis), ndim)


def as_flag(value):
    """A `keepdims` argument: a bool, or an integer that stands for one."""
    return value if isinstance(value, bool) else operator.index(value) != 0


def as_mask(where, device=None):
    """A `where` argument as a bool array; TypeError for arrays of other dtypes."""
    is_array = isinstance(where, (ndarray, _numpy.ndarray, _numpy.generic))
    if is_array and where.dtype != BOOL:
        raise make_cast_error(where.dtype, BOOL)
    return as_array(where, BOOL, device)


def as_output(out):
    """An `out` argument, or the only entry of a tuple; TypeError for no array."""
    if out is None:
        return None
    if isinstance(out, tuple) and len(out) == 1:
        (out,) = out
    if not isinstance(out, ndarray):
        raise TypeError("return arrays must be of ArrayType")
    return out


def store(result, out):
    """`result`, or `out` rebound to it as NumPy would have written it there."""
    out = as_output(out)
    if out is None:
        return result
    if out.shape != result.shape:
        raise ValueError(
            f"output array has shape {out.shape}, the result has {result.shape}"
        )
    return _core.assign(out, result)


def store_unsafely(result, out):
    """As `store`, whatever the dtype of `out`."""
    out = as_output(out)
    return result if out is None else store(convert(result, out.dtype), out)


def store_back(result, out):
    """As `store`; TypeError unless the dtype of `out` converts safely to the result's.

    NumPy computes these results in a copy of the output.
    """
    out = as_output(out)
    if out is None:
        return result
    if out.shape == result.shape and not can_cast(out.dtype, result.dtype):
        raise make_cast_error(out.dtype, result.dtype)
    return store_unsafely(result, out)
