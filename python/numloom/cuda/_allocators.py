"""Where arrays get their memory."""

import contextlib
import functools
import threading
import types

from .._core import cuda as _cuda
from . import _pools
from ._memory import MemoryPointer, UnownedMemory, malloc_from

_managed = _cuda.managed_allocator()
_device = _cuda.device_allocator()


class _ThreadChoice(threading.local):
    """The function of `using_allocator`, or None."""

    allocator = None


_thread = _ThreadChoice()
#: The function of `set_allocator`, or None.
_process = types.SimpleNamespace(allocator=None)


def alloc(size):
    """A MemoryPointer to `size` bytes from the current allocator."""
    return malloc_from(_cuda.get_allocator(), size)


def malloc(size):
    """A MemoryPointer to `size` bytes from the driver, past every pool."""
    return malloc_from(_device, size)


def malloc_managed(size):
    """A MemoryPointer to `size` bytes that host and devices reach."""
    return malloc_from(_managed, size)


def malloc_async(size):
    """A MemoryPointer to `size` bytes of the driver's stream-ordered pool."""
    return malloc_from(_get_async_pool().allocator, size)


@functools.cache
def _get_async_pool():
    return _cuda.create_async_pool("current")


class _OwnedByFunction:
    """Memory of a PythonFunctionAllocator, freed with its last user."""

    def __init__(self, allocator, size, device_id):
        self._allocator = allocator
        self.device_id = device_id
        self.size = size
        self.ptr = allocator._malloc(size, device_id)

    def __del__(self):
        if "ptr" in self.__dict__:
            self._allocator._free(self.ptr, self.device_id)


class PythonFunctionAllocator:
    """An allocator of two functions; arrays use it by `set_allocator(x.malloc)`.

    Args:
        malloc_func: `malloc_func(size, device_id)` returns an address.
        free_func: `free_func(address, device_id)`.
    """

    def __init__(self, malloc_func, free_func):
        self._malloc = malloc_func
        self._free = free_func

    def malloc(self, size):
        """A MemoryPointer to `size` bytes."""
        return self._allocate(size, _cuda.current_device())

    def _allocate(self, size, device_id):
        owner = _OwnedByFunction(self, size, device_id)
        memory = UnownedMemory(owner.ptr, size, owner, device_id)
        return MemoryPointer(memory, 0)


def to_native(allocator):
    """The `_core.cuda.Allocator` of a function from a size to a MemoryPointer."""
    owner = getattr(allocator, "__self__", None)
    if isinstance(owner, _pools._BasePool):
        return owner._pool.allocator
    if isinstance(owner, PythonFunctionAllocator):
        return _cuda.python_allocator(owner._allocate)
    if allocator is malloc_async:
        return _get_async_pool().allocator
    known = {malloc_managed: _managed, malloc: _device}
    if allocator in known:
        return known[allocator]
    return _cuda.python_allocator(lambda size, device_id: allocator(size))


def get_allocator():
    """The function from a size to a MemoryPointer that the thread's arrays use."""
    chosen = _thread.allocator or _process.allocator
    return chosen or _pools.get_default_memory_pool().malloc


def set_allocator(allocator=None):
    """Sets what arrays of all threads get their memory from.

    Args:
        allocator: A function from a size to a MemoryPointer, such as the `malloc` of
            a pool; None: the driver, past every pool.

    Raises ValueError inside `using_allocator`.
    """
    if _thread.allocator:
        raise ValueError("set_allocator() cannot be called inside using_allocator()")
    _process.allocator = allocator or malloc
    _cuda.set_allocator(to_native(_process.allocator))


@contextlib.contextmanager
def using_allocator(allocator=None):
    """Sets what the calling thread's arrays get their memory from, for a while."""
    function = allocator or malloc
    outer = _thread.allocator
    previous = _cuda.set_thread_allocator(to_native(function))
    _thread.allocator = function
    try:
        yield
    finally:
        _thread.allocator = outer
        _cuda.set_thread_allocator(previous)
