"""Reductions of what a mask selects, without selecting it.

`a[mask]` is counted when somebody asks for its shape. Reductions need not: they
skip what the mask leaves out.
"""

from numpy import _NoValue, iinfo, inf, nan

from . import _core
from . import _ops as ops
from ._dtypes import INT64, is_inexact, kind, promote_types


def open_selection(a, axis, keepdims, where):
    """`a`, `axis` and `where` of a reduction over all that a mask selected.

    An array that is no such selection, or is reduced in another way, stays as it is.
    """
    selection = _core.get_selection(a) if where is True and not keepdims else None
    if selection is None:
        return a, axis, where
    mask, values = selection
    if values.ndim != mask.ndim or axis not in (None, 0, -1, (0,), (-1,)):
        return a, axis, where
    return values, None, mask


def reduce(ufunc, reduce_array, array, axis, dtype, out, keepdims, initial):
    """`reduce_array`, the method of `ufunc`, on a selection; None if it must be made.

    The extremes of nothing are an error: they wait for the count.
    """
    rank, (mask, values) = array.ndim, _core.get_selection(array)
    selected = ops.as_axes(axis, rank)
    if 0 not in selected:
        return None
    rest = values.ndim - mask.ndim
    units = mask.shape + (1,) * rest
    where = ops.broadcast(ops.reshape(mask, units), values.shape)
    axes = (*range(mask.ndim), *(i + mask.ndim - 1 for i in selected if i))
    if dtype is None and out is not None:
        dtype = promote_types(values.dtype, out.dtype)
    needs_element = initial is _NoValue or initial is None
    fill = _get_fill(ufunc.__name__, values.dtype) if needs_element else None
    if fill is not None:
        initial = fill
    result = reduce_array(ufunc, values, axes, dtype, None, False, initial, where)
    if fill is not None:
        _check_count(ufunc, mask, result)
    if keepdims:
        kept = iter(result.shape)
        result = ops.reshape(
            result, [1 if i in selected else next(kept) for i in range(rank)]
        )
    return ops.store_unsafely(result, out)


def _get_fill(name, dtype):
    """What leaves every extreme as it is; None for other reductions."""
    if name not in ("maximum", "minimum", "fmax", "fmin"):
        return None
    is_max = name.endswith("max") or name == "maximum"
    if is_inexact(dtype):
        bound = nan if name in ("fmax", "fmin") else -inf if is_max else inf
        return complex(bound, bound) if kind(dtype) == "c" else bound
    if kind(dtype) == "b":
        return not is_max
    return iinfo(dtype).min if is_max else iinfo(dtype).max


def _check_count(ufunc, mask, result):
    """ValueError if `mask` holds nowhere, unless there is no result either."""
    total = ops.reduce("sum", ops.cast(mask, INT64), tuple(range(mask.ndim)))
    del mask
    _core.evaluate([result, total])
    if result.size and int(total) == 0:
        raise ValueError(
            f"zero-size array to reduction operation {ufunc.__name__} which has no "
            "identity"
        )
