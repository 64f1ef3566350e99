"""Subscripts that hold arrays: which functions read and write them."""

import numpy as _numpy

from . import _core, _index_checks, _indexing, _masks
from ._core import ndarray
from ._index_checks import convert_lists


def getitem(array, key):
    """`array[key]`; `key` is a tuple, and holds an array, a list or a bool."""
    key = convert_lists(key)
    if len(key) == 1 and array.ndim and _are_integers(key[0]):
        return _indexing.read_entries(array, key[0])
    mask = _masks.find_mask(array, key)
    if mask is not None:
        return _masks.read(array, mask)
    return _indexing.read(array, key)


def _are_integers(item):
    return (
        isinstance(item, (ndarray, _numpy.ndarray))
        and item.ndim > 0
        and item.dtype.kind in "iu"
    )


def setitem(array, key, value):
    """`array[key] = value` for such a key."""
    key = convert_lists(key)
    mask = _masks.find_mask(array, key)
    if mask is not None:
        _masks.write(array, mask, value)
    else:
        _indexing.write(array, key, value)


def attach():
    """Lets the extension's ndarray call them."""
    _core.set_hook("getitem", getitem)
    _core.set_hook("setitem", setitem)
    _core.set_hook("check", _index_checks.run_checks)
