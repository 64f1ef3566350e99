"""What NumPy answers on the host: type codes, contraction orders, memory flags."""

import numpy as _numpy
from numpy import (
    ScalarType,
    byte,
    cdouble,
    csingle,
    format_float_positional,
    format_float_scientific,
    getbufsize,
    geterrcall,
    info,
    intc,
    iterable,
    little_endian,
    long,
    longlong,
    mintypecode,
    sctypeDict,
    setbufsize,
    seterrcall,
    short,
    typename,
    ubyte,
    uintc,
    ulong,
    ulonglong,
    ushort,
)

from . import _ops as ops
from ._core import ndarray
from ._creation import asarray
from ._dtypes import as_dtype
from ._orders import copy_in_order


def common_type(*arrays):
    """The inexact scalar type to which the dtypes of `arrays` convert.

    Raises TypeError for bools.
    """
    return _numpy.common_type(*(_numpy.empty(0, asarray(x).dtype) for x in arrays))


def einsum_path(*operands, optimize="greedy", einsum_call=False):
    """The order of contractions that NumPy proposes, and its report as text.

    Arguments are those of `einsum`; only shapes are looked at.
    """
    stand_ins = [
        _numpy.broadcast_to(_numpy.empty((), x.dtype), x.shape)
        if isinstance(x, ndarray)
        else x
        for x in operands
    ]
    return _numpy.einsum_path(*stand_ins, optimize=optimize, einsum_call=einsum_call)


def isfortran(a):
    """Whether `a` lies in memory column by column and not row by row."""
    return asarray(a).flags.fnc


def asfortranarray(a, dtype=None, *, like=None):
    """Converts `a` to an array of at least one dimension in F order.

    `a` itself if it is one.
    """
    result = asarray(a, dtype, order="F")
    return result if result.ndim else ops.reshape(result, (1,))


_REQUIREMENTS = {
    "C": "C", "C_CONTIGUOUS": "C", "CONTIGUOUS": "C",
    "F": "F", "F_CONTIGUOUS": "F", "FORTRAN": "F",
    "A": "A", "ALIGNED": "A",
    "W": "W", "WRITEABLE": "W",
    "O": "O", "OWNDATA": "O",
    "E": "E", "ENSUREARRAY": "E",
}  # fmt: skip


def require(a, dtype=None, requirements=None, *, like=None):
    """`a` as an array with the given properties: 'C', 'F', 'A', 'W', 'O' or 'E'.

    It is copied where it has not all of them. Raises ValueError for 'C' and 'F' at
    once, KeyError for others.
    """
    wanted = {_REQUIREMENTS[name.upper()] for name in requirements or ()}
    if {"C", "F"} <= wanted:
        raise ValueError('Cannot specify both "C" and "F" order')
    order = "F" if "F" in wanted else "C" if "C" in wanted else None
    result = asarray(a, None if dtype is None else as_dtype(dtype), order)
    flags = result.flags
    meets = {"W": flags.writeable, "O": flags.owndata}
    if all(meets.get(name, True) for name in wanted):
        return result
    return copy_in_order(result, order or "K")


__all__ = [
    "ScalarType",
    "asfortranarray",
    "byte",
    "cdouble",
    "common_type",
    "csingle",
    "einsum_path",
    "format_float_positional",
    "format_float_scientific",
    "getbufsize",
    "geterrcall",
    "info",
    "intc",
    "isfortran",
    "iterable",
    "little_endian",
    "long",
    "longlong",
    "mintypecode",
    "require",
    "sctypeDict",
    "setbufsize",
    "seterrcall",
    "short",
    "typename",
    "ubyte",
    "uintc",
    "ulong",
    "ulonglong",
    "ushort",
]
