"""Joining and splitting of arrays."""

import warnings
from itertools import pairwise

from numpy.lib.array_utils import normalize_axis_index

from . import _core
from . import _ops as ops
from ._creation import as_operands, asarray
from ._dtypes import as_dtype, can_cast, make_cast_error, result_type
from ._manipulation import atleast_1d, atleast_2d, atleast_3d
from ._views import ravel


def concatenate(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """The arrays joined along an existing `axis`; flattened first for None.

    Raises ValueError where other axes differ, TypeError for a forbidden cast.
    """
    if out is dtype is None and casting == "same_kind":
        joined = _join_alike(arrays, axis, False)
        if joined is not None:
            return joined
    arrays = list(arrays)
    arrays = as_operands(arrays if axis is not None else _fit_numbers(arrays))
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        arrays, axis = [ravel(a) for a in arrays], 0
    if out is not None and dtype is not None:
        raise TypeError(
            "concatenate() only takes `out` or `dtype` as an argument, but "
            "both were provided."
        )
    axis = _check_joinable(arrays, axis)
    if dtype is None:
        dtype = result_type(*arrays) if out is None else out.dtype
    dtype = as_dtype(dtype)
    for a in arrays:
        if not can_cast(a.dtype, dtype, casting):
            raise make_cast_error(a.dtype, dtype, casting)
    joined = ops.concatenate([ops.cast(a, dtype) for a in arrays], axis)
    return ops.store(joined, out)


concat = concatenate


def _join_alike(arrays, axis, is_stack):
    """Few arrays that need no conversion, joined; None for others."""
    if not isinstance(arrays, (list, tuple)) or len(arrays) >= ops.MANY_PARTS:
        return None
    return _core.join(arrays, axis, is_stack)


def _fit_numbers(arrays):
    """`arrays`, the Python numbers beside them in the dtype that all have then."""
    is_number = [type(a) in (int, float, complex) for a in arrays]
    if all(is_number) or not any(is_number):
        return arrays
    home = ops.home(arrays)
    arrays = [
        a if number else asarray(a, device=home) for a, number in zip(arrays, is_number)
    ]
    dtype = result_type(*arrays)
    return [
        asarray(a, dtype, device=home) if number else a
        for a, number in zip(arrays, is_number)
    ]


def _check_joinable(arrays, axis):
    first = arrays[0]
    if first.ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = ops.as_axis(axis, first.ndim)
    for i, a in enumerate(arrays):
        if a.ndim != first.ndim:
            raise ValueError(
                "all the input arrays must have same number of dimensions, but the "
                f"array at index 0 has {first.ndim} dimension(s) and the array at "
                f"index {i} has {a.ndim} dimension(s)"
            )
        for j in range(a.ndim):
            if j != axis and a.shape[j] != first.shape[j]:
                raise ValueError(
                    "all the input array dimensions except for the concatenation axis "
                    f"must match exactly, but along dimension {j}, the array at index "
                    f"0 has size {first.shape[j]} and the array at index {i} has size "
                    f"{a.shape[j]}"
                )
    return axis


def stack(arrays, axis=0, out=None, *, dtype=None, casting="same_kind"):
    """The arrays, of one shape, joined along a new `axis`.

    Raises ValueError for no arrays and for arrays of several shapes.
    """
    _check_sequence(arrays)
    if out is dtype is None and casting == "same_kind":
        joined = _join_alike(arrays, axis, True)
        if joined is not None:
            return joined
    arrays = as_operands(list(arrays))
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({a.shape for a in arrays}) != 1:
        raise ValueError("all input arrays must have the same shape")
    axis = normalize_axis_index(axis, arrays[0].ndim + 1)
    shape = arrays[0].shape
    widened = [ops.reshape(a, (*shape[:axis], 1, *shape[axis:])) for a in arrays]
    return concatenate(widened, axis, out, dtype=dtype, casting=casting)


def _check_sequence(arrays):
    """TypeError for what can be walked through but once."""
    if not hasattr(arrays, "__getitem__"):
        raise TypeError(
            'arrays to stack must be passed as a "sequence" type such as list or tuple.'
        )


def _widen_all(tup, widen):
    _check_sequence(tup)
    return [widen(a) for a in tup]


def vstack(tup, *, dtype=None, casting="same_kind"):
    """The arrays, 1-D ones as rows, joined along the first axis."""
    return concatenate(_widen_all(tup, atleast_2d), 0, dtype=dtype, casting=casting)


def row_stack(tup, *, dtype=None, casting="same_kind"):
    """`vstack`, under a name that NumPy has deprecated."""
    warnings.warn(
        "`row_stack` alias is deprecated. Use `np.vstack` directly.",
        DeprecationWarning,
        stacklevel=2,
    )
    return vstack(tup, dtype=dtype, casting=casting)


def hstack(tup, *, dtype=None, casting="same_kind"):
    """The arrays joined along the second axis, 1-D ones along the first."""
    arrays = _widen_all(tup, atleast_1d)
    axis = 0 if arrays and arrays[0].ndim == 1 else 1
    return concatenate(arrays, axis, dtype=dtype, casting=casting)


def dstack(tup):
    """The arrays joined along the third axis."""
    return concatenate(_widen_all(tup, atleast_3d), 2)


def _as_column(a):
    a = asarray(a)
    return a if a.ndim > 1 else ops.reshape(a, (a.size, 1))


def column_stack(tup):
    """The arrays, 1-D ones as columns, joined along the second axis."""
    return concatenate(_widen_all(tup, _as_column), 1)


def append(arr, values, axis=None):
    """`values` joined to the end of `arr`; both flattened if `axis` is None."""
    arr, values = as_operands((arr, values))
    return concatenate((arr, values), axis)


def array_split(ary, indices_or_sections, axis=0):
    """`ary` cut along `axis` into parts, the first ones longer where uneven.

    `indices_or_sections` is the number of parts or the positions of the cuts.
    Raises ValueError for less than one part.
    """
    a = asarray(ary)
    axis = normalize_axis_index(axis, a.ndim)
    n = a.shape[axis]
    try:
        cuts = [0, *indices_or_sections, n]
    except TypeError:
        parts = int(indices_or_sections)
        if parts <= 0:
            raise ValueError("number sections must be larger than 0.") from None
        length, longer = n // parts, n % parts
        cuts = [i * length + min(i, longer) for i in range(parts + 1)]
    return [ops.take(a, axis, start, stop) for start, stop in pairwise(cuts)]


def split(ary, indices_or_sections, axis=0):
    """`ary` cut along `axis` into equal parts, or at the given positions.

    Raises ValueError for a number of parts that does not divide the axis.
    """
    a = asarray(ary)
    if not hasattr(indices_or_sections, "__len__"):
        n = a.shape[normalize_axis_index(axis, a.ndim)]
        if n % indices_or_sections:
            raise ValueError("array split does not result in an equal division")
    return array_split(a, indices_or_sections, axis)


def _split_rank(ary, sections, rank, axis):
    a = asarray(ary)
    if a.ndim < rank:
        name = {1: "hsplit", 2: "vsplit", 3: "dsplit"}[rank]
        raise ValueError(f"{name} only works on arrays of {rank} or more dimensions")
    return split(a, sections, axis)


def hsplit(ary, indices_or_sections):
    """`ary` cut along its second axis, a 1-D one along its only axis."""
    a = asarray(ary)
    return _split_rank(a, indices_or_sections, 1, 1 if a.ndim > 1 else 0)


def vsplit(ary, indices_or_sections):
    """`ary` cut along its first axis."""
    return _split_rank(ary, indices_or_sections, 2, 0)


def dsplit(ary, indices_or_sections):
    """`ary` cut along its third axis."""
    return _split_rank(ary, indices_or_sections, 3, 2)


def unstack(x, /, *, axis=0):
    """A tuple of the arrays at each index of `axis`, which they lose.

    Raises ValueError for an array without axes.
    """
    x = asarray(x)
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    axis = normalize_axis_index(axis, x.ndim)
    return tuple(ops.pick(x, axis, i) for i in range(x.shape[axis]))
