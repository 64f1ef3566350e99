"""GPUs: devices, streams, events and memory, under CuPy's names.

Importing this touches nothing of CUDA. `is_available` says whether a GPU works;
everything else raises CudaError where none does.
"""

from .._core import CudaError, OutOfMemoryError
from .._core import cuda as _cuda
from . import memory_hooks, runtime
from ._allocators import (
    PythonFunctionAllocator,
    alloc,
    get_allocator,
    malloc,
    malloc_async,
    malloc_managed,
    set_allocator,
    using_allocator,
)
from ._device import Device, get_device_id
from ._hooks import MemoryHook
from ._memory import Memory, MemoryPointer, UnownedMemory
from ._pinned import (
    PinnedMemoryPointer,
    PinnedMemoryPool,
    alloc_pinned_memory,
    get_default_pinned_memory_pool,
)
from ._pools import MemoryAsyncPool, MemoryPool, get_default_memory_pool
from ._stream import (
    Event,
    ExternalStream,
    Stream,
    get_current_stream,
    get_elapsed_time,
)

is_available = _cuda.is_available

__all__ = [
    "CudaError",
    "Device",
    "Event",
    "ExternalStream",
    "Memory",
    "MemoryAsyncPool",
    "MemoryHook",
    "MemoryPointer",
    "MemoryPool",
    "OutOfMemoryError",
    "PinnedMemoryPointer",
    "PinnedMemoryPool",
    "PythonFunctionAllocator",
    "Stream",
    "UnownedMemory",
    "alloc",
    "alloc_pinned_memory",
    "get_allocator",
    "get_current_stream",
    "get_default_memory_pool",
    "get_default_pinned_memory_pool",
    "get_device_id",
    "get_elapsed_time",
    "is_available",
    "malloc",
    "malloc_async",
    "malloc_managed",
    "memory_hooks",
    "runtime",
    "set_allocator",
    "using_allocator",
]
