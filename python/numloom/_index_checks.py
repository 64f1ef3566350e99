"""Indices as int64 arrays in range: checks, negative ones, errors.

What lies on the host, or is computed there, is checked at once. On a GPU a check is
a number that the next wait for the device reads: 0, or an index out of bounds. Until
then accesses are safe, and updates with such an index change nothing. Reads have the
kernel that takes the elements report it, which costs no time; updates need to know
before they write, from a reduction.
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
    wide = ops.cast(index, INT64)
    if index.size == 0 or _is_always_in(index.dtype, n):
        return wide
    if n == 0:
        raise bounds.find_error(_numpy.asarray(wide))
    if index.device != "cpu":
        if flags is None:
            places, report = find_places(wide, bounds)
            _core.defer_check((report, bounds))
            return places
        flags.append(make_flag(wide, bounds))
        _core.defer_check((flags[-1], bounds))
        return find_targets(wide, bounds)
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


def _is_always_in(dtype, n):
    return dtype.kind == "u" and _numpy.iinfo(dtype).max < n


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


def find_places(index, bounds):
    """`index` in `[0, n)`, and a report: how far the farthest lies from there.

    Of several out of bounds the greatest negative one is named, else the greatest.
    """
    return _core.find_places(index, bounds.n, bounds.low < 0)


def find_targets(index, bounds):
    """`index` in `[0, n)`, by the operations of `find_places`.

    So `y[i] += 1` is seen to write what it has read.
    """
    n = bounds.n
    return _clip(index + (index >> 63 & n) if bounds.low else index, n)


def _read(check, bounds):
    """The index out of bounds that a check found, or 0; None while it may find one."""
    if check.dtype == INT64:
        return int(check)
    distance = _core.read_report(check)
    if not distance:
        return distance
    if distance < 2**63:
        return bounds.n - 1 + distance
    return bounds.low + distance - 2**64


def run_checks(checks):
    """Raises the error of the first of the deferred `checks` that fails.

    Each is of an array for Bounds, or for a tuple of what they are made of.
    Those behind it wait for the next time, and so do those that other streams have
    not done yet.
    """
    _core.evaluate([check for check, _ in checks])
    error, waiting = None, []
    for i, (check, bounds) in enumerate(checks):
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
