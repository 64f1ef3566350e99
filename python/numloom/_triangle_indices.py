"""Indices of triangles and diagonals, computed without looking at any element."""

import operator

from . import _ops as ops
from . import _ufuncs as uf
from ._creation import asarray, ones
from ._dtypes import FLOAT64, INT64
from ._ranges import arange


def _count_before(row, first_count):
    """The elements in `row` rows of which each is one longer than the one before."""
    # A shift: the division of arrays costs as much as all else.
    return row * first_count + (row * (row - 1) >> 1)


def _growing_rows(position, first_count):
    """The row of each `position` where rows grow by one from `first_count` on."""
    slope = 2 * first_count - 1
    root = uf.sqrt(uf.add(uf.multiply(ops.cast(position, FLOAT64), 8.0), slope**2))
    row = ops.cast(uf.divide(uf.subtract(root, slope), 2.0), INT64)
    # The root is rounded: it may name a neighbour at a row's first or last element.
    row = uf.subtract(row, uf.greater(_count_before(row, first_count), position))
    next_row = uf.add(row, 1)
    is_next = uf.less_equal(_count_before(next_row, first_count), position)
    return uf.add(row, is_next)


def _lower_triangle(n, m, k):
    """Row and column of each element at and below the `k`-th diagonal."""
    first = min(max(0, -k), n)
    first_count = min(max(first + k + 1, 0), m)
    if first == n or first_count == 0:
        return arange(0), arange(0)
    num_growing = min(n - first, m - first_count)
    num_growing_elements = _count_before(num_growing, first_count)
    num_full_elements = (n - first - num_growing) * m
    position = arange(num_growing_elements)
    row = _growing_rows(position, first_count)
    column = uf.subtract(position, _count_before(row, first_count))
    rest = arange(num_full_elements)
    rows = [row, uf.add(uf.floor_divide(rest, m), num_growing)]
    columns = [column, uf.remainder(rest, m)]
    return uf.add(ops.concatenate(rows, 0), first), ops.concatenate(columns, 0)


def tril_indices(n, k=0, m=None):
    """Row and column, int64, of each element at and below the `k`-th diagonal.

    The matrix has `n` rows and `m`, by default `n`, columns.
    """
    n, k = operator.index(n), operator.index(k)
    return _lower_triangle(n, n if m is None else operator.index(m), k)


def triu_indices(n, k=0, m=None):
    """Row and column, int64, of each element at and above the `k`-th diagonal.

    The matrix has `n` rows and `m`, by default `n`, columns.
    """
    n, k = operator.index(n), operator.index(k)
    m = n if m is None else operator.index(m)
    # Turned by half a circle, the upper triangle is a lower one.
    row, column = _lower_triangle(n, m, m - n - k)
    return uf.subtract(n - 1, row)[::-1], uf.subtract(m - 1, column)[::-1]


def mask_indices(n, mask_func, k=0):
    """The indices of an n x n array where `mask_func(ones, k)` is not 0."""
    # It comes with the masks, which nothing else here needs.
    from . import nonzero  # noqa: PLC0415

    return nonzero(uf.not_equal(mask_func(ones((n, n), INT64), k), 0))


def _as_matrix(arr):
    arr = asarray(arr)
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    return arr.shape


def tril_indices_from(arr, k=0):
    """`tril_indices` for the shape of the 2-D `arr`."""
    n, m = _as_matrix(arr)
    return tril_indices(n, k, m)


def triu_indices_from(arr, k=0):
    """`triu_indices` for the shape of the 2-D `arr`."""
    n, m = _as_matrix(arr)
    return triu_indices(n, k, m)


def diag_indices(n, ndim=2):
    """The indices of the main diagonal of an array with `ndim` axes of extent `n`."""
    return (arange(n),) * ndim


def diag_indices_from(arr):
    """The indices of the main diagonal of `arr`, whose extents are equal.

    Raises ValueError for extents that differ and for fewer than two axes.
    """
    arr = asarray(arr)
    if arr.ndim < 2:
        raise ValueError("input array must be at least 2-d")
    if len(set(arr.shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    return diag_indices(arr.shape[0], arr.ndim)


__all__ = [
    "diag_indices",
    "diag_indices_from",
    "mask_indices",
    "tril_indices",
    "tril_indices_from",
    "triu_indices",
    "triu_indices_from",
]
