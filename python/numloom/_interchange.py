"""Arrays on the memory of other libraries: DLPack and the CUDA array interface."""

import numpy as _numpy

from . import _core
from ._core import ndarray

# DLPack's numbers for devices, and those in whose memory CUDA's streams work.
_CPU = (1, 0)
_CUDA, _CUDA_HOST, _CUDA_MANAGED = 2, 3, 13
_STREAMED = (_CUDA, _CUDA_MANAGED)
_KNOWN = (_CPU[0], _CUDA_HOST, *_STREAMED)
_MAX_VERSION = (1, 0)


def from_dlpack(x, /, *, device=None, copy=None):
    """An array on the memory of `x`, an array of any library with DLPack.

    The memory is shared unless `copy` is true or `device` is another one; work on
    the result waits for the work that `x` waits for. Raises BufferError for dtypes
    and devices that Numloom has not, ValueError where `copy=False` cannot be kept,
    AttributeError for objects without DLPack.
    """
    kind, ordinal = x.__dlpack_device__()
    request = {}
    if kind in _STREAMED:
        request["stream"] = _core.stream_number(ordinal)
    elif kind not in _KNOWN and device == "cpu":
        request["dl_device"] = _CPU
    if copy is not None:
        request["copy"] = copy
    result = _core.from_capsule(_get_capsule(x, request), copy is True)
    if device is None:
        return result
    moved = _core.to_device(result, device)
    if copy is False and moved is not result:
        raise ValueError(
            "Unable to avoid copy while creating an array on another device."
        )
    return moved


def _get_capsule(x, request):
    """The capsule of `x`, also from libraries that know no versions of DLPack."""
    try:
        return x.__dlpack__(max_version=_MAX_VERSION, **request)
    except TypeError:
        if "dl_device" in request or request.get("copy") is False:
            raise
    # from_capsule makes the copy where the library does not.
    stream = {key: request[key] for key in ("stream",) if key in request}
    return x.__dlpack__(**stream)


def adopt(x):
    """`x`, or if it is an array of another library on a GPU an array on its memory.

    Work on that array waits for the stream that `x` names. Raises TypeError for
    dtypes that Numloom has not and for masked arrays.
    """
    if isinstance(x, ndarray):
        return x
    # Of a library that has arrays on the CPU, too, only those on a GPU have it.
    interface = getattr(x, "__cuda_array_interface__", None)
    if interface is None:
        return x
    if interface.get("mask") is not None:
        raise TypeError("masked arrays of __cuda_array_interface__ are not supported")
    pointer, read_only = interface["data"]
    return _core.wrap_memory(
        x,
        pointer or 0,
        interface["shape"],
        interface.get("strides"),
        _numpy.dtype(interface["typestr"]),
        read_only,
        interface.get("stream"),
    )


def get_memory(x):
    """The memory of `x`, which others may write to from then on.

    Of an array on the CPU a memoryview, as NumPy's `data`; of one on a GPU a
    `cuda.MemoryPointer` to its first element, as CuPy's.
    """
    if x.device == "cpu":
        return memoryview(_numpy.asarray(x, copy=False))
    from .cuda import MemoryPointer, UnownedMemory  # noqa: PLC0415

    pointer, _ = x.__cuda_array_interface__["data"]
    return MemoryPointer(UnownedMemory(pointer, x.nbytes, x, x.device.id), 0)


def to_capsule(x):
    """A capsule of DLPack, for libraries that take no arrays."""
    return x.__dlpack__()
