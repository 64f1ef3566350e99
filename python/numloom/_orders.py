"""Memory orders: 'C', 'F', 'A' and 'K' as permutations of axes.

An array that lies in another order than C is recorded in that order, and shown
through the permutation.
"""

from . import _core
from . import _ops as ops


def parse_order(order, default="K"):
    """`order` as 'C', 'F', 'A' or 'K', which it may be in lower case.

    Raises ValueError for other strings, TypeError for what is none.
    """
    if order is None:
        return default
    if not isinstance(order, (str, bytes)):
        raise TypeError(f"order must be str, not {type(order).__name__}")
    text = order.decode() if isinstance(order, bytes) else order
    if text.upper() not in ("C", "F", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got {text!r})")
    return text.upper()


def parse_layout(order):
    """Whether an array without elements to keep in order lies in 'F' order.

    Raises ValueError for 'A' and 'K'.
    """
    order = parse_order(order, default="C")
    if order not in ("C", "F"):
        raise ValueError("only 'C' or 'F' order is permitted")
    return order == "F"


def resolve_order(a, order):
    """`order`, 'C', 'F', 'A' or 'K', as the axes of `a` from slowest to fastest."""
    order = parse_order(order)
    axes = list(range(a.ndim))
    if order == "F" or (order == "A" and _is_fortran(a)):
        return axes[::-1]
    return list(_core.keep_order(a) or axes) if order == "K" else axes


def settle_order(order, arrays):
    """`order`, in which 'A' is 'F' if that is the order of all `arrays`, else 'C'."""
    order = parse_order(order)
    if order == "A":
        return "F" if all(x.flags.f_contiguous for x in arrays) else "C"
    return order


def get_copy_order(a, order):
    """As `resolve_order`, but for new arrays: axes without steps are the fastest."""
    if parse_order(order) != "K":
        return resolve_order(a, order)
    return list(_core.copy_order(a) or range(a.ndim))


def _is_fortran(a):
    flags = a.flags
    return flags.f_contiguous and not flags.c_contiguous


def is_plain(axes):
    """Whether `axes` are in the order of the array."""
    return list(axes) == sorted(axes)


def copy_in_order(a, order):
    """A copy of `a` whose elements lie in `order`; it owns them."""
    return ops.own(a) if order == "C" else lay_out(a, get_copy_order(a, order))


def convert(a, dtype, order, copy):
    """`a` as elements of `dtype` in `order`; itself if it is that, unless `copy`."""
    if not copy and a.dtype == dtype and is_in_order(a, order):
        return a
    return lay_out(ops.convert(a, dtype), get_copy_order(a, order))


def lay_out(a, axes):
    """A copy of `a` that lies in memory along `axes`, slowest first; it owns it."""
    return create_along(axes, a.shape, lambda _: _core.transpose(a, axes))


def create_along(axes, shape, create):
    """An array of `shape` that lies along `axes`, of what `create(shape)` gives."""
    return _core.permuted(create(tuple(shape[axis] for axis in axes)), axes)


def match_fortran(result, a):
    """`result`, of as many axes as `a`, in Fortran order if that is the one of `a`.

    Else in C order. Where NumPy asks for one of the two for a result.
    """
    if _core.keep_order(a) is None and _core.keep_order(result) is None:
        return result
    return lay_out(result, resolve_order(a, "A"))


def match_copy(result, a):
    """`result`, of the shape of `a`, in the order that copies of `a` have."""
    order = _core.copy_order(a)
    if order == _core.copy_order(result):
        return result
    return lay_out(result, order or range(a.ndim))


def match_kept(result, a, axis):
    """`result`, of the shape of `a` without `axis`, in the order of its other axes."""
    order = _core.keep_order(a)
    if order is None:
        return result
    return lay_out(result, [i - (i > axis) for i in order if i != axis])


def is_in_order(a, order):
    """Whether numpy.array(a, order=order, copy=None) would not copy."""
    order = parse_order(order)
    if order == "C":
        return a.flags.c_contiguous
    if order == "F":
        return a.flags.f_contiguous
    return order != "A" or a.flags.forc


def reverse(a):
    """`a` with its axes reversed: what is 'F' of one is 'C' of the other."""
    return _core.transpose(a, range(a.ndim)[::-1])
