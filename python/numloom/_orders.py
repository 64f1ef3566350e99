"""Memory orders: 'C', 'F', 'A' and 'K' as permutations of axes.

Every array that owns its elements lies in C order; what lies in another order is
the transpose of one.
"""

import functools

from . import _core
from . import _ops as ops


def resolve_order(a, order):
    """`order`, 'C', 'F', 'A' or 'K', as the axes of `a` from slowest to fastest.

    Raises ValueError for any other order.
    """
    order = "K" if order is None else order
    if order not in ("C", "F", "A", "K"):
        raise ValueError(
            f"order must be one of 'C', 'F', 'A', or 'K' (got {str(order)!r})"
        )
    axes = list(range(a.ndim))
    if order == "F" or (order == "A" and _is_fortran(a)):
        return axes[::-1]
    if order == "K":
        axes.sort(key=functools.cmp_to_key(_compare_strides(a.strides)))
    return axes


def _compare_strides(strides):
    """Longer strides go first; an axis that repeats elements may stay anywhere."""

    def compare(i, j):
        return abs(strides[j]) - abs(strides[i]) if strides[i] and strides[j] else 0

    return compare


def _is_fortran(a):
    flags = a.flags
    return flags.f_contiguous and not flags.c_contiguous


def is_plain(axes):
    """Whether `axes` are in the order of the array."""
    return axes == sorted(axes)


def copy_in_order(a, order):
    """A copy of `a` whose elements lie in `order`; it owns them."""
    axes = [0] if order == "C" else resolve_order(a, order)
    if is_plain(axes):
        return ops.own(a)
    inverse = sorted(range(len(axes)), key=axes.__getitem__)
    return _core.own(_core.transpose(ops.own(_core.transpose(a, axes)), inverse))


def is_in_order(a, order):
    """Whether numpy.array(a, order=order, copy=None) would not copy."""
    if order == "C":
        return a.flags.c_contiguous
    if order == "F":
        return a.flags.f_contiguous
    return order != "A" or a.flags.forc


def reverse(a):
    """`a` with its axes reversed: what is 'F' of one is 'C' of the other."""
    return _core.transpose(a, range(a.ndim)[::-1])
