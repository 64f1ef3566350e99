"""Pools, allocators and memory hooks."""

import gc
import io

import numpy as np
import pytest
from processes import read_output

import numloom as nl
from numloom import cuda
from numloom.cuda.memory_hooks import DebugPrintHook, LineProfileHook


def test_pools_are_at_the_top_too(pool):
    assert nl.get_default_memory_pool() is pool
    pinned = cuda.get_default_pinned_memory_pool()
    assert nl.get_default_pinned_memory_pool() is pinned


def make(size=1000):
    return nl.asarray(np.ones(size))


def test_arrays_come_from_the_default_pool(pool):
    x = make()
    assert pool.used_bytes() == 8192
    del x
    assert pool.used_bytes() == 0
    assert pool.free_bytes() == pool.total_bytes() == 8192
    assert pool.n_free_blocks() == 1
    pool.free_all_blocks()
    assert pool.total_bytes() == 0


def test_limits(pool):
    pool.set_limit(size=1 << 20)
    assert pool.get_limit() == 1 << 20
    with pytest.raises(cuda.OutOfMemoryError, match="limit: 1048576"):
        make(1 << 20)
    make(100)
    pool.set_limit(fraction=0.5)
    assert pool.get_limit() == cuda.Device().mem_info[1] // 2
    with cuda.Device(1):
        assert pool.get_limit() == 0
    for wrong in ({}, {"size": 1, "fraction": 0.5}, {"size": -1}, {"fraction": 2}):
        with pytest.raises(ValueError, match=r"."):
            pool.set_limit(**wrong)


def test_cycles_are_collected_before_memory_runs_out(pool):
    pool.set_limit(size=1 << 20)
    gc.disable()
    try:
        cycle = [make(100000)]
        cycle.append(cycle)
        del cycle
        make(100000)
    finally:
        gc.enable()


def test_memory_pointers():
    memory = cuda.alloc(100)
    assert memory.device == "cuda:0"
    memory.memset(3, 100)
    values = np.zeros(100, "u1")
    memory.copy_to_host(values.ctypes.data, 100)
    assert (values == 3).all()
    (memory + 50).copy_from(np.arange(50, dtype="u1").ctypes.data, 50)
    other = cuda.alloc(100)
    other.copy_from(memory, 100)
    other.copy_to_host_async(values.ctypes.data, 100, cuda.Stream())
    assert values[48:53].tolist() == [3, 3, 0, 1, 2]


def test_a_pool_of_managed_memory():
    pool = cuda.MemoryPool(cuda.malloc_managed)
    with cuda.using_allocator(pool.malloc):
        assert cuda.get_allocator() == pool.malloc
        x = make()
        assert pool.used_bytes() == 8192
        with pytest.raises(ValueError, match="inside using_allocator"):
            cuda.set_allocator(pool.malloc)
    np.testing.assert_array_equal(x.get(), np.ones(1000))
    del x
    assert pool.used_bytes() == 0


def test_set_allocator(pool):
    before = cuda.get_allocator()
    cuda.set_allocator(cuda.malloc)
    try:
        x = make()
        assert pool.used_bytes() == 0
        assert x.get().sum() == 1000
    finally:
        cuda.set_allocator(before)
    x = make()
    assert pool.used_bytes() == 8192


def test_functions_as_allocators():
    log = []

    def malloc(size, device):
        log.append(("malloc", device))
        memory = cuda.malloc_managed(size)
        kept[memory.ptr] = memory
        return memory.ptr

    def free(pointer, device):
        log.append(("free", device))
        del kept[pointer]

    kept = {}
    allocator = cuda.PythonFunctionAllocator(malloc, free)
    with cuda.using_allocator(allocator.malloc):
        x = make()
    assert x.get().sum() == 1000
    del x
    assert log == [("malloc", 0), ("free", 0)]


def test_any_function_is_an_allocator():
    def malloc(size):
        sizes.append(size)
        return cuda.malloc_managed(size)

    sizes = []
    with cuda.using_allocator(malloc):
        assert make().get().sum() == 1000
    assert sizes == [8000]


def test_what_an_allocator_raises_is_raised():
    def malloc(size):
        raise KeyError("no room")

    with cuda.using_allocator(malloc), pytest.raises(KeyError, match="no room"):
        make()
    assert make().get().sum() == 1000


def test_the_drivers_pool():
    pool = cuda.MemoryAsyncPool()
    with cuda.using_allocator(pool.malloc):
        x = make()
    assert pool.used_bytes() >= 8000
    assert x.get().sum() == 1000
    with cuda.using_allocator(cuda.malloc_async):
        make()
    with pytest.raises(ValueError, match="'current', 'default' or 'create'"):
        cuda.MemoryAsyncPool("mine")


def test_pinned_memory():
    pool = cuda.get_default_pinned_memory_pool()
    memory = pool.malloc(64)
    assert memory.size() == 64
    np.frombuffer(memory, "u1")[...] = range(64)
    rest = memory + 16
    assert rest.ptr == int(rest) == memory.ptr + 16
    assert bytes(rest) == bytes(range(16, 64))
    with pytest.raises(ValueError, match="outside"):
        rest + 49
    del rest
    del memory
    assert pool.n_free_blocks() >= 1
    pool.free_all_blocks()
    assert pool.n_free_blocks() == 0


def test_debug_print_hook(pool):
    text = io.StringIO()
    with DebugPrintHook(text):
        x = make(4)
        del x
    events = [line.split(",")[0] for line in text.getvalue().splitlines()]
    assert events == [
        f"{event}_{when}process"
        for event, when in (
            ("malloc", "pre"),
            ("alloc", "pre"),
            ("alloc", "post"),
            ("malloc", "post"),
            ("free", "pre"),
            ("free", "post"),
        )
    ]
    make(4)
    assert len(text.getvalue().splitlines()) == 6
    assert "device_id:0,size:32,mem_size:512" in text.getvalue()


def test_line_profile_hook(pool):
    text = io.StringIO()
    with LineProfileHook() as hook:
        x = make(4)
        del x
        make(4)
    hook.print_report(text)
    lines = text.getvalue().splitlines()
    assert lines[0] == "_root (64.00B, 512.00B)"
    assert any("test_fake_memory.py:make" in line for line in lines)


def test_what_a_hook_raises_ends_the_allocation(pool):
    class Hook(cuda.MemoryHook):
        name = "Hook"

        def malloc_preprocess(self, **facts):
            raise ValueError("not now")

    with Hook():
        with pytest.raises(ValueError, match="not now"):
            make()
        with pytest.raises(RuntimeError, match="active already"), Hook():
            pass
    assert make().get().sum() == 1000


IN_PLACE = """
import numpy, numloom as nl
pool = nl.cuda.get_default_memory_pool()
x = nl.asarray(numpy.zeros(80 << 20, "f8"))
nl.evaluate(x)
x *= 3
x += 4
nl.evaluate(x)
y = x[1:]
print(pool.used_bytes() >> 20, pool.total_bytes() >> 20)
try:
    nl.evaluate(x * 2)
except nl.cuda.OutOfMemoryError:
    print("no room for another")
"""


def test_arrays_of_more_than_half_of_the_memory_are_changed_in_place():
    """Of 1 GiB."""
    output = read_output(
        IN_PLACE,
        NUMLOOM_FAKE_KERNELS="1",
        NUMLOOM_DISK_CACHE="0",
        NUMLOOM_DEVICE="cuda",
    )
    assert output == "640 640\nno room for another"
