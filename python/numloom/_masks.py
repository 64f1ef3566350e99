"""Boolean masks: what they select, where they hold, and updates under them."""

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._core import ndarray
from ._dtypes import BOOL, INT64, make_cast_error

_WHOLE = slice(None)


def check_mask(shape, axis, mask_shape):
    """Raises IndexError unless a mask fits the axes of `shape` from `axis` on."""
    if axis + len(mask_shape) > len(shape):
        raise IndexError(
            f"too many indices for array: array is {len(shape)}-dimensional, but "
            f"{axis + len(mask_shape)} were indexed"
        )
    for i, n in enumerate(mask_shape, axis):
        # NumPy takes a mask of no elements for one that holds nowhere.
        if n not in (0, shape[i]):
            raise IndexError(
                "boolean index did not match indexed array along axis "
                f"{i}; size of axis is {shape[i]} but size of corresponding "
                f"boolean axis is {n}"
            )


def find_mask(array, key):
    """The mask of a tuple `key` that is one mask of the leading axes, else None.

    `key` holds no lists. Whole slices and an ellipsis may stand behind the mask; one
    of all axes may stand behind an ellipsis. Masks of no axes are none of these.
    """
    items = list(key)
    num_ellipses = sum(item is Ellipsis for item in items)
    while len(items) > 1 and _is_whole(items[-1]) and num_ellipses <= 1:
        items.pop()
    skips = len(items) == 2 and items[0] is Ellipsis
    if len(items) != 1 and not skips:
        return None
    mask = _as_mask(items[-1], array)
    if mask is None or mask.ndim == 0:
        return None
    slices = sum(isinstance(item, slice) for item in key)
    if mask.ndim + slices > array.ndim:
        return None
    return None if skips and mask.ndim != array.ndim else mask


def _is_whole(item):
    return item is Ellipsis or (isinstance(item, slice) and item == _WHOLE)


def _as_mask(item, array):
    if not isinstance(item, (ndarray, _numpy.ndarray)) or item.dtype.kind != "b":
        return None
    return ops.as_array(item, BOOL, array)


def _spread(mask, shape):
    """`mask`, of the leading axes of `shape`, stretched along the others."""
    mask = ops.reshape(mask, mask.shape + (1,) * (len(shape) - mask.ndim))
    return ops.broadcast(mask, shape)


def _match(array, mask):
    """`mask` with the extents of the leading axes of `array`; else IndexError."""
    check_mask(array.shape, 0, mask.shape)
    shape = array.shape[: mask.ndim]
    return mask if mask.shape == shape else ops.constant(shape, 0, BOOL, array)


def read(array, mask):
    """`array[mask]`: counted, and compacted, when somebody needs its shape.

    `mask` is a bool array of the leading axes of `array`; IndexError if their
    extents differ.
    """
    return _core.select(_match(array, mask), array)


def write(array, mask, value):
    """`array[mask] = value`, computed for the whole array.

    `value` broadcasts to what the mask selects, which is counted only if `value`
    has an element for each entry. Raises ValueError, or TypeError for a mask of all
    axes and a value of several, where it does not fit.
    """
    mask = _match(array, mask)
    if _core.is_selected_by(value, mask):
        _, new = _core.get_selection(value)
        if new.shape == array.shape:
            _store(array, mask, ops.cast(new, array.dtype))
            return
    value = _fit(_core.as_value(array, value), array, mask)
    if value is not None:
        _store(array, mask, value)


def _store(array, mask, value):
    where = _spread(mask, array.shape)
    _core.assign(array, ops.select(where, value, array))


def _fit(value, array, mask):
    """`value` broadcast to `array`, or None where the mask holds nowhere."""
    rest = array.shape[mask.ndim :]
    while value.ndim > len(rest) + 1 and value.shape[0] == 1 and rest:
        value = ops.reshape(value, value.shape[1:])
    if not rest and value.ndim > 1:
        raise TypeError(
            "NumPy boolean array indexing assignment requires a 0 or 1-dimensional "
            f"input, input has {value.ndim} dimensions"
        )
    if value.ndim <= len(rest) or (value.ndim == len(rest) + 1 and value.shape[0] == 1):
        if value.ndim > len(rest):
            value = ops.reshape(value, value.shape[1:])
        if _broadcasts(value.shape, rest):
            return value
    n = _core.count(mask)
    if not _broadcasts(value.shape, (n, *rest)):
        _raise_misfit(value.shape, (n, *rest))
    return _expand(value, mask, rest) if n else None


def _broadcasts(shape, to):
    """Whether `shape` broadcasts to the shape `to` without stretching that."""
    extents = zip(reversed(shape), reversed(to), strict=False)
    return len(shape) <= len(to) and all(n in (1, m) for n, m in extents)


def _raise_misfit(shape, selected):
    if len(selected) == 1:
        raise ValueError(
            f"NumPy boolean array indexing assignment cannot assign {shape[0]} input "
            f"values to the {selected[0]} output values where the mask is true"
        )
    raise ValueError(
        f"shape mismatch: value array of shape {ops.format_shape(shape)} could not "
        f"be broadcast to indexing result of shape {ops.format_shape(selected)}"
    )


def _expand(value, mask, rest):
    """Entry `i` of `value` where `mask` holds for the i-th time, of all axes."""
    value = ops.broadcast(value, (value.shape[0], *rest))
    flat = ops.cast(ops.reshape(mask, (-1,)), INT64)
    before = uf.subtract(ops.scan("scan_sum", flat, 0), 1)
    index = ops.reshape(uf.maximum(before, 0), mask.shape)
    return ops.gather_along(value, index, 0)


def compress_by(mask, arrays):
    """The elements of each of `arrays` where `mask` holds, 1-D, in row-major order.

    All have the shape of `mask`, of at least one axis. Waits for the mask.
    """
    return _core.compress(mask, arrays)


def nonzero(a):
    """The indices of the elements of `a` that are not zero, an int64 array per axis.

    Row-major order. Raises ValueError for a 0-d array.
    """
    mask = ops.to_bool(a)
    if mask.ndim == 0:
        raise ValueError(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar)"
            ".nonzero() instead. If the context of this error is of the form "
            "`arr[nonzero(cond)]`, just use `arr[cond]`."
        )
    axes = [ops.iota(mask.shape, axis, mask) for axis in range(mask.ndim)]
    return tuple(compress_by(mask, axes))


def argwhere(a):
    """The indices of the elements of `a` that are not zero, a row for each: int64.

    The shape is `(count, a.ndim)`.
    """
    a = ops.as_array(a)
    if a.ndim == 0:
        return _core.empty((_core.count(ops.to_bool(a)), 0), INT64, a)
    return ops.concatenate([ops.reshape(i, (1, -1)) for i in nonzero(a)], 0).T


def flatnonzero(a):
    """The places in row-major order of the elements of `a` that are not zero: int64."""
    return nonzero(ops.reshape(ops.as_array(a), (-1,)))[0]


def extract(condition, arr):
    """The elements of `arr` where `condition` is not zero, row-major, 1-D.

    Takes as many elements of `arr` as `condition` has. Raises IndexError where the
    condition holds beyond them.
    """
    arr = ops.as_array(arr)
    condition = ops.to_bool(ops.as_array(condition, device=arr))
    return compress(ops.reshape(condition, (-1,)), arr)


def compress(condition, a, axis=None, out=None):
    """The entries of `a` along `axis` where the 1-D `condition` is not zero.

    `axis=None` takes the elements in row-major order. A shorter condition stands for
    the first entries. Raises ValueError for a condition of other rank, IndexError for
    one that holds beyond the axis.
    """
    a = ops.as_array(a)
    condition = ops.to_bool(ops.as_array(condition, device=a))
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    if axis is None or a.ndim == 0:
        normalize_axis_index(0 if axis is None else axis, 1)
        a, axis = ops.reshape(a, (-1,)), 0
    axis = ops.as_axis(axis, a.ndim)
    n, given = a.shape[axis], condition.shape[0]
    if given > n:
        _check_beyond(condition, n, axis)
        condition = condition[:n]
    if axis:
        # Other axes than the first are read at places: entries stay where they are.
        result = ops.gather_along(a, nonzero(condition)[0], axis)
        return ops.store_back(result, out)
    rows = ops.to_c_order(a if given >= n else a[:given])
    result = _core.select(condition, rows)
    return ops.store_back(result, out)


def _check_beyond(condition, n, axis):
    """IndexError where `condition` holds at or after place `n`."""
    places = nonzero(condition[n:])[0]
    if places.size:
        raise IndexError(
            f"index {n + int(places[0])} is out of bounds for axis {axis} with size {n}"
        )


def place(arr, mask, vals):
    """Sets the elements of `arr` where `mask` holds to `vals`, one after the other.

    `vals` repeats if it is shorter. Raises ValueError where it is empty and the mask
    holds somewhere, or the sizes of `arr` and `mask` differ; TypeError where an array
    `vals` does not cast safely.
    """
    mask = _as_update_mask(arr, mask, "place")
    values = _as_update_values(arr, vals)
    if values.size == 0:
        if _core.count(mask):
            raise ValueError("Cannot insert from an empty array!")
        return
    if values.size == 1:
        values = ops.reshape(values, ())
    else:
        flat = ops.cast(ops.reshape(mask, (-1,)), INT64)
        turn = uf.maximum(uf.subtract(ops.scan("scan_sum", flat, 0), 1), 0)
        values = _repeat_at(values, ops.reshape(turn, arr.shape))
    _store(arr, mask, values)


def putmask(a, mask, values):
    """Sets `a.flat[i] = values.flat[i % values.size]` where `mask.flat[i]` holds.

    Raises ValueError where the sizes of `a` and `mask` differ, TypeError where an
    array `values` does not cast safely.
    """
    mask = _as_update_mask(a, mask, "putmask")
    values = _as_update_values(a, values)
    if values.size == 0:
        return
    if values.size == a.size:
        values = ops.reshape(values, a.shape)
    elif values.size == 1:
        values = ops.reshape(values, ())
    else:
        places = ops.reshape(ops.iota((a.size,), 0, a), a.shape)
        values = _repeat_at(values, places)
    _store(a, mask, values)


def _as_update_mask(array, mask, name):
    """`mask` as bool in the shape of `array`, which it need not have."""
    if not isinstance(array, ndarray):
        raise TypeError(
            f"argument 1 must be numloom.ndarray, not {type(array).__name__}"
        )
    mask = ops.to_bool(ops.as_array(mask, device=array))
    if mask.size != array.size:
        raise ValueError(f"{name}: mask and data must be the same size")
    return ops.reshape(mask, array.shape)


def _as_update_values(array, values):
    """`values` in the dtype of `array`, 1-D; arrays must cast safely."""
    is_array = isinstance(values, (ndarray, _numpy.ndarray))
    if is_array and not _core.can_cast(values.dtype, array.dtype, "safe"):
        raise make_cast_error(values.dtype, array.dtype)
    return ops.reshape(_core.as_value(array, values), (-1,))


def _repeat_at(values, places):
    """The elements of the 1-D `values`, repeated without end, at `places`."""
    index = uf.remainder(places, ops.extent((values.shape[0],), values))
    return ops.gather_along(values, index, 0)
