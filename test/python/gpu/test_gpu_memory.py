"""Device memory: pools, limits, allocators, hooks, running out."""

import io

import numpy as np
import pytest
from processes import read_output

import numloom as nl

MIB = 1 << 20


def fill(size):
    """An evaluated array of `size` bytes."""
    x = nl.zeros(size, "int8") + nl.int8(1)
    nl.evaluate(x)
    return x


def test_counters(pool):
    used = pool.used_bytes()
    x = fill(3 * MIB)
    assert pool.used_bytes() >= used + 3 * MIB
    assert pool.total_bytes() == pool.used_bytes() + pool.free_bytes()
    del x
    assert pool.used_bytes() == used
    assert pool.free_bytes() >= 3 * MIB
    assert pool.n_free_blocks() >= 1
    nl.cuda.Device().synchronize()
    pool.free_all_blocks()
    assert pool.free_bytes() == 0
    assert pool.n_free_blocks() == 0


def test_freed_memory_is_given_out_again(pool):
    x = fill(8 * MIB)
    total = pool.total_bytes()
    del x
    y = fill(8 * MIB)
    assert pool.total_bytes() == total
    assert int(y.max()) == 1


def test_fused_temporaries_take_no_memory(pool):
    n = 4 * MIB
    a, b, c = (nl.asarray(np.full(n, v, "f4")) for v in (1, 2, 3))
    nl.evaluate(a, b, c)
    before = pool.total_bytes()
    total = float(((a * b + c) ** 2).sum())
    assert pool.total_bytes() - before < 4 * n
    assert total == 25.0 * n


def test_loops_do_not_fragment(pool):
    before = pool.total_bytes()
    sizes = [MIB + 4096 * i for i in range(50)]
    for _ in range(3):
        for size in sizes:
            x = fill(size)
            del x
    assert pool.total_bytes() - before < 64 * MIB


@pytest.mark.parametrize("bound", [-9.0, 0.0, 0.5, 3.0, 9.0])
def test_selections_take_what_they_hold(pool, bound):
    x = np.random.default_rng(1).standard_normal(2 * MIB, "f4")
    a = nl.asarray(x)
    before = pool.used_bytes()
    selected = a[a > bound]
    expected = x[x > bound]
    assert selected.shape == expected.shape
    size = max(-(-expected.nbytes // 512) * 512, 512)
    assert pool.used_bytes() - before == size
    np.testing.assert_array_equal(selected.get(), expected)
    del selected
    assert pool.used_bytes() == before


def test_selections_need_no_room_for_everything(pool):
    x = np.random.default_rng(1).standard_normal(8 * MIB, "f4")
    a = nl.asarray(x)
    nl.cuda.Device().synchronize()
    pool.free_all_blocks()
    # For the mask, which nonzero keeps, but not for all elements or indices.
    pool.set_limit(size=pool.total_bytes() + 12 * MIB)
    for values in (a[a > 3], *nl.nonzero(a > 3)):
        assert values.size == (x > 3).sum()
    np.testing.assert_array_equal(a[a > 3].get(), x[x > 3])
    pool.set_limit(size=0)


def test_limit(pool):
    pool.set_limit(size=pool.used_bytes() + 4 * MIB)
    with pytest.raises(nl.cuda.OutOfMemoryError) as error:
        fill(16 * MIB)
    text = str(error.value)
    assert isinstance(error.value, MemoryError)
    assert str(16 * MIB) in text.replace(",", "")
    assert "limit" in text
    pool.set_limit(size=0)
    assert int(fill(16 * MIB).sum(dtype="int64")) == 16 * MIB


def test_limit_as_a_fraction(pool, gpu):
    pool.set_limit(fraction=0.5)
    assert pool.get_limit() == pytest.approx(gpu.mem_info[1] / 2, rel=0.01)
    with pytest.raises(ValueError, match="exactly one"):
        pool.set_limit(size=1, fraction=0.5)


def test_more_than_the_device_has(pool, gpu):
    total = gpu.mem_info[1]
    for _ in range(3):
        with pytest.raises(nl.cuda.OutOfMemoryError):
            fill(2 * total)
    assert int(fill(1000).sum(dtype="int64")) == 1000


def test_running_out_is_survived(pool, gpu):
    """Blocks of a quarter of what is free, until there are no more."""
    size = gpu.mem_info[0] // 4
    blocks = []
    with pytest.raises(nl.cuda.OutOfMemoryError):
        for _ in range(8):
            blocks.append(fill(size))
    assert len(blocks) >= 3
    assert int(blocks[-1][-1]) == 1
    blocks.clear()
    assert int(fill(size)[-1]) == 1


def test_cached_blocks_are_given_back_when_memory_runs_out(pool, gpu):
    size = gpu.mem_info[0] // 10
    blocks = [fill(size) for _ in range(6)]
    blocks.clear()
    assert pool.free_bytes() >= 6 * size
    assert int(fill(7 * size)[-1]) == 1


def test_memory_pointers(pool):
    pointer = pool.malloc(1000)
    source = np.arange(1000, dtype="u1")
    pointer.copy_from_host(source.ctypes.data, 1000)
    (pointer + 10).memset(7, 5)
    result = np.empty(1000, "u1")
    pointer.copy_to_host(result.ctypes.data, 1000)
    source[10:15] = 7
    np.testing.assert_array_equal(result, source)


def test_async_pool():
    pool = nl.cuda.MemoryAsyncPool()
    with nl.cuda.using_allocator(pool.malloc):
        x = fill(MIB)
        assert int(x.sum(dtype="int64")) == MIB
        assert pool.used_bytes() >= MIB


def test_managed_memory():
    pool = nl.cuda.MemoryPool(nl.cuda.malloc_managed)
    with nl.cuda.using_allocator(pool.malloc):
        assert int(fill(MIB).sum(dtype="int64")) == MIB
    assert pool.total_bytes() >= MIB


def test_allocator_of_python_functions():
    blocks, freed = {}, []

    def allocate(size, device_id):
        pointer = nl.cuda.get_default_memory_pool().malloc(size)
        blocks[pointer.ptr] = pointer
        return pointer.ptr

    def free(address, device_id):
        freed.append(address)
        del blocks[address]

    allocator = nl.cuda.PythonFunctionAllocator(allocate, free)
    with nl.cuda.using_allocator(allocator.malloc):
        x = fill(MIB)
        assert int(x[0]) == 1
        del x
    assert freed
    assert not blocks


class CountingHook(nl.cuda.MemoryHook):
    name = "CountingHook"

    def __init__(self):
        self.events = []

    def malloc_postprocess(self, *, size, mem_ptr, **facts):
        self.events.append(("malloc", size))
        assert mem_ptr

    def free_postprocess(self, **facts):
        self.events.append(("free", None))


def test_hooks():
    with CountingHook() as hook:
        x = fill(3 * MIB)
        del x
    assert ("malloc", 3 * MIB) in hook.events
    assert ("free", None) in hook.events


def test_hooks_that_come_with_the_library():
    out = io.StringIO()
    profile = nl.cuda.memory_hooks.LineProfileHook()
    with nl.cuda.memory_hooks.DebugPrintHook(file=out), profile:
        fill(3 * MIB)
    assert f"size:{3 * MIB}" in out.getvalue()
    report = io.StringIO()
    profile.print_report(report)
    assert "test_gpu_memory.py" in report.getvalue()


def test_environment_limits_the_pool():
    output = read_output(
        "import numloom as nl\nprint(nl.cuda.get_default_memory_pool().get_limit())\n",
        NUMLOOM_GPU_MEMORY_LIMIT=str(64 * MIB),
    )
    assert output == str(64 * MIB)


def test_arrays_of_more_than_half_of_the_memory_are_changed_in_place(pool, room):
    total = nl.cuda.Device().mem_info[1]
    room(int(0.6 * total))
    x = nl.ones(int(0.55 * total) // 4, "float32")
    nl.evaluate(x)
    x *= 3
    x += 4
    nl.evaluate(x)
    assert float(x[0]) == 7
    assert float(x[-1]) == 7
    assert pool.total_bytes() < 0.6 * total
