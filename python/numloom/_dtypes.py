"""Dtypes and promotion: NumPy's own, restricted to those that Numloom has."""

import numpy as _numpy

from . import _core
from ._core import can_cast, promote_types, result_type

SUPPORTED = "?bhilqBHILQefdFDE"

_KINDS = dict.fromkeys("?", "b") | dict.fromkeys("bhilq", "i")
_KINDS |= dict.fromkeys("BHILQ", "u") | dict.fromkeys("efdE", "f")
_KINDS |= dict.fromkeys("FD", "c")

BOOL = _numpy.dtype("bool")
INT64 = _numpy.dtype("int64")
UINT8 = _numpy.dtype("uint8")
UINT32 = _numpy.dtype("uint32")
UINT64 = _numpy.dtype("uint64")
FLOAT16 = _numpy.dtype("float16")
FLOAT32 = _numpy.dtype("float32")
FLOAT64 = _numpy.dtype("float64")


def as_dtype(dtype):
    """The `numpy.dtype` that `dtype` names, in native byte order.

    Raises TypeError for what is no dtype and for dtypes that Numloom has not.
    """
    result = _numpy.dtype(dtype)
    if result.char not in SUPPORTED:
        raise TypeError(f"numloom has no dtype '{result.name}'")
    return result if result.isnative else result.newbyteorder("=")


def make_cast_error(source, target, casting="safe", what="array data"):
    """NumPy's TypeError for a conversion that the rule `casting` forbids."""
    return TypeError(
        f"Cannot cast {what} from {source!r} to {target!r} according to the rule "
        f"'{casting}'"
    )


def kind(dtype):
    """One of 'b' (bool), 'i', 'u', 'f', 'c'; bfloat16 is an 'f'."""
    return _KINDS[dtype.char]


def is_inexact(dtype):
    """Whether elements are floats or complex numbers."""
    return kind(dtype) in "fc"


def is_half(dtype):
    """True for the 16-bit floats, whose sums are accumulated in float32."""
    return dtype.char in "eE"


def real_dtype(dtype):
    """The dtype of the real part."""
    return {"F": FLOAT32, "D": FLOAT64}.get(dtype.char, dtype)


def float_dtype(dtype):
    """The floating dtype to which NumPy's float-only ufuncs convert `dtype`."""
    if is_inexact(dtype):
        return dtype
    return {1: FLOAT16, 2: FLOAT32}.get(dtype.itemsize, FLOAT64)


def sum_dtype(dtype):
    """The dtype of sums and products: at least 64 bits wide for integers."""
    if kind(dtype) == "u":
        return UINT64
    return dtype if is_inexact(dtype) else INT64


def min_scalar_type(a, /):
    """The smallest dtype that holds scalar `a`; an array's own dtype."""
    if isinstance(a, _core.ndarray) and a.ndim:
        return a.dtype
    return _numpy.min_scalar_type(_numpy.asarray(a))


__all__ = [
    "as_dtype",
    "can_cast",
    "float_dtype",
    "is_half",
    "is_inexact",
    "kind",
    "make_cast_error",
    "min_scalar_type",
    "promote_types",
    "real_dtype",
    "result_type",
    "sum_dtype",
]
