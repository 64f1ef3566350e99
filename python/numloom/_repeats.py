"""Scatters in parallel whose indices may name a place more than once.

What is left of such entries must not depend on which thread comes last, nor sums of
floats on the order in which threads come.
"""

import math

import numpy as _numpy

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._dense_updates import is_dense, replace_all
from ._dtypes import FLOAT64, INT64
from ._place_counts import (
    PlaceCounts,
    add_by_counts,
    is_worth_adding,
    is_worth_counting,
)
from ._scatters import (
    ADD,
    AND,
    ANY,
    EQUAL,
    MAXIMUM,
    MINIMUM,
    NEIGHBOURS,
    NONE,
    OR,
    REPLACE,
    SUBTRACT,
    XOR,
    record_scatter,
)

_ATOMIC = (ADD, MAXIMUM, MINIMUM, AND, OR, XOR)
_INT32 = _numpy.dtype("int32")
# Values that one thread puts in place sooner than others have sorted them out.
_FEW = 256
# Places to an entry from which on sorting the entries moves fewer bytes than marking
# the places.
_MOST_PLACES = 16
# Places to an entry from which on so few entries share a place that to find these
# first takes less time: one in four at random places.
_FEW_REPEATS = 3
# Bytes that a GPU writes while the many operations of a scatter are recorded.
_LARGE = 1 << 24


def scatter_in_parallel(x, indices, axes, value, combine, names=None):
    """The scatter of entries in order, by kernels that keep none."""
    count = math.prod(indices[0].shape)
    if count == 1:
        return record_scatter(x, indices, axes, value, combine, NONE)
    if combine == REPLACE and is_dense(x, axes, count):
        return replace_all(x, _flatten(indices, x.shape[axes[0] :]), axes[0], value)
    sure = names.sure if names else indices
    if combine == REPLACE and _is_function_of(value, indices, axes, sure):
        return record_scatter(x, indices, axes, value, REPLACE, EQUAL)
    is_atomic = combine in _ATOMIC and x.dtype.kind in "biu"
    reused = names.reused if names else None
    if is_atomic and _adds_one_integer(x, indices, axes, value, combine):
        return add_by_counts(x, indices, _flatten(indices, x.shape), value, reused)
    if is_atomic or value.size <= _FEW:
        return record_scatter(x, indices, axes, value, combine, ANY)
    if _combines_in_any_order(x, combine) and _is_function_of(
        value, indices, axes, sure
    ):
        return record_scatter(x, indices, axes, value, combine, EQUAL)
    are_last = _core.last_entries(reused) if reused is not None else None
    if combine == REPLACE and are_last is not None:
        winners = [ops.select(are_last, indices[0], ops.no_place(indices[0]))]
        return record_scatter(x, winners, axes, value, REPLACE, NONE)
    if x.nbytes >= _LARGE:
        _core.evaluate([x])
    extents = [x.shape[axis] for axis in axes]
    flat = _flatten(indices, extents)
    if combine == REPLACE and math.prod(extents) <= _MOST_PLACES * count:
        places = math.prod(extents)
        differ = _find_difference(value, indices, axes, names)
        doubtful = _find_doubtful(flat, places) if differ is None else differ
        wins = _find_winners(flat, places, doubtful)
        wins = ops.reshape(wins, indices[0].shape)
        if reused is not None:
            wins = _core.note_last_entries(reused, wins)
        first, *rest = indices
        indices = [ops.select(wins, first, ops.no_place(first)), *rest]
        repeats = NONE if differ is None else EQUAL
        return record_scatter(x, indices, axes, value, REPLACE, repeats)
    first, rank = axes[0], len(indices[0].shape)
    shape = (*value.shape[:first], count, *value.shape[first + rank :])
    keys = ops.cast(flat, _INT32) if math.prod(extents) < 2**31 else flat
    order = _core.argsort(keys)
    value = ops.gather_along(ops.reshape(value, shape), order, first)
    indices = [ops.gather_along(ops.reshape(i, (count,)), order, 0) for i in indices]
    return record_scatter(x, indices, axes, value, combine, NEIGHBOURS)


def _adds_one_integer(x, indices, axes, value, combine):
    """Whether counting entries adds the same to elements in less time."""
    return (
        combine == ADD
        and x.dtype.kind in "iu"
        and len(axes) == x.ndim
        and is_worth_adding(x, value.size)
        and _is_function_of(value, indices, axes, [])
    )


def _combines_in_any_order(x, combine):
    """Whether a scatter of equal floats is the same in whatever order they come.

    Equal numbers are added one by one, rounded each time; the device does so for
    float64.
    """
    return combine in (MAXIMUM, MINIMUM) or (
        combine in (ADD, SUBTRACT) and x.dtype == FLOAT64
    )


def _is_function_of(value, indices, axes, known):
    """Whether values are equal wherever entries have equal elements of `known`."""
    return _core.is_function_of(value, axes[0], indices[0].ndim, known)


def _find_difference(value, indices, axes, names):
    """A 0-d bool array: whether entries for one place may have different values.

    None where nothing is known but that they may.
    """
    if not names or not names.signed:
        return None
    if not _is_function_of(value, indices, axes, names.sure + names.signed):
        return None
    least = [
        ops.reduce("min", ops.cast(index, INT64), tuple(range(index.ndim)))
        for index in names.signed
    ]
    differ = least[0] < 0
    for other in least[1:]:
        differ = uf.logical_or(differ, other < 0)
    return differ


def _flatten(indices, extents):
    """The places as one index, 1-D: negative if they are to be left out."""
    flat = indices[0]
    for index, n in zip(indices[1:], extents[1:]):
        is_inside = uf.logical_and(flat >= 0, uf.logical_and(index >= 0, index < n))
        flat = ops.select(is_inside, flat * n + index, ops.no_place(index))
    return ops.reshape(flat, (-1,))


def _find_doubtful(flat, num_places):
    """Whether entries share their place with others, or may; None for no idea."""
    (count,) = flat.shape
    # Where most places are named there is little to be gained.
    if num_places < _FEW_REPEATS * count:
        return None
    if not is_worth_counting(count, num_places, _INT32.itemsize * num_places):
        return None
    counts = PlaceCounts(flat, num_places)
    is_shared = counts.at(uf.maximum(flat, 0)) > 1
    return uf.logical_or(is_shared, uf.logical_not(counts.are_valid))


def _find_winners(flat, num_places, doubtful):
    """Which of the entries `flat` are the last of their places, a bool vector.

    Places are looked at only where `doubtful`, a bool array or None, holds; elsewhere
    all entries win.
    """
    (count,) = flat.shape
    dtype = _INT32 if count < 2**31 else INT64
    entries = ops.cast(ops.iota((count,), 0, flat), dtype)
    nobody = ops.constant((num_places,), -1, dtype, flat)
    if doubtful is not None:
        if not doubtful.shape:
            # Without doubt nobody looks.
            nobody = ops.select(doubtful, nobody, ops.empty((num_places,), dtype, flat))
        doubtful = ops.broadcast(doubtful, flat.shape)
        flat = ops.select(doubtful, flat, ops.no_place(flat))
    winners = record_scatter(nobody, [flat], [0], entries, MAXIMUM, ANY)
    inside = uf.maximum(flat, 0)
    wins = ops.gather_along(winners, inside, 0) == entries
    if doubtful is not None:
        wins = uf.logical_or(wins, uf.logical_not(doubtful))
    return wins
