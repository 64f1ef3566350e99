"""Inserting, deleting and trimming."""

import numpy as np
import pytest
from support import LAYOUTS, assert_raises_alike, assert_same, make, pair, view_pair

import numloom as nl

PLACES = [
    0,
    3,
    -1,
    [1],
    [0, 4, -2],
    [2, 2, 0],
    [],
    slice(1, 5, 2),
    slice(4, None, -3),
    slice(3, 1),
    np.array([True, False, False, True, False, True]),
]


@pytest.mark.parametrize("places", PLACES, ids=repr)
@pytest.mark.parametrize("axis", [0, 1, -2, None])
def test_delete(axis, places):
    x, a = pair((6, 6), "float64")
    if axis is None and isinstance(places, np.ndarray):
        places = np.tile(places, 6)
    assert_same(np.delete(x, places, axis), nl.delete(a, places, axis))


@pytest.mark.parametrize("places", PLACES, ids=repr)
@pytest.mark.parametrize("axis", [0, 1, -2, None])
def test_insert(axis, places):
    x, a = pair((6, 6), "int32")
    if axis is None and isinstance(places, np.ndarray):
        places = np.tile(places, 6)
    assert_same(np.insert(x, places, 7.9, axis), nl.insert(a, places, 7.9, axis))


def test_insert_arrays():
    x, a = pair((3, 4), "float64")
    for places, shape, axis in [
        (1, (3,), 1),
        (1, (4,), 0),
        ([1], (3, 1), 1),
        ([1], (3, 5), 1),
        ([0, 2], (2,), 1),
        ([2, 0], (3, 2), 1),
        ([3, 3], (2, 4), 0),
    ]:
        values = make(shape, "float64", seed=1)
        want = np.insert(x, places, values, axis)
        assert_same(want, nl.insert(a, places, nl.asarray(values), axis))


MANY = [
    np.arange(0, 60, 3),
    np.arange(-60, 0),
    np.random.default_rng(5).integers(-60, 60, 40),
    slice(2, 58),
    slice(0, None, 2),
    slice(50, 10, -1),
    np.arange(60) % 7 == 2,
    np.zeros(60, bool),
    np.ones(60, bool),
]


@pytest.mark.parametrize("places", MANY, ids=range(len(MANY)))
@pytest.mark.parametrize("shape, axis", [((60,), 0), ((60, 3), 0), ((2, 60, 3), 1)])
@pytest.mark.parametrize("turn", [np.asarray, np.asfortranarray], ids=["c", "f"])
def test_many_places(places, shape, axis, turn):
    x = turn(make(shape, "float32"))
    a = nl.asarray(x)
    assert_same(np.delete(x, places, axis), nl.delete(a, places, axis))
    assert_same(np.insert(x, places, 1.5, axis), nl.insert(a, places, 1.5, axis))
    if not isinstance(places, slice):
        ours = nl.asarray(places)
        assert_same(np.delete(x, places, axis), nl.delete(a, ours, axis))


def test_few_places_in_any_order():
    x, a = pair((9, 2), "int64")
    for places in ([8, 0], [0, 0, 9], [9, 9], [3, -9, 3], [5]):
        values = make((len(places), 2), "int64", seed=3)
        want = np.insert(x, places, values, axis=0)
        assert_same(want, nl.insert(a, places, nl.asarray(values), axis=0))
    empty = np.insert(np.zeros((0, 2)), [0, 0], 7, axis=0)
    assert_same(empty, nl.insert(nl.zeros((0, 2)), [0, 0], 7, axis=0))


def test_places_in_numloom_arrays():
    x, a = pair(9, "int64")
    places = np.array([3, 0, -2])
    assert_same(np.delete(x, places), nl.delete(a, nl.asarray(places)))
    assert_same(np.insert(x, places, 1), nl.insert(a, nl.asarray(places), 1))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float64")
    if x.size > 2:
        assert_same(np.delete(x, [0, 2]), nl.delete(a, [0, 2]))
    assert_same(np.insert(x, 0, 1.5), nl.insert(a, 0, 1.5))
    assert_same(np.trim_zeros(x), nl.trim_zeros(a))


@pytest.mark.parametrize("trim", ["fb", "f", "b", "B"])
def test_trim_zeros(trim):
    for x in ([0, 0, 1, 0, 2, 0], [0, 0], [1, 2], [3]):
        x = np.array(x)
        assert_same(np.trim_zeros(x, trim), nl.trim_zeros(nl.asarray(x), trim))
    x = np.zeros((5, 6, 3))
    x[1:3, 2, 1] = 1
    for y in (x, np.zeros((2, 3, 4)), np.zeros((0, 3, 2))):
        for axis in (None, 0, 1, -1, (0, 2), (2, 0), ()):
            want = np.trim_zeros(y, trim, axis)
            assert_same(want, nl.trim_zeros(nl.asarray(y), trim, axis))
    for y in (np.array(0), np.array(5)):
        assert_same(np.trim_zeros(y, trim), nl.trim_zeros(nl.asarray(y), trim))


def test_trim_zeros_of_sequences():
    assert nl.trim_zeros([0, 0, 1, 0]) == [1]
    assert nl.trim_zeros((0, 2, 0), "f") == (2, 0)
    assert_raises_alike(lambda xp: xp.trim_zeros([[0, 1], [0, 0]]))
    assert_raises_alike(lambda xp: xp.trim_zeros(xp.ones((2, 2)), axis=2))
    assert_raises_alike(lambda xp: xp.trim_zeros(xp.ones((2, 2)), axis=(0, 0)))


def test_errors():
    assert_raises_alike(lambda xp: xp.delete(xp.ones(3), 3))
    assert_raises_alike(lambda xp: xp.delete(xp.ones(3), [0, 5]))
    assert_raises_alike(lambda xp: xp.delete(xp.ones(3), [True, False]))
    assert_raises_alike(lambda xp: xp.delete(xp.ones((3, 3)), 0, axis=2))
    assert_raises_alike(lambda xp: xp.insert(xp.ones(3), 4, 1))
    assert_raises_alike(lambda xp: xp.insert(xp.ones(3), [0, 5], 1))
    assert_raises_alike(lambda xp: xp.insert(xp.ones(3), [0, 1], [1, 2, 3]))
    assert_raises_alike(lambda xp: xp.insert(xp.ones(3), [[0, 1]], 1))
    assert_raises_alike(lambda xp: xp.trim_zeros(xp.ones(3), "x"))
