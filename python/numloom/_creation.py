"""Creation of arrays from data, from a value, and as copies of a shape."""

import numpy as _numpy

from . import _core
from . import _ops as ops
from ._core import ndarray
from ._dtypes import as_dtype


def check_device(device):
    if device not in (None, "cpu"):
        raise ValueError(
            f'Device not understood. Only "cpu" is allowed, but received: {device}'
        )


def asarray(a, dtype=None, order=None, *, device=None, copy=None, like=None):
    """Converts numbers, sequences, buffers and NumPy arrays to an array.

    Raises TypeError for objects and dtypes that Numloom has not.
    """
    check_device(device)
    if isinstance(a, (list, tuple)) and any(isinstance(x, ndarray) for x in a):
        return _stack_elements(a, dtype)
    return _core.asarray(a, None if dtype is None else as_dtype(dtype), copy)


def _stack_elements(elements, dtype):
    """An array of arrays, without evaluating them."""
    arrays = ops.as_arrays(elements)
    if len({x.shape for x in arrays}) > 1:
        raise ValueError(
            "setting an array element with a sequence. The requested array has an "
            "inhomogeneous shape after 1 dimensions."
        )
    rows = [ops.reshape(x, (1, *x.shape)) for x in arrays]
    result = ops.concatenate(rows, 0)
    return result if dtype is None else ops.cast(result, as_dtype(dtype))


asanyarray = asarray


def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None):
    """Converts `object` as `asarray` does, into an array of its own."""
    result = asarray(object, dtype, copy=copy or None)
    if result.ndim < ndmin:
        result = ops.reshape(result, (1,) * (ndmin - result.ndim) + result.shape)
    return result


def ascontiguousarray(a, dtype=None, *, like=None):
    """Converts `a` to an array of at least one dimension."""
    result = asarray(a, dtype)
    return result if result.ndim else ops.reshape(result, (1,))


def copy(a, order="K", subok=False):
    """A copy of `a`."""
    return array(a)


def asnumpy(a):
    """The elements of `a`, evaluated, as a read-only `numpy.ndarray`.

    It shares memory with `a`; `numpy.array(a)` is a writable copy.
    """
    return _numpy.asarray(a)


def frombuffer(buffer, dtype=float, count=-1, offset=0, *, like=None):
    """A 1-D array of the elements in `buffer`."""
    return asarray(_numpy.frombuffer(buffer, as_dtype(dtype), count, offset))


def fromiter(iter, dtype, count=-1, *, like=None):
    """A 1-D array of the elements that `iter` gives."""
    return asarray(_numpy.fromiter(iter, as_dtype(dtype), count))


def full(shape, fill_value, dtype=None, order="C", *, device=None, like=None):
    """An array of `shape` whose elements are `fill_value`, broadcast."""
    check_device(device)
    value = ops.as_array(fill_value, None if dtype is None else as_dtype(dtype))
    return ops.own(ops.broadcast(value, ops.as_shape(shape)))


def zeros(shape, dtype=float, order="C", *, device=None, like=None):
    """An array of `shape` filled with zeros."""
    check_device(device)
    return ops.constant(ops.as_shape(shape), 0, as_dtype(dtype))


def ones(shape, dtype=None, order="C", *, device=None, like=None):
    """An array of `shape` filled with ones."""
    check_device(device)
    return ops.constant(ops.as_shape(shape), 1, as_dtype(dtype))


def empty(shape, dtype=float, order="C", *, device=None, like=None):
    """An array of `shape` whose elements are arbitrary."""
    check_device(device)
    return _core.empty(ops.as_shape(shape), as_dtype(dtype))


def _like(a, dtype, shape):
    """The shape and dtype of an array like `a`."""
    a = ops.as_array(a)
    shape = a.shape if shape is None else ops.as_shape(shape)
    return shape, a.dtype if dtype is None else as_dtype(dtype)


def zeros_like(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """Zeros of the shape and dtype of `a`."""
    return zeros(*_like(a, dtype, shape), device=device)


def ones_like(a, dtype=None, order="K", subok=True, shape=None, *, device=None):
    """Ones of the shape and dtype of `a`."""
    return ones(*_like(a, dtype, shape), device=device)


def empty_like(
    prototype, dtype=None, order="K", subok=True, shape=None, *, device=None
):
    """Arbitrary elements of the shape and dtype of `prototype`."""
    return empty(*_like(prototype, dtype, shape), device=device)


def full_like(
    a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None
):
    """Elements `fill_value` of the shape and dtype of `a`."""
    shape, dtype = _like(a, dtype, shape)
    return full(shape, fill_value, dtype, device=device)
