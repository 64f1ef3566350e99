"""Memory orders: 'C', 'F', 'A' and 'K' as permutations of axes.

Every array that owns its elements lies in C order; what lies in another order is
the transpose of one.
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
    return _sort_axes(_get_steps(a)) if order == "K" else axes


def _get_steps(a):
    """How far apart neighbours along each axis lie: 0 if they are the same."""
    return [abs(stride) if n > 1 else 0 for n, stride in zip(a.shape, a.strides)]


def _sort_axes(steps):
    """Longer steps go first; of an axis without steps it is not said where it goes.

    So this is no sort, and the order in which axes are compared shows: each goes
    behind the last axis that it must not precede, the fastest axis first.
    """
    fastest_first = []
    for axis in reversed(range(len(steps))):
        place = len(fastest_first)
        for i in reversed(range(place)):
            other = steps[fastest_first[i]]
            if not (steps[axis] and other):
                continue
            if other <= steps[axis]:
                break
            place = i
        fastest_first.insert(place, axis)
    return fastest_first[::-1]


def get_copy_order(a, order):
    """As `resolve_order`, but for new arrays: axes without steps are the fastest."""
    if parse_order(order) != "K":
        return resolve_order(a, order)
    if a.flags.c_contiguous:
        return list(range(a.ndim))
    steps = _get_steps(a)
    long = [axis for axis, n in enumerate(a.shape) if n > 1]
    slowest_first = iter(sorted(long, key=lambda axis: -steps[axis]))
    return [next(slowest_first) if n > 1 else axis for axis, n in enumerate(a.shape)]


def _is_fortran(a):
    flags = a.flags
    return flags.f_contiguous and not flags.c_contiguous


def is_plain(axes):
    """Whether `axes` are in the order of the array."""
    return axes == sorted(axes)


def copy_in_order(a, order):
    """A copy of `a` whose elements lie in `order`; it owns them."""
    return lay_out(a, [0] if order == "C" else get_copy_order(a, order))


def lay_out(a, axes):
    """A copy of `a` that lies in memory along `axes`, slowest first; it owns it."""
    if is_plain(axes):
        return ops.own(a)
    return create_along(axes, a.shape, lambda _: ops.own(_core.transpose(a, axes)))


def create_along(axes, shape, create):
    """An array of `shape` that lies along `axes`, of what `create(shape)` gives."""
    if is_plain(axes):
        return create(tuple(shape))
    inverse = sorted(range(len(axes)), key=axes.__getitem__)
    stored = create(tuple(shape[axis] for axis in axes))
    # The view of the new array takes its place.
    view = _core.transpose(stored, inverse)
    del stored
    return _core.own(view)


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
