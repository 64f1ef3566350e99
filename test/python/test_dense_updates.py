"""Updates of so many places that one pass over all of them does them."""

import numpy as np
import pytest
from support import assert_same, make, pair

import numloom as nl
from numloom._dense_updates import is_dense, replace_all

RNG = np.random.default_rng(11)
INDICES = {
    "unique": RNG.permutation(12)[:7],
    "repeated": RNG.integers(0, 12, 30),
    "negative": RNG.integers(-12, 12, 20),
    "one_place": np.full(9, 4),
}


def values_for(shape, count):
    """Values of every kind: one for all, one a line, one an entry."""
    yield np.float64(-0.0)
    yield make((*shape[:-1], 1), "float64", seed=1)
    yield make((count,), "float64", seed=2)
    yield make((*shape[:-1], count), "float64", seed=3)


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
@pytest.mark.parametrize("shape", [(20, 12), (4, 5, 12)])
def test_last_axis(shape, index):
    for value in values_for(shape, index.size):
        x, a = pair(shape, "float64")
        x[..., index] = value
        a[..., nl.asarray(index)] = nl.asarray(value)
        assert_same(x, a)


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
@pytest.mark.parametrize("shape", [(20, 12), (4, 5, 12)])
def test_replace_all(shape, index):
    for value in values_for(shape, index.size):
        x, a = pair(shape, "float64")
        x[..., index] = value
        flat = nl.asarray(index % 12)
        lines = np.broadcast_to(value, (*shape[:-1], index.size))
        got = replace_all(a, flat, len(shape) - 1, nl.asarray(lines))
        assert_same(x, got)
        # One value for all is known to be one only if it was stretched here.
        lines = nl.broadcast_to(nl.asarray(value), (*shape[:-1], index.size))
        assert_same(x, replace_all(a, flat, len(shape) - 1, lines))


def test_two_axes():
    rows, columns = RNG.integers(0, 4, 40), RNG.integers(-5, 5, 40)
    for value in (3, make((20, 40), "int64", seed=1), make((40,), "int64", seed=2)):
        x, a = pair((20, 4, 5), "int64")
        x[:, rows, columns] = value
        a[:, nl.asarray(rows), nl.asarray(columns)] = nl.asarray(value)
        assert_same(x, a)
        x, a = pair((20, 4, 5), "int64")
        x[:, rows, columns] = value
        flat = nl.asarray(rows * 5 + columns % 5)
        lines = nl.broadcast_to(nl.asarray(value), (20, 40))
        assert_same(x, replace_all(a, flat, 1, lines))


def test_places_left_out():
    x, a = pair((20, 6), "float32")
    flat = nl.asarray(np.array([2, -1, 3, -1]))
    value = make((20, 4), "float32", seed=1)
    x[:, [2, 3]] = value[:, [0, 2]]
    assert_same(x, replace_all(a, flat, 1, nl.asarray(value)))
    none = nl.asarray(np.full(4, -1))
    assert_same(x, replace_all(nl.asarray(x), none, 1, nl.asarray(value)))


def test_what_is_dense():
    a = nl.zeros((100, 64))
    assert is_dense(a, [1], 16)
    assert not is_dense(a, [1], 15)
    assert not is_dense(a, [0], 1000)
    assert not is_dense(a, [0, 1], 1000)
    assert not is_dense(nl.zeros((15, 64)), [1], 64)
    assert is_dense(nl.zeros((4, 4, 8, 8), "int8"), [2, 3], 2)


def test_values_that_read_the_array():
    index = RNG.integers(0, 12, 12)
    for step in (1, -1):
        x, a = pair((20, 12), "float64")
        x[:, index] = x[:, ::step] + 1
        a[:, nl.asarray(index)] = a[:, ::step] + 1
        assert_same(x, a)
    x, a = pair((20, 12), "float64")
    x[:, index] += 1
    a[:, nl.asarray(index)] += 1
    assert_same(x, a)


def test_errors_change_nothing():
    x, a = pair((20, 12), "float64")
    index = np.arange(12)
    index[5] = 12
    with pytest.raises(IndexError, match="index 12 is out of bounds"):
        a[:, nl.asarray(index)] = 1.0
        nl.evaluate(a)
        np.asarray(a[0])
    assert_same(x, a)
