"""Counting into bins."""

import numpy as np
import pytest
from support import INTEGERS, LAYOUTS, assert_raises_alike, assert_same, make, view_pair

import numloom as nl

ESTIMATORS = ["auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt"]


def compare_all(want, got, **kwargs):
    for a, b in zip(want, got, strict=True):
        assert_same(a, b, **kwargs)


@pytest.mark.parametrize("dtype", [t for t in INTEGERS if t != "uint64"])
def test_bincount(dtype):
    x = np.abs(make(5000, dtype))
    assert_same(np.bincount(x), nl.bincount(nl.asarray(x)))
    assert_same(np.bincount(x, minlength=70), nl.bincount(nl.asarray(x), minlength=70))


@pytest.mark.parametrize("bins", [1, 7, 1000, 20_000])
@pytest.mark.parametrize("count", [1, 3000, 400_000])
def test_bincount_sizes(count, bins):
    rng = np.random.default_rng(0)
    x, w = rng.integers(0, bins, count), rng.standard_normal(count)
    a, v = nl.asarray(x), nl.asarray(w)
    assert_same(np.bincount(x), nl.bincount(a))
    assert_same(np.bincount(x, w), nl.bincount(a, v), tolerance=1e-12)


def test_weighted_bincount_is_deterministic():
    rng = np.random.default_rng(0)
    a = nl.asarray(rng.integers(0, 50, 300_000))
    w = nl.asarray(rng.standard_normal(300_000))
    first = np.asarray(nl.bincount(a, w)).tobytes()
    for _ in range(5):
        assert np.asarray(nl.bincount(a, w)).tobytes() == first


def test_bincount_of_uint64():
    x = np.array([1, 2, 1], "uint64")
    assert_same(np.bincount(x), nl.bincount(nl.asarray(x)))
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([2**63], dtype="uint64")))
    assert_raises_alike(lambda xp: xp.bincount(xp.zeros(0)))


def test_empty_bincount():
    x = np.array([], int)
    assert_same(np.bincount(x), nl.bincount(nl.asarray(x)))
    assert_same(np.bincount(x, minlength=4), nl.bincount(nl.asarray(x), minlength=4))
    assert_same(np.bincount(x, x), nl.bincount(nl.asarray(x), nl.asarray(x)))
    assert_same(np.bincount([]), nl.bincount([]))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimators(name):
    for x in (make(700, "float64"), make(700, "int32"), make(1, "float64")):
        compare_all(np.histogram(x, name), nl.histogram(nl.asarray(x), name), ulp=2)
        want = np.histogram_bin_edges(x, name, range=(-3, 4))
        got = nl.histogram_bin_edges(nl.asarray(x), name, range=(-3, 4))
        assert_same(want, got, ulp=2)


@pytest.mark.parametrize("dtype", [*INTEGERS, "float16", "float32", "float64"])
def test_histogram_dtypes(dtype):
    x = make((30, 70), dtype)
    a = nl.asarray(x)
    compare_all(np.histogram(x), nl.histogram(a))
    compare_all(np.histogram(x, 33, range=(-4, 7)), nl.histogram(a, 33, range=(-4, 7)))
    edges = [-5, -1.5, 0, 0, 2, 11]
    compare_all(np.histogram(x, edges), nl.histogram(a, edges))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float64")
    compare_all(np.histogram(x, 5), nl.histogram(a, 5))


def test_values_on_edges():
    x = np.repeat(np.linspace(0, 1, 301), 3)
    for bins in (3, 10, 30, 100, 300):
        compare_all(np.histogram(x, bins), nl.histogram(nl.asarray(x), bins))
        y = x.astype("f4")
        compare_all(np.histogram(y, bins), nl.histogram(nl.asarray(y), bins))


def test_nan_is_outside_of_a_given_range():
    x = np.array([0.5, np.nan, np.inf, -np.inf, 0.1])
    compare_all(np.histogram(x, 4, (0, 1)), nl.histogram(nl.asarray(x), 4, (0, 1)))


@pytest.mark.parametrize("dtype", ["int64", "float32", "float64", "complex128"])
def test_weights(dtype):
    x, w = make(3000, "float64"), make(3000, dtype, seed=1)
    for bins in (12, [-5.0, 0.0, 0.5, 9.0]):
        want = np.histogram(x, bins, weights=w)
        got = nl.histogram(nl.asarray(x), bins, weights=nl.asarray(w))
        compare_all(want, got, tolerance=1e-5 if dtype == "float32" else 1e-13)


def test_density():
    x = make(3000, "float64")
    for bins in (12, [-5.0, 0.0, 0.5, 9.0]):
        want = np.histogram(x, bins, density=True)
        compare_all(want, nl.histogram(nl.asarray(x), bins, density=True), ulp=2)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64"])
def test_given_edges(dtype):
    x = np.abs(make(5000, dtype)) if dtype == "uint8" else make(5000, dtype)
    for edges in ([-3, -1, 0, 0, 2, 2.5, 7], [1, 1, 1], [0.0, 3.0]):
        compare_all(np.histogram(x, edges), nl.histogram(nl.asarray(x), edges))
    special = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, 7.0])
    edges = [0.0, 1.0, 7.0]
    compare_all(np.histogram(special, edges), nl.histogram(nl.asarray(special), edges))


def test_large():
    x = make(2_000_000, "float32")
    compare_all(np.histogram(x, 100), nl.histogram(nl.asarray(x), 100))
    edges = np.sort(make(300, "float64"))
    compare_all(np.histogram(x, edges), nl.histogram(nl.asarray(x), edges))


@pytest.mark.parametrize("density", [False, True])
def test_histogramdd(density):
    x = make((500, 3), "float64")
    w = np.abs(make(500, "float64", seed=1))
    ranges = [(-3, 3), None, (0, 5)]
    for kwargs in (
        {},
        {"bins": 4},
        {"bins": (3, 5, [-9.0, 0.0, 9.0])},
        {"bins": 4, "range": ranges},
        {"weights": w},
    ):
        ours = {k: nl.asarray(v) if k == "weights" else v for k, v in kwargs.items()}
        want = np.histogramdd(x, density=density, **kwargs)
        got = nl.histogramdd(nl.asarray(x), density=density, **ours)
        assert_same(want[0], got[0], tolerance=1e-13)
        compare_all(want[1], got[1], ulp=1)


def test_histogram2d():
    x, y = make((2, 400), "float64")
    for bins in (10, (3, 7), [np.linspace(-4, 4, 5), 6]):
        want = np.histogram2d(x, y, bins)
        compare_all(want, nl.histogram2d(nl.asarray(x), nl.asarray(y), bins), ulp=1)


def test_errors():
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([1, -1])))
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([1.0, 2.0])))
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([[1, 2]])))
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([1, 2]), xp.ones(3)))
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([1, 2]), minlength=-1))
    assert_raises_alike(lambda xp: xp.histogram(xp.ones(3), 0))
    assert_raises_alike(lambda xp: xp.histogram(xp.ones(3), 1.5))
    assert_raises_alike(lambda xp: xp.histogram(xp.ones(3), "unknown"))
    assert_raises_alike(lambda xp: xp.histogram(xp.ones(3), [2, 1]))
    assert_raises_alike(lambda xp: xp.histogram(xp.ones(3), range=(2, 1)))
    assert_raises_alike(lambda xp: xp.histogram(xp.asarray([np.nan, 1.0])))
    assert_raises_alike(lambda xp: xp.histogram(xp.ones(3), weights=xp.ones(2)))


def test_bincount_of_lists_of_floats():
    # As NumPy up to 2.4, later ones refuse them.
    assert_same(np.bincount([0, 2]), nl.bincount([0.5, 2.5]))
    assert_raises_alike(lambda xp: xp.bincount(xp.asarray([0.5])))
