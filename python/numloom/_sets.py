"""Sets of elements: unique, membership and the operations on two sets."""

from math import prod
from typing import NamedTuple

from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _scans as scans
from . import _ufuncs as uf
from ._core import ndarray
from ._dtypes import BOOL, INT64, is_inexact
from ._integer_tables import count_integers, tabulate_members
from ._joining import concatenate
from ._masks import compress_by
from ._scatters import NONE, REPLACE, record_scatter
from ._searching import find_places
from ._sorting import lexsort_rows


class UniqueAllResult(NamedTuple):
    """What `unique_all` gives."""

    values: ndarray
    indices: ndarray
    inverse_indices: ndarray
    counts: ndarray


class UniqueCountsResult(NamedTuple):
    """What `unique_counts` gives."""

    values: ndarray
    counts: ndarray


class UniqueInverseResult(NamedTuple):
    """What `unique_inverse` gives."""

    values: ndarray
    inverse_indices: ndarray


def _flatten(x, device=None):
    x = ops.as_array(x, device=device)
    return ops.reshape(x, (x.size,))


def _differ(x, equal_nan):
    """Which elements of the sorted `x` differ from the one before them."""
    after, before = x[1:], x[:-1]
    differs = uf.not_equal(after, before)
    if equal_nan and is_inexact(x.dtype):
        differs &= uf.logical_not(uf.isnan(after) & uf.isnan(before))
    return differs


def _mark(differs):
    """Where runs start, given which elements start one after the first."""
    first = ops.constant((1,), 1, BOOL, differs)
    return ops.concatenate([first, differs], 0)


class _Runs:
    """The runs of equal entries among n, sorted by the positions `order`."""

    def __init__(self, starts, order):
        self.starts, self.order = starts, order
        self.n = starts.size

    def get_indices(self):
        """Where the first entry of each run lies."""
        return compress_by(self.starts, [self.order])[0]

    def get_inverse(self):
        """The run of each entry."""
        runs = scans.cumsum(self.starts, dtype=INT64) - 1
        base = _core.empty((self.n,), INT64, runs)
        return record_scatter(base, (self.order,), (0,), runs, REPLACE, NONE)

    def get_counts(self):
        """How many entries each run has."""
        places = ops.iota((self.n,), 0, self.starts)
        begins = compress_by(self.starts, [places])[0]
        end = ops.reshape(ops.extent((self.n,), begins), (1,))
        return ops.concatenate([begins[1:], end], 0) - begins


def unique(
    ar,
    return_index=False,
    return_inverse=False,
    return_counts=False,
    axis=None,
    *,
    equal_nan=True,
    sorted=True,
):
    """The different elements of `ar`, sorted; along an `axis`, the different slices.

    Optionally also, int64: the position of the first of each, for each element its
    place among them, and how often each occurs. NaN are one element unless
    `equal_nan` is false. Raises AxisError for an axis out of range.
    """
    x = ops.as_array(ar)
    if axis is None:
        runs, values = _find_runs(
            ops.reshape(x, (x.size,)), return_index, return_inverse, equal_nan
        )
        inverse_shape = x.shape
    else:
        axis = normalize_axis_index(axis, x.ndim)
        runs, values = _find_slices(x, axis)
        inverse_shape = (x.shape[axis],)
    results = [values]
    if return_index:
        results.append(runs.get_indices())
    if return_inverse:
        results.append(ops.reshape(runs.get_inverse(), inverse_shape))
    if return_counts:
        results.append(runs.get_counts())
    return results[0] if len(results) == 1 else tuple(results)


class _NoRuns:
    """The runs of nothing."""

    def __init__(self, x):
        self.x = x

    def get_indices(self):
        return _core.empty((0,), INT64, self.x)

    get_inverse = get_counts = get_indices


def _find_runs(x, needs_index, needs_inverse, equal_nan):
    """The runs of a 1-D array and its different elements."""
    if x.size == 0:
        return _NoRuns(x), ops.own(x)
    # A table says how often, not where first.
    table = None if needs_index else count_integers(x, needs_inverse)
    if table:
        return table, table.get_values()
    order = None
    if needs_index or needs_inverse:
        order = _core.argsort(x)
        x = ops.gather_along(x, order, 0)
    else:
        x = _core.sort(x)
    starts = _mark(_differ(x, equal_nan))
    return _Runs(starts, order), compress_by(starts, [x])[0]


def _find_slices(x, axis):
    """The runs of the slices of `x` along `axis`, and the different slices."""
    order = [axis, *(i for i in range(x.ndim) if i != axis)]
    entries = ops.transpose(x, order)
    n, width = x.shape[axis], prod(entries.shape[1:])
    if n == 0:
        return _NoRuns(x), ops.own(x)
    table = ops.reshape(entries, (n, width))
    if width == 0:
        runs = _Runs(_mark(ops.constant((n - 1,), 0, BOOL, x)), ops.iota((n,), 0, x))
    else:
        runs = _sort_table(table)
    values = ops.gather_along(entries, runs.get_indices(), 0)
    back = [order.index(i) for i in range(x.ndim)]
    return runs, ops.transpose(values, back)


def _sort_table(table):
    """The runs of the rows of `table`: the first column is the first key."""
    columns = [table[:, i] for i in range(table.shape[1])]
    _core.evaluate(columns)
    order = lexsort_rows(columns[::-1])
    rows = ops.gather_along(table, order, 0)
    differs = red.any(uf.not_equal(rows[1:], rows[:-1]), axis=1)
    return _Runs(_mark(differs), order)


def unique_all(x):
    """Values, first positions, inverse and counts; NaN all differ."""
    return UniqueAllResult(*unique(x, True, True, True, equal_nan=False))


def unique_counts(x):
    """Values and counts; NaN all differ."""
    return UniqueCountsResult(*unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x):
    """Values and the place of each element among them; NaN all differ."""
    return UniqueInverseResult(*unique(x, return_inverse=True, equal_nan=False))


def unique_values(x):
    """The different elements, sorted; NaN all differ."""
    return unique(x, equal_nan=False)


def _as_pair(ar1, ar2):
    """Two flat arrays of one dtype."""
    home = ops.home((ar1, ar2))
    x, y = _flatten(ar1, home), _flatten(ar2, home)
    dtype = _core.result_type(x.dtype, y.dtype)
    return ops.cast(x, dtype), ops.cast(y, dtype)


def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None):
    """Which elements of `element` occur in `test_elements`; bool, its shape.

    Both sides are compared in their common dtype. Integers of a small range are
    looked up in a table unless `kind` is "sort". Raises ValueError for an unknown
    `kind`, and for "table" and other than integers.
    """
    if kind not in (None, "sort", "table"):
        raise ValueError(f"Invalid kind: '{kind}'. Please use None, 'sort' or 'table'.")
    shape = ops.as_array(element, device=ops.home((element, test_elements))).shape
    x, tests = _as_pair(element, test_elements)
    if kind == "table" and is_inexact(x.dtype):
        raise ValueError(
            "The 'table' method is only supported for boolean or integer arrays. "
            "Please select 'sort' or None for kind."
        )
    if tests.size == 0 or x.size == 0:
        return ops.constant(shape, int(invert), BOOL, x)
    is_member = _look_up(x, tests, kind)
    return ops.reshape(uf.logical_not(is_member) if invert else is_member, shape)


def _look_up(x, tests, kind):
    """Which elements of the 1-D `x` occur in the 1-D `tests`, which has some."""
    table = None if kind == "sort" else tabulate_members(tests, x.size)
    if table:
        return table.contains(x)
    tests = _core.sort(tests)
    places = uf.minimum(find_places(tests, x), ops.extent((tests.size,), x) - 1)
    return uf.equal(ops.gather_along(tests, places, 0), x)


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    """The elements that both arrays have, sorted and once each.

    With `return_indices` also where they first occur in each.
    """
    x, y = _as_pair(ar1, ar2)
    x_first = y_first = None
    if not assume_unique:
        if return_indices:
            x, x_first = unique(x, return_index=True)
            y, y_first = unique(y, return_index=True)
        else:
            x, y = unique(x), unique(y)
    both = ops.concatenate([x, y], 0)
    if both.size < 2:
        none = _core.empty((0,), INT64, both)
        result = _core.empty((0,), both.dtype, both)
        return (result, none, none) if return_indices else result
    order = _core.argsort(both)
    both = ops.gather_along(both, order, 0)
    mask = uf.equal(both[1:], both[:-1])
    if not return_indices:
        return compress_by(mask, [both[:-1]])[0]
    result, x_places, y_places = compress_by(mask, [both[:-1], order[:-1], order[1:]])
    y_places = y_places - x.size
    if not assume_unique:
        x_places, y_places = (
            ops.gather_along(x_first, x_places, 0),
            ops.gather_along(y_first, y_places, 0),
        )
    return result, x_places, y_places


def union1d(ar1, ar2):
    """The elements that either array has, sorted and once each."""
    return unique(concatenate((ar1, ar2), axis=None))


def setdiff1d(ar1, ar2, assume_unique=False):
    """The elements of `ar1` that `ar2` has not; sorted unless `assume_unique`."""
    home = ops.home((ar1, ar2))
    x, y = _flatten(ar1, home), _flatten(ar2, home)
    if not assume_unique:
        x, y = unique(x), unique(y)
    return compress_by(isin(x, y, invert=True), [x])[0]


def setxor1d(ar1, ar2, assume_unique=False):
    """The elements that exactly one of the arrays has, sorted."""
    x, y = _as_pair(ar1, ar2)
    if not assume_unique:
        x, y = unique(x), unique(y)
    both = ops.concatenate([x, y], 0)
    if both.size == 0:
        return both
    both = _core.sort(both)
    edge = ops.constant((1,), 1, BOOL, both)
    flags = ops.concatenate([edge, uf.not_equal(both[1:], both[:-1]), edge], 0)
    return compress_by(flags[1:] & flags[:-1], [both])[0]
