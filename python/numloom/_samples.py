"""Samples of a population and random orders, by a generator's numbers.

The functions are methods of `Generator`. A random order is that of random bits, so
it is sorted at the call; equal ones keep their order.
"""

import math

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index

from . import _ops as ops
from . import _ufuncs as uf
from ._core import ndarray
from ._creating import creating_on
from ._creation import asarray, asnumpy
from ._dtypes import FLOAT64, INT64, UINT64
from ._searching import searchsorted
from ._sets import unique
from ._sorting import argsort, gather_rows, sort


def permutation(self, x, axis=0):
    """The entries of `x` along `axis` in random order; `x` itself stays.

    Of an integer, the integers below it. Raises AxisError for an axis out of range.
    """
    n = _as_count(x)
    if n is not None:
        return _draw_order(self, max(n, 0))
    x = asarray(x)
    axis = normalize_axis_index(axis, x.ndim)
    with creating_on(ops.home((x,))):
        return ops.gather_along(x, _draw_order(self, x.shape[axis]), axis)


def shuffle(self, x, axis=0):
    """Brings the entries of `x`, an array or a list, along `axis` in random order.

    Raises ValueError for a read-only array, TypeError for what has no length.
    """
    if isinstance(x, (ndarray, _numpy.ndarray)) and x.ndim:
        result = permutation(self, x, axis)
        x[...] = result if isinstance(x, ndarray) else asnumpy(result)
        return
    if axis:
        raise NotImplementedError("Axis argument is only supported on ndarray objects")
    x[:] = [x[i] for i in permutation(self, len(x)).tolist()]


def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    """A sample of the entries of `a` along `axis`, of the integers below an integer.

    `p` are the probabilities of the entries, by default equal; they are looked at.
    Without `replace` no entry is drawn twice, and the sample is in random order
    whatever `shuffle` says. Raises ValueError for a population that is too small and
    for what are no probabilities.
    """
    n = _as_count(a)
    items = None if n is not None else asarray(a)
    if items is not None:
        axis = normalize_axis_index(axis, items.ndim)
        n = items.shape[axis]
    shape = () if size is None else ops.as_shape(size)
    count = math.prod(shape)
    if n <= 0 < count:
        what = "must be a positive integer" if items is None else "cannot be empty"
        raise ValueError(f"a {what} unless no samples are taken")
    weights = None if p is None else _as_probabilities(p, n)
    with creating_on(ops.home((items,))):
        if replace:
            index = _draw(self, n, shape, weights)
        else:
            index = ops.reshape(_draw_once(self, n, count, weights), shape)
    return index if items is None else ops.gather_along(items, index, axis)


def _as_count(x):
    """An integer, or NumPy's or Numloom's scalar for one, as int; else None."""
    if isinstance(x, ndarray):
        return int(x) if x._is_scalar and x.dtype.kind in "iu" else None
    return int(x) if isinstance(x, (int, _numpy.integer)) else None


def _as_probabilities(p, n):
    """`p` as NumPy's float64 array, checked as NumPy does."""
    p = _numpy.asarray(p, FLOAT64)
    if p.ndim != 1:
        raise ValueError("p must be 1-dimensional")
    if p.size != n:
        raise ValueError("a and p must have same size")
    if _numpy.isnan(p).any():
        raise ValueError("Probabilities contain NaN")
    if (p < 0).any():
        raise ValueError("Probabilities are not non-negative")
    if abs(p.sum() - 1.0) > math.sqrt(_numpy.finfo(FLOAT64).eps):
        raise ValueError("Probabilities do not sum to 1.")
    return p


def _draw(generator, n, shape, p):
    if p is None:
        return generator.integers(max(n, 1), size=shape)
    numbers = generator.random(shape)
    steps = p.cumsum()
    steps = ops.as_array(steps / steps[-1], device=numbers)
    return searchsorted(steps, numbers, "right")


# Of so few entries two have the same 44 random bits once in 30 orders, which then puts
# the earlier one first.
_MOST_JOINED = 2**20
# From so many entries to a drawn one on, drawing some again takes less than an order
# of all.
_MOST_DRAWN = 8


def _draw_order(generator, n):
    """The integers below `n` in random order."""
    if not 0 < n <= _MOST_JOINED:
        return argsort(generator.random(n))
    # Numbers that are sorted carry their places along in their lowest bits.
    places = ops.as_array(2 ** (n - 1).bit_length() - 1, UINT64)
    bits = uf.bitwise_and(generator._draw_bits(n), uf.invert(places))
    keys = uf.bitwise_or(bits, ops.cast(ops.iota((n,), 0), UINT64))
    return ops.cast(uf.bitwise_and(sort(keys), places), INT64)


def _draw_distinct(generator, n, count):
    """`count` of the integers below `n` in random order, none of them twice."""
    if count * _MOST_DRAWN > n:
        return _draw_order(generator, n)[:count]
    # As many more as are expected to be there already, twice.
    drawn = count + count * count // n + 16
    while True:
        numbers = generator.integers(n, size=drawn)
        _, first = unique(numbers, return_index=True)
        if first.size >= count:
            return gather_rows(numbers, sort(first)[:count])
        drawn *= 2


def _draw_once(generator, n, count, p):
    if count > n:
        raise ValueError(
            "Cannot take a larger sample than population when replace is False"
        )
    if p is None:
        return _draw_distinct(generator, n, count)
    if _numpy.count_nonzero(p) < count:
        raise ValueError("Fewer non-zero entries in p than size")
    # The first of clocks that ring at these rates are such a sample (Efraimidis,
    # Spirakis, Weighted random sampling with a reservoir, 2006).
    numbers = generator.standard_exponential(n)
    return argsort(uf.divide(numbers, ops.as_array(p, device=numbers)))[:count]
