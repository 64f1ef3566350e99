"""Scatters in parallel whose indices may name a place more than once.

What is left of such entries must not depend on which thread comes last, nor sums of
floats on the order in which threads come.
"""

import math

import numpy as _numpy

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._core import record
from ._dtypes import INT64

#: What a scatter makes of an element and an entry: the dialect's ScatterCombiner.
REPLACE, ADD, MAXIMUM, MINIMUM, MULTIPLY, AND, OR, XOR, SUBTRACT, DIVIDE = range(10)
#: What a scatter knows of entries for one place.
ANY, NONE, NEIGHBOURS = range(3)

_ATOMIC = (ADD, MAXIMUM, MINIMUM, AND, OR, XOR)
_INT32 = _numpy.dtype("int32")
# Values that one thread puts in place sooner than others have sorted them out.
_FEW = 256
# Places to an entry from which on sorting the entries moves fewer bytes than marking
# the places.
_MOST_PLACES = 16


def record_scatter(x, indices, axes, value, combine, repeats):
    """One scatter of the dialect."""
    attrs = (list(axes), combine, repeats)
    return record("scatter", (x, value, *indices), x.shape, x.dtype, attrs)


def scatter_in_parallel(x, indices, axes, value, combine):
    """The scatter of entries in order, by kernels that keep none."""
    count = math.prod(indices[0].shape)
    if count == 1:
        return record_scatter(x, indices, axes, value, combine, NONE)
    is_atomic = combine in _ATOMIC and x.dtype.kind in "biu"
    if is_atomic or value.size <= _FEW:
        return record_scatter(x, indices, axes, value, combine, ANY)
    extents = [x.shape[axis] for axis in axes]
    flat = _flatten(indices, extents)
    if combine == REPLACE and math.prod(extents) <= _MOST_PLACES * count:
        indices = _keep_winners(indices, flat, math.prod(extents))
        return record_scatter(x, indices, axes, value, REPLACE, NONE)
    first, rank = axes[0], len(indices[0].shape)
    shape = (*value.shape[:first], count, *value.shape[first + rank :])
    keys = ops.cast(flat, _INT32) if math.prod(extents) < 2**31 else flat
    order = _core.argsort(keys)
    value = ops.gather_along(ops.reshape(value, shape), order, first)
    indices = [ops.gather_along(ops.reshape(i, (count,)), order, 0) for i in indices]
    return record_scatter(x, indices, axes, value, combine, NEIGHBOURS)


def _flatten(indices, extents):
    """The places as one index, 1-D: negative if they are to be left out."""
    flat = indices[0]
    for index, n in zip(indices[1:], extents[1:]):
        is_inside = uf.logical_and(flat >= 0, uf.logical_and(index >= 0, index < n))
        flat = ops.select(is_inside, flat * n + index, ops.no_place(index))
    return ops.reshape(flat, (-1,))


def _keep_winners(indices, flat, num_places):
    """`indices` with -1, which scatters leave out, for all but the last of a place."""
    (count,) = flat.shape
    dtype = _INT32 if count < 2**31 else INT64
    entries = ops.cast(ops.iota((count,), 0, flat), dtype)
    nobody = ops.constant((num_places,), -1, dtype, flat)
    winners = record_scatter(nobody, [flat], [0], entries, MAXIMUM, ANY)
    inside = uf.maximum(flat, 0)
    wins = ops.gather_along(winners, inside, 0) == entries
    first, *rest = indices
    wins = ops.reshape(wins, first.shape)
    return [ops.select(wins, first, ops.no_place(first)), *rest]
