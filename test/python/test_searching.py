"""Binary search."""

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_raises_alike, assert_same, make, view_pair

import numloom as nl


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype, side):
    a = np.sort(make(1001, dtype, special=True))
    v = make((40, 25), dtype, seed=1, special=True)
    got = nl.searchsorted(nl.asarray(a), nl.asarray(v), side)
    assert_same(np.searchsorted(a, v, side), got)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 63, 64, 65, 100_000])
def test_lengths(length):
    a = np.sort(make(length, "float64"))
    v = make(1000, "float64", seed=1)
    for side in ("left", "right"):
        got = nl.searchsorted(nl.asarray(a), nl.asarray(v), side)
        assert_same(np.searchsorted(a, v, side), got)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float64", "complex128"])
@pytest.mark.parametrize("length", [7, 8, 2047, 2048, 4095, 4096, 8191, 40_000])
def test_lengths_of_trees(length, dtype):
    a, v = make(length, dtype, special=True), make(5000, dtype, seed=1, special=True)
    a.sort()
    v[:1000] = a[np.arange(1000) % length]
    for side in ("left", "right"):
        got = nl.searchsorted(nl.asarray(a), nl.asarray(v), side)
        assert_same(np.searchsorted(a, v, side), got)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float32")
    edges = np.linspace(-4, 4, 9).astype("f4")
    assert_same(np.searchsorted(edges, x), nl.searchsorted(nl.asarray(edges), a))


def test_mixed_dtypes_and_scalars():
    a = np.arange(10)
    assert_same(np.searchsorted(a, 3.5), nl.searchsorted(nl.asarray(a), 3.5))
    assert_same(np.searchsorted(a, [2, 7]), nl.searchsorted(nl.asarray(a), [2, 7]))
    assert_same(np.searchsorted(a, -1), nl.asarray(a).searchsorted(-1))


def test_sorter():
    a, v = make(500, "int32"), make(50, "int32", seed=1)
    order = np.argsort(a, kind="stable")
    got = nl.searchsorted(nl.asarray(a), nl.asarray(v), sorter=nl.asarray(order))
    assert_same(np.searchsorted(a, v, sorter=order), got)


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("bins", [[0.0, 1.0, 2.5, 4.0], [4.0, 2.5, 1.0, 0.0], [1.0]])
def test_digitize(bins, right):
    x = np.array([-1.0, 0.0, 0.2, 1.0, 2.5, 3.0, 4.0, 9.0, np.nan]).reshape(3, 3)
    want = np.digitize(x, np.array(bins), right)
    assert_same(want, nl.digitize(nl.asarray(x), nl.asarray(bins), right))
    assert_same(want, nl.digitize(nl.asarray(x), bins, right))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
@pytest.mark.parametrize("bins", [[1, 0], [0, 1, 1], [], [1, 1, 0]])
def test_digitize_dtypes(bins, dtype):
    x, edges = np.array([0, 1, 0, 1], dtype), np.array(bins, dtype)
    got = nl.digitize(nl.asarray(x), nl.asarray(edges))
    assert_same(np.digitize(x, edges), got)


def test_digitize_infinite_bins():
    x, bins = np.array([-np.inf, 0, np.inf, np.nan]), np.array([-np.inf, -np.inf, 1])
    assert_same(np.digitize(x, bins), nl.digitize(nl.asarray(x), nl.asarray(bins)))


def test_digitize_looks_at_changed_bins():
    x, bins = nl.asarray([0.5, 1.5, 2.5]), nl.asarray([0.0, 1.0, 2.0])
    for _ in range(3):
        assert nl.digitize(x, bins).tolist() == [1, 2, 3]
    bins[0] = 3.0
    with pytest.raises(ValueError, match="monotonically"):
        nl.digitize(x, bins)
    bins[2] = 0.0
    for _ in range(3):
        assert nl.digitize(x, bins).tolist() == [2, 1, 1]


def test_errors():
    assert_raises_alike(lambda xp: xp.searchsorted(xp.ones(3), 1.0, side="up"))
    assert_raises_alike(lambda xp: xp.searchsorted(xp.ones(3), 1.0, side=0), "str")
    assert_raises_alike(lambda xp: xp.searchsorted(xp.ones((2, 2)), 1.0))
    assert_raises_alike(lambda xp: xp.searchsorted(xp.ones(3), 1.0, sorter=[0, 1]))
    assert_raises_alike(lambda xp: xp.searchsorted(xp.ones(2), 1.0, sorter=[0.0, 1.0]))
    assert_raises_alike(lambda xp: xp.digitize(xp.ones(3), xp.asarray([1.0, 3.0, 2.0])))
    assert_raises_alike(lambda xp: xp.digitize(xp.ones(3) * 1j, xp.asarray([1.0, 3.0])))


def test_search_in_a_number():
    assert_raises_alike(lambda xp: xp.searchsorted(5, 2))
