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


def _find_part(number, per_block):
    """A part's block, its number in it, and how many are in one."""
    block, offset = divmod(number, per_block)
    return block % 2**64, offset, per_block


def blocks(shape, stream, first, per_block=1):
    """The blocks of `stream` from number `first`, modulo 2**64, row-major.

    Returns two uint64 arrays of `shape`: word 0 above word 1, word 3 above word 2.
    """
    return _core.philox_blocks(shape, *stream, _find_part(first, per_block))


def parts(shape, stream, first, per_block):
    """What blocks consist of, row-major, from number `first` on, as uint64.

    With 2 to a block word 0 above word 1, and word 2 above word 3; with 4 the words,
    each the upper half of an element. Where neighbours in a row lie in one block a
    thread of a GPU computes its rounds once.
    """
    return _core.philox_parts(shape, *stream, _find_part(first, per_block))


def pairs(shape, stream, first, per_block):
    """As many elements of two uint64 arrays from as many bits.

    Parts 2 i and 2 i + 1 have equal bits in the first array; of the second the bits
    differ by 2**62, which is a quarter. With 4 to a block the upper halves count.
    """
    return _core.philox_pairs(shape, *stream, _find_part(first, per_block))


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
