"""pad and resize: arrays continued beyond their edges."""

import operator
from math import prod

import numpy as _numpy

from . import _ops as ops
from . import _places as places
from . import _reductions as red
from . import _ufuncs as uf
from ._creation import asarray, full, zeros
from ._dtypes import kind
from ._elementwise import round as round_
from ._manipulation import tile
from ._orders import copy_in_order
from ._ranges import linspace

# The keywords of each mode.
_STATISTICS = ("maximum", "mean", "median", "minimum")
# An array between what continues it.
_FEW_PARTS = 3
# Those whose elements are some of the array's, each at a place of its own.
_BY_PLACE = ("edge", "reflect", "symmetric", "wrap")
_KEYWORDS = {
    "constant": ("constant_values",),
    "edge": (),
    "empty": (),
    "linear_ramp": ("end_values",),
    "reflect": ("reflect_type",),
    "symmetric": ("reflect_type",),
    "wrap": (),
} | dict.fromkeys(_STATISTICS, ("stat_length",))


def _as_pairs(values, ndim, as_index=False):
    """`values`, one for all, a pair for all or a pair per axis, as pairs."""
    if values is None:
        return [(None, None)] * ndim
    if type(values) is int and (values >= 0 or not as_index):
        return [(values, values)] * ndim
    values = _numpy.asarray(values)
    if as_index:
        values = _numpy.round(values).astype(int)
        if (values < 0).any():
            raise ValueError("index can't contain negative values")
    if values.ndim < 3 and values.shape == (2, 1) and ndim != 2:
        values = values.ravel()
    return _numpy.broadcast_to(values, (ndim, 2)).tolist()


def _as_widths(pad_width, ndim):
    if type(pad_width) is int:
        return _as_pairs(pad_width, ndim, as_index=True)
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            pair = (width, width) if isinstance(width, int) else tuple(width)
            widths[axis] = pair
        pad_width = widths
    pad_width = _numpy.asarray(pad_width)
    if pad_width.dtype.kind != "i":
        raise TypeError("`pad_width` must be of integral type.")
    return _as_pairs(pad_width, ndim, as_index=True)


def _edge_shape(x, axis, width):
    return (*x.shape[:axis], width, *x.shape[axis + 1 :])


def _pad_constant(x, axis, widths, values):
    parts = [
        ops.full(_edge_shape(x, axis, width), _as_element(value, x.dtype), x.dtype, x)
        for width, value in zip(widths, values)
    ]
    return [parts[0], x, parts[1]]


def _as_element(value, dtype):
    """A number as an array of NumPy's, converted as arrays are: integers wrap."""
    with _numpy.errstate(all="ignore"):
        return _numpy.asarray(value).astype(dtype)


def _get_edges(x, axis):
    return ops.take(x, axis, 0, 1), ops.take(x, axis, -1)


def _pad_edge(x, axis, widths):
    left, right = (
        ops.broadcast(edge, _edge_shape(x, axis, width))
        for edge, width in zip(_get_edges(x, axis), widths)
    )
    return [left, x, right]


def _pad_ramp(x, axis, widths, end_values):
    ramps = [
        linspace(
            ops.as_array(end, device=x),
            ops.pick(edge, axis, 0),
            width,
            endpoint=False,
            dtype=x.dtype,
            axis=axis,
        )
        for edge, width, end in zip(_get_edges(x, axis), widths, end_values)
    ]
    return [ramps[0], x, ops.take(ramps[1], axis, None, None, -1)]


def _get_statistic(mode, x, axis):
    if mode == "median":
        from ._quantiles import median  # noqa: PLC0415

        return median(x, axis, keepdims=True)
    return {"maximum": red.max, "mean": red.mean, "minimum": red.min}[mode](
        x, axis, keepdims=True
    )


def _pad_statistic(x, axis, widths, lengths, mode):
    n = x.shape[axis]
    parts = []
    for width, length, is_left in zip(widths, lengths, (True, False)):
        length = n if length is None else min(length, n)
        chunk = ops.take(x, axis, *((0, length) if is_left else (n - length, n)))
        value = _get_statistic(mode, chunk, axis)
        if kind(x.dtype) in "iu" and mode in ("mean", "median"):
            value = round_(value)
        value = ops.cast(value, x.dtype)
        parts.append(ops.broadcast(value, _edge_shape(x, axis, width)))
    return [parts[0], x, parts[1]]


def _continue_left(x, axis, width, continuation):
    """`width` elements to the left of `x`, by mirroring it again and again.

    `continuation(x)` gives what lies directly to the left of `x`, and the elements
    to go on from.
    """
    parts = []
    while width > 0:
        part, x = continuation(x)
        n = part.shape[axis]
        if n > width:
            part = ops.take(part, axis, n - width)
        width -= n
        parts.insert(0, part)
    return parts


def _pad_mirrored(x, axis, widths, reflect_type, repeats_edge):
    """Reflects `x`, with its edge elements, if `repeats_edge`, given twice."""
    if x.shape[axis] == 1 and not repeats_edge:
        return _pad_edge(x, axis, widths)

    def mirror(source):
        edge = ops.take(source, axis, 0, 1)
        part = ops.take(source, axis, 0 if repeats_edge else 1)
        part = ops.take(part, axis, None, None, -1)
        if reflect_type == "odd":
            part = uf.subtract(uf.multiply(2, edge), part)
        rest = part if repeats_edge else ops.concatenate([part, edge], axis)
        return part, rest

    def turn(source):
        return ops.take(source, axis, None, None, -1)

    left = _continue_left(x, axis, widths[0], mirror)
    right = _continue_left(turn(x), axis, widths[1], mirror)
    return [*left, x, *(turn(part) for part in reversed(right))]


def _pad_wrapped(x, axis, widths):
    n = x.shape[axis]
    (left, tail), (right, head) = (divmod(width, n) for width in widths)
    tail, head = ops.take(x, axis, n - tail), ops.take(x, axis, 0, head)
    return [tail, *[x] * (left + right + 1), head]


def _pad_axis(x, axis, widths, mode, options):
    """The parts of `x` continued along one axis."""
    if mode == "empty":
        return _pad_constant(x, axis, widths, (0, 0))
    if mode == "constant":
        return _pad_constant(x, axis, widths, options["constant_values"][axis])
    if mode == "edge":
        return _pad_edge(x, axis, widths)
    if mode == "linear_ramp":
        return _pad_ramp(x, axis, widths, options["end_values"][axis])
    if mode == "wrap":
        return _pad_wrapped(x, axis, widths)
    if mode in _STATISTICS:
        lengths = options["stat_length"][axis]
        return _pad_statistic(x, axis, widths, lengths, mode)
    repeats_edge = mode == "symmetric"
    return _pad_mirrored(x, axis, widths, options["reflect_type"], repeats_edge)


def _pad_from(x, axes, widths, mode, options):
    """`x` continued along `axes`, one after the other.

    What continues a line depends on that line alone. So each part along the last axis
    but one is continued along the last before they are joined: all are written where
    they belong, in one pass. For more axes that would be too many parts to compile.
    """
    if not axes:
        return x
    axis, *others = axes
    parts = _pad_axis(x, axis, widths[axis], mode, options)
    parts = [part for part in parts if part.shape[axis]]
    if len(others) != 1 or len(parts) > _FEW_PARTS:
        x = ops.concatenate(parts, axis)
        return _pad_from(x, others, widths, mode, options)
    parts = [_pad_from(part, others, widths, mode, options) for part in parts]
    return ops.concatenate(parts, axis)


def _pad_at_places(x, widths, mode, options):
    """`x` in C order, each element read where it lies, by one kernel of a GPU.

    None where there is more to do.
    """
    is_even = mode in _BY_PLACE and options["reflect_type"] == "even"
    if x.device == "cpu" or not is_even or not places.are_within(x.shape, widths, mode):
        return None
    return places.continue_at(x, widths, mode)


def _surround(x, widths, value):
    """`x` in C order with `value` on all sides, in one pass over it."""
    value = _as_element(value, x.dtype)
    if x.device != "cpu" and x.size:
        result = places.surround(x, widths, ops.as_array(value, device=x))
        if result is not None:
            return result
    shape = tuple(n + sum(pair) for n, pair in zip(x.shape, widths))
    result = full(shape, value, x.dtype, device=x)
    result[tuple(slice(w[0], w[0] + n) for w, n in zip(widths, x.shape))] = x
    return result


def _pad_by_function(x, widths, function, kwargs):
    """Each line of zeros around `x`, along each axis, is handed to `function`."""
    result = _surround(x, widths, 0)
    for axis, pair in enumerate(widths):
        rest = [i for i in range(x.ndim) if i != axis]
        lines = ops.transpose(result, [*rest, axis])
        for index in _numpy.ndindex(lines.shape[:-1]):
            function(lines[index], tuple(pair), axis, kwargs)
    return result


def _as_options(mode, ndim, kwargs):
    """The keywords of `mode`, per axis, with their defaults."""
    if mode not in _KEYWORDS:
        raise ValueError(f"mode '{mode}' is not supported")
    unknown = set(kwargs) - set(_KEYWORDS[mode])
    if unknown:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")
    lengths = kwargs.get("stat_length")
    lengths = _as_pairs(lengths, ndim, as_index=lengths is not None)
    if mode in ("maximum", "minimum") and any(0 in pair for pair in lengths):
        raise ValueError("stat_length of 0 yields no value for padding")
    return {
        "constant_values": _as_pairs(kwargs.get("constant_values", 0), ndim),
        "end_values": _as_pairs(kwargs.get("end_values", 0), ndim),
        "stat_length": lengths,
        "reflect_type": kwargs.get("reflect_type", "even"),
    }


def pad(array, pad_width, mode="constant", **kwargs):
    """`array` with `pad_width` more elements at its edges.

    Args:
        array: Of any rank.
        pad_width: Before and after: one integer, a pair, a pair per axis or a dict
            of these by axis.
        mode: 'constant', 'edge', 'empty', 'linear_ramp', 'maximum', 'mean',
            'median', 'minimum', 'reflect', 'symmetric', 'wrap', or a function
            `f(vector, widths, axis, kwargs)` that writes into `vector`.
        **kwargs: `constant_values`, `end_values` and `stat_length` (in the forms of
            `pad_width`), `reflect_type` ('even' or 'odd').

    Raises TypeError for widths that are no integers; ValueError for negative ones,
    for unknown modes and keywords, and for empty axes that have nothing to go on.
    """
    x = asarray(array)
    widths = _as_widths(pad_width, x.ndim)
    if callable(mode):
        return _pad_by_function(x, widths, mode, kwargs)
    options = _as_options(mode, x.ndim, kwargs)
    for axis, pair in enumerate(widths):
        if x.shape[axis] == 0 and any(pair) and mode not in ("constant", "empty"):
            raise ValueError(
                f"can't extend empty axis {axis} using modes other than 'constant' "
                "or 'empty'"
            )
    is_fortran = x.flags.fnc
    result = None if is_fortran else _pad_at_places(x, widths, mode, options)
    if result is not None:
        return result
    values = {value for pair in options["constant_values"] for value in pair}
    if mode in ("constant", "empty") and len(values) < 2 and not is_fortran:
        return _surround(x, widths, *values or (0,))
    axes = [axis for axis, pair in enumerate(widths) if any(pair)]
    x = _pad_from(x, axes, widths, mode, options)
    # It lies in memory as `array` does, and is no view of it.
    return copy_in_order(x, "F" if is_fortran else "C")


def resize(a, new_shape):
    """The elements of `a`, repeated as often as it takes, in `new_shape`.

    Raises ValueError for negative extents.
    """
    a = asarray(a)
    shape = new_shape if isinstance(new_shape, (tuple, list)) else (new_shape,)
    shape = tuple(map(operator.index, shape))
    if any(n < 0 for n in shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    size = prod(shape)
    if size == 0 or a.size == 0:
        return zeros(shape, a.dtype, device=a)
    flat = tile(ops.reshape(a, (a.size,)), -(-size // a.size))
    return ops.own(ops.reshape(ops.take(flat, 0, 0, size), shape))


__all__ = ["pad", "resize"]
