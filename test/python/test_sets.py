"""Sets of elements."""

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_raises_alike, assert_same, make, view_pair

import numloom as nl

OPTIONS = ["return_index", "return_inverse", "return_counts"]


def compare_all(want, got):
    for a, b in zip(want, got, strict=True):
        assert_same(a, b)


@pytest.mark.parametrize("size", [0, 1, 5, 1000, 200_000])
@pytest.mark.parametrize("dtype", DTYPES)
def test_unique(dtype, size):
    x = make(size, dtype)
    a = nl.asarray(x)
    assert_same(np.unique(x), nl.unique(a))
    options = dict.fromkeys(OPTIONS, True)
    compare_all(np.unique(x, **options), nl.unique(a, **options))


@pytest.mark.parametrize("option", OPTIONS)
def test_one_option(option):
    x = make((20, 30), "int16")
    want, got = (f(x, **{option: True}) for f in (np.unique, nl.unique))
    compare_all(want, got)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "int32")
    compare_all(np.unique(x, return_inverse=True), nl.unique(a, return_inverse=True))


@pytest.mark.parametrize("equal_nan", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
def test_nan(dtype, equal_nan):
    x = np.array([1, np.nan, 2, np.nan, 1, np.nan], dtype)
    want = np.unique(x, return_counts=True, equal_nan=equal_nan)
    got = nl.unique(nl.asarray(x), return_counts=True, equal_nan=equal_nan)
    compare_all(want, got)


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("dtype", ["bool", "int64", "float32"])
def test_axis(dtype, axis):
    x = np.random.default_rng(1).integers(0, 2, (60, 4, 3)).astype(dtype)
    if axis:
        x = np.moveaxis(x, 0, axis)
    options = dict.fromkeys(OPTIONS, True)
    want = np.unique(x, axis=axis, **options)
    compare_all(want, nl.unique(nl.asarray(x), axis=axis, **options))
    assert_same(np.unique(x, axis=axis), nl.unique(nl.asarray(x), axis=axis))


def test_array_api():
    x = np.array([[3, 1, 3], [2, np.nan, np.nan]])
    a = nl.asarray(x)
    for name in ("unique_all", "unique_counts", "unique_inverse"):
        want, got = getattr(np, name)(x), getattr(nl, name)(a)
        assert want._fields == got._fields
        compare_all(want, got)
    want = np.sort(np.unique_values(x))
    assert_same(want, nl.unique_values(a))


@pytest.mark.parametrize("dtype", ["int8", "uint64", "float64", "complex64"])
@pytest.mark.parametrize("assume_unique", [False, True])
def test_two_sets(dtype, assume_unique):
    x, y = make(90, dtype), make((5, 8), dtype, seed=1)
    if assume_unique:
        x, y = np.unique(x), np.unique(y)
    a, b = nl.asarray(x), nl.asarray(y)
    for name in ("intersect1d", "setdiff1d", "setxor1d"):
        want = getattr(np, name)(x, y, assume_unique)
        assert_same(want, getattr(nl, name)(a, b, assume_unique))
    assert_same(np.union1d(x, y), nl.union1d(a, b))


@pytest.mark.parametrize("assume_unique", [False, True])
def test_intersection_indices(assume_unique):
    x, y = np.array([5, 1, 3, 3, 9]), np.array([3, 2, 9, 9, 5])
    if assume_unique:
        x, y = np.array([5, 1, 3]), np.array([3, 2, 5])
    want = np.intersect1d(x, y, assume_unique, return_indices=True)
    got = nl.intersect1d(nl.asarray(x), nl.asarray(y), assume_unique, True)
    compare_all(want, got)


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("kind", [None, "sort"])
def test_isin(invert, kind):
    x, y = make((30, 40), "int32"), make(7, "int64", seed=1)
    want = np.isin(x, y, invert=invert, kind=kind)
    assert_same(want, nl.isin(nl.asarray(x), nl.asarray(y), invert=invert, kind=kind))
    want = np.isin(x, [], invert=invert)
    assert_same(want, nl.isin(nl.asarray(x), [], invert=invert))
    x = np.array([np.nan, 0.5])
    assert_same(np.isin(x, x), nl.isin(nl.asarray(x), nl.asarray(x)))
    assert_same(np.isin(3, y, invert=invert), nl.isin(3, nl.asarray(y), invert=invert))


def test_empty_sets():
    x, y = np.array([], "f8"), np.array([1.0, 2.0])
    for name in ("intersect1d", "setdiff1d", "setxor1d", "union1d"):
        for p, q in ((x, y), (y, x), (x, x)):
            got = getattr(nl, name)(nl.asarray(p), nl.asarray(q))
            assert_same(getattr(np, name)(p, q), got)


def test_errors():
    assert_raises_alike(lambda xp: xp.unique(xp.ones((2, 2)), axis=2))
    assert_raises_alike(lambda xp: xp.isin(xp.ones(2), xp.ones(2), kind="other"))


def test_tables_hold_integers():
    assert_raises_alike(lambda xp: xp.isin(xp.zeros(2), [1, 5], kind="table"))
    assert nl.isin([1, 2], [1], kind="table").tolist() == [True, False]
