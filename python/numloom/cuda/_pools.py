"""Pools of device memory."""

from .._core import cuda as _cuda
from . import _allocators
from ._memory import malloc_from


def _submitted_device():
    """The calling thread's device, whose arrays have got their memory."""
    device = _cuda.current_device()
    _cuda.submit(device)
    return device


class _BasePool:
    """What all pools can do, on the calling thread's device.

    Figures count the memory of arrays that are not computed yet: what such arrays
    wait for is submitted first.
    """

    def malloc(self, size):
        """A MemoryPointer to at least `size` bytes for the current stream."""
        return malloc_from(self._pool.allocator, size)

    def used_bytes(self):
        """Bytes in blocks that somebody holds."""
        return self._pool.used_bytes(_submitted_device())

    def free_bytes(self):
        """Bytes in blocks that can be given out."""
        return self._pool.free_bytes(_submitted_device())

    def total_bytes(self):
        """Bytes in all blocks."""
        return self._pool.total_bytes(_submitted_device())


class MemoryPool(_BasePool):
    """A pool that keeps freed memory, by device and stream.

    Args:
        allocator: What its memory comes from: a function from a size to a
            MemoryPointer, such as `malloc_managed`. By default the driver.
    """

    def __init__(self, allocator=None):
        base = None if allocator is None else _allocators.to_native(allocator)
        self._pool = _cuda.create_pool(base)

    @classmethod
    def _wrap(cls, pool):
        result = cls.__new__(cls)
        result._pool = pool
        return result

    def n_free_blocks(self):
        """The number of blocks that can be given out."""
        return self._pool.n_free_blocks(_submitted_device())

    def free_all_blocks(self, stream=None):
        """Gives free blocks, of one stream or of all, back to the device."""
        handle = None if stream is None else stream._handle
        self._pool.free_all_blocks(_cuda.current_device(), handle)

    def free_all_free(self):
        """The same, of all streams."""
        self.free_all_blocks()

    def set_limit(self, size=None, fraction=None):
        """Bounds the total bytes: by `size`, or a fraction of the device's memory.

        0 removes the bound. Raises ValueError unless exactly one is given.
        """
        if (size is None) == (fraction is None):
            raise ValueError("exactly one of size and fraction must be given")
        device = _cuda.current_device()
        if fraction is not None:
            self._pool.set_limit_fraction(device, fraction)
        elif size < 0:
            raise ValueError(f"the memory limit must not be negative: {size}")
        else:
            self._pool.set_limit(device, size)

    def get_limit(self):
        """The bound of the total bytes; 0 means none."""
        return self._pool.get_limit(_cuda.current_device())


class MemoryAsyncPool(_BasePool):
    """The driver's stream-ordered pools.

    Args:
        pool_handles: 'current', 'default' or 'create': which pool of each device.
    """

    def __init__(self, pool_handles="current"):
        self._pool = _cuda.create_async_pool(pool_handles)

    def free_all_blocks(self, stream=None):
        """Gives unused memory back to the device."""
        self._pool.free_all_blocks(_cuda.current_device())

    def n_free_blocks(self):
        """Raises NotImplementedError: the driver does not tell."""
        raise NotImplementedError("the driver does not tell the number of blocks")

    def set_limit(self, size=None, fraction=None):
        """Raises NotImplementedError: the driver's pools have no bound."""
        raise NotImplementedError("the driver's pools have no bound")

    def get_limit(self):
        """Raises NotImplementedError: the driver's pools have no bound."""
        raise NotImplementedError("the driver's pools have no bound")


_default = MemoryPool._wrap(_cuda.default_pool())


def get_default_memory_pool():
    """The pool that arrays come from unless told otherwise."""
    return _default
