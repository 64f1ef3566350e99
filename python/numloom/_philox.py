"""The bits of random numbers: Philox4x32-10, recorded as elementwise operations.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC'11. A block of four 32-bit words is a function of a key and a counter, so it is
computed wherever it is needed, in any order, on any device.
"""

import typing

from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import UINT32, UINT64

_ROUNDS = 10
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
# What the two words of the key grow by from round to round.
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_WORD = 0xFFFFFFFF


class Stream(typing.NamedTuple):
    """A sequence of 2**64 blocks; all numbers are run-time numbers of programs."""

    key: int  #: below 2**64
    upper: int = 0  #: the upper 64 bits of the counter


def blocks(shape, stream, first):
    """The blocks of `stream` from number `first`, modulo 2**64, row-major.

    Returns four uint32 arrays of `shape`, the words of each block.
    """
    counter = _count(shape, first)
    half = ops.constant((), 32, UINT64)
    multipliers = [ops.constant((), m, UINT64) for m in _MULTIPLIERS]

    # In the first round the words 2 and 3 are numbers, then word 1 is one.
    number = _MULTIPLIERS[1] * (stream.upper & _WORD)
    product = uf.multiply(ops.cast(counter, UINT32), multipliers[0])
    key = _round_key(stream.key, 0)
    words = [
        _xor(uf.right_shift(counter, half), number >> 32 ^ key[0]),
        number & _WORD,
        _xor(uf.right_shift(product, half), stream.upper >> 32 ^ key[1]),
        product,
    ]
    for i in range(1, _ROUNDS):
        products = [uf.multiply(words[2 * j], multipliers[j]) for j in (0, 1)]
        upper = [uf.right_shift(p, half) for p in products]
        key = _round_key(stream.key, i)
        words = [
            _xor(upper[1], words[1], key[0]),
            products[1],
            _xor(upper[0], words[3], key[1]),
            products[0],
        ]
    return [words[0], ops.cast(words[1], UINT32), words[2], ops.cast(words[3], UINT32)]


def join(low, high):
    """Two uint32 arrays as the halves of a uint64 one."""
    return uf.bitwise_or(uf.left_shift(high, ops.constant((), 32, UINT64)), low)


def _count(shape, first):
    """`first, first + 1, ...` in `shape`, uint64.

    Not a range reshaped: that the product of extents is its length, a compiled
    program does not know, and would store the reshaped array.
    """
    counter, stride = ops.as_array(first, UINT64), 1
    for axis in reversed(range(len(shape))):
        index = ops.cast(ops.iota(shape, axis), UINT64)
        if stride != 1:
            index = uf.multiply(index, ops.as_array(stride, UINT64))
        counter = uf.add(counter, index)
        stride *= shape[axis]
    return counter


def _round_key(key, i):
    """The two words of the key in round `i`."""
    return [
        (word + i * step) & _WORD
        for word, step in zip((key & _WORD, key >> 32), _KEY_STEPS)
    ]


def _xor(x, *others):
    """The lower 32 bits of arrays and numbers."""
    number = 0
    for y in others:
        if isinstance(y, int):
            number ^= y
        else:
            x = uf.bitwise_xor(x, y, dtype=UINT32, casting="unsafe")
    return uf.bitwise_xor(x, number, dtype=UINT32, casting="unsafe")
