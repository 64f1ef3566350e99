"""Binary search: searchsorted and digitize."""

import numpy as _numpy

from . import _core
from . import _ops as ops
from . import _reductions as red
from ._core import ndarray
from ._dtypes import INT64, kind


def find_places(sorted_array, values, behind_equal=False):
    """`searchsorted` of arrays of one dtype."""
    if values.size == 0:
        return _core.empty(values.shape, INT64, values)
    shape = values.shape
    flat = ops.reshape(values, (values.size,))
    return ops.reshape(_core.searchsorted(sorted_array, flat, behind_equal), shape)


def searchsorted(a, v, side="left", sorter=None):
    """Where the elements of `v` go in the sorted 1-D `a`; int64, shape of `v`.

    With `side` "left" before equal elements, with "right" behind them. `sorter`
    holds the positions that sort `a`. Raises ValueError for another `side`.
    """
    if not isinstance(side, str):
        raise TypeError(f"search side must be str, not {type(side).__name__}")
    if side not in ("left", "right"):
        raise ValueError(f"search side must be 'left' or 'right' (got {side!r})")
    home = ops.home((a, v))
    a, v = ops.as_array(a, device=home), ops.as_array(v, device=home)
    if a.ndim != 1:
        depth = "of too small depth" if a.ndim == 0 else "too deep"
        raise ValueError(f"object {depth} for desired array")
    if sorter is not None:
        a = _sort_by(a, sorter)
    dtype = _core.result_type(a.dtype, v.dtype)
    return find_places(ops.cast(a, dtype), ops.cast(v, dtype), side == "right")


def _sort_by(a, sorter):
    sorter = ops.as_array(sorter, device=a)
    if kind(sorter.dtype) not in "iu":
        raise TypeError("sorter must only contain integers")
    if sorter.ndim != 1:
        raise ValueError("sorter must be 1-D array")
    if sorter.size != a.size:
        raise ValueError("sorter.size must equal to a.size")
    return ops.gather_along(a, ops.cast(sorter, INT64), 0)


def _read_direction(bins):
    """1 where the 1-D `bins` ascend, -1 where they descend; ValueError for others.

    Of a device's array it is read once.
    """
    is_array = isinstance(bins, ndarray)
    if is_array and (known := _core.known_direction(bins)):
        return known
    edges = _numpy.asarray(bins)
    if edges.ndim != 1:
        raise ValueError("object of too small depth for desired array")
    before, behind = edges[:-1], edges[1:]
    if not (before > behind).any():
        direction = 1
    elif not (before < behind).any():
        direction = -1
    else:
        raise ValueError("bins must be monotonically increasing or decreasing")
    if is_array:
        _core.note_direction(bins, direction)
    return direction


def digitize(x, bins, right=False):
    """The bin, by number, of each element of `x`; int64.

    Bin `i` is `[bins[i - 1], bins[i])`, or with `right` `(bins[i - 1], bins[i]]`.
    `bins` may descend. Raises ValueError if it does neither, TypeError for complex
    numbers.
    """
    x = ops.as_array(x, device=bins if isinstance(bins, ndarray) else None)
    if kind(x.dtype) == "c":
        raise TypeError("x may not be complex")
    direction = _read_direction(bins)
    bins = ops.as_array(bins, device=x)
    side = "left" if right else "right"
    if direction > 0:
        return searchsorted(bins, x, side)
    return bins.size - searchsorted(bins[::-1], x, side)


def read_range(x):
    """The least and the greatest element as NumPy's scalars: waits for them."""
    low, high = red.min(x), red.max(x)
    _core.evaluate([low, high])
    return _numpy.asarray(low)[()], _numpy.asarray(high)[()]
