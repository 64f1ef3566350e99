"""Inserting, deleting and trimming elements along an axis."""

import operator
from itertools import pairwise

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._core import ndarray
from ._dtypes import BOOL, INT64
from ._masks import compress
from ._orders import match_fortran
from ._scatters import NONE, REPLACE, record_scatter

# Of so many pieces an array is copied piece by piece.
_FEW_PIECES = 16


def _prepare(arr, axis):
    """The array, flattened if `axis` is None, and the axis."""
    x = ops.as_array(arr)
    if axis is None:
        if x.ndim != 1:
            x = ops.reshape(x, (x.size,))
        return x, 0
    return x, normalize_axis_index(axis, x.ndim)


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
    """The places among n that `obj` names, ascending and each once."""
    if isinstance(obj, slice):
        return _numpy.sort(_numpy.arange(*obj.indices(n)))
    places = _as_host(obj)
    if places.dtype == bool:
        _check_mask(places, n)
        return _numpy.flatnonzero(places)
    if places.dtype.kind not in "iu":
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    bad = (places < -n) | (places >= n)
    if bad.any():
        _check_place(places[bad].flat[0], n, places[bad].flat[0], axis, n)
    places = places.astype(INT64)
    return _numpy.unique(_numpy.where(places < 0, places + n, places))


def _check_mask(mask, n):
    if mask.shape != (n,):
        raise ValueError(
            "boolean array argument obj to delete must be one dimensional and "
            f"match the axis length of {n}"
        )


def _join_pieces(x, pieces, axis):
    """The slices `begin:end` of `x` along `axis`, one behind the other."""
    parts = [ops.take(x, axis, begin, end) for begin, end in pieces if begin < end]
    return ops.concatenate(parts or [ops.take(x, axis, 0, 0)], axis)


def _leave_out(x, places, axis):
    """`x` without its entries at many ascending places of the host."""
    n, count = x.shape[axis], len(places)
    index = _core.asarray(places, None, None, x)
    value = ops.constant((count,), 0, BOOL, x)
    is_kept = ops.constant((n,), 1, BOOL, x)
    is_kept = record_scatter(is_kept, [index], [0], value, REPLACE, NONE)
    return compress(is_kept, x, axis)


def delete(arr, obj, axis=None):
    """`arr` without the entries along `axis`, or flattened, that `obj` names.

    `obj` is an integer, a slice, integers or a mask. Raises IndexError for a place
    out of range.
    """
    x, axis = _prepare(arr, axis)
    n = x.shape[axis]
    if _is_integer(obj):
        place = _check_place(operator.index(obj), n, obj, axis, n)
        pieces = [(0, place), (place + 1, n)]
        return match_fortran(_join_pieces(x, pieces, axis), x)
    if isinstance(obj, ndarray) and obj.dtype == BOOL:
        _check_mask(obj, n)
        return compress(~obj, x, axis)
    if isinstance(obj, slice) and obj.step in (None, 1):
        begin, end, _ = obj.indices(n)
        pieces = [(0, begin), (max(begin, end), n)]
        return match_fortran(_join_pieces(x, pieces, axis), x)
    places = _find_deleted(obj, n, axis)
    if not places.size:
        return match_fortran(ops.own(x), x)
    if places.size < _FEW_PIECES:
        edges = [-1, *places.tolist(), n]
        pieces = [(begin + 1, end) for begin, end in pairwise(edges)]
        return _join_pieces(x, pieces, axis)
    return _leave_out(x, places, axis)


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
    """One entry before each of several places."""
    n, count = x.shape[axis], len(places)
    bad = (places < -n) | (places > n)
    if bad.any():
        _check_place(int(places[bad][0]), n + 1, places[bad][0], axis, n)
    places = _numpy.where(places < 0, places + n, places).astype(INT64)
    order = places.argsort(kind="stable")
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    values = ops.broadcast(ops.as_array(values, x.dtype, x), shape)
    if 2 * count < _FEW_PIECES:
        result = _insert_few(x, places[order].tolist(), values, order.tolist(), axis)
    else:
        source = _find_sources(places[order], order, n, x)
        result = ops.gather_along(ops.concatenate([x, values], axis), source, axis)
    return match_fortran(result, x)


def _insert_few(x, places, values, order, axis):
    parts = []
    for begin, end, i in zip([0, *places], places, order, strict=False):
        if begin < end:
            parts.append(ops.take(x, axis, begin, end))
        parts.append(ops.take(values, axis, i, i + 1))
    if not parts or places[-1] < x.shape[axis]:
        parts.append(ops.take(x, axis, places[-1] if places else 0))
    return ops.concatenate(parts, axis)


def _find_sources(places, order, n, like):
    """Where entries of the result lie among n old ones and the new ones behind them.

    Entry `order[i]` of the new ones comes before the old one at `places[i]`.
    """
    count = len(places)
    shape = (n + count,)
    targets = _core.asarray(places + _numpy.arange(count), None, None, like)
    ones = ops.constant((count,), 1, INT64, like)
    marks = ops.constant(shape, 0, INT64, like)
    marks = record_scatter(marks, [targets], [0], ones, REPLACE, NONE)
    before = ops.scan("scan_sum", marks, 0)
    new = _core.asarray(n + order, None, None, like)
    new = ops.gather_along(new, uf.maximum(before - 1, 0), 0)
    return ops.select(ops.to_bool(marks), new, ops.iota(shape, 0, like) - before)


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
