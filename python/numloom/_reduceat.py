"""Reductions of slices: the method reduceat of ufuncs."""

import numpy as _numpy

from . import _core, _indexing
from . import _ops as ops
from . import _scatters as scatters
from . import _ufuncs as uf
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
    slices = _Slices(_as_starts(indices), x.shape[axis])
    slices.check(f"{ufunc.__name__}.reduceat")
    dtype = loop_dtype(ufunc, x, dtype, out)
    check_loop(ufunc, dtype)
    x = ops.convert(x, dtype)
    result = _reduce_all(ufunc, x, slices, axis)
    order = _core.keep_order(ops.take(x, axis, 0, 1))
    return ops.store_unsafely(lay_out(result, order or range(x.ndim)), out)


def _as_starts(indices):
    """The argument as a vector of int64, Numloom's or NumPy's."""
    starts = indices
    if not isinstance(starts, (ndarray, _numpy.ndarray)):
        starts = _numpy.asarray(starts, INT64)
    if starts.dtype.kind not in "biu":
        raise make_cast_error(starts.dtype, INT64)
    if starts.ndim != 1:
        depth = "of too small depth" if starts.ndim == 0 else "too deep"
        raise ValueError(f"object {depth} for desired array")
    return ops.cast(starts, INT64) if _is_ours(starts) else starts.astype(INT64)


def _is_ours(x):
    return isinstance(x, ndarray)


def _find_lengths(starts):
    """Those of all slices but the last; none is empty."""
    maximum = uf.maximum if _is_ours(starts) else _numpy.maximum
    return maximum(starts[1:] - starts[:-1], 1)


def _read_extremes(starts):
    """Numbers of `starts`, which stays where it is: of a GPU's, one wait for all."""
    lengths = _find_lengths(starts)
    numbers = [starts[0], starts[-1], starts.min(), starts.max()]
    if lengths.size:
        numbers += [lengths.min(), lengths.max(), lengths.sum()]
    if not _is_ours(starts):
        return [int(x) for x in numbers]
    stacked = _core.stack_scalars(numbers)
    # What somebody holds is written to memory with what is computed from it.
    del lengths, numbers
    return _numpy.asarray(stacked).tolist()


class _Slices:
    """Slices of an axis of `n` entries, from each of `starts` to the next.

    Attributes: their `count`, the `first` and `last` start, the `longest` slice, and
    the `total` length of all.
    """

    def __init__(self, starts, n):
        self.starts, self.n, self.count = starts, n, starts.shape[0]
        self.longest = self.total = 0
        self._is_inside = True
        if self.count:
            numbers = _read_extremes(starts)
            self.first, self.last, least, most = numbers[:4]
            self._is_inside = least >= 0 and most < n
            shortest, longest, total = numbers[4:] or (n, 1, 0)
            self.total = total + n - self.last
            self.longest = max(longest, n - self.last)
            self._shortest = min(shortest, n - self.last)

    def check(self, name):
        """IndexError for a start out of bounds."""
        if self._is_inside:
            return
        starts = _numpy.asarray(self.starts)
        bad = starts[(starts < 0) | (starts >= self.n)][0]
        raise IndexError(f"index {bad} out-of-bounds in {name} [0, {self.n})")

    def are_regular(self):
        """Whether all follow one another and are equally long."""
        # Of one element each may be starts that do not ascend.
        span = (self.count - 1) * self.longest
        return self._shortest == self.longest and self.last - self.first == span

    def get_lengths(self, like):
        """Their lengths as an array of the library of `starts`."""
        lengths = _find_lengths(self.starts)
        if _is_ours(lengths):
            last = _core.asarray([self.n - self.last], INT64, None, like)
            return ops.concatenate([lengths, last], 0)
        return _numpy.append(lengths, self.n - self.last)


def _reduce_all(ufunc, x, slices, axis):
    """Each of the slices of `axis` reduced to one entry."""
    padded = slices.longest * slices.count
    if is_reduction(ufunc) and 0 < padded <= _MOST_PADDING * slices.total:
        return _reduce_rows(ufunc, x, slices, axis)
    starts = _numpy.asarray(slices.starts)
    ends = starts + 1
    if starts.size:
        ends = starts + _numpy.asarray(slices.get_lengths(x))
    combiner = find_combiner(ufunc, x.dtype)
    if combiner is None:
        return _reduce_slices(ufunc, x, starts, ends, axis)
    return _combine_slices(x, starts, ends, axis, combiner)


def _reduce_rows(ufunc, x, slices, axis):
    """All slices as rows of one array, those that are shorter padded."""
    count, longest = slices.count, slices.longest
    if slices.are_regular():
        split = (*x.shape[:axis], count, longest, *x.shape[axis + 1 :])
        last = slices.first + count * longest
        rows = ops.reshape(ops.take(x, axis, slices.first, last), split)
        return reduce_axes(ufunc, rows, (axis + 1,))
    first = ops.reshape(ops.as_array(slices.starts, INT64, x), (count, 1))
    length = ops.as_array(slices.get_lengths(x), INT64, x)
    place = ops.iota((1, longest), 1, x)
    is_there = place < ops.reshape(length, (count, 1))
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
