"""Watching what memory pools do."""

import threading

from .._core import cuda as _cuda

_entered = threading.local()


class MemoryHook:
    """Base of objects that are told what pools do while they are entered.

    A hook is a context manager of the calling thread. Subclasses override some of
    the methods, which get keyword arguments; what `alloc_preprocess` and
    `malloc_preprocess` raise ends the allocation. They must not compute arrays.
    """

    name = "MemoryHook"

    def __enter__(self):
        active = vars(_entered).setdefault("hooks", {})
        if self.name in active:
            raise RuntimeError(f"memory hook {self.name} is active already")
        handle = _cuda.create_hook(self)
        _cuda.add_hook(handle)
        active[self.name] = handle
        return self

    def __exit__(self, *error):
        _cuda.remove_hook(_entered.hooks.pop(self.name))

    def alloc_preprocess(self, *, device_id, mem_size):
        """Before a pool takes memory from its allocator."""

    def alloc_postprocess(self, *, device_id, mem_size, mem_ptr):
        """After a pool took memory from its allocator."""

    def malloc_preprocess(self, *, device_id, size, mem_size):
        """Before a pool gives out a block."""

    def malloc_postprocess(self, *, device_id, size, mem_size, mem_ptr, pmem_id):
        """After a pool gave out a block."""

    def free_preprocess(self, *, device_id, mem_size, mem_ptr, pmem_id):
        """Before a block goes back to its pool."""

    def free_postprocess(self, *, device_id, mem_size, mem_ptr, pmem_id):
        """After a block went back to its pool."""
