"""Updates of parts of arrays: in place where nobody can tell, right everywhere."""

import numpy as np
import pytest

import numloom as nl


def make(shape, dtype="float64"):
    x = nl.asarray(np.arange(np.prod(shape), dtype=dtype).reshape(shape))
    nl.evaluate(x)
    # The first update copies what NumPy allocated.
    x[(0,) * len(shape)] = 0
    nl.evaluate(x)
    return x


def get_average(a):
    return (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:]) / 4


def step_jacobi(a, b):
    b[1:-1, 1:-1] = get_average(a)
    a[1:-1, 1:-1] = get_average(b)


def step_fdtd(e, h, g):
    h[:, :-1] -= 0.5 * (e[:, 1:] - e[:, :-1])
    g[:-1, :] += 0.5 * (e[1:, :] - e[:-1, :])
    e[1:, 1:] += 0.5 * (h[1:, 1:] - h[1:, :-1] - g[1:, 1:] + g[:-1, 1:])


def step_wave(previous, now):
    previous[1:-1, 1:-1] = (
        2 * now[1:-1, 1:-1]
        - previous[1:-1, 1:-1]
        + 0.1 * (get_average(now) - now[1:-1, 1:-1])
    )


def step_red_black(a):
    a[1:-1:2, 1:-1:2] = get_average_of(a, 1, 1)
    a[2:-1:2, 2:-1:2] = get_average_of(a, 2, 2)


def get_average_of(a, i, j):
    rows, columns = slice(i, -1, 2), slice(j, -1, 2)
    up, down = slice(i - 1, -2, 2), slice(i + 1, None, 2)
    left, right = slice(j - 1, -2, 2), slice(j + 1, None, 2)
    return (a[up, columns] + a[down, columns] + a[rows, left] + a[rows, right]) / 4


def step_pair(a, b):
    a[1:-1] += b[1:-1] * 2
    b[1:-1] -= b[1:-1] / 4


# The step, how many arrays it takes, and its kernels.
STEPS = {
    "jacobi": (step_jacobi, 2, 2),
    "fdtd": (step_fdtd, 3, 3),
    "wave": (step_wave, 2, 1),
    "red_black": (step_red_black, 1, 2),
    "pair": (step_pair, 2, 2),
}


@pytest.mark.cpu
@pytest.mark.parametrize("step, count, launches", STEPS.values(), ids=STEPS)
def test_steps_allocate_and_copy_nothing(step, count, launches):
    arrays = [make((41, 41)) for _ in range(count)]
    for _ in range(2):
        step(*arrays)
        nl.evaluate(*arrays)
    nl.reset_stats()
    step(*arrays)
    nl.evaluate(*arrays)
    stats = nl.stats()
    assert stats["launches"] <= launches
    assert stats["allocations"] == 0
    assert stats["arena_bytes"] == 0


@pytest.mark.parametrize("step, count, launches", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_steps_agree_with_numpy(step, count, launches, steps):
    rng = np.random.default_rng(0)
    expected = [rng.random((9, 12)) for _ in range(count)]
    arrays = [nl.asarray(x) for x in expected]
    for _ in range(steps):
        step(*expected)
        step(*arrays)
    for x, y in zip(arrays, expected, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-12)


def test_an_older_value_stays():
    x = make((5,))
    before = x.copy()
    x[1:-1] = 7
    after = x + 0
    x[2] = 1
    np.testing.assert_array_equal(before, [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(after, [0, 7, 7, 7, 4])
    np.testing.assert_array_equal(x, [0, 7, 1, 7, 4])


def test_work_that_waits_reads_the_older_value():
    x = make((5,))
    pending = x * 2
    x[1:-1] = 7
    nl.evaluate(x)
    np.testing.assert_array_equal(pending, [0, 2, 4, 6, 8])


def test_what_both_versions_are_read_for():
    x = make((5,))
    change = x * 1
    x[1:-1] = 7
    change = x - change
    nl.evaluate(x, change)
    np.testing.assert_array_equal(change, [0, 6, 5, 4, 0])


def test_memory_of_others_is_left_alone():
    foreign = np.zeros(4)
    x = nl.asarray(foreign)
    nl.evaluate(x)
    shown = np.asarray(x + 0)
    x[1] = 5
    nl.evaluate(x)
    np.testing.assert_array_equal(shown, 0)
    np.testing.assert_array_equal(x, [0, 5, 0, 0])


def random_index(rng, shape):
    choices = [slice(1, -1), slice(None, None, 2), slice(1, None, 2), slice(None)]
    choices += [slice(None, None, -1), slice(-2, None, -2), slice(2, None)]
    choices += [slice(None, -2), slice(3, 3)]
    index = [choices[rng.integers(len(choices))] for _ in shape]
    if rng.random() < 0.3:
        index[rng.integers(len(index))] = int(rng.integers(-2, 2))
    return tuple(index)


def pick_value(rng, arrays, shape):
    """The names of a source and its index with `shape`, or None."""
    for _ in range(50):
        source = int(rng.integers(len(arrays)))
        index = random_index(rng, arrays[source].shape)
        if arrays[source][index].shape == shape:
            return source, index
    return None


@pytest.mark.parametrize("dtype", ["float64", "int8", "complex64", "bool"])
@pytest.mark.parametrize("seed", range(12))
def test_random_sequences(seed, dtype):
    rng = np.random.default_rng(seed)
    shape = [(7,), (6, 9), (5, 6, 4)][seed % 3]
    expected = [rng.integers(0, 2, shape).astype(dtype) for _ in range(2)]
    arrays = [nl.asarray(x) for x in expected]
    held = []
    for _ in range(8):
        target = int(rng.integers(2))
        index = random_index(rng, shape)
        wanted = expected[target][index].shape
        value = pick_value(rng, expected, wanted)
        if value is None or rng.random() < 0.2:
            expected[target][index] = arrays[target][index] = int(rng.integers(0, 2))
        else:
            source, place = value
            expected[target][index] = (
                expected[source][place] | (seed > 5)
                if dtype == "bool"
                else expected[source][place] + 1
            )
            arrays[target][index] = (
                arrays[source][place] | (seed > 5)
                if dtype == "bool"
                else arrays[source][place] + 1
            )
        if rng.random() < 0.3:
            held.append((arrays[target].copy(), expected[target].copy()))
        if rng.random() < 0.3:
            nl.evaluate(arrays[target])
    nl.evaluate(*arrays)
    for x, y in [*zip(arrays, expected, strict=True), *held]:
        np.testing.assert_array_equal(np.asarray(x), y)


def relax(a):
    a[1:-1, 1:-1] = get_average(a)


def diffuse(a, b):
    """Two arrays whose next versions both need both."""
    laplacians = [get_average(x) - x[1:-1, 1:-1] for x in (a, b)]
    product = a[1:-1, 1:-1] * b[1:-1, 1:-1]
    a[1:-1, 1:-1] += 0.2 * laplacians[0] - product
    b[1:-1, 1:-1] += 0.1 * laplacians[1] + product


@pytest.mark.parametrize("shape", [(3, 3), (3, 40), (41, 41), (700, 600)])
@pytest.mark.parametrize("step, count", [(relax, 1), (diffuse, 2)])
def test_what_reads_its_neighbours_makes_the_next_version(step, count, shape):
    arrays = [make(shape) / (i + 40) for i in range(count)]
    expected = [np.array(np.asarray(a)) for a in arrays]
    for _ in range(3):
        step(*expected)
        step(*arrays)
        nl.evaluate(*arrays)
    for x, a in zip(expected, arrays):
        np.testing.assert_allclose(np.asarray(a), x, rtol=1e-12)
    if min(shape) < 40:
        return
    nl.reset_stats()
    step(*arrays)
    nl.evaluate(*arrays)
    stats = nl.stats()
    size = sum(a.nbytes for a in arrays)
    assert stats["launches"] == 1
    assert stats["bytes_written"] == size


def test_small_parts_do_not_make_a_new_version():
    a = make((1000, 40))
    nl.reset_stats()
    a[500:] = 2 * a[499:-1]
    a[1:3] = 2 * a[:2]
    nl.evaluate(a)
    assert nl.stats()["bytes_written"] < 2 * a.nbytes


@pytest.mark.parametrize(
    "make_value",
    [
        lambda m, x: x.sum(axis=1),
        lambda m, x: m.cumsum(x, axis=0)[-1],
        lambda m, x: x.max(axis=0) - x.min(axis=0),
    ],
)
def test_reductions_write_into_rows(make_value):
    x, out = np.arange(1600.0).reshape(40, 40) % 7, np.zeros((3, 40))
    a, result = nl.asarray(x), make((3, 40))
    result[...] = 0
    nl.evaluate(a, result)
    for i in range(3):
        out[i] = make_value(np, x * i)
        result[i] = make_value(nl, a * i)
    np.testing.assert_allclose(np.asarray(result), out)


@pytest.mark.cpu
@pytest.mark.parametrize("name", ["sum", "max", "cumsum"])
@pytest.mark.parametrize("shape", [(7,), (5, 6)])
def test_values_of_what_they_are_put_into(name, shape):
    """The base, its copy and the value come of one computation."""

    def update(xp, x):
        doubled = x * 2
        x[...] = doubled
        x[0] = getattr(xp, name)(x, 0)[1 if name == "cumsum" else ...]
        return x, doubled

    x = np.arange(np.prod(shape)).reshape(shape) - 10
    for expected, got in zip(update(np, x.copy()), update(nl, nl.asarray(x))):
        np.testing.assert_array_equal(np.asarray(got), expected)


def test_a_row_sum_is_one_kernel():
    a, result = make((40, 50)), make((3, 40))
    for _ in range(2):
        nl.reset_stats()
        result[1] = a.sum(axis=1)
        nl.evaluate(result)
    stats = nl.stats()
    assert stats["launches"] == 1
    assert stats["allocations"] == 0


def test_a_row_that_becomes_a_column_copies_the_row_alone():
    a = make((300, 300))
    x = np.array(np.asarray(a))
    for y in (x, a):
        t = y.T
        t[0] = y[1]
    nl.reset_stats()
    nl.evaluate(a)
    assert nl.stats()["bytes_written"] <= 2 * 300 * 8
    np.testing.assert_array_equal(np.asarray(a), x)
