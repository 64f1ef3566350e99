"""Integers of a small range: counted in a table with an entry for each number of it.

A table is read and written at random places, a sort reads and writes everything
several times: docs/Runtime/Algorithms.md has what both take.
"""

from . import _core
from . import _ops as ops
from . import _scans as scans
from . import _ufuncs as uf
from ._dtypes import INT64, kind
from ._masks import compress_by
from ._searching import read_range

# A table of up to as many entries (1 MB) stays in the cache of a core.
_NEAR_ENTRIES = 1 << 17
# Fewer elements are sorted on a GPU before the host has got their range, and the
# counts of more entries (16 MB) leave its second-level cache too often.
_FEWEST_ON_GPU = 1 << 21
_MOST_ON_GPU = 1 << 21


def _is_integer(x):
    return kind(x.dtype) in "iub"


class IntegerTable:
    """How often each of `low` ... `low + size - 1` occurs in the integers `x`."""

    def __init__(self, x, low, size):
        # Numbers of uint64 beyond int64 wrap around, and so does their difference.
        self.low = low - (1 << 64) if low >= 1 << 63 else low
        self.size, self.dtype = size, x.dtype
        self.places = self.find_places(x)
        self.counts = _core.bincount(self.places, None, size)
        self.occurs = self.counts != 0

    def find_places(self, x):
        """The entries of integers, int64; not of the table for such out of range."""
        return ops.cast(x, INT64) - self.low

    def get_values(self):
        """The different integers, ascending, in their dtype."""
        numbers = ops.iota((self.size,), 0, self.counts) + self.low
        return ops.cast(compress_by(self.occurs, [numbers])[0], self.dtype)

    def get_counts(self):
        """How often each of `get_values` occurs."""
        return compress_by(self.occurs, [self.counts])[0]

    def get_inverse(self):
        """The place of each element that was counted in `get_values`."""
        ranks = scans.cumsum(self.occurs, dtype=INT64) - 1
        return ops.gather_along(ranks, self.places, 0)

    def contains(self, x):
        """Whether each of the integers `x` was counted; bool."""
        places = self.find_places(x)
        is_inside = (places >= 0) & (places < self.size)
        nearest = uf.minimum(uf.maximum(places, 0), self.size - 1)
        return is_inside & ops.gather_along(self.occurs, nearest, 0)


def _make_table(x, most):
    """The table of the 1-D `x`, which has elements; None beyond `most` entries."""
    if not _is_integer(x):
        return None
    low, high = (int(bound) for bound in read_range(x))
    return IntegerTable(x, low, high - low + 1) if high - low < most else None


def count_integers(x, needs_inverse=False):
    """The table of the 1-D `x` if that is sooner made than `x` is sorted, else None."""
    n = x.size
    if x.device == "cpu":
        return _make_table(x, max(n // 8, min(n, _NEAR_ENTRIES)))
    if not _is_many(n):
        return None
    # Sorting for the inverse takes six times as long.
    return _make_table(x, n // 8 if needs_inverse else min(n // 8, _MOST_ON_GPU))


def tabulate_members(tests, lookups):
    """The table of the 1-D `tests` if as many `lookups` are worth it, else None."""
    n = tests.size + lookups
    if tests.device == "cpu":
        return _make_table(tests, 4 * n)
    return _make_table(tests, n // 4) if _is_many(n) else None


def _is_many(n):
    return n >= _FEWEST_ON_GPU
