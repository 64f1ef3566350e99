"""Page-locked host memory, which devices copy from and to at full speed."""

from .._core import cuda as _cuda

PinnedMemoryPointer = _cuda.PinnedMemoryPointer


def alloc_pinned_memory(size):
    """A PinnedMemoryPointer to `size` bytes; its buffer is writable memory.

    `numpy.frombuffer(pointer, dtype, count)` is an array there.
    """
    return _cuda.alloc_pinned(size)


class PinnedMemoryPool:
    """The process's pool of page-locked memory."""

    def malloc(self, size):
        """A PinnedMemoryPointer to `size` bytes."""
        return alloc_pinned_memory(size)

    def free_all_blocks(self):
        """Gives cached memory back to the system."""
        _cuda.free_pinned_blocks()

    def n_free_blocks(self):
        """The number of cached blocks."""
        return _cuda.count_pinned_blocks()


_default = PinnedMemoryPool()


def get_default_pinned_memory_pool():
    """The pool that staging buffers and pinned arrays come from."""
    return _default
