"""The bits of random numbers: Philox4x32-10, an operation of its own.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC'11. A block of four 32-bit words is a function of a key and a counter, so it is
computed wherever it is needed, in any order, on any device.
"""

import typing

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import UINT64


class Stream(typing.NamedTuple):
    """A sequence of 2**64 blocks; all numbers are run-time numbers of programs."""

    key: int  #: below 2**64
    upper: int = 0  #: the upper 64 bits of the counter


def blocks(shape, stream, first):
    """The blocks of `stream` from number `first`, modulo 2**64, row-major.

    Returns two uint64 arrays of `shape`: word 0 above word 1, word 3 above word 2.
    """
    return _core.philox_blocks(shape, *stream, first)


def shift_right(x, count):
    """The uint64 array `x` shifted by a constant."""
    return uf.right_shift(x, ops.constant((), count, UINT64))


def lower(x):
    """The lower halves of the uint64 array `x`, as uint64."""
    return uf.bitwise_and(x, ops.constant((), 2**32 - 1, UINT64))


def swap(x):
    """The halves of the uint64 array `x` exchanged."""
    high = uf.left_shift(x, ops.constant((), 32, UINT64))
    return uf.bitwise_or(high, shift_right(x, 32))
