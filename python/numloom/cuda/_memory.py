"""Blocks of device memory and pointers into them."""

import ctypes

from .._core import cuda as _cuda
from . import _device
from ._stream import get_current_stream


class Memory:
    """A block from the driver, given back with its last user.

    Args:
        size: Its bytes.
    """

    def __init__(self, size):
        self._block = _cuda.device_allocator().malloc(_cuda.current_device(), size)

    @classmethod
    def _wrap(cls, block):
        memory = cls.__new__(cls)
        memory._block = block
        return memory

    @property
    def ptr(self):
        """The address, an int."""
        return self._block.ptr

    @property
    def size(self):
        """Bytes."""
        return self._block.size

    @property
    def device_id(self):
        """The ordinal of the memory's device."""
        return self._block.device_id

    @property
    def device(self):
        """The memory's device."""
        return _device.Device(self.device_id)

    def __int__(self):
        return self.ptr


class UnownedMemory:
    """Memory that `owner` keeps alive."""

    def __init__(self, ptr, size, owner, device_id=-1):
        self.ptr = ptr
        self.size = size
        self._owner = owner
        self.device_id = _cuda.current_device() if device_id < 0 else device_id

    @property
    def device(self):
        """The memory's device."""
        return _device.Device(self.device_id)

    def __int__(self):
        return self.ptr


class MemoryPointer:
    """An address in a block of memory, which it keeps alive."""

    def __init__(self, mem, offset):
        self.mem = mem
        self.ptr = mem.ptr + offset

    @property
    def device_id(self):
        """The ordinal of the memory's device."""
        return self.mem.device_id

    @property
    def device(self):
        """The memory's device."""
        return self.mem.device

    def __int__(self):
        return self.ptr

    def __add__(self, offset):
        return MemoryPointer(self.mem, self.ptr - self.mem.ptr + offset)

    __radd__ = __add__

    def __sub__(self, offset):
        return self + -offset

    def copy_from_device(self, src, size):
        """Copies bytes from a MemoryPointer, in the order of current streams."""
        _cuda.copy(self.device_id, self.ptr, src.device_id, src.ptr, size)

    def copy_from_host(self, mem, size):
        """Copies bytes from host memory: an address or a ctypes.c_void_p."""
        _cuda.copy(self.device_id, self.ptr, -1, _address(mem), size)

    def copy_from(self, mem, size):
        """Copies bytes from a MemoryPointer or from host memory."""
        if isinstance(mem, MemoryPointer):
            self.copy_from_device(mem, size)
        else:
            self.copy_from_host(mem, size)

    def copy_to_host(self, mem, size):
        """Copies bytes to host memory: an address or a ctypes.c_void_p."""
        _cuda.copy(-1, _address(mem), self.device_id, self.ptr, size)

    def memset(self, value, size):
        """Sets bytes, in the order of the current stream."""
        _cuda.fill(self.device_id, self.ptr, value, size)

    def copy_from_device_async(self, src, size, stream=None):
        """`copy_from_device` in the order of a stream."""
        with stream or get_current_stream(self.device_id):
            self.copy_from_device(src, size)

    def copy_from_host_async(self, mem, size, stream=None):
        """`copy_from_host` in the order of a stream; `mem` may change on return."""
        with stream or get_current_stream(self.device_id):
            self.copy_from_host(mem, size)

    def copy_from_async(self, mem, size, stream=None):
        """`copy_from` in the order of a stream."""
        with stream or get_current_stream(self.device_id):
            self.copy_from(mem, size)

    def copy_to_host_async(self, mem, size, stream=None):
        """`copy_to_host` in the order of a stream; complete on return."""
        with stream or get_current_stream(self.device_id):
            self.copy_to_host(mem, size)

    def memset_async(self, value, size, stream=None):
        """`memset` in the order of a stream."""
        with stream or get_current_stream(self.device_id):
            self.memset(value, size)


def _address(mem):
    return mem.value if isinstance(mem, ctypes.c_void_p) else int(mem)


def malloc_from(allocator, size):
    """A MemoryPointer to memory of a `_core.cuda.Allocator`."""
    block = allocator.malloc(_cuda.current_device(), size)
    return MemoryPointer(Memory._wrap(block), 0)
