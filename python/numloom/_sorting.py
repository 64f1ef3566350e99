"""Sorting and partitioning along an axis."""

import operator
from math import prod

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from ._creation import as_operands
from ._dtypes import INT64, as_dtype, kind
from ._orders import match_copy


def to_rows(x, axis):
    """`x` with `axis`, which is in range, as its last axis."""
    if axis == x.ndim - 1:
        return x
    return ops.transpose(x, [i for i in range(x.ndim) if i != axis] + [axis])


def from_rows(x, axis):
    """`x` with its last axis moved back to `axis`."""
    if axis == x.ndim - 1:
        return x
    order = list(range(x.ndim - 1))
    order.insert(axis, x.ndim - 1)
    return ops.transpose(x, order)


def gather_rows(x, index):
    """`x[..., index[..., j]]`: int64 indices in range, rows of equal shapes."""
    n = x.shape[-1]
    flat = ops.reshape(x, (x.size,))
    if x.ndim > 1:
        rows = prod(x.shape[:-1])
        first = ops.iota((rows, 1), 0, x) * ops.extent((n,), x)
        index = ops.reshape(index, (rows, index.shape[-1])) + first
        index = ops.reshape(index, (*x.shape[:-1], index.shape[-1]))
    return ops.gather_along(flat, index, 0)


def _check_kind(sort_kind, order, stable=None):
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")
    if sort_kind is None:
        return
    if stable is not None:
        raise ValueError(
            "`kind` and keyword parameters can't be provided at the same "
            "time. Use only one of them."
        )
    if not isinstance(sort_kind, str):
        raise TypeError(f"sort kind must be a str, not {type(sort_kind).__name__}")
    if sort_kind[:1].lower() not in ("q", "h", "m", "s"):
        raise ValueError(
            f"sort kind must be one of 'quick', 'heap', or 'stable' (got {sort_kind!r})"
        )


def _along_axis(function, x, axis):
    """`function` of the rows along `axis`, in C order; flattened first for None."""
    if axis is None:
        x, axis = ops.reshape(x, (x.size,)), 0
    axis = normalize_axis_index(axis, x.ndim)
    if x.size == 0:
        return _core.empty(x.shape, function(_core.empty((1,), x.dtype)).dtype, x)
    result = function(to_rows(x, axis))
    return result if axis == x.ndim - 1 else ops.own(from_rows(result, axis))


def sort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """A sorted copy of `a` along `axis`, or of the flattened array for None.

    NaN come last, complex numbers go by real, then imaginary parts; every `kind` is
    the same algorithm. `descending` reverses the order. Raises AxisError for an axis
    out of range.
    """
    _check_kind(kind, order, stable)
    x = ops.as_array(a)
    result = _along_axis(_sort_descending if descending else _core.sort, x, axis)
    return result if axis is None else match_copy(result, x)


def _reverse(x):
    return ops.take(x, x.ndim - 1, None, None, -1)


def _sort_descending(x):
    return _reverse(_core.sort(x))


def argsort(a, axis=-1, kind=None, order=None, *, stable=None, descending=False):
    """The positions, int64, that sort `a` along `axis`, or flattened for None.

    Equal elements keep their order, whatever the `kind`. Without axes, 1-D.
    """
    _check_kind(kind, order, stable)
    x = ops.as_array(a)
    if x.ndim == 0:
        if axis is not None:
            normalize_axis_index(axis, 1)
        return ops.constant((1,), 0, INT64, x)
    return _along_axis(_argsort_descending if descending else _core.argsort, x, axis)


def _argsort_descending(x):
    positions = _core.argsort(_reverse(x))
    return _reverse(ops.extent((x.shape[-1],), x) - 1 - positions)


def _parse_ranks(kth, n):
    """The places to partition at, in `[0, n)`."""
    ranks = _numpy.asarray(kth)
    if ranks.dtype.kind == "b":
        raise ValueError("Booleans unacceptable as partition index")
    if ranks.dtype.kind not in "iu":
        raise TypeError("Partition index must be integer")
    if ranks.ndim > 1:
        raise ValueError("object too deep for desired array")
    ranks = _numpy.where(ranks < 0, ranks + n, ranks).ravel()
    if ((ranks < 0) | (ranks >= n)).any():
        wrong = ranks[(ranks < 0) | (ranks >= n)][0]
        raise ValueError(f"kth(={wrong}) out of bounds ({n})")
    return ranks.tolist()


def _partition(function, a, kth, axis, sort_kind, order):
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")
    if sort_kind != "introselect":
        raise ValueError(f"select kind must be 'introselect' (got {sort_kind!r})")
    x = ops.as_array(a)
    if axis is None:
        x, axis = ops.reshape(x, (x.size,)), 0
    n = x.shape[normalize_axis_index(axis, x.ndim)]
    ranks = _parse_ranks(kth, n) if x.size else []
    return _along_axis(lambda rows: function(rows, ranks or [0]), x, axis)


def partition(a, kth, axis=-1, kind="introselect", order=None):
    """`a` rearranged so that the places `kth` along `axis` hold what sorting puts
    there, with nothing greater before and nothing less behind them.
    """
    x = ops.as_array(a)
    result = _partition(_core.partition, x, kth, axis, kind, order)
    return result if axis is None else match_copy(result, x)


def argpartition(a, kth, axis=-1, kind="introselect", order=None):
    """The positions, int64, that partition `a` along `axis` as `partition` does.

    Without axes, 1-D, as those of `argsort`.
    """
    a = ops.as_array(a)
    if a.ndim == 0:
        return argsort(a, axis)
    return _partition(_core.argpartition, a, kth, axis, kind, order)


def lexsort(keys, axis=-1):
    """The positions that sort by the last of `keys`, then the one before it, ....

    `keys` are arrays of one shape, or the rows of one array; int64. Raises TypeError
    for no keys, ValueError for shapes that differ.
    """
    if isinstance(keys, _core.ndarray):
        keys = [keys[i] for i in range(len(keys))]
    arrays = as_operands(keys)
    if not arrays:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    if any(x.shape != arrays[0].shape for x in arrays):
        raise ValueError("all keys need to be the same shape")
    if arrays[0].ndim == 0:
        normalize_axis_index(axis, 1)
        return ops.constant((), 0, INT64, arrays[0])
    axis = normalize_axis_index(axis, arrays[0].ndim)
    if arrays[0].size == 0:
        return _core.empty(arrays[0].shape, INT64, arrays[0])
    positions = lexsort_rows([to_rows(x, axis) for x in arrays])
    return ops.own(from_rows(positions, axis))


def lexsort_rows(keys):
    """`lexsort` along the last axis: a stable sort by each key in turn."""
    positions = _core.argsort(keys[0])
    for key in keys[1:]:
        order = _core.argsort(gather_rows(key, positions))
        positions = gather_rows(positions, order)
    return positions


def sort_complex(a):
    """`a` sorted along its last axis, as complex numbers."""
    x = sort(a)
    if kind(x.dtype) == "c":
        return x
    return ops.cast(x, as_dtype("F" if x.dtype.char in "bhBH" else "D"))


def sort_in_place(self, axis=-1, kind=None, order=None, *, stable=None):
    """Sorts the array along `axis`, which is no None."""
    axis = operator.index(axis)
    _core.assign(self, sort(self, axis, kind, order, stable=stable))


def partition_in_place(self, kth, axis=-1, kind="introselect", order=None):
    """Partitions the array along `axis`, which is no None."""
    axis = operator.index(axis)
    _core.assign(self, partition(self, kth, axis, kind, order))


sort_in_place.__name__, partition_in_place.__name__ = "sort", "partition"
