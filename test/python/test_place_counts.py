"""Counts of four bits of how often indices name places, and what is added by them."""

import numpy as np
import pytest
from support import INTEGERS, assert_same, make

import numloom as nl
from numloom import _core, _place_counts, _repeats
from numloom import _scatters as scatters
from numloom._place_counts import PlaceCounts


def count(places, size):
    counts = PlaceCounts(nl.asarray(np.asarray(places, "i8")), size)
    return counts.at(nl.arange(size)).tolist(), bool(counts.are_valid)


@pytest.mark.parametrize("size", [1, 7, 8, 9, 64, 1001])
@pytest.mark.parametrize("mean", [0.1, 1, 4])
def test_counts(size, mean):
    places = np.random.default_rng(size).integers(0, size, max(1, int(size * mean)))
    expected = np.bincount(places, minlength=size)
    assert expected.max() < 16
    assert count(places, size) == (expected.tolist(), True)


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("times", [15, 16, 17, 31, 32, 255, 256, 257, 4096])
def test_overflow(place, times):
    places = [place] * times + [8, 0, 5]
    expected = np.bincount(places, minlength=20)
    is_valid = bool(expected.max() < 16)
    assert count(places, 20) == (expected.tolist() if is_valid else [0] * 20, is_valid)


@pytest.mark.parametrize("seed", range(20))
def test_overflow_of_several(seed):
    rng = np.random.default_rng(seed)
    times = rng.choice([0, 1, 14, 15, 16, 17, 240, 256], 24, p=[0.3, *[0.1] * 7])
    assert count(np.repeat(np.arange(24), times), 24)[1] == (times.max() < 16)


def test_entries_that_are_left_out():
    assert count([3, -1, 3], 9) == ([0] * 9, False)
    assert count([-1] * 5, 9) == ([0] * 9, False)


def test_where_counts_are_worth_it():
    bytes_ = 400_000_000
    assert _place_counts.is_worth_counting(10_000_000, 50_000_000, bytes_)
    assert not _place_counts.is_worth_counting(1_000, 50_000_000, bytes_)
    assert not _place_counts.is_worth_counting(10_000_000, 500_000_000, 8 * bytes_)
    assert not _place_counts.is_worth_counting(100_000_000, 50_000_000, bytes_)
    assert not _place_counts.is_worth_counting(100_000, 1_000_000, 8_000_000)


def test_what_adding_takes_the_place_of(monkeypatch):
    seen = []
    monkeypatch.setattr(
        _place_counts, "is_worth_counting", lambda *args: seen.append(args)
    )
    x = nl.asarray(np.arange(5))
    nl.evaluate(x)
    for base in (x, x + 1, nl.zeros(5, "i8"), (x + 1).reshape(5, 1)):
        _place_counts.is_worth_adding(base, 3)
    in_place, copy = (3, 5, 40, 10), (3, 5, 40, 20)
    assert seen == [in_place, copy, copy, copy]
    with pytest.raises(TypeError):
        _core.is_elementwise(np.zeros(2))


# With more entries than a sample has those that all name one place are not counted.
@pytest.mark.parametrize("hot", [0, 20, 100, 2000])
@pytest.mark.parametrize("entries", [2001, 4096, 5000])
def test_sample(monkeypatch, hot, entries):
    monkeypatch.setattr(_place_counts, "_SAMPLE", 2000)
    places = np.random.default_rng(hot).permutation(20_000)[:entries]
    places[np.linspace(0, entries - 1, hot).astype(int)] = 7
    is_valid = bool(np.bincount(places).max() < 16)
    expected = np.bincount(places, minlength=20_000) if is_valid else np.zeros(20_000)
    assert count(places, 20_000) == (expected.tolist(), is_valid)
    are_spread = bool(_core.are_spread(nl.asarray(places.astype("i8")), 2000))
    assert are_spread >= is_valid
    assert not are_spread or hot < 2000


# Indices that lie as those of arrays do are no hot places.
@pytest.mark.parametrize("rows", [1, 2, 1000, 1024, 32768])
def test_sample_of_regular_places(rows):
    i = np.arange(1 << 16)
    for places in (i, i * 8, i // rows, i % rows * 65536 // rows, i[::-1]):
        if np.bincount(places).max() < 16:
            assert bool(_core.are_spread(nl.asarray(places), 512))


@pytest.fixture
def counting(monkeypatch):
    """Lets scatters count whatever the sizes are; lists what is counted."""
    seen = []

    class Counts(PlaceCounts):
        def __init__(self, flat, num_places, are_few=False):
            seen.append(num_places)
            super().__init__(flat, num_places, are_few)

    monkeypatch.setattr(_repeats, "_FEW", 0)
    monkeypatch.setattr(_repeats, "_FEW_REPEATS", 0)
    monkeypatch.setattr(_repeats, "is_worth_counting", lambda *_: True)
    monkeypatch.setattr(_repeats, "is_worth_adding", lambda *_: True)
    monkeypatch.setattr(_repeats, "PlaceCounts", Counts)
    monkeypatch.setattr(_place_counts, "PlaceCounts", Counts)
    return seen


def scatter(x, indices, value, combine, axes=None):
    axes = range(x.ndim) if axes is None else axes
    args = nl.asarray(x), [nl.asarray(i) for i in indices], axes, value
    return _repeats.scatter_in_parallel(*args, combine)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("number", [1, 0, 3, 100])
@pytest.mark.parametrize("entries", [1, 40, 3000])
def test_adding_a_number(counting, dtype, number, entries):
    x = make((50,), dtype)
    places = np.random.default_rng(entries).integers(0, 50, entries)
    value = nl.full((entries,), nl.asarray(number, dtype))
    result = scatter(x, [places], value, scatters.ADD)
    np.add.at(x, places, np.asarray(number, dtype))
    assert_same(x, result)
    assert counting == ([50] if entries > 1 else [])


@pytest.mark.parametrize("entries", [6, 300])
def test_adding_to_several_axes(counting, entries):
    x = make((5, 3, 4), "int64")
    rng = np.random.default_rng(entries)
    shape = (entries // 3, 3)
    indices = [rng.integers(0, n, shape) for n in x.shape]
    value = nl.broadcast_to(nl.asarray(-7) * 3, shape)
    result = scatter(x, indices, value, scatters.ADD)
    np.add.at(x, tuple(indices), -21)
    assert_same(x, result)
    assert counting == [60]


def test_what_is_not_counted(counting):
    x, places = np.zeros(9, "i8"), np.array([1, 1, 5])
    ones = np.ones(3, "i8")
    # An array in memory may hold anything.
    assert_same([0, 2, 0, 0, 0, 1, 0, 0, 0], scatter(x, [places], nl.asarray(ones), 1))
    floats = nl.full((3,), 1.0)
    assert scatter(x * 1.0, [places], floats, scatters.ADD).sum() == 3
    lines = nl.full((3, 2), nl.asarray(1))
    assert scatter(np.zeros((9, 2), "i8"), [places], lines, 1, (0,)).sum() == 6
    assert not counting


@pytest.mark.parametrize("entries", [5, 30, 4000])
@pytest.mark.parametrize("low", [0, -1])
@pytest.mark.parametrize("shape", [(50,), (5, 10)])
def test_last_of_equal_places(counting, entries, low, shape):
    x = make(shape, "float64")
    rng = np.random.default_rng(entries)
    indices = [rng.integers(low, n, entries) for n in shape]
    value = rng.random(entries)
    result = scatter(x, indices, nl.asarray(value), scatters.REPLACE)
    for i, place in enumerate(zip(*indices)):
        if min(place) >= 0:
            x[place] = value[i]
    assert_same(x, result)
    assert counting == [50]


def test_last_of_equal_rows(counting):
    x = make((50, 3), "float32")
    rng = np.random.default_rng(5)
    places, value = rng.integers(0, 50, 70), make((70, 3), "float32", 2)
    result = scatter(x, [places], nl.asarray(value), scatters.REPLACE, (0,))
    x[places] = value
    assert_same(x, result)
    assert counting == [50]
