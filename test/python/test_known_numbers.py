"""Programs that run often with the same numbers: the results stay what they were."""

import numpy as np
import pytest
from support import SPECIAL_FLOATS, assert_same

import numloom as nl

# From this size on numbers become constants on a GPU, after some tens of runs; on a
# CPU from a quarter of it on, if there are more of them than its registers hold.
LARGE = 1 << 20
RUNS = 40


def run_often(function):
    """The last of RUNS results; those after the compilation are among them."""
    for i in range(RUNS):
        if i == RUNS - 2:
            nl.stats()  # waits for it
        result = function()
        nl.evaluate(result)
    return result


def of_floats(np, x, number):
    """Quotients of and by constants, equal constants, and powers."""
    y = np.where(x >= 0.0, 1.0 / (x + number), x / 4.0)
    return y * 0.5 + number * x - (x + number) ** 2 + np.power(x, 3.0) * number


def of_integers(np, x, number):
    return (x // 3 - x % number) * 8 + (x >> 1) // number


def of_many(np, x, number):
    """Equal numbers, both zeros, and conditions between them."""
    y = x
    for i in range(9):
        y = (y * number + 0.0 * x) / 8.0 - (-0.0) * x
        y = np.where(x < i - 4.5, y * y + 0.1 * i, y)
    return y


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "c8"])
@pytest.mark.parametrize("step", [1, -2])
def test_many_numbers(rng, dtype, step):
    host = (2 * rng.normal(size=LARGE)).astype(dtype)
    host[:9] = SPECIAL_FLOATS
    host = host[::step]
    x = nl.asarray(host)
    first = nl.asnumpy(of_many(nl, x, 1.5))
    last = run_often(lambda: of_many(nl, x, 1.5))
    assert np.array_equal(first.view("u1"), nl.asnumpy(last).view("u1"))
    with np.errstate(all="ignore"):
        for number in (1.5, 2.5):
            assert_same(of_many(np, host, number), of_many(nl, x, number))


def test_many_numbers_are_compiled_twice():
    def count(number):
        before = nl.stats()["programs_compiled"]
        run_often(lambda: of_many(nl, x, number))
        return nl.stats()["programs_compiled"] - before

    x = nl.ones(LARGE, "i2")
    nl.evaluate(x)
    assert [count(0.625), count(0.625)] == [2, 0]


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2"])
def test_results_of_floats_stay(rng, dtype):
    x = nl.asarray(rng.normal(size=LARGE).astype(dtype))
    first = nl.asnumpy(of_floats(nl, x, 1.5))
    last = run_often(lambda: of_floats(nl, x, 1.5))
    assert np.array_equal(first.view("u1"), nl.asnumpy(last).view("u1"))
    other = nl.asnumpy(of_floats(nl, x, 2.5))
    assert np.allclose(other, of_floats(np, nl.asnumpy(x), 2.5), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("dtype", ["i4", "u1", "i8"])
def test_results_of_integers(rng, dtype):
    info = np.iinfo(dtype)
    host = rng.integers(info.min, info.max, LARGE, dtype=dtype, endpoint=True)
    x = nl.asarray(host)
    y = run_often(lambda: of_integers(nl, x, 7))
    assert np.array_equal(nl.asnumpy(y), of_integers(np, host, 7))
    assert np.array_equal(nl.asnumpy(of_integers(nl, x, 5)), of_integers(np, host, 5))


def test_numbers_that_change_all_the_time():
    x = nl.ones(LARGE, "f4")
    for i in range(RUNS):
        assert float((x * i + 1.0)[-1]) == i + 1
