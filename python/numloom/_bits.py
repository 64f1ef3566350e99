"""Bits: packed into bytes, unpacked, and the digits of integers as text."""

from numpy import base_repr, binary_repr
from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from . import _ufuncs as uf
from ._creation import asarray, zeros
from ._dtypes import BOOL, UINT8, UINT64, kind
from ._orders import match_fortran

# Words of eight bytes, the first the lowest. Times this, the lowest bits of all bytes
# are the highest byte: no two of the 64 products fall on one place.
_COLLECT = {"big": 0x8040201008040201, "little": 0x0102040810204080}
# The bit that each of eight copies of a byte keeps.
_DISTRIBUTE = {"big": 0x0102040810204080, "little": 0x8040201008040201}
_EACH_BYTE = 0x0101010101010101


def _check_order(bitorder):
    if not isinstance(bitorder, str):
        raise TypeError(
            f"argument 'bitorder' must be str, not {type(bitorder).__name__}"
        )
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must be either 'little' or 'big'")


def _flatten_for(a, axis):
    """`a` and a normalised axis; 1-D for an axis of None."""
    if axis is None or a.ndim == 0:
        if axis is not None:
            normalize_axis_index(axis, 1)
        return ops.reshape(a, (a.size,)), 0
    return a, ops.as_axis(axis, a.ndim)


def _positions(bitorder, ndim, axis, like):
    """The position in its byte of each of eight bits, as uint8 along `axis`."""
    shape = tuple(8 if i == axis else 1 for i in range(ndim))
    index = ops.cast(ops.iota(shape, axis, like), UINT8)
    return index if bitorder == "little" else uf.subtract(UINT8.type(7), index)


def packbits(a, /, axis=None, bitorder="big"):
    """Bits, eight along `axis` to a byte, as uint8; missing ones are 0.

    An element is the bit 1 if it is not zero. Raises TypeError for what is neither
    integer nor bool.
    """
    a = asarray(a)
    if kind(a.dtype) not in "biu":
        raise TypeError("Expected an input array of integer or boolean data type")
    _check_order(bitorder)
    a, axis = _flatten_for(a, axis)
    before, n, after = a.shape[:axis], a.shape[axis], a.shape[axis + 1 :]
    bits = ops.to_bool(a)
    if n % 8:
        padding = zeros((*before, -n % 8, *after), BOOL, device=a)
        bits = ops.concatenate([bits, padding], axis)
    if bits.size and axis == a.ndim - 1:
        return match_fortran(_pack_words(bits, bitorder), a)
    bits = ops.reshape(bits, (*before, -(-n // 8), 8, *after))
    places = _positions(bitorder, bits.ndim, axis + 1, a)
    parts = uf.left_shift(ops.cast(bits, UINT8), places)
    return match_fortran(uf.bitwise_or.reduce(parts, axis + 1), a)


def unpackbits(a, /, axis=None, count=None, bitorder="big"):
    """The bits of each uint8 along `axis`, as eight elements 0 or 1.

    `count` is the number of bits to give: fewer, more (zeros), or, if negative,
    all but so many. Raises TypeError for dtypes other than uint8.
    """
    a = asarray(a)
    if a.dtype != UINT8:
        raise TypeError("Expected an input array of unsigned byte data type")
    _check_order(bitorder)
    a, axis = _flatten_for(a, axis)
    before, n, after = a.shape[:axis], a.shape[axis], a.shape[axis + 1 :]
    if a.size and axis == a.ndim - 1:
        bits = _unpack_words(a, bitorder)
    else:
        wide = ops.reshape(a, (*before, n, 1, *after))
        places = _positions(bitorder, wide.ndim, axis + 1, a)
        bits = uf.bitwise_and(uf.right_shift(wide, places), UINT8.type(1))
        bits = ops.reshape(bits, (*before, 8 * n, *after))
    bits = match_fortran(bits, a)
    return bits if count is None else _cut(bits, axis, count)


def _pack_words(bits, bitorder):
    """Eight bools along the last axis to a byte, by one multiplication."""
    # A copy: nobody else sees its memory.
    words = _core.view_memory(ops.own(bits), UINT64)
    factor, shift = (ops.as_array(n, UINT64, bits) for n in (_COLLECT[bitorder], 56))
    return ops.cast(uf.right_shift(uf.multiply(words, factor), shift), UINT8)


def _unpack_words(a, bitorder):
    """The eight bits of each byte along the last axis, by arithmetic on words."""
    copies, kept, carry, seven = (
        ops.as_array(n, UINT64, a)
        for n in (_EACH_BYTE, _DISTRIBUTE[bitorder], 0x7F * _EACH_BYTE, 7)
    )
    words = uf.bitwise_and(uf.multiply(ops.cast(a, UINT64), copies), kept)
    # The highest bit of each byte says whether it has one.
    words = uf.right_shift(uf.add(words, carry), seven)
    return _core.view_memory(ops.to_c_order(uf.bitwise_and(words, copies)), UINT8)


def _cut(bits, axis, count):
    """`count` bits along `axis`: cut off, or filled up with zeros."""
    n = bits.shape[axis]
    if count < -n:
        raise ValueError("-count larger than number of elements")
    if count <= n:
        return ops.take(bits, axis, 0, count if count >= 0 else n + count)
    shape = (*bits.shape[:axis], count - n, *bits.shape[axis + 1 :])
    return ops.concatenate([bits, zeros(shape, UINT8, device=bits)], axis)


__all__ = ["base_repr", "binary_repr", "packbits", "unpackbits"]
