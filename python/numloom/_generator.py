"""The random generator: distributions over Philox's bits.

Element i of a call is computed from words of the generator's stream alone: one, two or
four, the i-th of the call, which lie in one block.
"""

import math
import operator
import os
import threading

import numpy as _numpy

from . import _ops as ops
from . import _philox as philox
from . import _samples
from . import _ufuncs as uf
from ._core import ndarray
from ._creating import creating_on
from ._dtypes import FLOAT32, FLOAT64, UINT32, UINT64, as_dtype

# Rows below this length are computed as one: a kernel walks the rows one by one, and
# 32 elements are what it computes at once. Measured on 4 million numbers, a row of 8
# costs 7.5 ns per normal float64, of 16 4.0 ns, of 32 and more 1.9 ns.
_SHORT_ROW = 32
# Words of 32 bits in a block.
_WORDS = 4


class Generator:
    """Random numbers by Philox4x32-10.

    Arrays are recorded, not computed: they fuse into what uses them. They lie on the
    default device, or where parameters lie that are arrays. Uniform numbers have
    equal bits on all devices. Calls take disjoint parts of the generator's stream;
    several threads may share a generator.

    `size` is an integer, a tuple of integers, or None for a 0-d array (for
    parameters that are arrays: an array of their shape). ValueError for negative
    extents, TypeError for what is no integer.
    """

    def __init__(self, seed=None):
        self._lock = threading.Lock()
        self.seed(seed)

    def seed(self, seed=None):
        """Restarts with `seed`: an integer below 2**128; None takes one of the system.

        Raises TypeError for what is no integer, ValueError for others.
        """
        seed = int.from_bytes(os.urandom(16)) if seed is None else operator.index(seed)
        if seed < 0:
            raise ValueError("expected non-negative integer")
        if seed >> 128:
            raise ValueError("expected a seed below 2**128")
        with self._lock:
            self._stream = philox.Stream(seed & (2**64 - 1), seed >> 64)
            self._first = 0

    def _draw(self, shape, per_block, compute):
        """An array of `shape` from parts of blocks never to be drawn again.

        There are `per_block` to a block, 1, 2 or 4. `compute` gets a shape, the stream,
        the number of the first part and `per_block`.
        """
        count = math.prod(shape)
        words = _WORDS // per_block
        with self._lock:
            stream, first = self._stream, -(-self._first // words)
            self._first = (first + count) * words % (_WORDS * 2**64)
        if len(shape) > 1 and shape[-1] < _SHORT_ROW:
            return ops.reshape(compute((count,), stream, first, per_block), shape)
        return compute(shape, stream, first, per_block)

    def _draw_bits(self, n):
        """Random uint64 numbers, whose upper 53 bits are those of `random`."""
        return self._draw((n,), 2, philox.parts)

    def _draw_numbers(self, size, dtype, convert, parts=philox.parts):
        """`convert` of the bits of float32 or float64 numbers."""
        per_block = 4 if dtype == FLOAT32 else 2
        return self._draw(
            _as_size(size),
            per_block,
            lambda *place: convert(parts(*place), dtype),
        )

    def random(self, size=None, dtype=float):
        """Uniform float32 or float64 numbers in [0, 1), multiples of 2**-24 or 2**-53.

        Raises TypeError for other dtypes.
        """
        return self._draw_numbers(size, _as_float(dtype, "random"), _to_unit)

    def standard_normal(self, size=None, dtype=float):
        """Normal float32 or float64 numbers of mean 0 and deviation 1.

        By Box and Muller's transform; the largest magnitude is 6.8 in float32, 8.7
        in float64. Raises TypeError for other dtypes.
        """
        dtype = _as_float(dtype, "standard_normal")
        return self._draw_numbers(size, dtype, _to_normal, philox.pairs)

    def standard_exponential(self, size=None, dtype=float):
        """Exponential float32 or float64 numbers of mean 1.

        Raises TypeError for other dtypes.
        """
        dtype = _as_float(dtype, "standard_exponential")
        return self._draw_numbers(size, dtype, _to_exponential)

    def uniform(self, low=0.0, high=1.0, size=None, dtype=float):
        """Uniform numbers from `low` to `high`, which may be arrays.

        `high` itself is a result only by rounding. Raises ValueError if they do not
        broadcast to `size`, OverflowError for a range that is not finite.
        """
        (low, high), size = _broadcast(size, low, high)
        span = high - low
        if not isinstance(span, ndarray) and not _numpy.isfinite(span).all():
            raise OverflowError("Range exceeds valid bounds")
        with creating_on(ops.home((span,))):
            return _scale(self.random(size, dtype), span, low)

    def normal(self, loc=0.0, scale=1.0, size=None, dtype=float):
        """Normal numbers of mean `loc` and deviation `scale`, which may be arrays.

        Raises ValueError if they do not broadcast to `size`, and for a negative
        `scale` unless it is an array of Numloom's.
        """
        (loc, scale), size = _broadcast(size, loc, scale)
        _check_scale(scale)
        with creating_on(ops.home((loc, scale))):
            return _scale(self.standard_normal(size, dtype), scale, loc)

    def exponential(self, scale=1.0, size=None, dtype=float):
        """Exponential numbers of mean `scale`, which may be an array.

        Raises ValueError as `normal` does.
        """
        (scale,), size = _broadcast(size, scale)
        _check_scale(scale)
        with creating_on(ops.home((scale,))):
            return _scale(self.standard_exponential(size, dtype), scale)

    def integers(self, low, high=None, size=None, dtype=int, endpoint=False):
        """Uniform integers in [low, high), with `endpoint` in [low, high].

        With one bound, from 0. The bounds are integers; a value's probability is
        off by less than 2**-64 of it. Raises TypeError for dtypes that are neither
        integers nor bool, ValueError for an empty range and for bounds that the
        dtype does not hold.
        """
        if high is None:
            low, high = 0, low
        low, high = operator.index(low), operator.index(high) - (not endpoint)
        shape, dtype = _as_size(size), as_dtype(dtype)
        _check_bounds(low, high, dtype, endpoint)
        return self._draw(
            shape,
            1,
            lambda *place: _to_range(philox.blocks(*place), low, high, dtype),
        )

    choice = _samples.choice
    permutation = _samples.permutation
    shuffle = _samples.shuffle


def default_rng(seed=None):
    """A `Generator` started with `seed`; a Generator is returned itself."""
    return seed if isinstance(seed, Generator) else Generator(seed)


def _as_size(size):
    return () if size is None else ops.as_shape(size)


def _as_float(dtype, function):
    result = as_dtype(dtype)
    if result not in (FLOAT32, FLOAT64):
        raise TypeError(f"Unsupported dtype {result!r} for {function}")
    return result


def _broadcast(size, *parameters):
    """The parameters as numbers or arrays, and the shape of their result."""
    home = next((x for x in parameters if isinstance(x, ndarray)), None)
    parameters = [
        x if isinstance(x, (int, float, ndarray)) else _numpy.asarray(x, FLOAT64)
        for x in parameters
    ]
    if home is not None:
        parameters = [
            ops.as_array(x, device=home) if isinstance(x, _numpy.ndarray) else x
            for x in parameters
        ]
    shape = ops.broadcast_shape(*(getattr(x, "shape", ()) for x in parameters))
    if size is None:
        return parameters, shape
    size = ops.as_shape(size)
    if ops.broadcast_shape(size, shape) != size:
        raise ValueError(
            f"Output size {size} is not compatible with broadcast dimensions of "
            f"inputs {shape}."
        )
    return parameters, size


def _check_scale(scale):
    if not isinstance(scale, ndarray) and _numpy.signbit(scale).any():
        raise ValueError("scale < 0")


def _check_bounds(low, high, dtype, endpoint):
    """Raises unless `low` to `high`, both included, are of the integer `dtype`."""
    if dtype.kind not in "iub":
        raise TypeError(f"Unsupported dtype {dtype!r} for integers")
    info = _numpy.iinfo(dtype) if dtype.kind != "b" else None
    least, most = (info.min, info.max) if info else (0, 1)
    if low < least:
        raise ValueError(f"low is out of bounds for {dtype.name}")
    if high > most:
        raise ValueError(f"high is out of bounds for {dtype.name}")
    if low > high:
        raise ValueError("low > high" if endpoint else "low >= high")


def _scale(numbers, factor, offset=0.0):
    """`numbers * factor + offset` in the dtype of `numbers`."""
    factor, offset = (ops.as_array(x, numbers.dtype, numbers) for x in (factor, offset))
    return uf.add(uf.multiply(numbers, factor), offset)


def _to_unit(bits, dtype):
    """The upper 24 bits as a float32, or 53 as a float64, in [0, 1): exact."""
    count = 24 if dtype == FLOAT32 else 53
    number = philox.shift_right(bits, 64 - count)
    if dtype == FLOAT32:
        number = ops.cast(number, UINT32)
    return uf.multiply(ops.cast(number, dtype), 2.0**-count)


def _log_unit(bits, dtype):
    """The logarithm of uniform numbers in (0, 1], never infinite.

    They have the upper 32 bits in float32, for the tail's sake, 53 in float64.
    """
    if dtype == FLOAT32:
        word = ops.cast(philox.shift_right(bits, 32), UINT32)
        numbers = uf.multiply(uf.add(ops.cast(word, dtype), 0.5), 2.0**-32)
    else:
        numbers = uf.add(_to_unit(bits, dtype), 2.0**-54)
    return uf.log(numbers)


def _to_exponential(bits, dtype):
    return uf.negative(_log_unit(bits, dtype))


def _to_normal(pairs, dtype):
    """Of two neighbours with one radius the second is a quarter turn ahead."""
    radius_bits, angle_bits = pairs
    radius = uf.sqrt(uf.multiply(_log_unit(radius_bits, dtype), -2.0))
    angle = uf.multiply(_to_unit(angle_bits, dtype), 2 * math.pi)
    return uf.multiply(radius, uf.cos(angle))


def _to_range(blocks, low, high, dtype):
    """Integers from `low` to `high`, both included."""
    # Modulo 2**64, as the cast is.
    offset = ops.as_array(low % 2**64, UINT64)
    return ops.cast(uf.add(_to_multiple(blocks, high - low + 1), offset), dtype)


def _to_multiple(blocks, span):
    """128 random bits, as a fraction, times `span` of up to 2**64: as uint64."""
    if span <= 2**32:
        return _to_small_multiple(blocks, span)
    low, high = philox.swap(blocks[0]), blocks[1]
    if span == 2**64:
        return high
    span = ops.as_array(span, UINT64)
    # What the product of the lower half carries into that of the upper one.
    rest = uf.multiply(high, span)
    total = uf.add(rest, _multiply_high(low, span))
    carry = ops.cast(uf.less(total, rest), UINT64)
    return uf.add(_multiply_high(high, span), carry)


def _to_small_multiple(blocks, span):
    """The upper 96 of the bits times `span` of up to 2**32.

    The lowest 32 would change one result of 2**64.
    """
    span = ops.as_array(span, UINT64)
    outer, inner = blocks
    words = philox.lower(outer), philox.lower(inner), philox.shift_right(inner, 32)
    total = None
    for word in words:
        product = uf.multiply(word, span)
        total = product if total is None else uf.add(product, total)
        total = philox.shift_right(total, 32)
    return total


def _multiply_high(x, y):
    """The upper 64 bits of the product of uint64 numbers."""
    half, mask = (ops.constant((), n, UINT64) for n in (32, 2**32 - 1))
    x_low, y_low = uf.bitwise_and(x, mask), uf.bitwise_and(y, mask)
    x_high, y_high = uf.right_shift(x, half), uf.right_shift(y, half)
    middle = uf.add(
        uf.multiply(x_high, y_low),
        uf.right_shift(uf.multiply(x_low, y_low), half),
    )
    cross = uf.add(uf.multiply(x_low, y_high), uf.bitwise_and(middle, mask))
    return uf.add(
        uf.multiply(x_high, y_high),
        uf.add(uf.right_shift(middle, half), uf.right_shift(cross, half)),
    )
