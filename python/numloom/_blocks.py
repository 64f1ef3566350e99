"""Arrays out of nested lists of blocks."""

from . import _ops as ops
from ._core import result_type
from ._creation import as_operands
from ._orders import copy_in_order


def _get_depth(arrays, path=()):
    """How deep lists are nested; ValueError if not everywhere equally.

    An empty list counts as one of something.
    """
    if isinstance(arrays, tuple):
        raise TypeError(
            f"{_name(path)} is a tuple. Only lists can be used to arrange blocks, and "
            "np.block does not allow implicit conversion from tuple to ndarray."
        )
    if not isinstance(arrays, list):
        return 0
    if not arrays:
        return 1
    depths = [_get_depth(x, (*path, i)) for i, x in enumerate(arrays)]
    for i, depth in enumerate(depths):
        if depth != depths[0]:
            raise ValueError(
                f"List depths are mismatched. First element was at depth "
                f"{len(path) + 1 + depths[0]}, but there is an element at depth "
                f"{len(path) + 1 + depth} ({_name((*path, i))})"
            )
    return depths[0] + 1


def _check_not_empty(arrays, path=()):
    if not isinstance(arrays, list):
        return
    if not arrays:
        raise ValueError(f"List at {_name(path)} cannot be empty")
    for i, x in enumerate(arrays):
        _check_not_empty(x, (*path, i))


def _name(path):
    return "arrays" + "".join(f"[{i}]" for i in path)


def _flatten(arrays):
    if not isinstance(arrays, list):
        return [arrays]
    return [leaf for x in arrays for leaf in _flatten(x)]


def _check_extents(parts, axis):
    for x in parts[1:]:
        for i in range(x.ndim):
            if i != axis and x.shape[i] != parts[0].shape[i]:
                raise ValueError(
                    "all the input array dimensions except for the concatenation "
                    f"axis must match exactly, but along dimension {i}, the array at "
                    f"index 0 has size {parts[0].shape[i]} and another one has size "
                    f"{x.shape[i]}"
                )


def _join(arrays, leaves, axis):
    """`arrays` joined along `axis`, its lists along the axes after it."""
    if not isinstance(arrays, list):
        return next(leaves)
    parts = [_join(x, leaves, axis + 1) for x in arrays]
    _check_extents(parts, axis)
    return ops.concatenate(parts, axis)


def block(arrays):
    """Joins blocks: the innermost lists along the last axis, and so on outwards.

    Blocks get axes of extent 1 in front until all have as many as the deepest
    nesting or block. The result lies in F order if all blocks do. Raises ValueError
    for lists that are empty or not equally deep, and for extents that differ;
    TypeError for tuples.
    """
    depth = _get_depth(arrays)
    _check_not_empty(arrays)
    leaves = as_operands(_flatten(arrays))
    rank = max(depth, *(x.ndim for x in leaves))
    dtype = result_type(*leaves)
    is_fortran = all(x.flags.f_contiguous for x in leaves)
    order = "F" if is_fortran and not all(x.flags.c_contiguous for x in leaves) else "C"
    leaves = [
        ops.reshape(ops.cast(x, dtype), (1,) * (rank - x.ndim) + x.shape)
        for x in leaves
    ]
    if depth == 0:
        return copy_in_order(leaves[0], order)
    result = _join(arrays, iter(leaves), rank - depth)
    return result if order == "C" else copy_in_order(result, order)


__all__ = ["block"]
