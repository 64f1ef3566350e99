"""Small programs as users of CuPy write them, with the name of the module exchanged."""

import time

import numpy as np
import pytest

import numloom as cp

needs_gpu = pytest.mark.skipif(not cp.cuda.is_available(), reason="no GPU")
MEGABYTES = 1e6


@pytest.fixture
def on_gpu():
    """Makes the first GPU the default device, as it is where there is one."""
    previous = cp.get_default_device()
    cp.set_default_device("cuda:0")
    yield
    cp.cuda.Device(0).synchronize()
    cp.get_default_memory_pool().free_all_blocks()
    cp.set_default_device(previous)


def synchronize():
    if cp.cuda.is_available():
        cp.cuda.Stream.null.synchronize()


def add_vectors(n):
    """Adds two vectors made by either library; gives what was printed."""
    a_cpu = np.random.default_rng(0).standard_normal(n).astype(np.float32)
    b_cpu = np.random.default_rng(1).standard_normal(n).astype(np.float32)
    a = cp.random.randn(n).astype(cp.float32)
    b = cp.random.randn(n).astype(cp.float32)
    _ = a + b
    synchronize()

    start = time.time()
    c = a + b
    synchronize()
    elapsed = time.time() - start
    lines = [
        f"Array size: {n:,} elements ({n * 4 / MEGABYTES:.1f} MB per array)",
        f"Time: {elapsed:.4f} seconds",
        f"First 5 elements: {cp.asnumpy(c[:5])}",
    ]
    host = cp.asnumpy(a), cp.asnumpy(b), cp.asnumpy(c)
    assert host[2].dtype == np.float32
    np.testing.assert_array_equal(host[0] + host[1], host[2])

    back = cp.asnumpy(cp.asarray(a_cpu) + cp.asarray(b_cpu))
    synchronize()
    assert np.allclose(a_cpu + b_cpu, back)
    lines.append(f"Max difference: {np.max(np.abs(a_cpu + b_cpu - back))}")
    return lines


def test_vector_addition():
    lines = add_vectors(50_000)
    assert lines[0] == "Array size: 50,000 elements (0.2 MB per array)"
    assert lines[2].startswith("First 5 elements: [")
    assert lines[3] == "Max difference: 0.0"


def test_many_operations_without_transfer():
    a_cpu, b_cpu = np.linspace(0, 1, 1000), np.linspace(1, 2, 1000)
    c = cp.asarray(a_cpu) + cp.asarray(b_cpu)
    d = c * 2.0
    e = cp.sin(d)
    result = cp.asnumpy(e)
    np.testing.assert_allclose(result, np.sin((a_cpu + b_cpu) * 2.0), rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_matrix_multiplication(dtype):
    size = 200
    a_cpu = np.random.default_rng(0).standard_normal((size, size)).astype(dtype)
    b_cpu = np.random.default_rng(1).standard_normal((size, size)).astype(dtype)

    a = cp.random.randn(size, size).astype(dtype)
    b = cp.random.randn(size, size).astype(dtype)
    _ = a @ b
    synchronize()
    start = time.time()
    c = a @ b
    synchronize()
    gflops = 2 * size**3 / max(time.time() - start, 1e-9) / 1e9
    assert gflops > 0
    assert (c.shape, c.dtype) == ((size, size), dtype)
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(
        cp.asnumpy(c),
        cp.asnumpy(a) @ cp.asnumpy(b),
        rtol=tolerance,
        atol=tolerance * 50,
    )

    a_test, b_test = a_cpu[:100, :100], b_cpu[:100, :100]
    product = cp.asnumpy(cp.asarray(a_test) @ cp.asarray(b_test))
    assert np.allclose(a_test @ b_test, product, rtol=1e-5, atol=1e-4)


def test_fallback_to_numpy():
    try:
        xp = cp
        x = xp.random.randn(10_000)
    except Exception:
        xp = np
        x = xp.random.randn(10_000)
    assert xp is cp
    # The mean of 10,000 squares of normal numbers deviates by sqrt(2) / 100.
    assert abs(float(xp.sum(x**2)) / 10_000 - 1) < 0.1


@needs_gpu
@pytest.mark.usefixtures("on_gpu")
def test_memory_pool():
    mempool = cp.get_default_memory_pool()
    mempool.free_all_blocks()
    before = mempool.used_bytes()
    a = cp.random.randn(1000, 1000)
    b = cp.random.randn(1000, 1000)
    # Recorded arrays take memory when they are computed.
    cp.cuda.Stream.null.synchronize()
    assert mempool.used_bytes() - before >= a.nbytes + b.nbytes

    del a, b
    assert mempool.used_bytes() == before
    assert mempool.total_bytes() >= before + 16_000_000
    mempool.free_all_blocks()
    assert mempool.total_bytes() < before + 16_000_000


@needs_gpu
@pytest.mark.usefixtures("on_gpu")
def test_custom_memory_pool():
    try:
        pool = cp.cuda.MemoryPool(cp.cuda.malloc_managed)
        cp.cuda.set_allocator(pool.malloc)
        x = cp.random.randn(1000)
        assert np.isfinite(x.get()).all()
        assert pool.used_bytes() >= x.nbytes
        cp.cuda.set_allocator(cp.cuda.malloc)
        y = cp.random.randn(1000)
        assert np.isfinite(y.get()).all()
    finally:
        cp.cuda.set_allocator(cp.get_default_memory_pool().malloc)


@needs_gpu
@pytest.mark.usefixtures("on_gpu")
def test_several_gpus():
    n_gpus = cp.cuda.runtime.getDeviceCount()

    def compute_on_device(device_id, data):
        with cp.cuda.Device(device_id):
            gpu_data = cp.asarray(data)
            result = cp.sum(gpu_data**2)
            return result.get()

    data = np.random.default_rng(0).standard_normal(100_000)
    chunk_size = len(data) // n_gpus
    results = []
    for i in range(n_gpus):
        start = i * chunk_size
        end = start + chunk_size if i < n_gpus - 1 else len(data)
        results.append(compute_on_device(i, data[start:end]))
    total = sum(results)

    with cp.cuda.Device(0):
        expected = cp.sum(cp.asarray(data) ** 2).get()
    assert np.isclose(total, expected)


@needs_gpu
@pytest.mark.usefixtures("on_gpu")
def test_random_numbers_are_equal_on_both_devices():
    for dtype in (cp.float32, cp.float64):
        cp.random.seed(11)
        on_gpu = cp.random.rand(500, 40, dtype=dtype)
        assert on_gpu.device == "cuda:0"
        cp.set_default_device("cpu")
        cp.random.seed(11)
        on_cpu = cp.random.rand(500, 40, dtype=dtype)
        assert on_cpu.device == "cpu"
        cp.set_default_device("cuda:0")
        np.testing.assert_array_equal(on_gpu.get(), on_cpu.get())
