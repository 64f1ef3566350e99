"""`ndarray(shape, ...)`: NumPy's constructor, also on the memory of a buffer."""

import numpy as _numpy

from . import _core
from . import _ops as ops
from ._creation import empty
from ._dtypes import as_dtype
from ._interchange import from_dlpack
from ._orders import parse_order


def construct(shape, dtype=float, buffer=None, offset=0, strides=None, order=None):
    """An array of `shape` whose elements are arbitrary, or those of `buffer`.

    On a buffer, which may be an array, it is a view: each sees what is written to
    the other. It begins `offset` bytes into it; `strides` are in bytes, those of
    'C' or 'F' as `order` says by default. Raises TypeError for buffers that are too
    small, ValueError for strides that leave the buffer, NotImplementedError for
    elements at addresses or strides that are no multiples of their size.
    """
    dtype, shape = as_dtype(dtype), ops.as_shape(shape)
    order = "F" if parse_order(order) == "F" else "C"
    if buffer is None and strides is None:
        return empty(shape, dtype, order)
    if buffer is None:
        # NumPy's array of the same form only says what the strides may be.
        plan = _numpy.ndarray(shape, dtype, None, 0, strides, order)
        return _core.own(_place(empty(plan.size, dtype), plan, 0))
    if isinstance(buffer, _core.ndarray):
        memory = _numpy.empty(buffer.nbytes, "uint8")
        plan = _numpy.ndarray(shape, dtype, memory, offset, strides, order)
        elements = _as_elements(buffer, dtype)
    else:
        plan = _numpy.ndarray(shape, dtype, buffer, offset, strides, order)
        elements = _share_elements(buffer, dtype, offset % dtype.itemsize)
        offset -= offset % dtype.itemsize
    if offset % dtype.itemsize or any(n % dtype.itemsize for n in plan.strides):
        raise NotImplementedError("elements lie at multiples of their size")
    return _place(elements, plan, offset // dtype.itemsize)


def _as_elements(array, dtype):
    """The memory of `array` as elements of `dtype`, one behind the other."""
    flags = array.flags
    if not flags.forc:
        raise ValueError("ndarray is not contiguous")
    flat = ops.reshape(array if flags.c_contiguous else array.T, (-1,))
    return flat if flat.dtype == dtype else flat.view(dtype)


def _share_elements(buffer, dtype, offset):
    """The memory of `buffer`, from `offset` on, as elements of `dtype`."""
    memory = memoryview(buffer).cast("B")
    count = (len(memory) - offset) // dtype.itemsize
    elements = _numpy.ndarray(count, dtype, memory, offset)
    if not elements.flags.aligned:
        raise NotImplementedError("elements lie at multiples of their size")
    return from_dlpack(elements)


def _place(elements, plan, first):
    """A view of `elements` from number `first` on in the form of `plan`."""
    if plan.size == 0:
        return empty(plan.shape, plan.dtype, device=elements.device)
    return _core.as_strided(elements[first:], plan.shape, plan.strides)


def construct_from(arguments, keywords):
    """The call of `ndarray` with these arguments."""
    return construct(*arguments, **keywords)
