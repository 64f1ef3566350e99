"""Keys of arrays: what stands for which axis, masks as index arrays."""

import operator

import numpy as _numpy

from . import _masks
from ._core import ndarray
from ._dtypes import INT64
from ._index_checks import as_index

WHOLE = slice(None)


class NewAxis:
    """An index along an axis that the array lacks: what a 0-d mask is."""

    def __init__(self, holds):
        self.index = _numpy.zeros((int(holds),), INT64)


def takes_all(basic):
    return all(isinstance(item, slice) and item == WHOLE for item in basic)


def expand(array, key):
    """The items of `key`, one for each axis of `array`: masks are index arrays."""
    items, used, ellipsis_at = [], 0, None
    for item in key:
        if item is Ellipsis:
            if ellipsis_at is not None:
                raise IndexError("an index can only have a single ellipsis ('...')")
            ellipsis_at = len(items)
            continue
        item = _classify(item)
        if _is_mask(item) and item.ndim:
            used += item.ndim
        elif item is not None and not _is_mask(item):
            used += 1
        items.append(item)
    if used > array.ndim:
        raise IndexError(
            f"too many indices for array: array is {array.ndim}-dimensional, but "
            f"{used} were indexed"
        )
    rest = [WHOLE] * (array.ndim - used)
    if ellipsis_at is None:
        items += rest
    else:
        # One that stands for no axis sets indices apart as well.
        items[ellipsis_at:ellipsis_at] = rest or [Ellipsis]
    return _expand_masks(array, items)


def _expand_masks(array, items):
    expanded, axis = [], 0
    for item in items:
        if not _is_mask(item):
            expanded.append(item)
            axis += item is not None and item is not Ellipsis
        elif item.ndim == 0:
            expanded.append(NewAxis(bool(item)))
        else:
            _masks.check_mask(array.shape, axis, item.shape)
            is_host = isinstance(item, _numpy.ndarray)
            expanded += item.nonzero() if is_host else _masks.nonzero(item)
            axis += item.ndim
    return expanded


def _is_mask(item):
    return isinstance(item, (ndarray, _numpy.ndarray)) and item.dtype.kind == "b"


def _classify(item):
    """An item of a key as None, a slice, an int or an array."""
    if item is None or isinstance(item, slice):
        return item
    if isinstance(item, (bool, _numpy.bool_)):
        return _numpy.asarray(item)
    if isinstance(item, (ndarray, _numpy.ndarray)):
        if item.ndim == 0 and item.dtype.kind in "iu":
            return int(item)
        return item if _is_mask(item) else as_index(item)
    try:
        return operator.index(item)
    except TypeError:
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) "
            "and integer or boolean arrays are valid indices"
        ) from None
