"""Creation of arrays from data, from a value, and as copies of a shape."""

import numpy as _numpy

from . import _core
from . import _ops as ops
from ._core import ndarray
from ._dtypes import as_dtype, kind
from ._interchange import adopt
from ._orders import (
    copy_in_order,
    create_along,
    get_copy_order,
    is_in_order,
    lay_out,
    parse_layout,
    parse_order,
)


def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    """Converts numbers, sequences, buffers and NumPy arrays to an array.

    What is no array yet goes to `device`, by default the default device; arrays of
    other libraries on a GPU are shared. An array that does not lie in `order` is
    copied. Raises TypeError for objects and dtypes that Numloom has not, ValueError
    where `copy=False` would need a copy.
    """
    if type(a) is ndarray and dtype is order is device is None and not copy:
        return a
    a = adopt(a)
    if dtype is not None and isinstance(a, ndarray):
        ops.warn_of_discarded_parts(a.dtype, as_dtype(dtype))
    if _core.holds_array(a):
        result = _stack_elements(a, dtype)
        return result if device is None else _core.to_device(result, device)
    result = _core.asarray(a, None if dtype is None else as_dtype(dtype), copy, device)
    if order is None or is_in_order(result, order):
        return result
    if copy is not None and not copy:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    return copy_in_order(result, order)


def as_operands(operands):
    """The operands of one call as arrays: new ones where the first array lies."""
    home = ops.home(operands)
    return [x if isinstance(x, ndarray) else asarray(x, device=home) for x in operands]


def _stack_elements(elements, dtype):
    """An array of arrays, without evaluating them."""
    result = _core.stack_scalars(elements) if len(elements) < ops.MANY_PARTS else None
    if result is not None:
        return result if dtype is None else ops.cast(result, as_dtype(dtype))
    # Numbers count as arrays do here: beside a float32 they make float64.
    arrays = ops.as_arrays(as_operands(elements))
    if len({x.shape for x in arrays}) > 1:
        raise ValueError(
            "setting an array element with a sequence. The requested array has an "
            "inhomogeneous shape after 1 dimensions."
        )
    rows = [ops.reshape(x, (1, *x.shape)) for x in arrays]
    result = ops.to_c_order(ops.concatenate(rows, 0))
    return result if dtype is None else ops.cast(result, as_dtype(dtype))


asanyarray = asarray


def array(
    object,
    dtype=None,
    *,
    copy=True,
    order="K",
    subok=False,
    ndmin=0,
    ndmax=0,
    like=None,
):
    """Converts `object` as `asarray` does, into an array of its own.

    Its elements lie in `order`; 'K' keeps the order of an array. It has at least
    `ndmin` axes. Raises ValueError for sequences nested deeper than a `ndmax` that
    is not 0.
    """
    if ndmax and ndmin > ndmax:
        raise ValueError(f"ndmin must be <= ndmax ({ndmax})")
    object = adopt(object)
    result = asarray(object, dtype, copy=None if copy else copy)
    if ndmax and result.ndim > ndmax and isinstance(object, (list, tuple)):
        raise ValueError(
            "setting an array element with a sequence. The requested array would "
            f"exceed the maximum number of dimension of {ndmax}."
        )
    if isinstance(object, _numpy.ndarray) and parse_order(order) == "A":
        order = "F" if object.flags.f_contiguous else "C"
    if (copy and result is object) or not is_in_order(result, order):
        result = copy_in_order(result, order)
    if result.ndim < ndmin:
        wide = ops.reshape(result, (1,) * (ndmin - result.ndim) + result.shape)
        result = wide if result is object else _core.own(wide)
    return result


def ascontiguousarray(a, dtype=None, *, like=None):
    """Converts `a` to an array of at least one dimension in C order.

    `a` itself if it is one.
    """
    result = asarray(a, dtype)
    if not result.flags.c_contiguous:
        result = ops.own(result)
    return result if result.ndim else ops.reshape(result, (1,))


def copy(a, order="K", subok=False):
    """A copy of `a` whose elements lie in `order`."""
    return array(a, order=order)


def asnumpy(a, stream=None, order="K", out=None, *, blocking=True):
    """The elements of `a`, evaluated, as a `numpy.ndarray`.

    On the CPU it shares memory with `a` and is read-only; `numpy.array(a)` is a
    writable copy. From a GPU it is a copy, or `out`, in the order of the work on
    `stream`, complete on return.
    """
    if isinstance(a, ndarray) and (stream is not None or out is not None):
        return a.get(stream, order, out)
    return _numpy.asarray(a, order=order)


def frombuffer(buffer, dtype=float, count=-1, offset=0, *, like=None):
    """A 1-D array of the elements in `buffer`."""
    elements = _numpy.frombuffer(buffer, as_dtype(dtype), count, offset)
    result = asarray(elements)
    return result if elements.flags.writeable else _core.freeze(result)


def fromiter(iter, dtype, count=-1, *, like=None):
    """A 1-D array of the elements that `iter` gives."""
    return asarray(_numpy.fromiter(iter, as_dtype(dtype), count))


def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    """An array of `shape` whose elements are `fill_value`, broadcast."""
    value = _broadcast_value(fill_value, ops.as_shape(shape), dtype, device)
    if order == "C":
        return ops.own(value)
    return lay_out(value, _get_axes(value.ndim, order))


def _broadcast_value(value, shape, dtype, device):
    dtype = None if dtype is None else as_dtype(dtype)
    is_plain = isinstance(value, int) or (
        isinstance(value, float) and dtype is not None and kind(dtype) in "fc"
    )
    if dtype is None or is_plain:
        value = asarray(value, dtype, device=device)
    else:
        value = ops.convert(asarray(value, device=device), dtype)
    return ops.broadcast(value, shape)


def _get_axes(ndim, order):
    """The axes from slowest to fastest of a new array in `order`, 'C' or 'F'."""
    axes = list(range(ndim))
    return axes[::-1] if parse_layout(order) else axes


def _create(shape, order, create):
    """What `create(shape)` gives, in `order`."""
    shape = ops.as_shape(shape)
    if order == "C":
        return create(shape)
    return create_along(_get_axes(len(shape), order), shape, create)


def zeros(shape, dtype=float, order="C", *, device=None, like=None):
    """An array of `shape` filled with zeros."""
    dtype = as_dtype(dtype)
    # What the extension calls empty is zero until it is written to.
    return _create(shape, order, lambda s: _core.empty(s, dtype, device))


def ones(shape, dtype=None, order="C", *, device=None, like=None):
    """An array of `shape` filled with ones."""
    dtype = as_dtype(dtype)
    return _create(shape, order, lambda s: ops.constant(s, 1, dtype, device))


def empty(shape, dtype=float, order="C", *, device=None, like=None):
    """An array of `shape` whose elements are arbitrary."""
    dtype = as_dtype(dtype)
    return _create(shape, order, lambda s: _core.empty(s, dtype, device))


class _Like:
    """The shape, dtype, device and order of an array like `a`."""

    def __init__(self, a, dtype, order, shape, device):
        a = ops.as_array(a)
        self.shape = a.shape if shape is None else ops.as_shape(shape)
        self.dtype = a.dtype if dtype is None else as_dtype(dtype)
        self.device = a.device if device is None else device
        self.axes = get_copy_order(a, order)
        if len(self.shape) != a.ndim:
            order = parse_order(order)
            is_fortran = order == "F" or (order == "A" and a.flags.fnc)
            self.axes = _get_axes(len(self.shape), "F" if is_fortran else "C")

    def create(self, function):
        def create(shape):
            return function(shape, self.dtype, device=self.device)

        return create_along(self.axes, self.shape, create)


def zeros_like(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """Zeros of the shape and dtype of `a`, in its order or `order`."""
    return _Like(a, dtype, order, shape, device).create(zeros)


def ones_like(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """Ones of the shape and dtype of `a`, in its order or `order`."""
    return _Like(a, dtype, order, shape, device).create(ones)


def empty_like(
    prototype, dtype=None, order="K", subok=True, shape=None, *, device=None
):
    """Arbitrary elements of the shape and dtype of `prototype`, in its order."""
    return _Like(prototype, dtype, order, shape, device).create(empty)


def full_like(
    a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None
):
    """Elements `fill_value` of the shape and dtype of `a`, in its order."""
    like = _Like(a, dtype, order, shape, device)
    value = _broadcast_value(fill_value, like.shape, like.dtype, like.device)
    return lay_out(value, like.axes)
