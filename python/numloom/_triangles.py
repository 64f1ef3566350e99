"""Diagonals and triangles of matrices."""

import operator

from . import _ops as ops
from . import _ufuncs as uf
from ._creation import asarray, zeros
from ._dtypes import as_dtype
from ._orders import copy_in_order, parse_layout
from ._views import diagonal


def _offset_mask(compare, shape, k, device=None):
    """`compare(row + k, column)` over the last two axes of `shape`."""
    row = ops.iota((shape[-2], 1), 0, device)
    column = ops.iota((1, shape[-1]), 1, device)
    # Diagonals outside of the matrix are as empty as the next ones.
    k = max(-shape[-2], min(operator.index(k), shape[-1]))
    return compare(uf.add(row, k), column)


def eye(N, M=None, k=0, dtype=float, order="C", *, device=None, like=None):
    """An N x M array with ones on the `k`-th diagonal and zeros elsewhere."""
    shape = ops.as_shape((N, N if M is None else M))
    result = ops.cast(_offset_mask(uf.equal, shape, k, device), as_dtype(dtype))
    return copy_in_order(result, "F") if parse_layout(order) else result


def identity(n, dtype=None, *, like=None):
    """The n x n identity matrix."""
    return eye(n, dtype=float if dtype is None else dtype)


def tri(N, M=None, k=0, dtype=float, *, like=None):
    """An N x M array with ones at and below the `k`-th diagonal."""
    # NumPy takes negative extents for 0.
    shape = tuple(max(0, operator.index(n)) for n in (N, N if M is None else M))
    return ops.cast(_offset_mask(uf.greater_equal, shape, k), as_dtype(dtype))


def _as_matrix(m):
    m = asarray(m)
    if m.ndim == 1:
        return ops.broadcast(m, m.shape * 2)
    if m.ndim == 0:
        raise IndexError("tuple index out of range")
    return m


def tril(m, k=0):
    """`m` with zeros above the `k`-th diagonal of its last two axes."""
    m = _as_matrix(m)
    mask = _offset_mask(uf.greater_equal, m.shape, k, m)
    return ops.select(mask, m, ops.as_array(0, m.dtype))


def triu(m, k=0):
    """`m` with zeros below the `k`-th diagonal of its last two axes."""
    m = _as_matrix(m)
    mask = _offset_mask(uf.less_equal, m.shape, k, m)
    return ops.select(mask, m, ops.as_array(0, m.dtype))


def diag(v, k=0):
    """The `k`-th diagonal of a matrix, or a matrix with `v` on it.

    Raises ValueError for other ranks.
    """
    v = asarray(v)
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ValueError("Input must be 1- or 2-d.")
    k = operator.index(k)
    n = v.shape[0] + abs(k)
    # Column j of the result holds v[j - k] above the diagonal, v[j] below.
    line = v
    if k:
        padding = zeros(abs(k), v.dtype, device=v)
        line = ops.concatenate([padding, v] if k > 0 else [v, padding], 0)
    mask = _offset_mask(uf.equal, (n, n), k, v)
    return ops.select(mask, line, ops.as_array(0, v.dtype))


def diagflat(v, k=0):
    """A matrix with the flattened `v` on its `k`-th diagonal."""
    v = asarray(v)
    return diag(ops.reshape(v, (v.size,)), k)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    """The sum of each diagonal along `axis1` and `axis2`."""
    return uf.add.reduce(diagonal(a, offset, axis1, axis2), -1, dtype, out)
