"""Sorting and partitioning."""

import numpy as np
import pytest
from support import (
    DTYPES,
    LAYOUTS,
    assert_raises_alike,
    assert_same,
    dtype_of,
    kind,
    make,
    pair,
    view_pair,
)

import numloom as nl
from numloom import _core

ALL_DTYPES = [*DTYPES, "bfloat16"]
# Below and above the size at which sorting turns parallel.
SIZES = [0, 1, 2, 24, 25, 1000, 300_000]


def draw(size, dtype, seed=0):
    """Elements with many that are equal, NaN of both signs and infinities."""
    dtype = dtype_of(dtype)
    x = make(size, dtype, seed)
    rng = np.random.default_rng(seed)
    if kind(dtype) in "iu":
        bits = rng.integers(0, 256, size * dtype.itemsize, dtype="u1").view(dtype)
        return np.where(rng.random(size) < 0.5, x, bits)
    if kind(dtype) == "b":
        return x
    parts = np.array([0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, -np.nan])
    special = rng.choice(parts, size)
    if kind(dtype) == "c":
        special = special + 1j * rng.choice(parts, size)
        special.real = rng.choice(parts, size)
    return np.where(rng.random(size) < 0.2, special.astype(dtype), x)


def assert_sorted_like(want, got):
    """Equal with all NaN alike; NumPy's zeros have either sign."""
    got = np.asarray(got)
    assert got.dtype == want.dtype and got.shape == want.shape
    np.testing.assert_array_equal(got.astype("c16"), want.astype("c16"))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ALL_DTYPES)
def test_sort(dtype, size):
    x = draw(size, dtype)
    # NumPy puts NaN of ml_dtypes' bfloat16 anywhere.
    wide = x.astype("f4") if dtype == "bfloat16" else x
    assert_sorted_like(np.sort(wide).astype(x.dtype), nl.sort(nl.asarray(x)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_argsort(dtype, size):
    x = draw(size, dtype, seed=1)
    assert_same(np.argsort(x, kind="stable"), nl.argsort(nl.asarray(x)))


@pytest.mark.parametrize("dtype", ["int8", "float32", "float64", "complex128"])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, None])
def test_axes(dtype, axis):
    x = draw(7 * 40 * 9, dtype).reshape(7, 40, 9)
    a = nl.asarray(x)
    assert_sorted_like(np.sort(x, axis), nl.sort(a, axis))
    assert_same(np.argsort(x, axis, kind="stable"), nl.argsort(a, axis))


@pytest.mark.parametrize("dtype", ["uint8", "float64", "complex64"])
def test_long_rows(dtype):
    x = draw(3 * 200_000, dtype).reshape(3, 200_000)
    a = nl.asarray(x)
    assert_sorted_like(np.sort(x), nl.sort(a))
    assert_same(np.argsort(x, kind="stable"), nl.argsort(a))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float32")
    assert_same(np.sort(x, None), nl.sort(a, None))
    if x.ndim:
        assert_same(np.sort(x, 0), nl.sort(a, 0))
        assert_same(np.argsort(x, -1), nl.argsort(a, -1))


@pytest.mark.parametrize("count", [1000, 400_000])
def test_ordered_and_equal_elements(count):
    for x in (np.arange(count), np.arange(count)[::-1], np.zeros(count, int)):
        assert_same(np.sort(x), nl.sort(nl.asarray(x)))
        assert_same(np.argsort(x, kind="stable"), nl.argsort(nl.asarray(x)))


def test_zeros_of_both_signs_are_equal():
    x = np.array([0.0, -0.0, 1.0, -0.0, 0.0, -1.0])
    assert_same(np.argsort(x, kind="stable"), nl.argsort(nl.asarray(x)))
    np.testing.assert_array_equal(np.asarray(nl.sort(nl.asarray(x))), np.sort(x))


def test_pending_operand():
    x, a = pair(5000, "float64")
    assert_same(np.sort(x * x - x), nl.sort(a * a - a))


def test_descending():
    x = np.array([3.0, 1.0, 3.0, 2.0])
    assert_same(np.sort(x)[::-1], nl.sort(nl.asarray(x), descending=True))
    got = nl.argsort(nl.asarray(x), descending=True, stable=True)
    assert_same(np.array([0, 2, 3, 1]), got)


def test_methods():
    x, a = pair((5, 70), "int32")
    x.sort(0)
    assert a.sort(0) is None
    assert_same(x, a)
    assert_same(x.argsort(1, kind="stable"), a.argsort(1))
    a.partition(30, 1)
    assert_partitioned(x, a, [30])
    assert_partitioned(x, a[:, ::-1], [3], positions=a[:, ::-1].argpartition(3))


@pytest.mark.parametrize("kind", ["quicksort", "mergesort", "heapsort", "stable", "q"])
def test_kinds(kind):
    x, a = pair(50, "float64")
    assert_same(np.sort(x, kind=kind), nl.sort(a, kind=kind))


def assert_partitioned(x, got, ranks, positions=None):
    """`got` is `x` with its last axis partitioned at `ranks`."""
    got = np.asarray(got)
    if positions is not None:
        got = np.take_along_axis(got, np.asarray(positions), -1)
    want = np.sort(x)
    np.testing.assert_array_equal(np.sort(got), want)
    for rank in ranks:
        pivot = want[..., rank : rank + 1]
        np.testing.assert_array_equal(got[..., rank : rank + 1], pivot)
        if not np.isnan(pivot).any():
            assert not (got[..., :rank] > pivot).any()
            assert not (got[..., rank:] < pivot).any()


@pytest.mark.parametrize("size", [1, 40, 700_000])
@pytest.mark.parametrize("dtype", ["bool", "int16", "int64", "float32", "float64"])
def test_partition(dtype, size):
    x = draw(size, dtype)
    a = nl.asarray(x)
    ranks = sorted({0, size // 3, size // 2, size - 1})
    assert_partitioned(x, nl.partition(a, ranks), ranks)
    assert_partitioned(x, a, ranks, nl.argpartition(a, ranks))
    assert_partitioned(x, nl.partition(a, size // 2), [size // 2])


def test_partition_along_axis():
    x, a = pair((30, 4), "float64")
    got = np.asarray(nl.partition(a, -2, axis=0))
    assert_partitioned(x.T, got.T, [28])
    assert nl.partition(a, 5, None).shape == (120,)


@pytest.mark.parametrize("dtype", ["int64", "uint64", "float64"])
@pytest.mark.parametrize("size", [600, 1000, 2000])
def test_partition_where_samples_mislead(dtype, size):
    """The median is outside of the range guessed for it in some of many rows."""
    x = np.random.default_rng(size).integers(0, 2**52, (1000, size)).astype(dtype)
    a = nl.asarray(x)
    middle = size // 2
    assert_partitioned(x, nl.partition(a, middle), [middle])
    positions = np.asarray(nl.argpartition(a, middle))
    assert (np.sort(positions) == np.arange(size)).all()
    assert_partitioned(x, a, [middle], positions)


# Rows below and above the lengths at which selecting takes other ways.
ROWS = [(3, 20), (40, 200), (3, 5000), (2, 70_000), (1, 300_001)]


@pytest.mark.parametrize("shape", ROWS)
@pytest.mark.parametrize("dtype", ["bool", "int32", "uint64", "float32", "float64"])
def test_selection_from_rows(dtype, shape):
    x = draw(shape[0] * shape[1], dtype).reshape(shape)
    a = nl.asarray(x)
    n = shape[1]
    want = np.sort(x)
    few = [0, n // 2 - 1, n // 2, n // 2, n - 1]
    many = np.linspace(0, n - 1, 60).astype(int).tolist()
    for ranks in ([n // 3], few, many):
        assert_same(want[:, ranks], _core.order_statistics(a, ranks))
    assert_partitioned(x, nl.partition(a, n // 3), [n // 3])
    positions = nl.argpartition(a, n // 3)
    assert_partitioned(x, a, [n // 3], positions)
    assert_same(np.asarray(positions), nl.argpartition(a, n // 3))


@pytest.mark.parametrize("axis", [0, -1])
def test_lexsort(axis):
    keys = [make((6, 50), t, seed=i) for i, t in enumerate(["int8", "bool", "f4"])]
    for count in (1, 2, 3):
        some = keys[:count]
        got = nl.lexsort([nl.asarray(k) for k in some], axis)
        assert_same(np.lexsort(some, axis), got)
    table = make((3, 500), "int8")
    assert_same(np.lexsort(table), nl.lexsort(nl.asarray(table)))


@pytest.mark.parametrize("dtype", ["int8", "int64", "float32", "complex64"])
def test_sort_complex(dtype):
    x, a = pair((4, 9), dtype)
    assert_same(np.sort_complex(x), nl.sort_complex(a))


def test_errors():
    assert_raises_alike(lambda xp: xp.sort(xp.ones((2, 3)), axis=2))
    assert_raises_alike(lambda xp: xp.sort(xp.asarray(1.0)))
    assert_raises_alike(lambda xp: xp.sort(xp.ones(3), kind="bubble"))
    assert_raises_alike(lambda xp: xp.sort(xp.ones(3), kind="stable", stable=True))
    assert_raises_alike(lambda xp: xp.sort(xp.ones(3), order="x"))
    assert_raises_alike(lambda xp: xp.partition(xp.ones(3), 3))
    assert_raises_alike(lambda xp: xp.partition(xp.ones(3), -4))
    assert_raises_alike(lambda xp: xp.partition(xp.ones(3), 1.0))
    assert_raises_alike(lambda xp: xp.partition(xp.ones(3), 1, kind="other"))
    assert_raises_alike(lambda xp: xp.lexsort([]))
    assert_raises_alike(lambda xp: xp.lexsort([xp.ones(3), xp.ones(2)]))
    assert_raises_alike(lambda xp: xp.argsort(xp.asarray(1.0), axis=1))
