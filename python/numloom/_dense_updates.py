"""Updates of so many places that a pass over all of them takes less time.

Entries that follow one another in memory at random write parts of sectors of 32 bytes,
which the memory reads, merges and writes: `t[:, i] = x` for half the columns moves each
row of `t` anyway, several times. Instead each column learns which entry is its last,
and one kernel reads `t` and writes it.
"""

import math

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import BOOL, INT64
from ._scatters import ANY, EQUAL, MAXIMUM, REPLACE, record_scatter

# Bytes that memory writes at once.
_SECTOR = 32
# Lines of places from which on it pays to look at the places first.
_FEWEST_LINES = 16


def is_dense(x, axes, count):
    """Whether `count` entries name most sectors of many lines of places.

    `axes`, along which the places are, must be the last of `x`.
    """
    first = axes[0]
    if not first or list(axes) != list(range(first, x.ndim)):
        return False
    places, lines = math.prod(x.shape[first:]), math.prod(x.shape[:first])
    return lines >= _FEWEST_LINES and count * _SECTOR >= places * x.dtype.itemsize


def replace_all(x, flat, first, value):
    """`x` with the last of `value`'s entries at each place of its axes from `first` on.

    `flat` are the entries' places as one index, 1-D; negative ones are left out.
    """
    (count,) = flat.shape
    lead, extents = x.shape[:first], x.shape[first:]
    places = math.prod(extents)
    value = ops.reshape(value, (*lead, count))
    if _core.is_function_of(value, first, 1, []):
        none = ops.constant((places,), 0, BOOL, x)
        yes = ops.constant((count,), 1, BOOL, x)
        is_named = record_scatter(none, [flat], [0], yes, REPLACE, EQUAL)
        value = ops.take(value, first, 0, 1)
    else:
        nobody = ops.constant((places,), -1, INT64, x)
        entries = ops.iota((count,), 0, x)
        last = record_scatter(nobody, [flat], [0], entries, MAXIMUM, ANY)
        is_named = last >= 0
        value = ops.gather_along(value, uf.maximum(last, 0), first)
    value = ops.broadcast(value, (*lead, places))
    is_named = ops.reshape(is_named, (1,) * first + extents)
    return ops.select(is_named, ops.reshape(value, x.shape), x)
