"""How often indices name each place, in counts that stay in a cache.

A count has four bits, so that those of an array that lies in memory are a sixteenth
of its bytes, or an eighth: atomic operations on them do not leave a GPU's second-level
cache. Where one of them overflows nothing is counted.
"""

import numpy as _numpy

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import INT64
from ._scatters import ADD, ANY, record_scatter

_UINT32 = _numpy.dtype("uint32")
# Places whose counts stay in a second-level cache: half a byte each, of 50 MB.
_MOST_COUNTED = 64 << 20
# Bytes of arrays that stay there themselves.
_CACHED = 64 << 20
# Places to an entry up to which counts and a pass over all places take less than the
# entries' accesses to memory; and up to which they do where the pass is made anyway.
_MOST_PLACES = 10
_MOST_PASSED = 20
# Entries that are looked at first, each in one of so many counts: these overflow if
# one entry in 250 names the same place. Atomic operations on one word take turns.
_SAMPLE = 4096
_SAMPLE_COUNTS = 1 << 15


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

    Negative entries are left out.
    """

    def __init__(self, flat, num_places):
        (count,) = flat.shape
        if count > _SAMPLE:
            is_spread = ops.broadcast(_are_spread(flat), flat.shape)
            flat = ops.select(is_spread, flat, ops.no_place(flat))
        self._words = _count(flat, num_places)
        #: A 0-d bool array: whether all entries were counted, and no count overflowed.
        self.are_valid = _add_counts(self._words) == count

    def at(self, places):
        """The counts at the int64 `places`, in range; 0 unless all are valid."""
        word, bit = _find_count(places)
        words = ops.gather_along(self._words, word, 0)
        counts = (words >> bit) & _number(15, words)
        return ops.select(self.are_valid, counts, _number(0, counts))


def _count(flat, num_places):
    """The counts, eight to a word."""
    nothing = ops.constant((-(-num_places // 8),), 0, _UINT32, flat)
    word, bit = _find_count(flat)
    one = uf.left_shift(_number(1, bit), bit)
    return record_scatter(nothing, [word], [0], one, ADD, ANY)


def _are_spread(flat):
    """Whether no place is named by very many entries, to judge by a sample; 0-d."""
    # An odd step meets all columns of entries that lie in rows of a power of two.
    sample = flat[:: flat.shape[0] // _SAMPLE | 1]
    few = (sample + (sample >> 15)) & (_SAMPLE_COUNTS - 1)
    return _add_counts(_count(few, _SAMPLE_COUNTS)) == sample.shape[0]


def _number(value, like):
    """A number that kernels know, of the dtype of `like`."""
    return ops.constant((), value, like.dtype, like)


def _find_count(places):
    """The word that a place's count is in, and the bit at which it begins."""
    three = _number(3, places)
    word = places >> three
    # Computed from the word, so that kernels find both from the place themselves.
    count = places - (word << three)
    return word, ops.cast(count << _number(2, places), _UINT32)


def _add_counts(words):
    """The sum of all counts, 0-d.

    A count of sixteen is one in the next count, or nothing behind the last one of a
    word: then the sum is less than the number of entries.
    """
    low = _number(0x0F0F0F0F, words)
    pairs = (words & low) + ((words >> _number(4, words)) & low)
    sums = (pairs * _number(0x01010101, words)) >> _number(24, words)
    return ops.reduce("sum", ops.cast(sums, INT64), (0,))


def add_by_counts(x, indices, flat, value):
    """`x` with the one integer of `value` added as often as `flat` names each element.

    Unless counts are valid it is added entry by entry.
    """
    counts = PlaceCounts(flat, x.size)
    times = counts.at(ops.iota((x.size,), 0, x))
    amount = value[(0,) * value.ndim]
    x = x + ops.reshape(ops.cast(times, x.dtype), x.shape) * amount
    first, *rest = indices
    first = ops.select(counts.are_valid, ops.no_place(first), first)
    return record_scatter(x, [first, *rest], range(x.ndim), value, ADD, ANY)
