"""Reductions whose blocks meet at a counter: streams, graphs, order."""

import numpy as np
import pytest

import numloom as nl
from numloom.cuda import Stream


def test_streams_at_once_do_not_share_counters():
    x = nl.random.default_rng(1).standard_normal(4_000_000, dtype="f4")
    columns = x.reshape(4000, 1000)
    expected = [
        np.asarray(f(x)).tobytes()
        for f in (nl.sum, nl.max, nl.var, lambda _: nl.sum(columns, axis=0))
    ]
    streams = [Stream() for _ in range(4)]
    for _ in range(50):
        results = []
        for stream in streams:
            with stream:
                results.append(
                    (nl.sum(x), nl.max(x), nl.var(x), nl.sum(columns, axis=0))
                )
                for result in results[-1]:
                    nl.evaluate(result)
        for of_stream in results:
            assert [np.asarray(r).tobytes() for r in of_stream] == expected


@pytest.mark.parametrize("size", [100_000, 3_000_001])
def test_reductions_of_one_plan_repeat(size):
    x = nl.random.default_rng(2).standard_normal(size, dtype="f4")

    def compute():
        return nl.sum(x), nl.sum(x * x), nl.max(x - nl.sum(x)), nl.argmin(x)

    expected = [np.asarray(r).tobytes() for r in compute()]
    for _ in range(40):
        results = compute()
        nl.evaluate(*results)
        assert [np.asarray(r).tobytes() for r in results] == expected


def test_many_rows_have_a_counter_each():
    x = nl.random.default_rng(3).standard_normal((200, 300_000), dtype="f4")
    expected = np.asarray(x).astype("f8").sum(axis=1)
    for _ in range(5):
        np.testing.assert_allclose(
            np.asarray(nl.sum(x, axis=1)), expected, rtol=1e-4, atol=1e-2
        )


@pytest.mark.parametrize("dtype", ["u1", "i4", "f4", "f8"])
def test_arrays_beyond_the_cache(dtype):
    # More bytes than second-level caches have, and no whole number of iterations.
    size = (160 << 20) // np.dtype(dtype).itemsize + 12_345
    x = np.random.default_rng(4).integers(0, 64, size, dtype="u1").astype(dtype)
    x[size // 3] = 100
    a = nl.asarray(x)
    assert nl.sum(a, dtype="f8") == np.sum(x, dtype="f8")
    assert nl.sum(a[3:], dtype="f8") == np.sum(x[3:], dtype="f8")
    np.testing.assert_allclose(float(nl.sum(a)), np.sum(x, dtype="f8"), rtol=1e-5)
    assert int(nl.argmax(a)) == size // 3
    assert int(nl.max(a)) == 100
    rows = x[: size // 48 * 48].reshape(48, -1)
    sums = nl.sum(nl.asarray(rows), axis=1, dtype="f8")
    np.testing.assert_array_equal(np.asarray(sums), np.sum(rows, axis=1, dtype="f8"))
    np.testing.assert_allclose(float(nl.var(a)), np.var(x, dtype="f8"), rtol=1e-5)
    assert int(nl.sum(a != 0)) == np.count_nonzero(x)


@pytest.mark.parametrize("dtype", ["u1", "f2", "f4", "f8"])
@pytest.mark.parametrize("width", [32, 4096, 20_000])
def test_rows_and_columns_beyond_the_cache(dtype, width):
    height = (160 << 20) // np.dtype(dtype).itemsize // width + 3
    x = np.random.default_rng(5).integers(0, 64, (height, width), dtype="u1")
    x[height // 3, width // 2] = 100
    x = x.astype(dtype)
    a = nl.asarray(x)
    for axis in (0, 1):
        np.testing.assert_array_equal(nl.max(a, axis=axis).get(), x.max(axis=axis))
        if x.itemsize < 4:
            continue
        sums = nl.sum(a, axis=axis).get()
        np.testing.assert_allclose(sums, np.sum(x, axis=axis, dtype="f8"), rtol=1e-5)
        variance = nl.var(a, axis=axis).get()
        np.testing.assert_allclose(variance, x.var(axis=axis, dtype="f8"), rtol=1e-4)
