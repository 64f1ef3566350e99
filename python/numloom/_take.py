"""Functions that take elements at indices, or put elements there."""

import math

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index

from . import _core, _masks
from . import _ops as ops
from ._core import ndarray
from ._dtypes import BOOL, INT64, can_cast, make_cast_error, result_type
from ._index_checks import Bounds, check_mode, normalize, skip_unless
from ._indexing import broadcast_value, check_writeable, scatter
from ._scatters import NONE, Names


def _as_integers(obj, casting="same_kind"):
    """An argument of indices: TypeError for an array of something else."""
    if not isinstance(obj, (ndarray, _numpy.ndarray)):
        obj = _numpy.asarray(obj, INT64)
    if not can_cast(obj.dtype, INT64, casting):
        raise make_cast_error(obj.dtype, INT64, casting)
    return ops.cast(obj, INT64) if isinstance(obj, ndarray) else obj.astype(INT64)


def take(a, indices, axis=None, out=None, mode="raise"):
    """The entries of `a` at `indices` along `axis`, of the flat array for None.

    The shape is that of `a` with the axis replaced by the shape of `indices`. `mode`
    says what happens out of bounds: "raise" an IndexError, "wrap" around, or "clip"
    to the ends, which negative indices are, too.
    """
    check_mode(mode)
    a = ops.as_array(a)
    if axis is None or a.ndim == 0:
        normalize_axis_index(0 if axis is None else axis, max(a.ndim, 1))
        a, axis = ops.reshape(a, (-1,)), 0
    axis = ops.as_axis(axis, a.ndim)
    index = _as_integers(indices)
    n = a.shape[axis]
    if n == 0 and index.size:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    index = normalize(index, Bounds(n, axis), a, mode)
    return ops.store_back(ops.gather_along(a, index, axis), out)


def _along_axis(arr, indices, axis, flags=None):
    """The indices of all axes, and their shape, of functions along one."""
    if arr.ndim != indices.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    axis = normalize_axis_index(axis, arr.ndim)
    rest = [1 if i == axis else n for i, n in enumerate(arr.shape)]
    try:
        shape = ops.broadcast_shape(tuple(rest), indices.shape)
    except ValueError:
        raise IndexError(
            "shape mismatch: indexing arrays could not be broadcast together with "
            f"shapes {ops.format_shape(tuple(rest))} "
            f"{ops.format_shape(indices.shape)}"
        ) from None
    index = normalize(indices, Bounds(arr.shape[axis], axis), arr, flags=flags)
    along = [
        ops.broadcast(index, shape) if i == axis else _count_along(arr, i, shape)
        for i in range(arr.ndim)
    ]
    return along, shape


def _count_along(arr, axis, shape):
    if arr.shape[axis] == 1:
        return ops.constant(shape, 0, INT64, arr)
    return ops.iota(shape, axis, arr)


def _as_along_index(indices):
    if not isinstance(indices, (ndarray, _numpy.ndarray)):
        indices = _numpy.asarray(indices)
    if indices.dtype.kind not in "iu":
        raise IndexError("`indices` must be an integer array")
    return indices


def take_along_axis(arr, indices, axis=-1):
    """`arr` at `indices` along `axis`, each line by its own indices.

    The other axes of the two broadcast; None takes the flat array. IndexError for
    indices that are no integers or out of bounds, ValueError for other ranks.
    """
    arr, indices = ops.as_array(arr), _as_along_index(indices)
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = ops.reshape(arr, (-1,)), 0
    along, shape = _along_axis(arr, indices, axis)
    return ops.gather(arr, along, range(arr.ndim), shape)


def put_along_axis(arr, indices, values, axis):
    """Puts `values` where `take_along_axis` would take elements of `arr`.

    Raises ValueError for `indices` that have not the rank of `arr`.
    """
    indices = _as_along_index(indices)
    check_writeable(arr)
    whole = arr
    if axis is None:
        if indices.ndim != 1:
            raise ValueError("when axis=None, `indices` must have a single dimension.")
        arr, axis = ops.reshape(arr, (-1,)), 0
    flags = []
    along, shape = _along_axis(arr, indices, axis, flags)
    value = broadcast_value(_core.as_value(whole, values), shape)
    names = Names()
    names.sure += along
    along[0] = skip_unless(flags, along[0])
    new = scatter(arr, along, range(arr.ndim), value, names=names)
    _core.assign(whole, ops.reshape(new, whole.shape))


def put(a, ind, v, mode="raise"):
    """Puts the values `v`, again and again, at the flat indices `ind` of `a`.

    TypeError unless `a` is an array, IndexError for one without elements; `mode` is
    that of `take`.
    """
    if not isinstance(a, ndarray):
        raise TypeError(f"argument 1 must be numloom.ndarray, not {type(a).__name__}")
    check_mode(mode)
    check_writeable(a)
    index = _as_integers(ind, "safe").reshape(-1)
    value = ops.reshape(_core.as_value(a, v), (-1,))
    if a.size == 0 and index.size:
        raise IndexError("cannot replace elements of an empty array")
    if value.size == 0 or index.size == 0:
        return
    flags = []
    place, names = normalize(index, Bounds(a.size), a, mode, flags), Names()
    names.add(index if mode == "raise" else None, place, a.size)
    place = skip_unless(flags, place)
    value = ops.repeat_to(value, place.shape[0])
    new = scatter(ops.reshape(a, (-1,)), [place], [0], value, names=names)
    _core.assign(a, ops.reshape(new, a.shape))


def fill_diagonal(a, val, wrap=False):
    """Puts `val`, again and again, on the main diagonal of `a`.

    `a` has two axes or more, then all of one extent (ValueError). `wrap` goes on
    below the square of a tall matrix.
    """
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    check_writeable(a)
    end = a.size
    if a.ndim == 2:
        step = a.shape[1] + 1
        if not wrap:
            end = min(end, a.shape[1] * a.shape[1])
    else:
        if len(set(a.shape)) > 1:
            raise ValueError("All dimensions of input must be of equal length")
        step = 1 + sum(math.prod(a.shape[:i]) for i in range(1, a.ndim))
    count = -(-end // step)
    value = ops.reshape(_core.as_value(a, val), (-1,))
    if count == 0 or value.size == 0:
        return
    index = ops.iota((count,), 0, a) * step
    new = scatter(
        ops.reshape(a, (-1,)), [index], [0], ops.repeat_to(value, count), repeats=NONE
    )
    _core.assign(a, ops.reshape(new, a.shape))


def _invalid_choice(*_):
    return ValueError("invalid entry in choice array")


def choose(a, choices, out=None, mode="raise"):
    """Element `i` of `choices[a[i]]`, with `a` and all choices broadcast.

    ValueError for an element of `a` that names no choice, unless `mode` is "wrap" or
    "clip".
    """
    check_mode(mode)
    if isinstance(choices, (ndarray, _numpy.ndarray)):
        choices = list(choices)
    device = ops.home([a, *choices])
    a = _as_integers(a if isinstance(a, ndarray) else _numpy.asarray(a), "safe")
    numbers = (bool, int, float, complex)
    choices = [
        c if isinstance(c, numbers) else ops.as_array(c, device=device) for c in choices
    ]
    dtype = result_type(*choices)
    choices = [ops.wrap(c, dtype, device) for c in choices]
    like = device if device is not None else choices[0]
    bounds = Bounds(len(choices), wraps=False, make_error=_invalid_choice)
    index = normalize(a, bounds, like, mode)
    shape = ops.broadcast_shape(index.shape, *(c.shape for c in choices))
    result = ops.broadcast(choices[-1], shape)
    for i in reversed(range(len(choices) - 1)):
        result = ops.select(
            ops.broadcast(index == i, shape), ops.broadcast(choices[i], shape), result
        )
    return ops.store_unsafely(ops.own(result), out)


def ix_(*args):
    """An open mesh: for each 1-D sequence its indices, along an axis of its own.

    Bool sequences give where they hold. ValueError for other ranks.
    """
    mesh = []
    for i, arg in enumerate(args):
        if not isinstance(arg, ndarray):
            arg = _numpy.asarray(arg)
            if arg.size == 0:
                arg = arg.astype(INT64)
        if arg.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        if arg.dtype == BOOL:
            is_host = isinstance(arg, _numpy.ndarray)
            (arg,) = arg.nonzero() if is_host else _masks.nonzero(arg)
        shape = [1] * len(args)
        shape[i] = arg.shape[0]
        mesh.append(ops.reshape(ops.as_array(arg), tuple(shape)))
    return tuple(mesh)


# Of arrays, in elements.
_MAX_SIZE = 2**63 - 1


def _beyond_size(index, _, size):
    return ValueError(f"index {index} is out of bounds for array with size {size}")


def unravel_index(indices, shape, order="C"):
    """The indices into an array of `shape` of its flat `indices`: one array per axis.

    ValueError for an index out of bounds, TypeError for other dtypes than integers.
    """
    shape = ops.as_shape(shape)
    _check_order(order)
    index = _as_flat(indices)
    if not shape and index.ndim:
        raise ValueError("multiple indices are not supported for 0d arrays")
    size = math.prod(shape)
    if size > _MAX_SIZE:
        raise ValueError(
            "dimensions are too large; arrays and shapes with a total size greater "
            "than 'intp' are not supported."
        )
    index = normalize(index, Bounds(size, 0, False, _beyond_size), index)
    result = []
    for n in reversed(shape) if order == "C" else shape:
        result.append(index % max(n, 1))
        index = index // max(n, 1)
    return tuple(reversed(result)) if order == "C" else tuple(result)


def _invalid_entry(*_):
    return ValueError("invalid entry in coordinates array")


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    """The flat index into an array of shape `dims` of one index array per axis.

    `mode`, one or one per axis, says what happens out of bounds; "raise" raises a
    ValueError.
    """
    dims = ops.as_shape(dims)
    _check_order(order)
    modes = (mode,) * len(dims) if isinstance(mode, str) else tuple(mode)
    if len(multi_index) != len(dims) or len(modes) != len(dims):
        raise ValueError(
            f"parameter multi_index must be a sequence of length {len(dims)}"
        )
    if isinstance(multi_index, _numpy.ndarray):
        multi_index = list(multi_index)
    if math.prod(dims) > _MAX_SIZE:
        raise ValueError(
            "invalid dims: array size defined by dims is larger than the maximum "
            "possible size."
        )
    indices = [_as_flat(i) for i in multi_index]
    shape = ops.broadcast_shape(*(i.shape for i in indices))
    strides = _get_strides(dims, order)
    flat = ops.constant(shape, 0, INT64, ops.home(indices))
    for index, n, each, stride in zip(indices, dims, modes, strides):
        check_mode(each)
        index = normalize(index, Bounds(n, 0, False, _invalid_entry), index, each)
        flat = flat + ops.broadcast(index, shape) * stride
    return flat


def _as_flat(obj):
    if not isinstance(obj, ndarray):
        array = _numpy.asarray(obj)
        if array.size == 0 and not isinstance(obj, _numpy.ndarray):
            raise TypeError(
                "indices must be integral: the provided empty sequence was inferred "
                "as float. Wrap it with 'np.array(indices, dtype=np.intp)'"
            )
        obj = ops.as_array(array)
    if obj.dtype.kind not in "biu":
        raise TypeError("only int indices permitted")
    return ops.cast(obj, INT64)


def _check_order(order):
    if order not in ("C", "F"):
        raise ValueError(f"order must be one of 'C' or 'F' (got {order!r})")


def _get_strides(dims, order):
    strides, stride = [], 1
    for n in reversed(dims) if order == "C" else dims:
        strides.append(stride)
        stride *= n
    return strides[::-1] if order == "C" else strides
