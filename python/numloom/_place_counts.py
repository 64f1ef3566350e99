"""How often indices name each place, in counts that stay in a cache.

A count has four bits, so that those of an array that lies in memory are a sixteenth
of its bytes, or an eighth: atomic operations on them do not leave a GPU's second-level
cache. Where one of them overflows nothing is counted.
"""

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._scatters import ADD, ANY, record_scatter

# Places whose counts stay in a second-level cache: half a byte each, of 50 MB.
_MOST_COUNTED = 64 << 20
# Bytes of arrays that stay there themselves.
_CACHED = 64 << 20
# Places to an entry up to which counts and a pass over all places take less than the
# entries' accesses to memory; and up to which they do where the pass is made anyway.
_MOST_PLACES = 10
_MOST_PASSED = 20
# Entries that are looked at first, so that those which often name one place are not
# counted: atomic operations on one word take turns.
_SAMPLE = 4096


def is_worth_counting(count, num_places, num_bytes, most_places=_MOST_PLACES):
    """Whether counts take less time than `count` accesses to memory at random places.

    There are `num_places`, which take `num_bytes`, `most_places` to an entry at most.
    Beyond one entry to a place counts begin to overflow.
    """
    return (
        num_bytes > _CACHED
        and num_places <= _MOST_COUNTED
        and count <= num_places <= most_places * count
    )


def is_worth_adding(x, count):
    """Whether counts add a number to `count` random elements of `x` in less time."""
    most = _MOST_PASSED if _core.is_elementwise(x) else _MOST_PLACES
    return is_worth_counting(count, x.size, x.nbytes, most)


class PlaceCounts:
    """How often the int64 `flat`, a vector, names each of `num_places`.

    Negative entries are left out. `are_few` says that there are none, and that no
    place is named more than 15 times.
    """

    def __init__(self, flat, num_places, are_few=False):
        counts = _core.count_places(flat, num_places, _SAMPLE, are_few)
        #: `are_valid` is a 0-d bool array: whether all entries were counted, and no
        #: count overflowed; None where that is known.
        self._words, self.are_valid = counts

    def at(self, places):
        """The counts at the int64 `places`, in range; 0 unless all are valid."""
        return _core.read_counts(self._words, self.are_valid, places)


def add_by_counts(x, indices, flat, value, reused=None):
    """`x` with the one integer of `value` added as often as `flat` names each element.

    Unless counts are valid it is added entry by entry. That they are is known of an
    array that is `reused` for `flat` from the second time on.
    """
    are_few = reused is not None and _core.has_few_repeats(reused)
    counts = PlaceCounts(flat, x.size, are_few)
    times = counts.at(ops.iota((x.size,), 0, x))
    amount = value[(0,) * value.ndim]
    x = x + ops.reshape(ops.cast(times, x.dtype), x.shape) * amount
    if are_few:
        return x
    if reused is not None:
        x = _core.note_few_repeats(reused, uf.logical_not(counts.are_valid), x)
    first, *rest = indices
    first = ops.select(counts.are_valid, ops.no_place(first), first)
    return record_scatter(x, [first, *rest], range(x.ndim), value, ADD, ANY)
