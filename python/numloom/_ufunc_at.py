"""The method of ufuncs that works at indices, one after the other."""

import functools

import numpy as _numpy

from . import _core, _indexing
from . import _ops as ops
from . import _scatters as scatters
from ._core import ndarray
from ._dtypes import BOOL, INT64
from ._index_checks import convert_lists

# What scatters combine with, by ufunc.
_COMBINERS = {
    "add": scatters.ADD,
    "maximum": scatters.MAXIMUM,
    "minimum": scatters.MINIMUM,
    "multiply": scatters.MULTIPLY,
    "bitwise_and": scatters.AND,
    "bitwise_or": scatters.OR,
    "bitwise_xor": scatters.XOR,
    "subtract": scatters.SUBTRACT,
    "divide": scatters.DIVIDE,
}
# Of floats, rounded correctly or not at all.
_ROUNDED = ("add", "subtract", "multiply", "divide", "maximum", "minimum")
# Of integers: the low bits of the result depend on those of the operands alone.
_MODULAR = ("add", "multiply", "subtract", "bitwise_and", "bitwise_or", "bitwise_xor")
# Of bool.
_LOGICAL = {
    "logical_and": scatters.AND,
    "logical_or": scatters.OR,
    "logical_xor": scatters.XOR,
}


def find_combiner(ufunc, dtype):
    """What a scatter of `dtype` combines with as `ufunc` does; None for nothing."""
    name = ufunc.__name__
    if dtype == BOOL and name in _LOGICAL:
        return _LOGICAL[name]
    if name == "divide" and dtype.kind not in "fc":
        return None
    return _COMBINERS.get(name)


def at(ufunc, a, indices, b=None, /):
    """`a[indices] = ufunc(a[indices], b)` for one index after the other.

    An index that is named twice is worked on twice, in the order of the indices.
    Results are cast to the dtype of `a`, whatever they lose. Raises IndexError and
    ValueError as the assignment does.
    """
    if not isinstance(a, ndarray):
        raise TypeError("first operand must be array")
    if ufunc.nout != 1 or ufunc.nin > 2:
        raise ValueError("Only unary and binary ufuncs with one output are supported")
    if (b is None) != (ufunc.nin == 1):
        raise ValueError(
            "second operand needed for ufunc"
            if b is None
            else "second operand provided when ufunc is unary"
        )
    _indexing.check_writeable(a)
    if b is not None:
        b = ops.as_array(_narrow(ufunc, b, a.dtype), device=a)
    key = convert_lists(indices if isinstance(indices, tuple) else (indices,))
    if not _indexing.is_advanced(key):
        if b is not None:
            _check_rank(b, a[indices].ndim)
        a[indices] = ufunc(a[indices]) if b is None else ufunc(a[indices], b)
        return
    selection = _indexing.select(a, key)
    if b is not None:
        _check_rank(b, len(selection.gather_shape()))
    operands = [] if b is None else [_indexing.fit_value(b, selection)]
    dtype = _work_dtype(ufunc, a, operands)
    combiner = None if dtype is None else find_combiner(ufunc, dtype)
    view = selection.view
    if combiner is None:
        new = _apply_in_rounds(ufunc, view, selection, operands)
    else:
        (value,) = operands
        new = _indexing.scatter(
            ops.cast(view, dtype),
            selection.target_indices(),
            selection.axes,
            ops.cast(value, dtype),
            combiner,
            names=selection.names,
        )
    if new is not view:
        _core.assign(view, ops.cast(new, view.dtype))


def _check_rank(value, rank):
    """Unlike assignments, `at` takes no values with more axes than there are."""
    if value.ndim > rank:
        raise ValueError("array is not broadcastable to correct shape")


def _narrow(ufunc, b, dtype):
    """`b`, as a scalar of the float `dtype` if it is a number that this holds exactly.

    NumPy computes each step in float64 and rounds it to `dtype`, which gives what
    arithmetic in `dtype` does: of two formats, the wider with more than twice the
    digits of the other (Figueroa, When is double rounding innocuous?, SIGNUM
    Newsletter 30(3), 1995).
    """
    if (
        dtype.kind != "f"
        or type(b) not in (int, float)
        or ufunc.__name__ not in _ROUNDED
    ):
        return b
    with _numpy.errstate(over="ignore"):
        narrow = _numpy.asarray(b, _numpy.float64).astype(dtype)
    return narrow if float(narrow) == b else b


def _work_dtype(ufunc, a, operands):
    """The dtype in which all is added up before it is cast to that of `a`.

    None where every single result must be cast.
    """
    dtype = _result_dtype(ufunc, a.dtype, *(x.dtype for x in operands))
    ops.warn_of_discarded_parts(dtype, a.dtype)
    if dtype.kind in "biu" and a.dtype.kind in "iu" and ufunc.__name__ in _MODULAR:
        return a.dtype
    # A sum in a wider float rounds once.
    return dtype if dtype == a.dtype or a.dtype.kind == dtype.kind == "f" else None


@functools.cache
def _result_dtype(ufunc, *dtypes):
    return ufunc(*(_core.empty((0,), dtype, "cpu") for dtype in dtypes)).dtype


def _apply_in_rounds(ufunc, view, selection, operands):
    """Works on each index once in a round, as often as the most frequent is named."""
    indices = [_numpy.asarray(i).reshape(-1) for i in selection.indices]
    first, rank = selection.axes[0], len(selection.shape)
    flat = _numpy.ravel_multi_index(
        indices, [view.shape[axis] for axis in selection.axes]
    )
    rounds = _count_before(flat)
    shape = selection.gather_shape()
    lines = (*shape[:first], flat.size, *shape[first + rank :])
    operands = [ops.reshape(x, lines) for x in operands]
    for i in range(int(rounds.max(initial=-1)) + 1):
        chosen = _numpy.flatnonzero(rounds == i)
        at_once = [ops.as_array(index[chosen], INT64, view) for index in indices]
        part = (*lines[:first], chosen.size, *lines[first + 1 :])
        old = ops.gather(view, at_once, selection.axes, part)
        place = ops.as_array(chosen, INT64, view)
        others = [ops.gather_along(x, place, first) for x in operands]
        new = ops.cast(ufunc(old, *others), view.dtype)
        view = _indexing.scatter(
            view, at_once, selection.axes, new, repeats=scatters.NONE
        )
    return view


def _count_before(flat):
    """How often each element occurs before its place."""
    order = _numpy.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = _numpy.flatnonzero(_numpy.r_[True, ordered[1:] != ordered[:-1]])
    lengths = _numpy.diff(_numpy.r_[starts, flat.size])
    before = _numpy.empty(flat.size, _numpy.int64)
    before[order] = _numpy.arange(flat.size) - _numpy.repeat(starts, lengths)
    return before


_core.ufunc.at = at
