"""Arrays that are functions of their indices: ranges and grids."""

import math
import operator

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index

from . import _ops as ops
from . import _ufuncs as uf
from ._creating import creating_on
from ._creation import asarray, zeros
from ._dtypes import (
    BOOL,
    FLOAT32,
    FLOAT64,
    INT64,
    as_dtype,
    float_dtype,
    is_half,
    kind,
    result_type,
)
from ._reductions import any as any_

_NUMBERS = (int, float, complex, _numpy.number)


def arange(start=None, stop=None, step=None, dtype=None, *, device=None, like=None):
    """The numbers `start, start + step, ...` below `stop`, 1-D.

    With one argument, counts from 0. Raises ZeroDivisionError for a step of 0,
    TypeError for more than two bools.
    """
    if stop is None:
        start, stop = 0, start
    elif start is None:
        start = 0
    if stop is None:
        raise TypeError("arange() requires stop to be specified.")
    step = 1 if step is None else step
    if dtype is None and _is_near(start) and _is_near(stop) and _is_near(step):
        if step:
            with creating_on(device):
                length = max(0, -((start - stop) // step))
                return _integer_range(start, step, length)
        dtype = INT64
    elif dtype is None and _is_plain(start) and _is_plain(stop) and _is_plain(step):
        dtype = FLOAT64
    elif dtype is None:
        dtypes = (_numpy.result_type(_as_weak(x)) for x in (start, stop, step))
        dtype = _numpy.result_type(INT64, *dtypes)
    dtype = as_dtype(dtype)
    start, stop, step = (_as_scalar(x) for x in (start, stop, step))
    if step == 0:
        raise ZeroDivisionError("division by zero")
    length = _range_length(start, stop, step)
    if dtype == BOOL and length > 2:
        raise TypeError(
            "arange() is only supported for booleans when the result "
            "has at most length 2."
        )
    with creating_on(device):
        return _affine_range(start, step, length, dtype)


def _as_scalar(x):
    """A Python number out of a scalar or an array of one element."""
    if getattr(x, "ndim", 0):
        raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
    return x.item() if hasattr(x, "item") else x


def _range_length(start, stop, step):
    length = (stop - start) / step
    if isinstance(length, complex):
        length = min(math.ceil(length.real), math.ceil(length.imag))
    if math.isinf(length):
        raise ValueError("Maximum allowed size exceeded")
    return max(0, math.ceil(length))


def _is_near(x):
    """Whether `x` is a Python integer such that sums of two are of int64."""
    return type(x) is int and -(2**62) <= x < 2**62


def _is_plain(x):
    """Whether `x` is a Python number that float64 arithmetic takes as it is."""
    return type(x) is float or _is_near(x)


def _integer_range(start, step, length):
    index = ops.iota((length,), 0)
    if step != 1:
        index = uf.multiply(index, step)
    return uf.add(index, start) if start else index


def _affine_range(start, step, length, dtype):
    """`start + i * delta` as NumPy fills it: delta is rounded before use."""
    if dtype == INT64 and _is_near(start) and _is_near(step):
        return _integer_range(start, step, length)
    if dtype == FLOAT64 and _is_plain(start) and _is_plain(step):
        first = float(start)
        delta = float(start + step) - first
        return uf.add(
            uf.multiply(ops.cast(ops.iota((length,), 0), dtype), delta), first
        )
    work = FLOAT32 if is_half(dtype) else dtype
    if dtype == BOOL:
        work = INT64
    # The second element, not the step, is what NumPy converts to the dtype.
    with _numpy.errstate(all="ignore"):
        first, second = (
            _numpy.asarray(x).astype(dtype).astype(work) for x in (start, start + step)
        )
        delta = second - first
    index = ops.cast(ops.iota((length,), 0), work)
    values = uf.add(ops.as_array(first), uf.multiply(index, ops.as_array(delta)))
    return ops.cast(values, dtype)


def linspace(
    start,
    stop,
    num=50,
    endpoint=True,
    retstep=False,
    dtype=None,
    axis=0,
    *,
    device=None,
):
    """`num` evenly spaced numbers from `start` to `stop`, which may be arrays.

    Without `endpoint`, `stop` is left out; with `retstep`, gives the step too.
    """
    with creating_on(ops.home((start, stop)) if device is None else device):
        return _linspace(start, stop, num, endpoint, retstep, dtype, axis)


def _linspace(start, stop, num, endpoint, retstep, dtype, axis):
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    intervals = num - 1 if endpoint else num
    start, stop = (_as_operand(x) for x in (start, stop))
    work = result_type(start, stop, 1.0)
    start, stop = _convert_alike(start, stop, work)
    dtype = work if dtype is None else as_dtype(dtype)
    with _numpy.errstate(all="ignore"):
        delta = stop - start
    index = ops.cast(ops.iota((num,) + (1,) * delta.ndim, 0), work)
    values, step = _spaced(index, delta, intervals, work)
    values = uf.add(values, ops.as_array(start))
    if endpoint and num > 1:
        is_last = uf.equal(ops.iota((num,) + (1,) * delta.ndim, 0), num - 1)
        values = ops.select(is_last, ops.as_array(stop), values)
    if kind(dtype) in "iu":
        values = uf.floor(values)
    values = _move_first_axis(ops.cast(values, dtype), axis)
    return (values, step) if retstep else values


def _as_operand(x):
    """A number as it is, for Python's promote weakly; else an array."""
    return x if isinstance(x, _NUMBERS) else asarray(x)


def _convert_alike(start, stop, work):
    """Both of dtype `work`: arrays, or NumPy's scalars if both are numbers."""
    if isinstance(start, _NUMBERS) and isinstance(stop, _NUMBERS):
        return (_numpy.asarray(x, work)[()] for x in (start, stop))
    return (ops.as_array(x, work) for x in (start, stop))


def _spaced(index, delta, intervals, work):
    """`index * delta / intervals`, and the step."""
    if intervals <= 0:
        return uf.multiply(index, ops.as_array(delta)), asarray(_numpy.nan, work)
    if isinstance(delta, _numpy.generic):
        return _spaced_by_number(index, delta, intervals)
    step = uf.divide(delta, intervals)
    # A step that underflows to 0 would lose every element: divide first.
    divided = uf.multiply(uf.divide(index, intervals), delta)
    underflows = uf.equal(step, 0)
    return ops.select(underflows, divided, uf.multiply(index, step)), step


def _spaced_by_number(index, delta, intervals):
    with _numpy.errstate(all="ignore"):
        step = delta / intervals
    if step == 0:
        values = uf.multiply(uf.divide(index, intervals), ops.as_array(delta))
    else:
        values = uf.multiply(index, ops.as_array(step))
    return values, ops.as_array(step)


def _move_first_axis(x, axis):
    axis = normalize_axis_index(axis, x.ndim)
    order = [*range(1, axis + 1), 0, *range(axis + 1, x.ndim)]
    return ops.transpose(x, order)


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """`base**x` for `num` evenly spaced `x` from `start` to `stop`.

    `start`, `stop` and `base` broadcast.
    """
    if _numpy.ndim(base):
        rank = max(map(_numpy.ndim, (start, stop, base)))
        start, stop, base = (_raise_rank(x, rank) for x in (start, stop, base))
        base = _move_first_axis(ops.reshape(base, (1, *base.shape)), axis)
    exponents = linspace(start, stop, num, endpoint, axis=axis)
    values = uf.power(base, exponents)
    return values if dtype is None else ops.cast(values, as_dtype(dtype))


def _raise_rank(x, rank):
    """`x` as an array with `rank` axes, new ones in front."""
    x = asarray(x)
    return ops.reshape(x, (1,) * (rank - x.ndim) + x.shape)


def _has_zero(x):
    return bool(any_(asarray(x) == 0)) if hasattr(x, "__len__") else x == 0


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """`num` numbers from `start` to `stop`, evenly spaced on a log scale.

    Raises ValueError where `start` or `stop` is 0.
    """
    if _has_zero(start) or _has_zero(stop):
        raise ValueError("Geometric sequence cannot include zero")
    start, stop = (
        _numpy.asarray(x)[()] if isinstance(x, _NUMBERS) else asarray(x)
        for x in (start, stop)
    )
    work = float_dtype(result_type(start, stop, FLOAT64 if dtype is None else dtype))
    start, stop = _convert_alike(start, stop, work)
    lib = _numpy if isinstance(start, _numpy.generic) else uf
    sign = lib.sign(start)
    low, high = lib.divide(start, sign), lib.divide(stop, sign)
    values = logspace(lib.log10(low), lib.log10(high), num, endpoint)
    index = ops.iota((num,) + (1,) * (values.ndim - 1), 0, values)
    if num > 0:
        values = ops.select(uf.equal(index, 0), ops.as_array(low), values)
    if num > 1 and endpoint:
        values = ops.select(uf.equal(index, num - 1), ops.as_array(high), values)
    dtype = work if dtype is None else as_dtype(dtype)
    values = uf.multiply(values, ops.as_array(sign))
    return _move_first_axis(ops.cast(values, dtype), axis)


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """A tuple of coordinate arrays, one per 1-D argument.

    Raises ValueError for an `indexing` that is neither "xy" nor "ij".
    """
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    ndim = len(xi)
    axes = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        axes[:2] = 1, 0
    lines = []
    for axis, x in zip(axes, map(asarray, xi)):
        shape = [1] * ndim
        shape[axis] = x.size
        lines.append(ops.reshape(x, tuple(shape)))
    shape = ops.broadcast_shape(*(x.shape for x in lines))
    grid = lines if sparse else [ops.broadcast(x, shape) for x in lines]
    return tuple(ops.own(x) for x in grid) if copy else tuple(grid)


def indices(dimensions, dtype=int, sparse=False):
    """The index along each axis of an array of shape `dimensions`.

    One array with the axes first, or a tuple of broadcastable ones if `sparse`.
    """
    shape = ops.as_shape(tuple(dimensions))
    dtype = as_dtype(dtype)
    lines = []
    for axis, n in enumerate(shape):
        line = (1,) * axis + (n,) + (1,) * (len(shape) - axis - 1)
        lines.append(ops.cast(ops.iota(line, axis), dtype))
    if sparse:
        return tuple(lines)
    if not lines:
        return zeros((0,), dtype)
    whole = [ops.reshape(ops.broadcast(x, shape), (1, *shape)) for x in lines]
    return ops.concatenate(whole, 0)


def fromfunction(function, shape, *, dtype=float, like=None, **kwargs):
    """`function(*indices(shape, dtype), **kwargs)`: an array by coordinates."""
    shape = ops.as_shape(shape)
    grid = [ops.broadcast(x, shape) for x in indices(shape, dtype, sparse=True)]
    return function(*grid, **kwargs)


class _Grid:
    """`mgrid[...]` and `ogrid[...]`: a slice per axis gives the coordinates.

    The step of a slice may be imaginary: `0:1:5j` is `linspace(0, 1, 5)`.
    """

    def __init__(self, sparse):
        self._sparse = sparse

    def __getitem__(self, key):
        if isinstance(key, slice):
            return self._line(key)
        lines = [self._line(part) for part in key]
        dtype = _find_dtype(key)
        lines = [ops.cast(x, dtype) for x in lines]
        grid = meshgrid(*lines, sparse=self._sparse, indexing="ij")
        if self._sparse:
            return grid
        return ops.concatenate([ops.reshape(x, (1, *x.shape)) for x in grid], 0)

    @staticmethod
    def _line(key):
        start = 0 if key.start is None else key.start
        if not _counts_points(key):
            return arange(start, key.stop, key.step)
        dtype = _find_dtype((key,))
        return linspace(start, key.stop, int(abs(key.step)), dtype=dtype)


def _counts_points(key):
    """Whether the step of a slice is imaginary, the number of points."""
    return isinstance(key.step, (complex, _numpy.complexfloating))


def _find_dtype(slices):
    """The common dtype of ranges, for which Python's numbers promote weakly."""
    numbers = [0]
    for key in slices:
        step = 1 if key.step is None else key.step
        step = abs(step) if _counts_points(key) else step
        numbers += [0 if key.start is None else key.start, key.stop, step]
    return _numpy.result_type(*map(_as_weak, numbers))


def _as_weak(x):
    """An array of Numloom's as its dtype; other numbers as they are."""
    return x.dtype if hasattr(x, "device") else x


mgrid = _Grid(sparse=False)
ogrid = _Grid(sparse=True)
