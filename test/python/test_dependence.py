"""What values are functions of: the proof, and assignments that rely on it."""

import numpy as np
import pytest
from support import assert_same

import numloom as nl
from numloom import _core, _index_checks, _indexing, _repeats
from numloom import _ops as ops
from numloom import _scatters as scatters


def is_function(value, known, first=0, count=None):
    count = value.ndim - first if count is None else count
    return _core.is_function_of(value, first, count, known)


@pytest.fixture
def index():
    return nl.asarray([3, 1, 3, 0, 2])


@pytest.fixture
def grid():
    return nl.asarray([[3, 1, 3], [0, 2, 2], [1, 1, 0]])


def test_what_does_not_vary(index):
    number = nl.asarray(2.5)
    assert is_function(nl.full(5, 3.0), [])
    assert is_function(nl.broadcast_to(number * 2, (5,)), [])
    assert is_function(nl.zeros(5, "i8"), [])
    assert is_function(nl.broadcast_to(index.sum(), (5,)), [])
    assert is_function(nl.asarray([1.0]), [])
    assert not is_function(index + 0, [])
    assert not is_function(nl.asarray(np.zeros(5)), [])


def test_elementwise_functions(index):
    number = nl.asarray(7)
    for value in (
        index,
        index * 2 + number,
        nl.sin(index) + index.astype("f4"),
        nl.where(index > 1, index, -index),
        nl.asarray(np.arange(9.0))[index],
        ops.gather_along(nl.asarray(np.arange(9.0)), index + 1, 0) * 2,
        nl.asarray(np.arange(27.0).reshape(3, 9))[2, index],
    ):
        assert is_function(value, [index])
        assert is_function(value, [nl.asarray([1, 2, 3, 4, 5]), index])
        assert not is_function(value, [])
        assert not is_function(value, [nl.asarray([1, 2, 3, 4, 5])])


def test_positions_and_other_arrays_are_none(index):
    other = nl.asarray([3, 1, 3, 0, 2])
    for value in (
        other,
        index + other,
        nl.arange(5),
        nl.arange(5) * 0 + index,
        nl.cumsum(index),
        nl.sort(index),
        nl.asarray(np.arange(9.0))[other],
        nl.asarray(np.arange(45.0).reshape(5, 9))[nl.arange(5), index],
        nl.concatenate([index[:2], index[2:]]),
        nl.random.default_rng(1).random(5) + index,
    ):
        assert not is_function(value, [index])


def test_views_count_by_where_they_read(index):
    assert is_function(index[1:4] + 1, [index[1:4]])
    assert is_function(index[::-1] + 1, [index[::-1]])
    assert is_function(index[1:][:3], [index[:4][1:]])
    assert not is_function(index[1:] + 1, [index[:-1]])
    assert not is_function(index[::-1] + 1, [index])
    pending = index * 2
    assert is_function(pending[1:4] + 1, [pending[1:4]])
    assert is_function(pending[1:][:3], [pending[:4][1:]])
    assert not is_function(pending[1:] + 1, [pending[:-1]])
    assert not is_function(pending[::-1] + 1, [pending])
    assert is_function(pending.reshape(5, 1), [pending.reshape(5, 1)])
    assert is_function((pending + 1).reshape(1, 5, 1), [pending.reshape(5, 1)], 1, 2)


def test_indices_of_two_axes(grid):
    for known in (grid, grid * 2):
        assert is_function(known + 1, [known])
        assert not is_function(known.T + 1, [known])
        assert is_function(known.T + 1, [known.T])
        assert not is_function(known[0] + nl.zeros((3, 3)), [known])
        assert is_function(known[0] + nl.zeros((3, 3)), [known[0]])
        # A row that lies along the wrong axis.
        assert not is_function(known[0][:, None] + nl.zeros((3, 3)), [known[0]])


def test_values_with_other_axes(index):
    rows = nl.asarray(np.arange(20.0).reshape(4, 5))
    columns = nl.asarray(np.arange(4.0).reshape(4, 1))
    row = nl.asarray(np.arange(4.0))
    # (entries, others): the same row for all.
    assert is_function(nl.broadcast_to(row, (5, 4)), [], 0, 1)
    assert is_function(index[:, None] * row, [index], 0, 1)
    assert not is_function(rows.T, [index], 0, 1)
    # (others, entries).
    assert is_function(nl.broadcast_to(columns, (4, 5)), [], 1, 1)
    assert is_function(index * columns, [index], 1, 1)
    assert not is_function(rows, [index], 1, 1)
    assert not is_function(index + rows, [index], 1, 1)
    assert is_function(nl.asarray(np.ones((4, 9)))[:, index], [index], 1, 1)
    assert not is_function(rows[:, index], [index], 0, 1)


def test_several_indices_broadcast():
    i, j = nl.asarray([[2], [0], [2]]), nl.asarray([1, 3, 1, 3])
    value = i * 10 + j
    assert is_function(value, [i, j])
    assert not is_function(value, [i])
    assert not is_function(value, [j])


def test_what_was_recorded_twice_is_the_same(index):
    def normalize(x):
        return nl.minimum(nl.where(x < 0, x + 9, x), 8)

    assert is_function(normalize(index) * 2, [normalize(index)])
    assert not is_function(nl.maximum(index, 8), [nl.maximum(index, 7)])
    assert not is_function(nl.maximum(index, 1), [nl.minimum(index, 1)])
    assert not is_function(normalize(index), [normalize(nl.asarray([1] * 5))])


def test_long_graphs_end(index):
    value = index
    for _ in range(60):
        value = value + value
    assert is_function(value, [index]) in (True, False)


def test_arguments():
    x = nl.zeros((2, 3))
    for first, count in [(0, 3), (-1, 1), (2, 1), (1, -1)]:
        with pytest.raises(ValueError, match="expected axes of the value"):
            _core.is_function_of(x, first, count, [])
    with pytest.raises(ValueError, match="expected axes of the value"):
        _core.is_function_of(x, 0, 1, [x])
    with pytest.raises(TypeError):
        _core.is_function_of(np.zeros(2), 0, 1, [])
    with pytest.raises(TypeError):
        _core.is_function_of(x, 0, 1, [np.zeros(2)])


# Assignments, by the kernels that keep no order.


@pytest.fixture
def parallel(monkeypatch):
    """Scatters as on a GPU, of few entries too; lists what they knew of repeats."""
    seen = []

    def scatter(x, indices, axes, value, combine=0, repeats=scatters.ANY, names=None):
        if repeats != scatters.ANY:
            return scatters.record_scatter(x, indices, axes, value, combine, repeats)
        return _repeats.scatter_in_parallel(x, indices, axes, value, combine, names)

    def record(x, indices, axes, value, combine, repeats):
        if combine == scatters.REPLACE:
            seen.append(repeats)
        if repeats == scatters.EQUAL:
            # The order in which threads come may be any.
            back = (slice(None, None, -1),) * indices[0].ndim
            indices = [index[back] for index in indices]
            value = value[(slice(None),) * axes[0] + back]
        return original(x, indices, axes, value, combine, repeats)

    original = _repeats.record_scatter
    monkeypatch.setattr(_indexing, "scatter", scatter)
    monkeypatch.setattr(_repeats, "record_scatter", record)
    monkeypatch.setattr(_repeats, "_FEW", 0)
    return seen


SIZES = [(11, 700), (1, 40), (400, 90), (5, 0), (7, 1)]
NUMBERS = np.random.default_rng(3).integers(-50, 50, 1000)


def check(assign, size, count, negative, dtype="i8"):
    """`assign(np, y, index, other)` on both libraries."""
    rng = np.random.default_rng(count)
    places = rng.integers(-size if negative else 0, size, count).astype(dtype)
    y, z = NUMBERS[:size].copy(), nl.asarray(NUMBERS[:size])
    assign(np, y, places, NUMBERS[:count])
    assign(nl, z, nl.asarray(places), nl.asarray(NUMBERS[:count]))
    assert_same(y, z)


ASSIGN = {
    "number": lambda np, y, i, v: y.__setitem__(i, 7),
    "array without axes": lambda np, y, i, v: y.__setitem__(i, np.asarray(7) * 2),
    "index": lambda np, y, i, v: y.__setitem__(i, i),
    "function of index": lambda np, y, i, v: y.__setitem__(i, i * i + 3 * i),
    "added number": lambda np, y, i, v: y.__setitem__(i, y[i] + 1),
    "read elsewhere": lambda np, y, i, v: y.__setitem__(i, y[i // 2] - i),
    "position": lambda np, y, i, v: y.__setitem__(i, np.arange(len(i))),
    "other array": lambda np, y, i, v: y.__setitem__(i, v),
    "index and position": lambda np, y, i, v: y.__setitem__(i, i + np.arange(len(i))),
    "turned index": lambda np, y, i, v: y.__setitem__(i, i[::-1]),
    "shifted index": lambda np, y, i, v: y.__setitem__(i[1:], i[:-1]),
    "sorted index": lambda np, y, i, v: y.__setitem__(i, np.sort(i)),
    "put number": lambda np, y, i, v: np.put(y, i, 3),
    "put index": lambda np, y, i, v: np.put(y, i, i),
    "put clipped": lambda np, y, i, v: np.put(y, i * 2, i, mode="clip"),
    "put wrapped": lambda np, y, i, v: np.put(y, i * 2, i, mode="wrap"),
    "along axis": lambda np, y, i, v: np.put_along_axis(y, i, i, 0),
}


@pytest.mark.parametrize("what", ASSIGN)
@pytest.mark.parametrize("negative", [False, True])
@pytest.mark.parametrize("dtype", ["i8", "i4", "u8", "u2"])
def test_assignments(parallel, what, negative, dtype):
    if dtype.startswith("u") and (negative or ("put" in what and dtype == "u8")):
        pytest.skip("no such index")
    for size, count in SIZES:
        check(ASSIGN[what], size, count, negative, dtype)


def test_what_assignments_know(parallel):
    def assign(value, places, size=50):
        del parallel[:]
        y = nl.zeros(size, "i8")
        i = nl.asarray(places)
        y[i] = value(i)
        return parallel

    places = np.arange(40) % 20
    unique, equal = [scatters.NONE], [scatters.EQUAL]
    assert assign(lambda i: 3, places) == equal
    assert assign(lambda i: i * 2, places) == equal
    assert assign(lambda i: nl.arange(50)[i] + 1, places) == equal
    assert assign(lambda i: nl.arange(50)[i] + 1, places - 5) == equal
    assert assign(lambda i: nl.arange(40), places) == unique
    # Not all entries, but the last one of each place, unless none is negative.
    assert assign(lambda i: i, places - 5) == equal


@pytest.mark.parametrize("wraps", [False, True])
def test_updates_of_what_is_read(index, wraps):
    bounds = _index_checks.Bounds(9, wraps=wraps)
    read, _ = _index_checks.find_places(index - 2, bounds)
    written, *_ = _index_checks.find_targets(index - 2, bounds)
    assert is_function(ops.gather_along(nl.arange(9), read, 0) + 1, [written])
    other_bounds = _index_checks.Bounds(8, wraps=wraps)
    other, *_ = _index_checks.find_targets(index - 2, other_bounds)
    assert not is_function(ops.gather_along(nl.arange(9), read, 0) + 1, [other])


def count_up(np, *shape):
    return np.arange(int(np.prod(np.asarray(shape)))).reshape(shape)


# Keys and values, of 9 x 1 and 6 indices into 6 x 6 elements.
ASSIGN_AREAS = {
    "number": lambda np, y, i, j: ((i, j), 7),
    "both": lambda np, y, i, j: ((i, j), i * 10 + j),
    "one": lambda np, y, i, j: ((i, j), i + 0 * j),
    "position": lambda np, y, i, j: ((j, i), count_up(np, 9, 6)),
    "row": lambda np, y, i, j: (i[:, 0], j),
    "row numbers": lambda np, y, i, j: (i[:, 0], i),
    "rows": lambda np, y, i, j: (i[:, 0], count_up(np, 9, 6)),
    "columns": lambda np, y, i, j: ((slice(None), j), j + np.arange(6)[:, None]),
    "column": lambda np, y, i, j: ((slice(None), j), np.arange(6)[:, None]),
    "columns by position": lambda np, y, i, j: ((slice(None), j), count_up(np, 6, 6)),
    "matrix of rows": lambda np, y, i, j: (i + 0 * j, np.arange(6)),
    "matrix of places": lambda np, y, i, j: (i + 0 * j, (i + 0 * j)[..., None]),
    "other matrix": lambda np, y, i, j: (i + 0 * j, (i + j)[..., None]),
    "added": lambda np, y, i, j: ((i, j), y[i, j] * 2 + 1),
    "part": lambda np, y, i, j: ((slice(1, 2), j[j >= 0]), j[j >= 0]),
}


@pytest.mark.parametrize("what", ASSIGN_AREAS)
@pytest.mark.parametrize("low", [0, -6])
def test_assignments_of_areas(parallel, what, low):
    rng = np.random.default_rng(5)
    i, j = rng.integers(low, 6, (9, 1)), rng.integers(low, 6, 6)
    y = np.arange(36).reshape(6, 6)
    z = nl.asarray(y.copy())
    key, value = ASSIGN_AREAS[what](np, y, i, j)
    y[key] = value
    key, value = ASSIGN_AREAS[what](nl, z, nl.asarray(i), nl.asarray(j))
    z[key] = value
    assert_same(y, z)
