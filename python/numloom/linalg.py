"""Linear algebra that needs no factorisation: norms, powers and products."""

from numpy.linalg import LinAlgError

from ._creation import as_operands as _as_operands
from ._linalg import cross as _cross
from ._linalg import matmul, matvec, tensordot, vecdot, vecmat
from ._linalg import outer as _outer
from ._manipulation import matrix_transpose
from ._matrix_functions import matrix_norm, matrix_power, multi_dot, norm, vector_norm
from ._namespace import missing as _missing
from ._ops import as_array as _as_array
from ._triangles import diagonal as _diagonal
from ._triangles import trace as _trace


def cross(x1, x2, /, *, axis=-1):
    """The cross product of vectors of three elements along `axis`.

    Raises ValueError for other vectors.
    """
    x1, x2 = _as_operands((x1, x2))
    lengths = x1.shape[axis], x2.shape[axis]
    if lengths != (3, 3):
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they "
            f"are {lengths[0]} and {lengths[1]} dimensional instead."
        )
    return _cross(x1, x2, axis=axis)


def diagonal(x, /, *, offset=0):
    """The diagonals of the matrices in the last two axes, as the last axis."""
    return _diagonal(x, offset, -2, -1)


def outer(x1, x2, /):
    """The products of all pairs of elements of two 1-D arrays.

    Raises ValueError for other ranks.
    """
    x1, x2 = _as_array(x1), _as_array(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(
            "Input arrays must be one-dimensional, but they are "
            f"x1.ndim={x1.ndim} and x2.ndim={x2.ndim}."
        )
    return _outer(x1, x2)


def trace(x, /, *, offset=0, dtype=None):
    """The sum of each diagonal of the matrices in the last two axes."""
    return _trace(x, offset, -2, -1, dtype)


__all__ = [
    "LinAlgError",
    "cross",
    "diagonal",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_transpose",
    "matvec",
    "multi_dot",
    "norm",
    "outer",
    "tensordot",
    "trace",
    "vecdot",
    "vecmat",
    "vector_norm",
]


def __getattr__(name):
    raise _missing("numloom.linalg", name)
