"""Norms of vectors and matrices, powers of matrices, chains of products."""

import math
import operator

from numpy import inf
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.linalg import LinAlgError

from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._creation import asarray
from ._dtypes import FLOAT64, is_inexact, kind
from ._linalg import dot, matmul
from ._triangles import eye


def _sum_of_squares(x, axes, keepdims):
    """The sum of `|x|**2` over `axes`, without a square root in between."""
    if kind(x.dtype) == "c":
        real, imag = x.real, x.imag
        squares = uf.add(uf.multiply(real, real), uf.multiply(imag, imag))
    else:
        squares = uf.multiply(x, x)
    return red.sum(squares, axes, keepdims=keepdims)


def _raise(x, exponent):
    """`x ** exponent` for sums, in which the rounding of a product does not show."""
    if exponent == 3:
        return uf.multiply(uf.square(x), x)
    return uf.square(uf.square(x)) if exponent == 4 else uf.power(x, exponent)


def _norm_of_vectors(x, ord, axes, keepdims):
    """The norm over `axes`, taken as one vector."""
    if ord is None or ord == 2:
        return uf.sqrt(_sum_of_squares(x, axes, keepdims))
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    magnitude = uf.absolute(x)
    if ord == inf:
        return red.max(magnitude, axes, keepdims=keepdims, initial=0)
    if ord == -inf:
        return red.min(magnitude, axes, keepdims=keepdims)
    if ord == 0:
        counted = ops.cast(uf.not_equal(x, 0), magnitude.dtype)
        return red.sum(counted, axes, keepdims=keepdims)
    if ord == 1:
        return red.sum(magnitude, axes, keepdims=keepdims)
    total = red.sum(_raise(magnitude, ord), axes, keepdims=keepdims)
    return uf.power(total, 1.0 / ord)


def _norm_of_matrices(x, ord, axes, keepdims):
    """The norm over the rows along `axes[0]` and columns along `axes[1]`."""
    if ord in (None, "fro", "f"):
        return uf.sqrt(_sum_of_squares(x, axes, keepdims))
    if ord in (2, -2, "nuc"):
        raise NotImplementedError(
            f"the norm of order {ord!r} needs singular values, which numloom has not"
        )
    if ord not in (1, -1, inf, -inf):
        raise ValueError("Invalid norm order for matrices.")
    row, column = axes
    summed, rest = (row, column) if abs(ord) == 1 else (column, row)
    sums = red.sum(uf.absolute(x), summed, keepdims=True)
    if ord > 0:
        result = red.max(sums, rest, keepdims=True, initial=0)
    else:
        result = red.min(sums, rest, keepdims=True)
    if keepdims:
        return result
    return ops.reshape(result, tuple(n for i, n in enumerate(x.shape) if i not in axes))


def _as_inexact(x):
    x = asarray(x)
    return x if is_inexact(x.dtype) else ops.cast(x, FLOAT64)


def norm(x, ord=None, axis=None, keepdims=False):
    """The norm of vectors (`axis` an integer) or matrices (a pair) in `x`.

    Args:
        x: Of any rank; without `axis` it is taken as a vector if `ord` is None,
            and must be 1-D or 2-D else.
        ord: None, a number, inf, -inf; for matrices 'fro', 1, -1, inf, -inf.

    Raises ValueError for other orders and ranks; NotImplementedError for those that
    need singular values: 2, -2 and 'nuc' of matrices; TypeError for a list of axes.
    """
    x = _as_inexact(x)
    if axis is None:
        axes = tuple(range(x.ndim))
        flattens = ord is None or (ord in ("f", "fro") and x.ndim == 2)
        if flattens or (ord == 2 and x.ndim == 1):
            return uf.sqrt(_sum_of_squares(x, None, keepdims))
    else:
        if isinstance(axis, list):
            raise TypeError("'axis' must be None, an integer or a tuple of integers")
        axes = normalize_axis_tuple(axis, x.ndim)
    if len(axes) == 1:
        return _norm_of_vectors(x, ord, axes, keepdims)
    if len(axes) == 2:
        return _norm_of_matrices(x, ord, axes, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """The norm of the vectors along `axis`: an integer, a tuple, or None for all."""
    x = _as_inexact(x)
    return _norm_of_vectors(x, ord, ops.as_axes(axis, x.ndim), keepdims)


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """The norm of the matrices in the last two axes; orders are those of `norm`."""
    x = _as_inexact(x)
    return _norm_of_matrices(x, ord, normalize_axis_tuple((-2, -1), x.ndim), keepdims)


def matrix_power(a, n):
    """The square matrices in the last two axes of `a`, to the integer power `n`.

    Raises LinAlgError for matrices that are not square, NotImplementedError for
    negative powers, which need inverses, TypeError for powers that are no integers.
    """
    a = asarray(a)
    if a.ndim < 2:
        raise LinAlgError(
            f"{a.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if a.shape[-1] != a.shape[-2]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError("exponent must be an integer") from None
    if n < 0:
        raise NotImplementedError("numloom has no inverses of matrices yet")
    if n == 0:
        return ops.own(
            ops.broadcast(eye(a.shape[-1], dtype=a.dtype, device=a), a.shape)
        )
    return _power_by_squaring(a, n)


def _power_by_squaring(a, n):
    result = None
    while True:
        if n % 2:
            result = a if result is None else matmul(result, a)
        n //= 2
        if n == 0:
            return ops.own(result)
        a = matmul(a, a)


def multi_dot(arrays, *, out=None):
    """The product of two or more matrices in the order that costs least.

    The first may be a row, the last a column, both 1-D. Raises ValueError for fewer
    than two arrays, LinAlgError for other ranks.
    """
    arrays = [asarray(x) for x in arrays]
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return dot(*arrays, out=out)
    is_row, is_column = arrays[0].ndim == 1, arrays[-1].ndim == 1
    if is_row:
        arrays[0] = ops.reshape(arrays[0], (1, arrays[0].size))
    if is_column:
        arrays[-1] = ops.reshape(arrays[-1], (arrays[-1].size, 1))
    for x in arrays:
        if x.ndim != 2:
            raise LinAlgError(
                f"{x.ndim}-dimensional array given. Array must be two-dimensional"
            )
    extents = [x.shape[0] for x in arrays] + [arrays[-1].shape[1]]
    product = _multiply_chain(arrays, _plan_chain(extents), 0, len(arrays) - 1)
    shape = product.shape[is_row : 2 - is_column]
    return ops.store(ops.reshape(product, shape), out)


def _plan_chain(extents):
    """Where to cut each chain `(i, j)` of matrices for the fewest multiplications."""
    count = len(extents) - 1
    cost = {(i, i): 0 for i in range(count)}
    cut = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            cost[i, j] = math.inf
            for k in range(i, j):
                outer = extents[i] * extents[k + 1] * extents[j + 1]
                total = cost[i, k] + cost[k + 1, j] + outer
                if total < cost[i, j]:
                    cost[i, j], cut[i, j] = total, k
    return cut


def _multiply_chain(arrays, cut, i, j):
    if i == j:
        return arrays[i]
    k = cut[i, j]
    left = _multiply_chain(arrays, cut, i, k)
    return dot(left, _multiply_chain(arrays, cut, k + 1, j))
