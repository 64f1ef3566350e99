"""Copies between host and device."""

import threading

import numpy as np
import pytest
from support import DTYPES, make

import numloom as nl


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (7, 5), (3, 0, 2)])
def test_round_trip(dtype, shape):
    x = make(shape, dtype, special=True)
    y = nl.asarray(x)
    assert y.device == "cuda:0"
    np.testing.assert_array_equal(nl.asnumpy(y), x)


# Around the sizes at which copies are cut into pieces.
SIZES = [
    1,
    4095,
    4096,
    65_537,
    (1 << 20) - 1,
    (4 << 20) + 3,
    (64 << 20) + 1,
    200_000_000,
]


@pytest.mark.parametrize("size", SIZES)
def test_sizes(size, rng):
    x = rng.integers(0, 256, size, dtype="u1")
    np.testing.assert_array_equal(nl.asnumpy(nl.asarray(x)), x)


@pytest.mark.parametrize("step", [2, -1, 7])
def test_strided_sources(step, rng):
    x = rng.random((1000, 300))
    for view in (x[::step], x[:, ::step], x.T[::step]):
        np.testing.assert_array_equal(nl.asnumpy(nl.asarray(view)), view)
        np.testing.assert_array_equal(nl.asnumpy(nl.asarray(x)[::step]), x[::step])


def test_source_may_change_at_once():
    x = np.ones(10_000_000, "f4")
    y = nl.asarray(x)
    x[:] = 2
    assert float(y.min()) == float(y.max()) == 1.0


def test_results_do_not_share_memory():
    x = nl.asarray(np.ones(1000))
    first, second = nl.asnumpy(x), nl.asnumpy(x)
    assert not np.shares_memory(first, second)


def test_get_into_an_array():
    x = nl.arange(1000.0) * 2
    out = np.empty(1000)
    assert x.get(out=out) is out
    np.testing.assert_array_equal(out, np.arange(1000.0) * 2)
    strided = np.empty((1000, 2))[:, 0]
    x.get(out=strided)
    np.testing.assert_array_equal(strided, out)
    with pytest.raises(ValueError, match="Shape"):
        x.get(out=np.empty(999))
    with pytest.raises(TypeError):
        x.get(out=np.empty(1000, "f4"))


def test_set():
    x = nl.zeros(1000, "int32")
    x.set(np.arange(1000, dtype="int32"))
    np.testing.assert_array_equal(nl.asnumpy(x), np.arange(1000))
    with pytest.raises(ValueError, match="Shape"):
        x.set(np.zeros(3, "int32"))


def test_pinned_arrays():
    x = nl.empty_pinned((1000, 1000), "f4")
    assert isinstance(x, np.ndarray)
    x[...] = np.arange(1_000_000, dtype="f4").reshape(1000, 1000)
    y = nl.asarray(x) + 1
    out = nl.empty_like_pinned(x)
    y.get(out=out)
    np.testing.assert_array_equal(out, x + 1)
    assert not nl.zeros_pinned(5).any()
    assert nl.zeros_like_pinned(x).dtype == np.float32


def test_copies_follow_the_stream(long_work):
    stream = nl.cuda.Stream(non_blocking=True)
    with stream:
        long_work()
        x = nl.asarray(np.arange(100_000.0)) + 1
        got = nl.asnumpy(x, stream=stream)
    np.testing.assert_array_equal(got, np.arange(100_000.0) + 1)


def test_threads_copy_at_once(rng):
    arrays = [rng.random(1_000_000) for _ in range(8)]
    results = [None] * 8

    def copy(i):
        with nl.cuda.Stream(non_blocking=True):
            results[i] = nl.asnumpy(nl.asarray(arrays[i]) * 2)

    threads = [threading.Thread(target=copy, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result, x in zip(results, arrays, strict=True):
        np.testing.assert_array_equal(result, x * 2)
