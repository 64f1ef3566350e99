"""Programs that repeat, and then something is other than it was.

On a GPU they are launched while they are recorded; nobody may notice.
"""

import threading

import numpy as np
import pytest
from processes import read_output

import numloom as nl

RUNS = 8


def long_program(m, x, y, number=0.5):
    """Some operations on two arrays; the number comes last."""
    z = x * 0.5 + y
    for i in range(10):
        z = m.sqrt(m.abs(z)) * x - i * 0.25
    return z + number


def check(x, y, a, b, number=0.5):
    """Runs the program on NumPy's x and y and Numloom's a and b."""
    result = long_program(nl, a, b, number)
    compare(result, long_program(np, x, y, number))


def compare(result, expected):
    rtol = 1e-5 if expected.dtype == np.float32 else 1e-12
    np.testing.assert_allclose(np.asarray(result), expected, rtol=rtol, atol=rtol)


def count_adopted():
    return nl.stats()["launches_adopted"]


@pytest.fixture
def arrays(rng):
    """x, y of NumPy, and the same of Numloom with which the program ran often."""
    x, y = rng.standard_normal(1000), rng.standard_normal(1000)
    a, b = nl.asarray(x), nl.asarray(y)
    for _ in range(RUNS):
        check(x, y, a, b)
    return x, y, a, b


@pytest.mark.skipif(nl.get_default_device() == "cpu", reason="is about GPUs")
def test_programs_that_repeat_are_foreseen(rng):
    x, y = rng.standard_normal((2, 777))
    a, b = nl.asarray(x), nl.asarray(y)
    before = count_adopted()
    for _ in range(RUNS):
        check(x, y, a, b)
    assert count_adopted() == before + RUNS - 3, nl.stats()


def test_inputs_are_set_before_the_result_is_read(arrays):
    x, y, a, b = arrays
    for i in range(RUNS):
        result = long_program(nl, a, b)
        expected = long_program(np, x, y)
        x = np.full_like(x, i)
        a.set(x)
        compare(result, expected)
        check(x, y, a, b)


def update_in_place(x, y):
    """Some operations on two arrays; the first reader of `y` stores its result."""
    z = x * 0.5
    z += y
    for i in range(10):
        z *= x
        z -= i * 0.25
    return z


def test_programs_that_update_their_results(rng):
    x, y = rng.standard_normal((2, 500))
    a, b = nl.asarray(x), nl.asarray(y)
    for i in range(RUNS):
        result = update_in_place(a, b)
        b += i
        compare(result, update_in_place(x, y))
        y += i


UPDATES = {
    "whole": lambda z: z.__setitem__(..., 3.0),
    "part": lambda z: z.__setitem__(slice(None, None, 2), 2.0),
    "in place": lambda z: z.__imul__(1.5),
    "from itself": lambda z: z.__setitem__(slice(1, None), z[:-1] * 0.5),
    "by index": lambda z: z.__setitem__([3, 5], 0.25),
}


@pytest.mark.parametrize("name", UPDATES)
def test_inputs_are_updated(arrays, name):
    x, y, a, b = arrays
    update = UPDATES[name]
    for i in range(RUNS):
        result, expected = long_program(nl, a, b), long_program(np, x, y)
        update(x)
        update(a)
        if i % 2:
            nl.evaluate(a)
        compare(result, expected)
        check(x, y, a, b)
        np.testing.assert_array_equal(np.asarray(a), x)


def test_views_of_inputs_are_updated(arrays):
    x, y, a, b = arrays
    u, c = x[:500], a[:500]
    for i in range(RUNS):
        result, expected = long_program(nl, c, c), long_program(np, u, u)
        u += i
        c += i
        compare(result, expected)
        check(x, y, a, b)


def test_inputs_are_dropped_and_their_memory_is_used_again(arrays):
    x, y, _, b = arrays
    for i in range(RUNS):
        c = nl.asarray(x + i)
        result = long_program(nl, c, b)
        if i % 2:
            del result
        del c
        d = nl.asarray(x - i)
        if i % 2:
            result = long_program(nl, d, b)
        nl.evaluate(d * 2)
        compare(result, long_program(np, x - i if i % 2 else x + i, y))


def test_inputs_are_exchanged(arrays):
    x, y, a, b = arrays
    for _ in range(RUNS):
        check(y, x, b, a)
        check(x, x, a, a)
        check(x, y, a, b)


def test_a_number_changes_last(arrays):
    x, y, a, b = arrays
    for i in range(2 * RUNS):
        check(x, y, a, b, number=float(i // 4))


def test_numbers_are_compared_by_their_bits(arrays):
    x, y, a, b = arrays
    for number in [0.0] * 5 + [-0.0, 0.0, np.nan, np.nan, np.inf] + [-0.0] * 9:
        result = nl.copysign(long_program(nl, a, b), number)
        expected = np.copysign(long_program(np, x, y), number)
        compare(result, expected)
        check(x, y, a, b, number)


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool", "complex64"])
@pytest.mark.parametrize("shape", [(1000,), (999,), (1,), (0,), (), (10, 100)])
def test_other_shapes_and_dtypes(arrays, dtype, shape):
    x, y, a, b = arrays
    u = np.resize(x, shape).astype(dtype)
    with np.errstate(all="ignore"):
        expected = long_program(np, u, u)
    for _ in range(5):
        result = long_program(nl, nl.asarray(u), nl.asarray(u))
        np.testing.assert_allclose(np.asarray(result), expected, rtol=1e-4, atol=1e-4)
        check(x, y, a, b)


@pytest.mark.parametrize(
    "view", [np.s_[::-1], np.s_[::2], np.s_[100:900], np.s_[None, :]]
)
def test_views(arrays, view):
    x, y, a, b = arrays
    for _ in range(RUNS):
        check(x[view], y[view], a[view], b[view])


def test_windows_move(arrays):
    x, y, a, b = arrays
    for i in range(0, 300, 10):
        check(x[i : i + 500], y[:500], a[i : i + 500], b[:500])


def test_intermediate_results_are_kept(arrays):
    x, y, a, b = arrays
    for i in range(2 * RUNS):
        z = a * 0.5 + b
        kept = z if i % 3 == 0 else None
        for k in range(10):
            z = nl.sqrt(nl.abs(z)) * a - k * 0.25
        compare(z + 0.5, long_program(np, x, y))
        if kept is not None:
            compare(kept, x * 0.5 + y)


def test_other_arrays_are_read_in_between(arrays):
    x, y, a, b = arrays
    for i in range(2 * RUNS):
        result = long_program(nl, a, b)
        if i % 2:
            assert float((a[:3] * 2)[1]) == x[1] * 2
        compare(result, long_program(np, x, y))


def test_several_calls_are_recorded_first(arrays):
    x, y, a, b = arrays
    for _ in range(RUNS):
        results = [long_program(nl, a, b + i) for i in range(3)]
        for i, result in enumerate(results):
            compare(result, long_program(np, x, y + i))


def test_results_are_inputs(arrays):
    x, y, a, b = arrays
    z, c = x, a
    for _ in range(40):
        z, c = long_program(np, z, y), long_program(nl, c, b)
        nl.evaluate(c)
    compare(c, z)


def test_a_call_fails_halfway(arrays):
    x, y, a, b = arrays
    for _ in range(RUNS):
        with pytest.raises(ValueError, match="broadcast"):
            long_program(nl, a, b) + a[:7]
        check(x, y, a, b)
        z = a * 0.5 + b
        with pytest.raises(ValueError, match="broadcast"):
            z + a[:7]
        check(x, y, a, b)


def test_threads(arrays):
    x, y, a, b = arrays
    failures = []

    def work(i):
        try:
            for k in range(20):
                check(x, y, a, b, number=float(i + (k == 10)))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


RANDOM = """
import numpy, numloom as nl
rng = nl.random.default_rng(7)
x = nl.asarray(numpy.arange(1000.0))
for i in range(8):
    z = x * 2 + rng.random(1000)
    for k in range(10):
        z = z * 0.5 + k
    z = z + rng.integers(0, 9, 1000)
    print(float(z.sum()).hex(), float(z[i]).hex())
"""


def test_random_numbers_are_the_same():
    assert read_output(RANDOM) == read_output(RANDOM, NUMLOOM_GPU_FORESIGHT="0")
