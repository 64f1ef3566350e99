"""Shapes: views of the same elements with axes moved, split or joined."""

import operator
from math import prod

import numpy as _numpy
from numpy.exceptions import AxisError
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from . import _core
from . import _ops as ops
from . import _places as places
from ._creation import as_operands, asarray
from ._orders import is_plain, match_copy, parse_order, resolve_order, reverse

# Of so many axes all parts are joined at once.
_ROLLED_AT_ONCE = 3


def shape(a):
    """The shape of `a`."""
    return asarray(a).shape


def ndim(a):
    """The number of axes of `a`."""
    return asarray(a).ndim


def size(a, axis=None):
    """The number of elements of `a`, or those along `axis`."""
    a = asarray(a)
    if axis is None:
        return a.size
    return prod(a.shape[i] for i in normalize_axis_tuple(axis, a.ndim))


def reshape(a, /, shape, order="C", *, copy=None):
    """The elements of `a`, read in `order`, with another shape.

    A view where the elements lie in that order, else a copy; `copy` demands either.
    One extent may be -1. Raises ValueError where the sizes differ, or where a copy
    is needed and forbidden.
    """
    a = asarray(a)
    shape = a.shape if shape is None else shape
    order = parse_order(order, default="C")
    if order == "F" or (order == "A" and not is_plain(resolve_order(a, order))):
        shape = (shape,) if hasattr(shape, "__index__") else tuple(shape)
        result = reverse(_core.reshape(reverse(a), shape[::-1]))
    elif order == "K":
        raise ValueError("order 'K' is not permitted for reshaping")
    else:
        result = _core.reshape(a, shape)
    if copy:
        return ops.own(result)
    if copy is False and not _core.shares_memory(a, result) and a.size:
        raise ValueError("Unable to avoid creating a copy while reshaping.")
    return result


def transpose(a, axes=None):
    """`a` with its axes reversed, or permuted: axis `i` is axis `axes[i]`."""
    a = asarray(a)
    return a.T if axes is None else _core.transpose(a, axes)


permute_dims = transpose


def matrix_transpose(x, /):
    """`x` with its last two axes exchanged.

    Raises ValueError for fewer than two axes.
    """
    x = asarray(x)
    if x.ndim < 2:
        raise ValueError(
            f"Input array must be at least 2-dimensional, but it is {x.ndim}"
        )
    return swapaxes(x, -1, -2)


def moveaxis(a, source, destination):
    """`a` with the axes `source` at `destination`, the others in order.

    Raises ValueError unless there are as many of both.
    """
    a = asarray(a)
    source = normalize_axis_tuple(source, a.ndim, "source")
    destination = normalize_axis_tuple(destination, a.ndim, "destination")
    if len(source) != len(destination):
        raise ValueError(
            "`source` and `destination` arguments must have the same number of elements"
        )
    order = [n for n in range(a.ndim) if n not in source]
    for target, axis in sorted(zip(destination, source)):
        order.insert(target, axis)
    return ops.transpose(a, order)


def swapaxes(a, axis1, axis2):
    """`a` with two axes exchanged."""
    a = asarray(a)
    axis1 = normalize_axis_index(axis1, a.ndim, "axis1")
    axis2 = normalize_axis_index(axis2, a.ndim, "axis2")
    order = list(range(a.ndim))
    order[axis1], order[axis2] = axis2, axis1
    return ops.transpose(a, order)


def rollaxis(a, axis, start=0):
    """`a` with `axis` moved back until it lies before `start`.

    Raises AxisError for a `start` out of range.
    """
    a = asarray(a)
    axis = normalize_axis_index(axis, a.ndim)
    start += a.ndim if start < 0 else 0
    if not 0 <= start <= a.ndim:
        raise AxisError(
            f"'start' arg requires {-a.ndim} <= start < {a.ndim + 1}, but {start} "
            "was passed in"
        )
    return moveaxis(a, axis, start - 1 if axis < start else start)


def expand_dims(a, axis):
    """`a` with new axes of extent 1 at the positions `axis` of the result."""
    return _core.expand_dims(asarray(a), axis)


def squeeze(a, axis=None):
    """`a` without axes of extent 1, all of them or those of `axis`.

    `a` itself where it has none.
    """
    a = asarray(a)
    if axis is None:
        axis = tuple(i for i, n in enumerate(a.shape) if n == 1)
    if isinstance(axis, tuple) and not axis:
        return a
    if a.ndim == 0 and not isinstance(axis, tuple) and axis in (0, -1):
        return a
    return _core.squeeze(a, ops.as_axes(axis, a.ndim))


def broadcast_to(array, shape, subok=False):
    """A read-only view of `array` stretched to `shape`.

    Raises ValueError where it does not fit.
    """
    return _core.freeze(_core.broadcast_to(asarray(array), ops.as_shape(shape)))


def broadcast_shapes(*args):
    """The shape that the shapes `args` broadcast to.

    Raises ValueError where they do not.
    """
    result = ()
    shapes = [ops.as_shape(s) for s in args]
    for i, shape in enumerate(shapes):
        try:
            result = ops.broadcast_shape(result, shape)
        except ValueError:
            j = next(j for j in range(i) if not _fit(shapes[j], shape))
            raise ValueError(
                "shape mismatch: objects cannot be broadcast to a single shape.  "
                f"Mismatch is between arg {j} with shape {shapes[j]} and arg {i} with "
                f"shape {shape}."
            ) from None
    return result


def _fit(*shapes):
    """Whether `shapes` broadcast together."""
    try:
        ops.broadcast_shape(*shapes)
    except ValueError:
        return False
    return True


def broadcast_arrays(*args, subok=False):
    """A tuple of the arrays `args`, all stretched to their common shape."""
    arrays = as_operands(args)
    target = broadcast_shapes(*(a.shape for a in arrays))
    return tuple(ops.broadcast(a, target) for a in arrays)


def flip(m, axis=None):
    """`m` with the order of elements along `axis` (all axes: None) reversed."""
    m = asarray(m)
    axes = range(m.ndim) if axis is None else normalize_axis_tuple(axis, m.ndim)
    return m[
        tuple(
            slice(None, None, -1) if i in axes else slice(None) for i in range(m.ndim)
        )
    ]


def _check_rank(m, rank):
    m = asarray(m)
    if m.ndim < rank:
        raise ValueError(f"Input must be >= {rank}-d.")
    return m


def fliplr(m):
    """`m` with its columns in reverse order."""
    return flip(_check_rank(m, 2), 1)


def flipud(m):
    """`m` with its rows in reverse order."""
    return flip(_check_rank(m, 1), 0)


def rot90(m, k=1, axes=(0, 1)):
    """`m` turned by `k` right angles in the plane of `axes`.

    Raises ValueError unless these are two different axes.
    """
    m = asarray(m)
    axes = tuple(axes)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    if axes[0] == axes[1] or abs(axes[0] - axes[1]) == m.ndim:
        raise ValueError("Axes must be different.")
    first, second = (normalize_axis_index(axis, m.ndim) for axis in axes)
    k %= 4
    if k == 0:
        return m
    if k == 2:
        return flip(m, (first, second))
    if k == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second)


def _atleast(arys, widen):
    results = tuple(widen(asarray(a)) for a in arys)
    return results[0] if len(results) == 1 else results


def atleast_1d(*arys):
    """The arguments with at least one axis."""
    return _atleast(arys, lambda a: a if a.ndim else ops.reshape(a, (1,)))


def _widen_2d(a):
    return a if a.ndim > 1 else ops.reshape(a, (1, a.size))


def atleast_2d(*arys):
    """The arguments with at least two axes, new ones in front."""
    return _atleast(arys, _widen_2d)


def _widen_3d(a):
    if a.ndim > 2:
        return a
    return ops.reshape(a, (*_widen_2d(a).shape, 1))


def atleast_3d(*arys):
    """The arguments with at least three axes."""
    return _atleast(arys, _widen_3d)


def tile(A, reps):
    """`A` repeated `reps` times along each axis."""
    a = asarray(A)
    try:
        reps = tuple(reps)
    except TypeError:
        reps = (reps,)
    rank = max(len(reps), a.ndim)
    reps = (1,) * (rank - len(reps)) + tuple(map(operator.index, reps))
    extents = (1,) * (rank - a.ndim) + a.shape
    paired = tuple(n for extent in extents for n in (1, extent))
    repeated = tuple(n for pair in zip(reps, extents) for n in pair)
    result = tuple(n * r for n, r in zip(extents, reps))
    return ops.own(ops.reshape(ops.broadcast(ops.reshape(a, paired), repeated), result))


def repeat(a, repeats, axis=None):
    """Each element of `a` along `axis` (flattened: None) `repeats` times.

    `repeats` is one count, or one for each element, of which the sum is then read.
    Raises TypeError for counts that are no integers, ValueError for negative ones.
    """
    a = asarray(a)
    if axis is None or (a.ndim == 0 and axis in (0, -1)):
        a, axis = ops.reshape(a, (a.size,)), 0
    axis = ops.as_axis(axis, a.ndim)
    if not isinstance(repeats, int):
        # Only counts per element need it.
        from ._repeat_each import repeat_each  # noqa: PLC0415

        repeats = repeat_each(a, repeats, axis)
        if not isinstance(repeats, int):
            return repeats
    if repeats < 0:
        raise ValueError("repeats may not contain negative values.")
    before, n, after = a.shape[:axis], a.shape[axis], a.shape[axis + 1 :]
    wide = ops.broadcast(
        ops.reshape(a, (*before, n, 1, *after)), (*before, n, repeats, *after)
    )
    return ops.own(ops.reshape(wide, (*before, n * repeats, *after)))


def roll(a, shift, axis=None):
    """`a` with elements moved on by `shift`, those past the end coming first.

    Raises ValueError unless `shift` and `axis` are numbers or 1-D.
    """
    a = asarray(a)
    if axis is None:
        return ops.reshape(roll(ops.reshape(a, (a.size,)), shift, 0), a.shape)
    axes = normalize_axis_tuple(axis, a.ndim, allow_duplicate=True)
    pairs = _numpy.broadcast(_numpy.asarray(shift), axes)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    shifts = [0] * a.ndim
    for one_shift, one_axis in pairs:
        n = a.shape[one_axis]
        shifts[one_axis] = (shifts[one_axis] + int(one_shift)) % n if n else 0
    moved = [axis for axis, shift in enumerate(shifts) if shift]
    if not moved or a.size == 0:
        return a.__copy__()
    result = places.roll(a, shifts) if a.device != "cpu" else None
    if result is None:
        result = _roll_axes(a, moved, shifts)
    return match_copy(result, a)


def _roll_axes(a, axes, shifts):
    """Both parts along one axis are rolled before they are joined: one pass."""
    if not axes:
        return a
    axis, *others = axes
    n, shift = a.shape[axis], shifts[axis]
    parts = [ops.take(a, axis, n - shift), ops.take(a, axis, 0, n - shift)]
    if len(others) < _ROLLED_AT_ONCE:
        parts = [_roll_axes(part, others, shifts) for part in parts]
        return ops.concatenate(parts, axis)
    return _roll_axes(ops.concatenate(parts, axis), others, shifts)
