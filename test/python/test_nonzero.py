"""Where elements are not zero: nonzero, argwhere, flatnonzero, where."""

import numpy as np
import pytest
from support import (
    DTYPES,
    LAYOUTS,
    assert_same,
    pair,
    view_pair,
)

import numloom as nl


def assert_all_same(want, got):
    assert isinstance(got, tuple) and len(want) == len(got)
    for x, a in zip(want, got, strict=True):
        assert_same(x, a)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    x, a = pair((5, 37), dtype, special=True)
    assert_all_same(np.nonzero(x), nl.nonzero(a))
    assert_all_same(x.nonzero(), a.nonzero())
    assert_same(np.argwhere(x), nl.argwhere(a))
    assert_same(np.flatnonzero(x), nl.flatnonzero(a))


@pytest.mark.parametrize("layout", [n for n in LAYOUTS if n != "zero_d"])
def test_layouts(layout):
    x, a = view_pair(layout, "float64")
    assert_all_same(np.nonzero(x > 0), nl.nonzero(a > 0))
    assert_all_same(np.where(x > 0), nl.where(a > 0))
    assert_same(np.argwhere(x > 0), nl.argwhere(a > 0))
    assert_same(np.flatnonzero(x > 0), nl.flatnonzero(a > 0))


@pytest.mark.parametrize("size", [1, 31, 65_536, 100_001])
def test_sizes(size):
    x, a = pair(size, "int8")
    assert_all_same(np.nonzero(x > 3), nl.nonzero(a > 3))


def test_lists():
    assert_all_same(np.nonzero([0, 1, 2]), nl.nonzero([0, 1, 2]))
    assert_same(np.argwhere([[0, 1], [2, 0]]), nl.argwhere([[0, 1], [2, 0]]))


def test_zero_d():
    x, a = np.array(3.0), nl.asarray(np.array(3.0))
    with pytest.raises(ValueError, match="nonzero on 0d arrays is not allowed"):
        a.nonzero()
    assert_same(np.argwhere(x), nl.argwhere(a))
    assert_same(np.argwhere(x * 0), nl.argwhere(a * 0))
    assert_same(np.flatnonzero(x), nl.flatnonzero(a))


def test_round_trip():
    x, a = pair((6, 7, 8), "float32")
    assert_same(x[np.nonzero(x > 1)], a[nl.nonzero(a > 1)])
    a[nl.nonzero(a > 1)] = 0
    x[np.nonzero(x > 1)] = 0
    assert_same(x, a)


@pytest.mark.cpu  # On a GPU they are computed at the call.
def test_one_kernel_for_all_axes():
    _, a = pair((60, 70), "float32")
    indices = nl.nonzero(a > 1)
    assert nl.explain(*indices).count("compress kernel") == 1
