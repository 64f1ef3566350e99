"""Indices as int64 arrays in range: checks, negative ones, errors.

What lies on the host, or is computed there, is checked at once. On a GPU a check is
a number that the next wait for the device reads: 0, or an index out of bounds. Until
then accesses are safe, and updates with such an index change nothing.
"""

import os
import sys

import numpy as _numpy

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import INT64

# Checks that wait before somebody waits for them: they keep their indices alive.
_MOST_DEFERRED = 64
_PACKAGE = os.path.dirname(__file__)


def convert_lists(key):
    """The tuple `key` with NumPy arrays for its lists, ranges and other sequences."""
    return tuple(_to_array(item) if _is_sequence(item) else item for item in key)


def _is_sequence(item):
    if isinstance(item, (list, tuple)):
        return True
    if isinstance(item, (_core.ndarray, _numpy.ndarray, _numpy.generic, str, bytes)):
        return False
    return hasattr(item, "__getitem__")


def _to_array(item):
    array = _numpy.asarray(item)
    # An empty list says nothing of its dtype.
    return array if array.size else array.astype(INT64)


def as_index(obj):
    """`obj`, an array, NumPy's or ours; IndexError unless it holds integers."""
    if obj.dtype.kind not in "iu":
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    return obj


def check_mode(mode):
    """Raises ValueError unless `mode` is one of NumPy's for indices out of bounds."""
    if mode not in ("raise", "wrap", "clip"):
        raise ValueError(
            f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})"
        )


def out_of_bounds(index, axis, n):
    """NumPy's error for one index."""
    return IndexError(f"index {index} is out of bounds for axis {axis} with size {n}")


class Bounds:
    """What indices along one axis of `n` entries may be.

    Negative ones, if `wraps`, count from the end. `make_error` gets an index out of
    bounds, the axis and its extent.
    """

    def __init__(self, n, axis=0, wraps=True, make_error=out_of_bounds):
        self.n, self.axis, self.low = n, axis, -n if wraps else 0
        self.make_error = make_error

    def find_error(self, index):
        """The error for the first index of a NumPy array out of bounds; else None."""
        if index.size == 0 or (index.min() >= self.low and index.max() < self.n):
            return None
        bad = index[(index < self.low) | (index >= self.n)].flat[0]
        return self.make_error(bad, self.axis, self.n)


def normalize(index, bounds, like, mode="raise", flags=None):
    """`index` as int64 in `[0, n)` on the device of `like`.

    With `mode` "raise" an error, now or from the next wait for a GPU, if an index is
    out of bounds; "wrap" and "clip" are NumPy's. `flags` gets 0-d int64 arrays that
    are not 0 if there will be an error.
    """
    n = bounds.n
    if mode != "raise":
        index = ops.as_array(index, INT64, like)
        return index % n if mode == "wrap" else _clip(index, n)
    if isinstance(index, _numpy.ndarray):
        if like.device != "cpu":
            return ops.as_array(_normalize_host(index, bounds), INT64, like)
        index = ops.as_array(index)
    info = _numpy.iinfo(index.dtype)
    wide = ops.cast(index, INT64)
    if (info.min == 0 and info.max < n) or index.size == 0:
        return wide
    if n == 0:
        raise bounds.find_error(_numpy.asarray(wide))
    if index.device != "cpu":
        flag = _defer_check(wide, bounds)
        if flags is not None:
            flags.append(flag)
        return _clip(_wrap(wide, n) if bounds.low else wide, n)
    least, most = _core.find_range(index) or _compute_range(wide)
    if least < bounds.low or most >= n:
        raise bounds.find_error(_numpy.asarray(wide))
    return wide if least >= 0 else _wrap(wide, n)


def skip_if_any(flags, index):
    """`index`, or -1, which scatters leave out, if one of `flags` is not 0."""
    for flag in flags:
        index = ops.select(
            ops.broadcast(flag == 0, index.shape), index, ops.no_place(index)
        )
    return index


def _clip(index, n):
    return uf.minimum(uf.maximum(index, 0), n - 1)


def _wrap(index, n):
    return ops.select(index < 0, index + n, index)


def _normalize_host(index, bounds):
    index = index.astype(INT64, copy=False)
    error = bounds.find_error(index)
    if error is not None:
        raise error
    if index.size == 0 or index.min() >= 0:
        return index
    return _numpy.where(index < 0, index + bounds.n, index)


def _find_range(index):
    """The least and the greatest of an int64 array, 0-d."""
    axes = tuple(range(index.ndim))
    return [ops.reduce(op, index, axes) for op in ("min", "max")]


def _compute_range(index):
    """The same as integers; computes the array, too."""
    extremes = _find_range(index)
    _core.evaluate([index, *extremes])
    return [int(x) for x in extremes]


def make_flag(index, bounds):
    """A 0-d array that is not 0 if `index` holds one out of bounds: then the one.

    There are entries to index, so that 0 is in bounds.
    """
    least, most = _find_range(index)
    none = ops.constant((), 0, INT64, index)
    low = ops.select(least < bounds.low, least, none)
    return ops.select(most >= bounds.n, most, low)


def _defer_check(index, bounds):
    flag = make_flag(index, bounds)
    if _core.defer_check((flag, bounds, _find_line())) >= _MOST_DEFERRED:
        int(flag)
    return flag


def _find_line():
    """The line of the user's program that is being recorded."""
    frame = sys._getframe(1)
    while frame and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "unknown"


def run_checks(checks):
    """Raises the error of the first of the deferred `checks` that fails.

    Those behind it wait for the next time.
    """
    _core.evaluate([flag for flag, _, _ in checks])
    for i, (flag, bounds, line) in enumerate(checks):
        bad = int(flag)
        if bad == 0:
            continue
        for later in checks[i + 1 :]:
            _core.defer_check(later)
        error = bounds.make_error(bad, bounds.axis, bounds.n)
        raise type(error)(f"{error}; recorded at {line}")
