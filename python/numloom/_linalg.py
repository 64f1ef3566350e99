"""Products of matrices and vectors, decomposed into matmul and fused reductions.

The `matmul` op calls BLAS, so it gets float32 to complex128, on a GPU halves too:
cuBLAS multiplies them with tensor cores and adds up in float32. Products with a
vector are a multiply and a sum, which fuse with what surrounds them; so are products
of integers and bools.
"""

import warnings
from math import prod

from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._creation import as_operands
from ._dtypes import BOOL, FLOAT32, is_half, kind
from ._gufuncs import Product, call
from ._manipulation import moveaxis


def _as_operands(x1, x2):
    x1, x2 = as_operands((x1, x2))
    dtype = _core.result_type(x1, x2)
    return ops.cast(x1, dtype), ops.cast(x2, dtype)


def multiply_sum(x, y, *axes):
    """`sum(x * y)` over `axes` in the operands' dtype; for bools, whether any."""
    result = _core.multiply_sum(x, y, *axes)
    if result is not None:
        return result
    if x.dtype == BOOL:
        return red.any(uf.logical_and(x, y), axes)
    return red.sum(uf.multiply(x, y), axes, x.dtype)


def matrix_product(x, y):
    """`x @ y` over the last two axes; dtypes are equal, other axes broadcast."""
    batch = ops.broadcast_shape(x.shape[:-2], y.shape[:-2])
    rows, inner, columns = *x.shape[-2:], y.shape[-1]
    is_vector = 1 in (rows, columns)
    if is_half(x.dtype) and (is_vector or x.device == "cpu"):
        product = matrix_product(ops.cast(x, FLOAT32), ops.cast(y, FLOAT32))
        return ops.cast(product, x.dtype)
    if kind(x.dtype) not in "fc" or is_vector:
        left = ops.reshape(x, (*x.shape, 1))
        right = ops.reshape(y, (*y.shape[:-2], 1, inner, columns))
        return ops.to_c_order(multiply_sum(left, right, -2))
    if x.ndim == y.ndim == 2:
        product = _core.matmul(x, y)
        if product is not None:
            return product
    x = ops.broadcast(x, (*batch, rows, inner))
    y = ops.broadcast(y, (*batch, inner, columns))
    return ops.record("matmul", (x, y), (*batch, rows, columns), x.dtype)


def _multiply_matrices(x, y):
    left = x if x.ndim > 1 else ops.reshape(x, (1, *x.shape))
    right = y if y.ndim > 1 else ops.reshape(y, (*y.shape, 1))
    product = matrix_product(left, right)
    shape = product.shape[:-2]
    if x.ndim > 1:
        shape += product.shape[-2:-1]
    if y.ndim > 1:
        shape += product.shape[-1:]
    return ops.reshape(product, shape)


_MATMUL = Product("matmul", "(n?,k),(k,m?)->(n?,m?)", _multiply_matrices)


def matmul(x1, x2, /, out=None, **keywords):
    """Matrix product over the last two axes, broadcast over the others.

    A 1-D operand is a row on the left, a column on the right. Keywords are those of
    NumPy's ufunc but for `axis` and `keepdims`. Raises ValueError for 0-d operands
    and inner extents that differ.
    """
    if out is None and not keywords:
        product = _core.matmul(x1, x2)
        if product is not None:
            return product
    return call(_MATMUL, x1, x2, out, keywords)


def _check_dot_output(out, dtype):
    if not isinstance(out, _core.ndarray):
        raise TypeError("'out' must be an array")
    if out.dtype != dtype or not out.flags.c_contiguous:
        raise ValueError(
            "output array is not acceptable (must have the right datatype, number of "
            "dimensions, and be a C-Array)"
        )


def dot(a, b, out=None):
    """Product over the last axis of `a` and the last but one of `b`.

    The shape is that of `a` without its last axis, then that of `b` without the
    summed one. A 0-d operand multiplies. Raises ValueError where lengths differ.
    """
    if out is None:
        product = _core.dot(a, b)
        if product is not None:
            return product
    a, b = _as_operands(a, b)
    if out is not None:
        _check_dot_output(out, a.dtype)
    if a.ndim == 0 or b.ndim == 0:
        return ops.store(uf.multiply(a, b), out)
    axis = max(b.ndim - 2, 0)
    if a.shape[-1] != b.shape[axis]:
        raise ValueError(
            f"shapes {ops.format_shape(a.shape)} and {ops.format_shape(b.shape)} not "
            f"aligned: {a.shape[-1]} (dim {a.ndim - 1}) != {b.shape[axis]} (dim {axis})"
        )
    return ops.store(tensordot(a, b, ((a.ndim - 1,), (axis,))), out)


def inner(a, b, /):
    """Product over the last axes of `a` and `b`.

    Raises ValueError where their lengths differ.
    """
    if isinstance(b, _core.ndarray) and b.ndim == 2 and getattr(a, "ndim", 0) == 2:
        product = _core.dot(a, b.T) if a.shape[1] == b.shape[1] else None
        if product is not None:
            return product
    a, b = _as_operands(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return uf.multiply(a, b)
    if a.ndim == 1 and b.ndim == 1:
        return dot(a, b)
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(
            f"shapes {ops.format_shape(a.shape)} and {ops.format_shape(b.shape)} not "
            f"aligned: {a.shape[-1]} (dim {a.ndim - 1}) != {b.shape[-1]} "
            f"(dim {b.ndim - 1})"
        )
    return tensordot(a, b, ((a.ndim - 1,), (b.ndim - 1,)))


def outer(a, b, out=None):
    """The products of all pairs of elements of the flattened arguments, 2-D."""
    a, b = as_operands((a, b))
    column, row = ops.reshape(a, (a.size, 1)), ops.reshape(b, (1, b.size))
    return uf.multiply(column, row, out=out)


def _pair_axes(axes, a, b):
    """`axes` of tensordot as two tuples of normalised axes."""
    try:
        axes_a, axes_b = axes
    except TypeError:
        axes_a, axes_b = range(-axes, 0), range(axes)
    axes_a = [axes_a] if isinstance(axes_a, int) else list(axes_a)
    axes_b = [axes_b] if isinstance(axes_b, int) else list(axes_b)
    if len(axes_a) != len(axes_b):
        raise ValueError("shape-mismatch for sum")
    axes_a = [normalize_axis_index(axis, a.ndim) for axis in axes_a]
    axes_b = [normalize_axis_index(axis, b.ndim) for axis in axes_b]
    if any(a.shape[i] != b.shape[j] for i, j in zip(axes_a, axes_b)):
        raise ValueError("shape-mismatch for sum")
    return axes_a, axes_b


def tensordot(a, b, axes=2):
    """Product summed over pairs of axes of `a` and `b`.

    `axes` is the number of last axes of `a` and first of `b`, or two sequences of
    axes. The result has the other axes of `a`, then those of `b`.
    """
    a, b = _as_operands(a, b)
    axes_a, axes_b = _pair_axes(axes, a, b)
    free_a = [i for i in range(a.ndim) if i not in axes_a]
    free_b = [i for i in range(b.ndim) if i not in axes_b]
    shape_a = tuple(a.shape[i] for i in free_a)
    shape_b = tuple(b.shape[i] for i in free_b)
    summed = prod(a.shape[i] for i in axes_a)
    left = ops.reshape(ops.transpose(a, free_a + axes_a), (prod(shape_a), summed))
    right = ops.reshape(ops.transpose(b, axes_b + free_b), (summed, prod(shape_b)))
    return ops.reshape(matrix_product(left, right), shape_a + shape_b)


def vdot(a, b, /):
    """The 0-d product of the flattened arguments, the first conjugated.

    Raises ValueError where their sizes differ.
    """
    a, b = _as_operands(a, b)
    if a.size != b.size:
        raise ValueError(
            "cannot reshape array of size "
            f"{b.size} into shape {ops.format_shape((a.size,))}"
        )
    if a.ndim != 1 or b.ndim != 1:
        a, b = ops.reshape(a, (a.size,)), ops.reshape(b, (b.size,))
    return dot(conjugate_complex(a), b)


def conjugate_complex(x):
    """`x` conjugated if it is complex, else `x` itself."""
    return uf.conj(x) if kind(x.dtype) == "c" else x


def _multiply_vectors(x, y):
    return multiply_sum(conjugate_complex(x), y, -1)


_VECDOT = Product("vecdot", "(n),(n)->()", _multiply_vectors)


def vecdot(x1, x2, /, out=None, *, axis=-1, **keywords):
    """The product over one axis of both arguments, the first conjugated.

    Keywords are those of NumPy's ufunc, `keepdims` among them.
    """
    if type(axis) is not int or axis != -1:
        keywords["axis"] = axis
    return call(_VECDOT, x1, x2, out, keywords)


def _multiply_columns(x, y):
    return multiply_sum(x, ops.reshape(y, (*y.shape[:-1], 1, y.shape[-1])), -1)


_MATVEC = Product("matvec", "(m,n),(n)->(m)", _multiply_columns)


def matvec(x1, x2, /, out=None, **keywords):
    """Products of the matrices in `x1` with the vectors in `x2`.

    Keywords are those of `matmul`.
    """
    return call(_MATVEC, x1, x2, out, keywords)


def _multiply_rows(x, y):
    return multiply_sum(ops.reshape(conjugate_complex(x), (*x.shape, 1)), y, -2)


_VECMAT = Product("vecmat", "(n),(n,m)->(m)", _multiply_rows)


def vecmat(x1, x2, /, out=None, **keywords):
    """Products of the conjugated vectors in `x1` with the matrices in `x2`.

    Keywords are those of `matmul`.
    """
    return call(_VECMAT, x1, x2, out, keywords)


def kron(a, b):
    """The Kronecker product: blocks of `b`, scaled by the elements of `a`."""
    a, b = as_operands((a, b))
    rank = max(a.ndim, b.ndim)
    shape_a = (1,) * (rank - a.ndim) + a.shape
    shape_b = (1,) * (rank - b.ndim) + b.shape
    spread_a = tuple(n for extent in shape_a for n in (extent, 1))
    spread_b = tuple(n for extent in shape_b for n in (1, extent))
    product = uf.multiply(ops.reshape(a, spread_a), ops.reshape(b, spread_b))
    return ops.reshape(product, tuple(m * n for m, n in zip(shape_a, shape_b)))


def _cross_element(a, b, i, j):
    """`a[i] * b[j] - a[j] * b[i]`, without the products with a missing third."""
    products = [
        uf.multiply(a[p], b[q]) if p < a.shape[0] and q < b.shape[0] else None
        for p, q in ((i, j), (j, i))
    ]
    if products[0] is None:
        return uf.negative(products[1])
    return products[0] if products[1] is None else uf.subtract(*products)


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors along the given axes.

    They have three elements; for two, which is deprecated and warns, the third is 0.
    If all have two only the third element of the products is given. Raises ValueError
    for other lengths.
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = as_operands((a, b))
    a, b = moveaxis(a, axisa, 0), moveaxis(b, axisb, 0)
    lengths = {a.shape[0], b.shape[0]}
    if not lengths <= {2, 3}:
        raise ValueError(
            "incompatible dimensions for cross product\n(dimension must be 2 or 3)"
        )
    if 2 in lengths:
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of "
            "3-dimensional vectors instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=2,
        )
    if lengths == {2}:
        return _cross_element(a, b, 0, 1)
    parts = [_cross_element(a, b, i, j) for i, j in ((1, 2), (2, 0), (0, 1))]
    columns = [ops.reshape(x, (*x.shape, 1)) for x in parts]
    joined = ops.concatenate(columns, parts[0].ndim)
    return moveaxis(ops.own(joined), -1, axisc)
