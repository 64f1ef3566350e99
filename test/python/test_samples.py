"""Samples of a population, permutations and shuffles: contents, odds, errors."""

import numpy as np
import pytest
from support import DTYPES, assert_same, pair

import numloom as nl

SEED = 20240918
COUNT = 60_000


@pytest.fixture
def generator():
    return nl.random.default_rng(SEED)


def sort_rows(x):
    return np.sort(np.asarray(x), axis=0)


@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_permutations_of_integers(generator, n):
    x = generator.permutation(n)
    assert x.dtype == "int64"
    assert_same(np.arange(n), nl.sort(x))
    assert_same(np.arange(n), nl.sort(nl.random.permutation(nl.arange(n + 1).max())))


@pytest.mark.parametrize("n", [2, 63, 64, 65, 4097, 2**20, 2**20 + 1])
def test_an_order_is_that_of_uniform_numbers(generator, n):
    numbers = np.asarray(nl.random.default_rng(SEED).random(n))
    assert_same(np.argsort(numbers, kind="stable"), generator.permutation(n))


@pytest.mark.parametrize("count, n", [(1, 8), (5, 40), (300, 2400), (7, 10**9)])
def test_few_distinct_samples_of_many(generator, count, n):
    x = np.asarray(generator.choice(n, count, replace=False))
    assert x.shape == (count,) and x.dtype == "int64"
    assert len(set(x.tolist())) == count and x.min() >= 0 and x.max() < n


def test_odds_of_few_distinct_samples(generator):
    drawn = np.array([generator.choice(16, 2, False).tolist() for _ in range(4000)])
    for column in drawn.T:
        found = np.bincount(column, minlength=16)
        assert abs(found / 4000 - 1 / 16).max() < 0.02


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_permutations_along_axes(generator, axis):
    x, a = pair((30, 40), "float32")
    moved = np.asarray(generator.permutation(a, axis))
    assert_same(x, a)
    assert (moved != x).any()
    assert_same(np.sort(x, axis), nl.sort(nl.asarray(moved), axis))
    # Whole rows or columns move.
    sums = np.sort(x.astype("f8").sum(1 - axis % 2))
    np.testing.assert_allclose(np.sort(moved.astype("f8").sum(1 - axis % 2)), sums)


def test_every_order_is_as_likely(generator):
    rows = nl.stack([generator.permutation(3) for _ in range(3000)])
    _, counts = np.unique(np.asarray(rows), axis=0, return_counts=True)
    assert len(counts) == 6
    assert abs(counts - 500).max() < 120


@pytest.mark.parametrize("dtype", DTYPES)
def test_shuffle(generator, dtype):
    x, a = pair((50, 3), dtype)
    view = a[::2]
    assert generator.shuffle(view) is None
    assert_same(x[1::2], a[1::2])
    assert_same(sort_rows(x[::2].ravel()), nl.sort(a[::2].ravel()))
    assert {tuple(r) for r in a.tolist()} == {tuple(r) for r in x.tolist()}


def test_shuffle_of_what_is_no_array_of_ours(generator):
    items, theirs = list("abcdefghij"), np.arange(20)
    generator.shuffle(items)
    generator.shuffle(theirs)
    assert sorted(items) == list("abcdefghij") != items
    assert sorted(theirs.tolist()) == list(range(20)) != theirs.tolist()
    columns = nl.arange(40).reshape(2, 20).copy()
    generator.shuffle(columns, axis=1)
    assert_same(np.full(20, 20), columns[1] - columns[0])


@pytest.mark.parametrize("shape", [None, (), 5, (2, 3), (0,), (2, 0)])
@pytest.mark.parametrize("replace", [True, False])
def test_shapes_of_samples(generator, shape, replace):
    theirs = np.random.default_rng(0)
    x, a = pair((8, 3), "float32")
    for population, ours in [(8, 8), (x, a), (x.T[0], a.T[0])]:
        sample = generator.choice(ours, shape, replace)
        assert sample.shape == np.shape(theirs.choice(population, shape, replace))
    columns = generator.choice(a.T, shape, replace, axis=1)
    assert columns.shape == theirs.choice(x.T, shape, replace, axis=1).shape
    assert columns.dtype == "float32"


def test_samples_are_entries(generator):
    x, a = pair((8, 3), "int32")
    rows = {tuple(row) for row in x.tolist()}
    assert {tuple(row) for row in generator.choice(a, 100).tolist()} <= rows
    once = generator.choice(a, 8, replace=False)
    assert_same(sort_rows(x), nl.sort(once, axis=0))
    assert generator.choice([10, 20, 30]) in (10, 20, 30)
    assert nl.random.choice(1, 4).tolist() == [0] * 4


@pytest.mark.parametrize("p", [None, [0.5, 0.0, 0.2, 0.3]])
def test_odds(generator, p):
    want = np.full(4, 0.25) if p is None else np.array(p)
    x = generator.choice(4, COUNT, p=p)
    assert x.dtype == "int64"
    found = np.bincount(np.asarray(x), minlength=4) / COUNT
    assert abs(found - want).max() < 5 * np.sqrt(0.25 / COUNT)
    assert (found[want == 0] == 0).all()


def test_odds_without_replacement(generator):
    p = [0.6, 0.3, 0.1, 0.0]
    firsts = [generator.choice(4, 2, False, p).tolist() for _ in range(2000)]
    assert all(len(set(pair)) == 2 and 3 not in pair for pair in firsts)
    found = np.bincount([pair[0] for pair in firsts], minlength=4) / 2000
    assert abs(found - p).max() < 0.06


def test_seeds_repeat():
    def draw(seed):
        r = nl.random.default_rng(seed)
        return r.permutation(50).tolist() + r.choice(9, 20).tolist()

    assert draw(1) == draw(1) != draw(2)


@pytest.mark.parametrize(
    "call",
    [
        lambda xp, r: r.choice(0, 2),
        lambda xp, r: r.choice(-1),
        lambda xp, r: r.choice(xp.zeros(0), 1),
        lambda xp, r: r.choice(3, 4, replace=False),
        lambda xp, r: r.choice(3, -1),
        lambda xp, r: r.choice(3, 2, p=[0.5, 0.5]),
        lambda xp, r: r.choice(2, 2, p=[0.5, 0.6]),
        lambda xp, r: r.choice(2, 2, p=[1.5, -0.5]),
        lambda xp, r: r.choice(2, 2, p=[np.nan, 1.0]),
        lambda xp, r: r.choice(2, 2, p=[[0.5, 0.5]]),
        lambda xp, r: r.choice(2, 2, False, p=[1.0, 0.0]),
        lambda xp, r: r.choice(xp.ones((2, 3)), 2, axis=2),
        lambda xp, r: r.permutation(xp.ones((2, 3)), axis=2),
        lambda xp, r: r.shuffle(3),
        lambda xp, r: r.shuffle([1, 2], axis=1),
        lambda xp, r: r.shuffle(xp.broadcast_to(xp.ones(3), (2, 3))),
    ],
)
def test_errors(call):
    with pytest.raises(Exception) as theirs:
        call(np, np.random.default_rng(0))
    with pytest.raises(theirs.type):
        call(nl, nl.random.default_rng(0))
