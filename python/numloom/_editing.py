"""Inserting, deleting and trimming elements along an axis."""

import operator

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from . import _core
from . import _ops as ops
from . import _reductions as red
from ._core import ndarray
from ._dtypes import INT64
from ._orders import match_fortran

# What is left of an array in so many pieces is copied piece by piece.
_FEW_PIECES = 16


def _prepare(arr, axis):
    """The array, flattened if `axis` is None, and the axis."""
    x = ops.as_array(arr)
    if axis is None:
        if x.ndim != 1:
            x = ops.reshape(x, (x.size,))
        return x, 0
    return x, normalize_axis_index(axis, x.ndim)


def _take_places(x, places, axis):
    """The entries of `x` along `axis` at the host's `places`, all in range."""
    index = _core.asarray(places.astype(INT64), None, None, x)
    return ops.gather_along(x, index, axis)


def _check_place(place, limit, obj, axis, n):
    if not -n <= place < limit:
        raise IndexError(f"index {obj} is out of bounds for axis {axis} with size {n}")
    return place + n if place < 0 else place


def _is_integer(obj):
    return isinstance(obj, (int, _numpy.integer)) and not isinstance(obj, bool)


def _as_host(obj):
    """An index argument as a NumPy array; an empty list holds integers."""
    array = _numpy.asarray(obj)
    if array.size == 0 and not isinstance(obj, (_numpy.ndarray, ndarray)):
        return array.astype(INT64)
    return array


def _find_deleted(obj, n, axis):
    """Which of n places `obj` names, as a bool array of the host."""
    deleted = _numpy.zeros(n, bool)
    if isinstance(obj, slice):
        deleted[obj] = True
        return deleted
    places = _as_host(obj)
    if places.dtype == bool:
        if places.shape != (n,):
            raise ValueError(
                "boolean array argument obj to delete must be one dimensional and "
                f"match the axis length of {n}"
            )
        return places
    if places.size == 1 and places.dtype.kind in "iu":
        deleted[_check_place(places.item(), n, places.item(), axis, n)] = True
    else:
        deleted[places,] = True
    return deleted


def delete(arr, obj, axis=None):
    """`arr` without the entries along `axis`, or flattened, that `obj` names.

    `obj` is an integer, a slice, integers or a mask. Raises IndexError for a place
    out of range.
    """
    x, axis = _prepare(arr, axis)
    n = x.shape[axis]
    if _is_integer(obj):
        place = _check_place(operator.index(obj), n, obj, axis, n)
        parts = [ops.take(x, axis, None, place), ops.take(x, axis, place + 1)]
        return match_fortran(ops.concatenate(parts, axis), x)
    deleted = _find_deleted(obj, n, axis)
    if not deleted.any():
        return match_fortran(ops.own(x), x)
    edges = _numpy.flatnonzero(_numpy.diff(deleted, prepend=True, append=True))
    if 0 < len(edges) <= 2 * _FEW_PIECES:
        pieces = edges.reshape(-1, 2).tolist()
        parts = [ops.take(x, axis, begin, end) for begin, end in pieces]
        return ops.concatenate(parts, axis)
    return _take_places(x, _numpy.flatnonzero(~deleted), axis)


def _insert_at(x, place, values, axis, is_scalar):
    """The entries `values` before one place."""
    values = ops.as_array(values, x.dtype, x)
    if values.ndim < x.ndim:
        values = ops.reshape(values, (1,) * (x.ndim - values.ndim) + values.shape)
    if is_scalar:
        order = [*range(1, axis + 1), 0, *range(axis + 1, values.ndim)]
        values = ops.transpose(values, order)
    shape = list(x.shape)
    shape[axis] = values.shape[axis]
    values = ops.broadcast(values, tuple(shape))
    parts = [ops.take(x, axis, None, place), values, ops.take(x, axis, place)]
    return match_fortran(ops.concatenate(parts, axis), x)


def insert(arr, obj, values, axis=None):
    """`arr` with `values`, cast to its dtype, before the places `obj` along `axis`.

    `obj` is an integer, a slice, integers or a mask of places before the insertion.
    Raises IndexError for a place out of range, ValueError for values that do not fit.
    """
    x, axis = _prepare(arr, axis)
    n = x.shape[axis]
    if isinstance(obj, slice):
        places = _numpy.arange(*obj.indices(n))
    else:
        places = _as_host(obj)
        if places.dtype == bool:
            if places.ndim != 1:
                raise ValueError(
                    "boolean array argument obj to insert must be one dimensional"
                )
            places = _numpy.flatnonzero(places)
        elif places.ndim > 1:
            raise ValueError(
                "index array argument obj to insert must be one dimensional or scalar"
            )
    if places.size == 1:
        place = _check_place(places.item(), n + 1, obj, axis, n)
        return _insert_at(x, place, values, axis, places.ndim == 0)
    return _insert_many(x, places, values, axis)


def _insert_many(x, places, values, axis):
    """One entry before each of several places: a gather from both arrays."""
    n, count = x.shape[axis], len(places)
    for place in places:
        _check_place(int(place), n + 1, place, axis, n)
    places = _numpy.where(places < 0, places + n, places).astype(INT64)
    order = places.argsort(kind="stable")
    targets = places.copy()
    targets[order] += _numpy.arange(count)
    source = _numpy.empty(n + count, INT64)
    is_old = _numpy.ones(n + count, bool)
    is_old[targets] = False
    source[is_old] = _numpy.arange(n)
    source[targets] = n + _numpy.arange(count)
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    values = ops.broadcast(ops.as_array(values, x.dtype, x), shape)
    result = _take_places(ops.concatenate([x, values], axis), source, axis)
    return match_fortran(result, x)


def _find_extent(x, axis):
    """Where the first entry along `axis` that is not zero lies, and the last + 1."""
    others = tuple(i for i in range(x.ndim) if i != axis)
    marks = red.any(ops.to_bool(x), others)
    first, last = red.argmax(marks), red.argmax(marks[::-1])
    _core.evaluate([first, last])
    return int(first), x.shape[axis] - int(last)


def _find_box(x, axis):
    """Per axis of `x` where to cut it along `axis`, and its extent."""
    axes = range(x.ndim)
    if axis is not None:
        axes = normalize_axis_tuple(axis, x.ndim, argname="axis")
    is_zero = x.size == 0 or not red.any(ops.to_bool(x))
    for i, n in enumerate(x.shape):
        if i not in axes:
            yield 0, n, n
        elif is_zero:
            # Cut at both ends nothing is left: at the front all, at the back all.
            yield n, 0, n
        else:
            yield *_find_extent(x, i), n


def trim_zeros(filt, trim="fb", axis=None):
    """`filt` without zeros at its front ("f"), back ("b") or both, along `axis`.

    By default along all axes: the smallest box that holds what is not zero. Of a list
    or tuple it is one. Raises ValueError for another `trim`.
    """
    x = ops.as_array(filt)
    sides = trim.lower()
    if sides not in ("fb", "bf", "b", "f"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    places = tuple(
        slice(first if "f" in sides else 0, last if "b" in sides else n)
        for first, last, n in _find_box(x, axis)
    )
    # A sequence stays one; if it is nested it has no such subscripts.
    if isinstance(filt, (list, tuple)):
        return filt[places[0] if x.ndim == 1 else places]
    return x[places]
