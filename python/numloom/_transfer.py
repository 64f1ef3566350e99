"""Arrays from one device to another, and to and from NumPy."""

import numpy as _numpy

from . import _core
from ._core import get_default_device, set_default_device, to_device


def get(self, stream=None, order="C", out=None, blocking=True):
    """A copy of the elements as a `numpy.ndarray`.

    Args:
        stream: The numloom.cuda.Stream in whose order they are copied, by default
            the current one of the array's device.
        order: Memory layout of the result: 'C', 'F' or 'A'.
        out: The C-contiguous numpy.ndarray that takes them; of equal shape and dtype.
        blocking: Accepted; the copy is complete on return.
    """
    if stream is not None:
        with stream:
            return get(self, None, order, out)
    if out is None:
        # Of the memory of a GPU it is a copy already.
        copy = None if self.device != "cpu" else True
        return _numpy.array(_numpy.asarray(self), order=order, copy=copy)
    if not isinstance(out, _numpy.ndarray):
        raise TypeError("Only numpy.ndarray can be obtained from numloom.ndarray")
    if out.shape != self.shape:
        raise ValueError(f"Shape mismatch. Expected {self.shape}, actual {out.shape}")
    if out.dtype != self.dtype:
        raise TypeError(f"{out.dtype} array cannot be obtained from {self.dtype} array")
    if out.flags.c_contiguous:
        _core.read_into(self, out)
    else:
        out[...] = _numpy.asarray(self)
    return out


def set(self, arr, stream=None):
    """Gives the array the elements of `arr`, a NumPy array of equal shape and dtype.

    They are copied in the order of `stream`; `arr` may change on return. Raises
    TypeError or ValueError where dtype or shape differ.
    """
    if stream is not None:
        with stream:
            set(self, arr)
        return
    if not isinstance(arr, _numpy.ndarray):
        raise TypeError("Only numpy.ndarray can be set to numloom.ndarray")
    if arr.dtype != self.dtype:
        raise TypeError(f"{arr.dtype} array cannot be set to {self.dtype} array")
    if arr.shape != self.shape:
        raise ValueError(f"Shape mismatch. Expected {self.shape}, actual {arr.shape}")
    _core.assign(self, _core.asarray(arr, None, None, self))


def move_to_device(self, device, /, *, stream=None):
    """The array on `device`: itself if it lies there, else a copy."""
    if stream is None:
        return to_device(self, device)
    with stream:
        return to_device(self, device)


move_to_device.__name__ = "to_device"

__all__ = ["get_default_device", "set_default_device"]
