"""Reading and writing at integer arrays, mixed with basic indices.

A key becomes a view, which the integers, slices and new axes take, and index
arrays for some axes of the view: one `gather` or `scatter` along those.
"""

import math
import operator

from . import _core
from . import _ops as ops
from ._core import ndarray
from ._dtypes import INT64
from ._index_checks import Bounds, normalize, skip_unless
from ._index_keys import WHOLE, NewAxis, expand, takes_all
from ._orders import lay_out
from ._repeats import scatter_in_parallel
from ._scatters import ANY, REPLACE, Names, record_scatter


class Selection:
    """What a key of arrays, not lists, selects: entries of a view, along some axes.

    `view` is basic indexing alone; `indices` are int64 arrays of one shape, in
    range, for the ascending `axes` of the view. In the result their axes stand at
    `position`, in a gather at `axes[0]`. Those of an update come with `flags`.
    """

    def __init__(self, array, key, updates=True):
        self._read(array, expand(array, key))
        self.flags = [] if updates else None
        self._broadcast()

    def _read(self, array, items):
        basic, entries, advanced, sources = [], [], [], []
        source_axis = view_axis = 0
        for place, item in enumerate(items):
            if item is Ellipsis:
                continue
            if item is None or isinstance(item, slice):
                basic.append(item)
                if item is not None:
                    sources.append((item, view_axis))
                view_axis += 1
                source_axis += item is not None
                continue
            advanced.append((place, view_axis))
            if isinstance(item, int):
                basic.append(item)
                sources.append((item, None))
                source_axis += 1
            elif isinstance(item, NewAxis):
                basic.append(None)
                entries.append((item.index, view_axis, 1, 0))
                view_axis += 1
            else:
                basic.append(WHOLE)
                n = array.shape[source_axis]
                sources.append((len(entries), view_axis))
                entries.append((item, view_axis, n, source_axis))
                source_axis += 1
                view_axis += 1
        first, last = advanced[0][0], advanced[-1][0]
        self.is_adjacent = last - first == len(advanced) - 1
        self.position = advanced[0][1] if self.is_adjacent else 0
        self.view = array if takes_all(basic) else array[tuple(basic)]
        self.array = array
        self._entries = entries
        self._sources = sources

    def _broadcast(self):
        shapes = [index.shape for index, *_ in self._entries]
        try:
            self.shape = ops.broadcast_shape(*shapes)
        except ValueError:
            raise IndexError(
                "shape mismatch: indexing arrays could not be broadcast together "
                f"with shapes {' '.join(map(ops.format_shape, shapes))}"
            ) from None
        self.axes = [view_axis for _, view_axis, _, _ in self._entries]
        self.names = Names()
        if 0 in self.shape:
            # What names nothing may be out of bounds.
            none = _core.empty(self.shape, INT64, self.view)
            self.indices = [none] * len(shapes)
            return
        self.indices = [
            ops.broadcast(self._normalize(*entry), self.shape)
            for entry in self._entries
        ]

    def _normalize(self, index, _, n, axis):
        result = normalize(index, Bounds(n, axis), self.view, flags=self.flags)
        self.names.add(index, result, n)
        return result

    def gather_shape(self):
        """The shape of a gather: the indices' in place of the first axis."""
        kept = [n for i, n in enumerate(self.view.shape) if i not in self.axes]
        return (*kept[: self.axes[0]], *self.shape, *kept[self.axes[0] :])

    def target_indices(self):
        """The indices of a scatter: all left out if one is out of bounds."""
        first, *rest = self.indices
        return [skip_unless(self.flags, first), *rest]

    def to_result(self):
        """The axes of a gather in the order of NumPy's result; None if they are."""
        first, rank = self.axes[0], len(self.shape)
        if first == self.position or not rank:
            return None
        moved = [*range(first, first + rank)]
        kept = [i for i in range(len(self.gather_shape())) if i not in moved]
        return kept[: self.position] + moved + kept[self.position :]

    def arrange(self, result):
        """A gather in the order of NumPy's result, which lies in memory with the
        indices' axes first, then those of the view in their order.
        """
        order, first, rank = _core.copy_order(self.view), self.axes[0], len(self.shape)
        if not rank or (order is None and first == self.position == 0):
            return result
        rest = [axis for axis in range(self.view.ndim) if axis not in self.axes]
        slowest_first = [axis for axis in order or rest if axis in rest]
        if first:
            moved = [i for i in range(result.ndim) if not first <= i < first + rank]
            result = ops.transpose(result, [*range(first, first + rank), *moved])
        places = [rank + rest.index(axis) for axis in slowest_first]
        result = lay_out(result, [*range(rank), *places])
        if not self.position:
            return result
        before = range(rank, rank + self.position)
        after = range(rank + self.position, result.ndim)
        return ops.transpose(result, [*before, *range(rank), *after])

    def is_sparse(self):
        """Whether what is selected is so little that the view is not worth moving."""
        few = math.prod(self.gather_shape()) * 4
        return self.view is not self.array and 0 < few < self.view.size

    def spread(self):
        """The selection as indices along the leading axes of the array itself.

        They have the result's shape without its last axes, which are the rest of the
        array's.
        """
        shape, order = self.gather_shape(), self.to_result()
        shape = shape if order is None else tuple(shape[i] for i in order)
        sources = list(self._sources)
        while takes_all([sources[-1][0]]):
            sources.pop()
        rank = len(shape) - (self.array.ndim - len(sources))
        targets = self.target_indices()
        indices = []
        for axis, (item, view_axis) in enumerate(sources):
            if isinstance(item, slice):
                start, _, step = item.indices(self.array.shape[axis])
                count = self.view.shape[view_axis]
                index = ops.iota((count,), 0, self.array) * step + start
                last = self._result_axis(view_axis) + 1
            elif view_axis is None:
                start = operator.index(item) % max(self.array.shape[axis], 1)
                index, last = ops.constant((), start, INT64, self.array), rank
            else:
                index, last = targets[item], self.position + len(self.shape)
            index = ops.reshape(index, index.shape + (1,) * (rank - last))
            indices.append(ops.broadcast(index, shape[:rank]))
        return indices, range(len(sources)), shape

    def _result_axis(self, view_axis):
        """Where an axis of the view that is not indexed stands in the result."""
        kept = sum(axis not in self.axes for axis in range(view_axis))
        return kept if kept < self.position else kept + len(self.shape)


class AxisEntries(Selection):
    """The entries along one axis at one array of integers; other axes are whole."""

    def __init__(self, array, axis, index, updates=True):
        self.view = self.array = array
        self.axes, self.position, self.shape = [axis], axis, index.shape
        self.names, self.flags = Names(), [] if updates else None
        self.indices = [self._normalize(index, axis, array.shape[axis], axis)]


class KnownEntries(Selection):
    """The entries along the first axis at one array of places that is known to be."""

    def __init__(self, array, index, places):
        self.view = self.array = array
        self.axes, self.position, self.shape = [0], 0, places.shape
        self.names, self.flags, self.indices = Names(), [], [places]
        self.names.add(index, places, array.shape[0])


def select(array, key):
    """What an update at `key` selects, of arrays, not lists."""
    if len(key) == 1 and array.ndim and array.shape[0] and _is_index(key[0]):
        places = _core.known_places(key[0], array.shape[0], False)
        if places is not None:
            return KnownEntries(array, key[0], places)
    return _select_entries(array, key)


def _select_entries(array, key, updates=True):
    axis = _find_axis(array, key)
    if axis is None:
        return Selection(array, key, updates)
    return AxisEntries(array, axis, key[axis], updates)


def _find_axis(array, key):
    """Where the array of `key` stands, if all the others are whole slices; else None.

    The array is of integers, with an axis.
    """
    found = None
    for axis, item in enumerate(key):
        if _is_index(item) and found is None and item.size:
            found = axis
        elif not (isinstance(item, slice) and item == WHOLE):
            return None
    return found if len(key) <= array.ndim else None


def _is_index(item):
    """Whether `item` is an array of integers, with an axis."""
    return isinstance(item, ndarray) and item.dtype.kind in "iu" and item.ndim > 0


def check_writeable(array):
    """Raises ValueError for a read-only array."""
    if not array.flags.writeable:
        raise ValueError("assignment destination is read-only")


def is_advanced(key):
    """Whether a tuple `key` holds more than integers, slices and new axes."""
    return any(getattr(item, "ndim", 0) for item in key)


def scatter(x, indices, axes, value, combine=REPLACE, repeats=ANY, names=None):
    """`x` with the entries that `ops.gather` would read combined with `value`'s.

    Entries for one place combine in their order; indices out of bounds are left out.
    `names` says what `indices` were made of.
    """
    if value.size == 0:
        return x
    if repeats == ANY and x.device != "cpu":
        return scatter_in_parallel(x, indices, axes, value, combine, names)
    return record_scatter(x, indices, axes, value, combine, repeats)


def read_entries(array, index):
    """`array[index]` for integers along the first axis."""
    index = normalize(index, Bounds(array.shape[0]), array)
    result = ops.gather_along(array, index, 0)
    order = _core.copy_order(array)
    if order is None:
        return result
    rank = index.ndim
    rest = [axis - 1 + rank for axis in order if axis]
    return lay_out(result, [*range(rank), *rest])


def read(array, key):
    """`array[key]` for a tuple `key` that holds an array."""
    selection = _select_entries(array, key, updates=False)
    shape = selection.gather_shape()
    result = ops.gather(selection.view, selection.indices, selection.axes, shape)
    return selection.arrange(result)


def write(array, key, value):
    """`array[key] = value` for a tuple `key` that holds an array."""
    selection = select(array, key)
    value = _core.as_value(array, value)
    if 0 in selection.gather_shape():
        fit_value(value, selection)
        return
    if selection.is_sparse():
        indices, axes, shape = selection.spread()
        new = scatter(array, indices, axes, broadcast_value(value, shape))
        _core.assign(array, new)
        return
    value = fit_value(value, selection)
    view = selection.view
    targets, names = selection.target_indices(), selection.names
    new = scatter(view, targets, selection.axes, value, names=names)
    if new is not view:
        _core.assign(view, new)


def fit_value(value, selection):
    """`value` broadcast to what is selected, its axes in a scatter's order."""
    shape, order = selection.gather_shape(), selection.to_result()
    target = shape if order is None else tuple(shape[i] for i in order)
    value = broadcast_value(value, target)
    return value if order is None else ops.transpose(value, _invert(order))


def broadcast_value(value, shape):
    """`value` stretched to `shape`; leading axes of extent 1 may be too many."""
    extra = value.ndim - len(shape)
    if extra > 0 and math.prod(value.shape[:extra]) == 1:
        value = ops.reshape(value, value.shape[extra:])
    try:
        return ops.broadcast(value, shape)
    except ValueError:
        raise ValueError(
            "shape mismatch: value array of shape "
            f"{ops.format_shape(value.shape)}  could not be broadcast to indexing "
            f"result of shape {ops.format_shape(shape)}"
        ) from None


def _invert(order):
    inverse = [0] * len(order)
    for place, axis in enumerate(order):
        inverse[axis] = place
    return inverse
