"""What masks select, around the tiles in which GPUs write it, and of many tiles."""

import numpy as np
import pytest
from support import assert_same, pair

import numloom as nl

DENSITIES = [0.0, 0.02, 0.5, 1.0]
DTYPES = ["bool", "float16", "int32", "float64", "complex128"]
# Tiles have 256 threads with up to seven steps of up to 16 bytes.
SIZES = [1, 255, 1_791, 1_792, 1_793, 7_167, 7_168, 7_169, 57_345, 229_377]


@pytest.mark.parametrize("density", DENSITIES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_around_tiles(dtype, density):
    for size in SIZES:
        x, a = pair(size, dtype)
        mask = np.random.default_rng(7).random(size) < density
        assert_same(x[mask], a[nl.asarray(mask)])


@pytest.mark.parametrize("bound", [-9, 0, 3, 9])
def test_many_tiles(bound):
    x, a = pair(4_000_001, "float32")
    assert_same(x[x > bound], a[a > bound])
    assert_same(np.abs(x)[x > bound], nl.abs(a)[a > bound])
    assert_same(np.flatnonzero(x > bound), nl.flatnonzero(a > bound))


def test_several_arrays():
    x, a = pair((40, 130, 9), "float32")
    for theirs, ours in zip(np.nonzero(x > 0), nl.nonzero(a > 0), strict=True):
        assert_same(theirs, ours)
    assert_same(np.argwhere(x > 1), nl.argwhere(a > 1))
    assert_same(x.T[x.T > 0], a.T[a.T > 0])


def test_results_are_arrays_of_their_own():
    x, a = pair(100_000, "float32")
    for bound in (-9, 0, 3):
        selected, expected = a[a > bound], x[x > bound]
        selected += 1
        expected += 1
        assert_same(expected, selected)
        assert_same((expected * 2)[::3], (selected * 2)[::3])
    assert_same(x, a)


def test_a_count_beside_the_elements():
    x, a = pair(10_000, "float64")
    mask = a > 0
    count, selected = mask.sum(), a[mask]
    assert selected.shape == ((x > 0).sum(),)
    assert_same(x[x > 0] / (x > 0).sum(), selected / count)
