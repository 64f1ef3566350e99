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
from ._dtypes import BOOL, FLOAT32, as_dtype, is_half, kind
from ._manipulation import moveaxis


def _as_operands(x1, x2, dtype=None):
    x1, x2 = as_operands((x1, x2))
    dtype = _core.result_type(x1, x2) if dtype is None else as_dtype(dtype)
    return ops.cast(x1, dtype), ops.cast(x2, dtype)


def multiply_sum(x, y, axis):
    """`sum(x * y)` over `axis` in the operands' dtype; for bools, whether any."""
    if x.dtype == BOOL:
        return red.any(uf.logical_and(x, y), axis)
    return red.sum(uf.multiply(x, y), axis, x.dtype)


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
    x = ops.broadcast(x, (*batch, rows, inner))
    y = ops.broadcast(y, (*batch, inner, columns))
    return ops.record("matmul", (x, y), (*batch, rows, columns), x.dtype)


def _check_core(name, signature, operand, have, want):
    """The error of gufuncs for a core dimension that does not match."""
    if have != want:
        raise ValueError(
            f"{name}: Input operand {operand} has a mismatch in its core dimension 0, "
            f"with gufunc signature {signature} (size {have} is different from {want})"
        )


def _check_rank(name, signature, x, operand, rank):
    if x.ndim < rank:
        raise ValueError(
            f"{name}: Input operand {operand} does not have enough dimensions (has "
            f"{x.ndim}, gufunc core with signature {signature} requires {rank})"
        )


def matmul(
    x1, x2, /, out=None, *, casting="same_kind", order="K", dtype=None, subok=True
):
    """Matrix product over the last two axes, broadcast over the others.

    A 1-D operand is a row on the left, a column on the right. Raises ValueError
    for 0-d operands and inner extents that differ.
    """
    if out is None and dtype is None:
        product = _core.matmul(x1, x2)
        if product is not None:
            return product
    x1, x2 = _as_operands(x1, x2, dtype)
    signature = "(n?,k),(k,m?)->(n?,m?)"
    for operand, x in enumerate((x1, x2)):
        _check_rank("matmul", signature, x, operand, 1)
    inner = x2.shape[-2 if x2.ndim > 1 else 0]
    _check_core("matmul", signature, 1, inner, x1.shape[-1])
    left = x1 if x1.ndim > 1 else ops.reshape(x1, (1, *x1.shape))
    right = x2 if x2.ndim > 1 else ops.reshape(x2, (*x2.shape, 1))
    product = matrix_product(left, right)
    shape = product.shape[:-2]
    if x1.ndim > 1:
        shape += product.shape[-2:-1]
    if x2.ndim > 1:
        shape += product.shape[-1:]
    return ops.store(ops.reshape(product, shape), out)


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
    a, b = _as_operands(a, b)
    if a.ndim == 0 or b.ndim == 0:
        return uf.multiply(a, b)
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
    a = ops.reshape(a, (a.size,))
    b = ops.reshape(b, (b.size,))
    return multiply_sum(_conjugate(a), b, 0)


def _conjugate(x):
    return uf.conj(x) if kind(x.dtype) == "c" else x


def vecdot(
    x1,
    x2,
    /,
    out=None,
    *,
    axis=-1,
    casting="same_kind",
    order="K",
    dtype=None,
    subok=True,
):
    """The product over `axis` of both arguments, the first conjugated."""
    x1, x2 = _as_operands(x1, x2, dtype)
    for operand, x in enumerate((x1, x2)):
        _check_rank("vecdot", "(n),(n)->()", x, operand, 1)
    x1, x2 = moveaxis(x1, axis, -1), moveaxis(x2, axis, -1)
    _check_core("vecdot", "(n),(n)->()", 1, x2.shape[-1], x1.shape[-1])
    return ops.store(multiply_sum(_conjugate(x1), x2, -1), out)


def matvec(
    x1, x2, /, out=None, *, casting="same_kind", order="K", dtype=None, subok=True
):
    """Products of the matrices in `x1` with the vectors in `x2`."""
    x1, x2 = _as_operands(x1, x2, dtype)
    signature = "(m,n),(n)->(m)"
    _check_rank("matvec", signature, x1, 0, 2)
    _check_rank("matvec", signature, x2, 1, 1)
    _check_core("matvec", signature, 1, x2.shape[-1], x1.shape[-1])
    vectors = ops.reshape(x2, (*x2.shape[:-1], 1, x2.shape[-1]))
    return ops.store(ops.to_c_order(multiply_sum(x1, vectors, -1)), out)


def vecmat(
    x1, x2, /, out=None, *, casting="same_kind", order="K", dtype=None, subok=True
):
    """Products of the conjugated vectors in `x1` with the matrices in `x2`."""
    x1, x2 = _as_operands(x1, x2, dtype)
    signature = "(n),(n,m)->(m)"
    _check_rank("vecmat", signature, x1, 0, 1)
    _check_rank("vecmat", signature, x2, 1, 2)
    _check_core("vecmat", signature, 1, x2.shape[-2], x1.shape[-1])
    vectors = ops.reshape(_conjugate(x1), (*x1.shape, 1))
    return ops.store(ops.to_c_order(multiply_sum(vectors, x2, -2)), out)


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
