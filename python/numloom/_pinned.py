"""NumPy arrays in page-locked memory, which GPUs copy from and to at full speed."""

import math

import numpy as _numpy

from . import _ops as ops


def empty_pinned(shape, dtype=float, order="C"):
    """A numpy.ndarray of arbitrary elements in page-locked memory.

    Raises CudaError where no GPU works.
    """
    # Only who uses a GPU needs the package.
    from .cuda import alloc_pinned_memory  # noqa: PLC0415

    shape = ops.as_shape(shape)
    dtype = _numpy.dtype(dtype)
    count = math.prod(shape)
    memory = alloc_pinned_memory(count * dtype.itemsize)
    flat = _numpy.frombuffer(memory, dtype, count)
    return flat.reshape(shape, order=order)


def zeros_pinned(shape, dtype=float, order="C"):
    """A numpy.ndarray of zeros in page-locked memory."""
    result = empty_pinned(shape, dtype, order)
    result[...] = 0
    return result


def empty_like_pinned(a, dtype=None, order="K", subok=None, shape=None):
    """`empty_pinned` of the shape and dtype of `a`."""
    return empty_pinned(*_like(a, dtype, order, shape))


def zeros_like_pinned(a, dtype=None, order="K", subok=None, shape=None):
    """`zeros_pinned` of the shape and dtype of `a`."""
    return zeros_pinned(*_like(a, dtype, order, shape))


def _like(a, dtype, order, shape):
    flags = getattr(a, "flags", None)
    is_fortran = flags is not None and flags.f_contiguous and not flags.c_contiguous
    layout = "F" if order == "F" or (order in "AK" and is_fortran) else "C"
    return a.shape if shape is None else shape, dtype or a.dtype, layout


__all__ = ["empty_like_pinned", "empty_pinned", "zeros_like_pinned", "zeros_pinned"]
