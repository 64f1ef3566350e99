"""The methods of ufuncs that take whole arrays: reduce, accumulate, outer."""

from math import prod

from numpy import _NoValue, iinfo

from . import _core, _selections
from . import _ops as ops
from ._dtypes import (
    BOOL,
    FLOAT32,
    as_dtype,
    is_half,
    is_inexact,
    kind,
    promote_types,
    sum_dtype,
)
from ._orders import match_copy, match_kept

# The dialect's reductions and scans by ufunc. Logical ones take bool.
_REDUCTIONS = {
    "add": "sum",
    "multiply": "prod",
    "maximum": "max",
    "minimum": "min",
    "fmax": "fmax_reduce",
    "fmin": "fmin_reduce",
    "logical_and": "all",
    "logical_or": "any",
    "logical_xor": "bitwise_xor_reduce",
    "bitwise_and": "bitwise_and_reduce",
    "bitwise_or": "bitwise_or_reduce",
    "bitwise_xor": "bitwise_xor_reduce",
}
_SCANS = {
    "add": "scan_sum",
    "multiply": "scan_prod",
    "maximum": "scan_max",
    "minimum": "scan_min",
    "logical_and": "scan_min",
    "logical_or": "scan_max",
}
_IDENTITIES = {"bitwise_and": -1, "lcm": 1, "logical_and": 1, "multiply": 1}
_NO_IDENTITY = ("maximum", "minimum", "fmax", "fmin")
_COMPARISONS = "equal not_equal less less_equal greater greater_equal".split()
# Associative ufuncs without an op of their own: folded in pairs, log n deep.
_ASSOCIATIVE = ("gcd", "hypot", "lcm", "logaddexp", "logaddexp2", *_REDUCTIONS)


def loop_dtype(ufunc, x, dtype, out):
    """The dtype in which `ufunc` reduces `x`.

    Where there is no other demand, that of `x` and the output together. Raises
    TypeError if the ufunc's results cannot be its operands in that dtype.
    """
    name = ufunc.__name__
    is_logical = name.startswith("logical_")
    if dtype is not None:
        loop = as_dtype(dtype)
    elif is_logical:
        return BOOL
    elif out is None:
        loop = sum_dtype(x.dtype) if name in ("add", "multiply") else x.dtype
    else:
        loop = promote_types(x.dtype, out.dtype)
    if (is_logical or name in _COMPARISONS) and loop != BOOL:
        raise TypeError(
            "No loop matching the specified signature and casting was found for "
            f"ufunc {name}"
        )
    if is_logical or name in _REDUCTIONS:
        return loop
    one = ops.full((), 1, loop, x)
    # Raises TypeError where no loop has this dtype.
    return ufunc(one, one, dtype=dtype).dtype


def as_reduced_axes(axis, ndim):
    """As `as_axes`, but the axis of a 0-d array may be 0 or -1."""
    return () if ndim == 0 and axis in (0, -1) else ops.as_axes(axis, ndim)


def check_binary(ufunc, method):
    """Raises ValueError unless the ufunc has two operands and one result."""
    if ufunc.nin != 2 or ufunc.nout != 1:
        raise ValueError(f"{method} only supported for binary functions")


def check_loop(ufunc, dtype):
    """Raises TypeError where bits of numbers that have none are asked for."""
    if ufunc.__name__.startswith("bitwise_") and kind(dtype) not in "biu":
        raise TypeError(
            f"ufunc '{ufunc.__name__}' not supported for the input types, and the "
            "inputs could not be safely coerced to any supported types according "
            "to the casting rule ''safe''"
        )


def reduce(
    ufunc,
    array,
    axis=0,
    dtype=None,
    out=None,
    keepdims=False,
    initial=_NoValue,
    where=True,
):
    """Reduces `array` over `axis` (an int, a tuple, or None for all axes).

    Sums and products of integers are 64 bits wide; float16 and bfloat16 are
    accumulated in float32. Raises ValueError for an empty reduction without
    identity and numpy.exceptions.AxisError for an axis out of range.
    """
    check_binary(ufunc, "reduce")
    out, keepdims = ops.as_output(out), ops.as_flag(keepdims)
    is_plain = where is True and initial is not None
    if is_plain and _core.get_selection(array) and ufunc.__name__ in _REDUCTIONS:
        result = _selections.reduce(
            ufunc, reduce, array, axis, dtype, out, keepdims, initial
        )
        if result is not None:
            return result
    x = ops.as_array(array)
    axes = as_reduced_axes(axis, x.ndim)
    dtype = loop_dtype(ufunc, x, dtype, out)
    check_loop(ufunc, dtype)
    x = ops.convert(x, dtype)
    _check_reorderable(ufunc, axes)
    has_identity = initial is not None and _has_identity(ufunc)
    if initial is None:
        initial = _NoValue
    if initial is not _NoValue:
        initial = ops.as_array(initial, dtype, x)
        if initial.ndim:
            raise ValueError("setting an array element with a sequence.")
    mask = None if where is True else ops.as_mask(where, x)
    if mask is not None:
        mask = _stretch_mask(mask, x.shape)
        if initial is _NoValue and not has_identity:
            raise ValueError(
                f"reduction operation '{ufunc.__name__}' does not have an identity, so "
                "to use a where mask one has to specify 'initial'"
            )
    elif initial is _NoValue and not has_identity and 0 in x.shape:
        _check_not_empty(ufunc, x.shape, axes)
    shape = x.shape
    if axes and ufunc.__name__ not in _ASSOCIATIVE:
        result = _fold_in_order(ufunc, x, axes, initial, mask)
        return _store(result, shape, axes, keepdims, out)
    if mask is not None:
        x = _masked(ufunc, x, mask, initial)
    result = reduce_axes(ufunc, x, axes) if axes else x.__copy__()
    if initial is not _NoValue:
        result = ufunc(initial, result)
    elif _starts_from_zero(ufunc, dtype):
        result = ufunc(result, get_zero(result))
    return _store(result, shape, axes, keepdims, out)


def _stretch_mask(mask, shape):
    """`mask` in `shape`; ValueError where that would have to stretch as well."""
    if mask.ndim > len(shape):
        raise ValueError(
            "input operand has more dimensions than allowed by the axis remapping"
        )
    both = ops.broadcast_shape(shape, mask.shape)
    if both != shape:
        raise ValueError(
            f"non-broadcastable operand with shape {ops.format_shape(shape)} doesn't "
            f"match the broadcast shape {ops.format_shape(both)}"
        )
    return ops.broadcast(mask, shape)


def _store(result, shape, axes, keepdims, out):
    if keepdims:
        result = ops.keep_axes(result, shape, axes)
    return ops.store_unsafely(result, out)


def _starts_from_zero(ufunc, dtype):
    """Whether NumPy starts from 0.0 and the dialect from -0.0, which is neutral."""
    return ufunc.__name__ == "add" and is_inexact(dtype)


# 0 as a constant of programs: one node for all sums of a dtype on a device.
_zeros = {}


def get_zero(like):
    """0 of the dtype and on the device of the array `like`."""
    key = like.dtype, like.device
    if key not in _zeros:
        _zeros[key] = ops.constant((), 0, like.dtype, like)
    return _zeros[key]


def is_reduction(ufunc):
    """Whether the dialect has a reduction of its own for the ufunc."""
    return ufunc.__name__ in _REDUCTIONS


def get_neutral(ufunc, dtype):
    """What changes no result of a reduction; None for extremes."""
    if ufunc.__name__ == "bitwise_and" and kind(dtype) == "u":
        return iinfo(dtype).max
    if not _starts_from_zero(ufunc, dtype):
        return _IDENTITIES.get(ufunc.__name__, ufunc.identity)
    return complex(-0.0, -0.0) if kind(dtype) == "c" else -0.0


def _has_identity(ufunc):
    return ufunc.identity is not None and ufunc.__name__ not in _NO_IDENTITY


def _check_reorderable(ufunc, axes):
    name = ufunc.__name__
    if len(axes) > 1 and ufunc.identity is None and name not in _NO_IDENTITY:
        raise ValueError(
            f"reduction operation '{name}' is not reorderable, so at most one axis "
            "may be specified"
        )


def _masked(ufunc, x, mask, initial):
    """`x` with what changes no result where the mask does not hold."""
    is_extreme = ufunc.__name__ in _NO_IDENTITY
    fill = initial if is_extreme else get_neutral(ufunc, x.dtype)
    return ops.select(mask, x, ops.as_array(fill, x.dtype, x))


def _check_not_empty(ufunc, shape, axes):
    count = prod(shape[axis] for axis in axes)
    rest = prod(n for i, n in enumerate(shape) if i not in axes)
    if count == 0 and rest:
        raise ValueError(
            f"zero-size array to reduction operation {ufunc.__name__} which has no "
            "identity"
        )


def reduce_axes(ufunc, x, axes):
    """`x` reduced over one or more `axes`, which the result loses."""
    op = _REDUCTIONS.get(ufunc.__name__)
    if op is None:
        return _fold_axes(ufunc, x, axes)
    if is_half(x.dtype) and op in ("sum", "prod"):
        return ops.cast(ops.reduce(op, ops.cast(x, FLOAT32), axes), x.dtype)
    return ops.reduce(op, x, axes)


def _fold_axes(ufunc, x, axes):
    for axis in reversed(axes):
        n = x.shape[axis]
        if n == 0:
            shape = x.shape[:axis] + x.shape[axis + 1 :]
            x = ops.full(shape, ufunc.identity or 0, x.dtype, x)
            continue
        result = _fold_pairs(ufunc, x, axis)
        if n == 1 and ufunc.identity is not None:
            # gcd and hypot lose signs even then.
            result = ufunc(result, ops.as_array(ufunc.identity, x.dtype, x))
        x = match_kept(ops.own(result), x, axis)
    return x


# A kernel of so many rounds combines twice as many elements for each: ten rounds of
# logaddexp would take 16 s to compile.
_FUSED_ROUNDS = 3


def _fold_pairs(ufunc, x, axis):
    """Halves the axis until one element is left; odd ones join at the end."""
    left_over, rounds = [], 0
    while (n := x.shape[axis]) > 1:
        if rounds == _FUSED_ROUNDS:
            x._evaluate()
            rounds = 0
        rounds += 1
        if n % 2:
            left_over.append(ops.pick(x, axis, n - 1))
        half = n // 2
        x = ufunc(ops.take(x, axis, 0, half), ops.take(x, axis, half, 2 * half))
    result = ops.pick(x, axis, 0)
    for element in reversed(left_over):
        result = ufunc(result, element)
    return result


def _fold_in_order(ufunc, x, axes, initial, mask):
    """Combines from left to right, from `initial` if there is one."""
    (axis,) = axes
    shape = x.shape[:axis] + x.shape[axis + 1 :]
    if 0 in shape:
        return _core.empty(shape, x.dtype, x)
    elements = [ops.pick(x, axis, i) for i in range(x.shape[axis])]
    holds = [
        None if mask is None else ops.pick(mask, axis, i) for i in range(len(elements))
    ]
    if initial is _NoValue:
        # A copy: there may be no other element to make a result of it.
        result = match_kept(ops.own(elements[0]), x, axis)
        elements, holds = elements[1:], holds[1:]
    else:
        result = ops.broadcast(initial, shape)
    for element, hold in zip(elements, holds, strict=True):
        combined = ufunc(result, element)
        result = combined if hold is None else ops.select(hold, combined, result)
    return result


def parse_axis_call(ufunc, method, array, axis, out):
    """The array, the axis and the output, no tuple, of a method along one axis.

    Raises ValueError for a ufunc that is not binary and for several axes, TypeError
    for a 0-d array.
    """
    check_binary(ufunc, method)
    out = ops.as_output(out)
    x = ops.as_array(array)
    if x.ndim == 0:
        if axis is not None:
            ops.as_axis(axis, 1)
        raise TypeError(f"cannot {method} on a scalar")
    if axis is None or isinstance(axis, tuple):
        axes = ops.as_axes(axis, x.ndim)
        if len(axes) != 1:
            raise ValueError(f"{method} does not allow multiple axes")
        (axis,) = axes
    return x, ops.as_axis(axis, x.ndim), out


def accumulate(ufunc, array, axis=0, dtype=None, out=None):
    """The running results of `ufunc` along `axis`, of the shape of `array`.

    Dtypes are those of `reduce`. Raises TypeError for a 0-d array.
    """
    x, axis, out = parse_axis_call(ufunc, "accumulate", array, axis, out)
    dtype = loop_dtype(ufunc, x, dtype, out)
    check_loop(ufunc, dtype)
    x = ops.convert(x, dtype)
    result = _accumulate_axis(ufunc, x, axis) if x.shape[axis] > 1 else x.__copy__()
    return ops.store_unsafely(result, out)


def _accumulate_axis(ufunc, x, axis):
    op = _SCANS.get(ufunc.__name__)
    if op is not None:
        return ops.scan(op, x, axis)
    if ufunc.__name__ in _ASSOCIATIVE:
        return _accumulate_doubling(ufunc, x, axis)
    elements = [ops.take(x, axis, 0, 1)]
    for i in range(1, x.shape[axis]):
        elements.append(ufunc(elements[-1], ops.take(x, axis, i, i + 1)))
    return match_copy(ops.concatenate(elements, axis), x)


def _accumulate_doubling(ufunc, x, axis):
    """Each round combines elements twice as far apart as the one before."""
    distance = 1
    while distance < x.shape[axis]:
        combined = ufunc(ops.take(x, axis, 0, -distance), ops.take(x, axis, distance))
        x = ops.concatenate([ops.take(x, axis, 0, distance), combined], axis)
        distance *= 2
    return x


def outer(ufunc, A, B, /, **kwargs):
    """`ufunc(a, b)` of all pairs: the shape is `A.shape + B.shape`."""
    if ufunc.nin != 2:
        raise ValueError("outer product only supported for binary functions")
    a, b = ops.as_array(A), ops.as_array(B)
    return ufunc(ops.reshape(a, a.shape + (1,) * b.ndim), b, **kwargs)


for _method in (reduce, accumulate, outer):
    setattr(_core.ufunc, _method.__name__, _method)
