"""Reductions of slices: the method reduceat of ufuncs."""

import numpy as _numpy

from . import _core, _indexing
from . import _ops as ops
from . import _scatters as scatters
from ._core import ndarray
from ._dtypes import INT64, make_cast_error
from ._orders import lay_out
from ._ufunc_at import find_combiner
from ._ufunc_methods import (
    check_loop,
    get_neutral,
    is_reduction,
    loop_dtype,
    parse_axis_call,
    reduce_axes,
)

# Slices are padded to the longest one where that at most doubles the work: elsewhere
# each element but the first is scattered into its slice's result, which takes an index
# and an atomic or ordered update for each.
_MOST_PADDING = 2


def reduceat(ufunc, array, indices, axis=0, dtype=None, out=None):
    """Reductions of the slices of `axis` that begin at the 1-D `indices`.

    Element `i` reduces `indices[i]:indices[i + 1]`, to the end for the last one, or
    takes the one element at `indices[i]` where the next index is no greater. Dtypes
    are those of `reduce`; IndexError for an index out of bounds.
    """
    x, axis, out = parse_axis_call(ufunc, "reduceat", array, axis, out)
    starts = indices
    if not isinstance(starts, (ndarray, _numpy.ndarray)):
        starts = _numpy.asarray(starts, INT64)
    starts = _numpy.asarray(starts)
    if starts.dtype.kind not in "biu":
        raise make_cast_error(starts.dtype, INT64)
    if starts.ndim != 1:
        depth = "of too small depth" if starts.ndim == 0 else "too deep"
        raise ValueError(f"object {depth} for desired array")
    starts = starts.astype(INT64)
    n = x.shape[axis]
    bad = (starts < 0) | (starts >= n)
    if bad.any():
        raise IndexError(
            f"index {starts[bad][0]} out-of-bounds in {ufunc.__name__}.reduceat "
            f"[0, {n})"
        )
    dtype = loop_dtype(ufunc, x, dtype, out)
    check_loop(ufunc, dtype)
    x = ops.convert(x, dtype)
    ends = _numpy.maximum(_numpy.r_[starts[1:], n][: starts.size], starts + 1)
    result = _reduce_all(ufunc, x, starts, ends, axis)
    order = _core.keep_order(ops.take(x, axis, 0, 1))
    return ops.store_unsafely(lay_out(result, order or range(x.ndim)), out)


def _reduce_all(ufunc, x, starts, ends, axis):
    """The slices `starts[i]:ends[i]` of `axis`, none empty, each reduced to one."""
    lengths = ends - starts
    padded = lengths.max(initial=0) * starts.size
    if is_reduction(ufunc) and 0 < padded <= _MOST_PADDING * lengths.sum():
        return _reduce_rows(ufunc, x, starts, lengths, axis)
    combiner = find_combiner(ufunc, x.dtype)
    if combiner is None:
        return _reduce_slices(ufunc, x, starts, ends, axis)
    return _combine_slices(x, starts, ends, axis, combiner)


def _reduce_rows(ufunc, x, starts, lengths, axis):
    """All slices as rows of one array, those that are shorter padded."""
    count, longest = starts.size, int(lengths.max())
    last = starts[0] + count * longest
    is_regular = (_numpy.diff(starts) == longest).all() and (lengths == longest).all()
    split = (*x.shape[:axis], count, longest, *x.shape[axis + 1 :])
    if is_regular:
        rows = ops.reshape(ops.take(x, axis, int(starts[0]), int(last)), split)
        return reduce_axes(ufunc, rows, (axis + 1,))
    first = ops.reshape(ops.as_array(starts, INT64, x), (count, 1))
    length = ops.reshape(ops.as_array(lengths, INT64, x), (count, 1))
    place = ops.iota((1, longest), 1, x)
    is_there = place < length
    rows = ops.gather_along(x, ops.select(is_there, first + place, first), axis)
    neutral = get_neutral(ufunc, x.dtype)
    if neutral is not None:
        # Extremes have none, but do not mind the first element again.
        mask = ops.reshape(is_there, (count, longest) + (1,) * (x.ndim - axis - 1))
        rows = ops.select(mask, rows, ops.as_array(neutral, x.dtype, x))
    return reduce_axes(ufunc, rows, (axis + 1,))


def _take_lines(x, axis, positions):
    return ops.gather_along(x, ops.as_array(positions, INT64, x), axis)


def _combine_slices(x, starts, ends, axis, combiner):
    """The first element of each slice, into which the others are scattered."""
    lengths = ends - starts - 1
    slices = _numpy.repeat(_numpy.arange(starts.size), lengths)
    before = _numpy.cumsum(lengths) - lengths
    rest = _numpy.arange(slices.size) - before[slices] + starts[slices] + 1
    return _indexing.scatter(
        _take_lines(x, axis, starts),
        [ops.as_array(slices, INT64, x)],
        [axis],
        _take_lines(x, axis, rest),
        combiner,
        scatters.NEIGHBOURS,
    )


def _reduce_slices(ufunc, x, starts, ends, axis):
    if starts.size == 0:
        return _take_lines(x, axis, starts)
    slices = [
        ops.take(x, axis, int(start), int(end)) for start, end in zip(starts, ends)
    ]
    # Of one element a reduction would make what the ufunc makes of its identity.
    parts = [
        part if part.shape[axis] == 1 else ufunc.reduce(part, axis, keepdims=True)
        for part in slices
    ]
    return ops.concatenate([ops.cast(part, x.dtype) for part in parts], axis)


_core.ufunc.reduceat = reduceat
