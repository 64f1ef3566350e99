"""Indices as int64 arrays in range: checks, negative ones, errors.

What lies on the host, or is computed there, is checked at once. On a GPU a check is
a number that the next wait for the device reads: 0, or what tells of an index out of
bounds. Until then accesses are safe, and updates with such an index change nothing.
Reads have the kernel that takes the elements report it, which costs no time; updates
need to know before they write, from a reduction. An index array that was found right
is known to be, and not looked at again.
"""

import numpy as _numpy

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import INT64


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

    def hold(self, least, most):
        """Whether all integers between two are in bounds."""
        return self.low <= least and most < self.n

    def find_error(self, index):
        """The error for the first index of a NumPy array out of bounds; else None."""
        if index.size == 0 or self.hold(index.min(), index.max()):
            return None
        bad = index[(index < self.low) | (index >= self.n)].flat[0]
        return self.make_error(bad, self.axis, self.n)


def normalize(index, bounds, like, mode="raise", flags=None):
    """`index` as int64 in `[0, n)` on the device of `like`.

    With `mode` "raise" an error, now or from the next wait for a GPU, if an index is
    out of bounds; "wrap" and "clip" are NumPy's. `flags` gets 0-d bool arrays that
    do not hold if there will be an error.
    """
    n = bounds.n
    if mode != "raise":
        index = ops.as_array(index, INT64, like)
        return index % n if mode == "wrap" else _clip(index, n)
    if isinstance(index, _numpy.ndarray):
        if like.device != "cpu":
            return ops.as_array(_normalize_host(index, bounds), INT64, like)
        index = ops.as_array(index)
    if index.size == 0 or _is_always_in(index.dtype, n):
        return ops.cast(index, INT64)
    if n == 0:
        raise bounds.find_error(_numpy.asarray(ops.cast(index, INT64)))
    places = _core.known_places(index, n, bounds.low < 0)
    if places is not None:
        return places
    if index.device == "cpu":
        return _normalize_now(index, bounds)
    if flags is None:
        places, report = find_places(index, bounds)
        _core.defer_check((report, bounds))
        return places
    places, are_inside, report, note = find_targets(index, bounds)
    _core.defer_check((report, bounds, note))
    flags.append(are_inside)
    return places


def _normalize_now(index, bounds):
    # Whatever other threads do to the array: places are what was checked.
    index = _core.copy(index)
    wide = ops.cast(index, INT64)
    least, most = _core.find_range(index) or _compute_range(index, wide)
    if not bounds.hold(least, most):
        raise bounds.find_error(_numpy.asarray(wide))
    return _wrap(wide, least, bounds.n)


def skip_unless(flags, index):
    """`index`, or -1, which scatters leave out, unless all of `flags` hold."""
    for flag in flags:
        index = ops.select(ops.broadcast(flag, index.shape), index, ops.no_place(index))
    return index


def _is_always_in(dtype, n):
    return dtype.kind == "u" and _numpy.iinfo(dtype).max < n


def _clip(index, n):
    return uf.minimum(uf.maximum(index, 0), n - 1)


def _wrap(index, least, n):
    """`index`, in bounds, as int64 in `[0, n)`; no element is below `least`."""
    wide = ops.cast(index, INT64)
    return wide if least >= 0 else wide + (wide >> 63 & n)


def _normalize_host(index, bounds):
    index = index.astype(INT64, copy=False)
    error = bounds.find_error(index)
    if error is not None:
        raise error
    if index.size == 0 or index.min() >= 0:
        return index
    return _numpy.where(index < 0, index + bounds.n, index)


def _compute_range(index, wide):
    """The least and the greatest element of `wide`, which is computed, too."""
    axes = tuple(range(wide.ndim))
    extremes = [ops.reduce(op, wide, axes) for op in ("min", "max")]
    _core.evaluate([index, wide, *extremes])
    least, most = map(int, extremes)
    _core.note_range(index, least, most)
    return least, most


def find_places(index, bounds):
    """`index` in `[0, n)`, and a report: how far the farthest lies from there.

    Of several out of bounds the greatest negative one is named, else the greatest.
    """
    return _core.find_places(index, bounds.n, bounds.low < 0)


def find_targets(index, bounds):
    """The same by the same operations, and what updates need besides.

    So `y[i] += 1` is seen to write what it has read.
    """
    return _core.find_targets(index, bounds.n, bounds.low < 0)


def _read(check, bounds):
    """The index out of bounds that a check found, or 0; None while it may find one."""
    distance = _core.read_report(check)
    if not distance:
        return distance
    if distance < 2**63:
        return bounds.n - 1 + distance
    # One that only says that some are negative, from an update.
    if distance == 2**63 and bounds.low:
        return 0
    return bounds.low + distance - 2**64


def run_checks(checks):
    """Raises the error of the first of the deferred `checks` that fails.

    Each is of a report for Bounds, or for a tuple of what they are made of.
    Those behind it wait for the next time, and so do those that other streams have
    not done yet.
    """
    _core.evaluate([check for check, *_ in checks])
    error, waiting = None, []
    for i, (check, bounds, *_) in enumerate(checks):
        bounds = Bounds(*bounds) if isinstance(bounds, tuple) else bounds
        bad = _read(check, bounds)
        if bad is None:
            waiting.append(checks[i])
        elif bad:
            error = bounds.make_error(bad, bounds.axis, bounds.n)
            error = type(error)(f"{error}; recorded at {_core.find_line(check)}")
            waiting += checks[i + 1 :]
            break
    for check in waiting:
        _core.defer_check(check)
    if error:
        raise error
