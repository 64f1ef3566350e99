"""Tables of integers against NumPy, which sorts: unique and isin of small ranges."""

import numpy as np
import pytest
from support import LAYOUTS, assert_same, view_pair

import numloom as nl
from numloom import _integer_tables as tables

INTEGERS = ["bool", "int8", "uint8", "int16", "int32", "uint32", "int64", "uint64"]
# The least and the greatest numbers of a range, as fractions of the dtype's.
ENDS = ["least", "greatest", "zero"]


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch):
    """On a GPU, too, these arrays are looked up in tables."""
    monkeypatch.setattr(tables, "_is_many", lambda n: True)


def make_range(dtype, end, size=4000, width=100):
    """Integers of a range of `width` at one end of the dtype's."""
    rng = np.random.default_rng(size)
    if dtype == "bool":
        return rng.integers(0, 2, size).astype(bool)
    info = np.iinfo(dtype)
    low = {"least": info.min, "greatest": info.max - width, "zero": 0}[end]
    offsets = rng.integers(0, width + 1, size).astype("uint64")
    low = np.uint64(low % 2**64)
    return (offsets + low).astype(dtype)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_unique(dtype, end):
    x = make_range(dtype, end)
    assert tables.count_integers(nl.asarray(x)) is not None
    options = {"return_inverse": True, "return_counts": True}
    for want, got in zip(
        np.unique(x, **options), nl.unique(nl.asarray(x), **options), strict=True
    ):
        assert_same(want, got)
    assert_same(np.unique(x), nl.unique(nl.asarray(x)))


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_isin(dtype, end, invert):
    """Elements of the whole dtype, of which few are in the table's range."""
    tests = make_range(dtype, end, 50)
    x = np.concatenate([make_range(dtype, e, 300) for e in ENDS]).reshape(30, 30)
    want = np.isin(x, tests, invert=invert)
    assert_same(want, nl.isin(nl.asarray(x), nl.asarray(tests), invert=invert))
    got = nl.isin(nl.asarray(x), nl.asarray(tests), invert=invert, kind="sort")
    assert_same(want, got)


@pytest.mark.parametrize("size", [1, 2, 7, 100, 1 << 17, 300_000])
def test_sizes(size):
    """Ranges as large as the array and larger, of which some are sorted."""
    for width in (1, size // 8, size, 8 * size):
        x = np.random.default_rng(width).integers(-width, width + 1, size)
        want = np.unique(x, return_inverse=True)
        got = nl.unique(nl.asarray(x), return_inverse=True)
        for a, b in zip(want, got, strict=True):
            assert_same(a, b)
        some = x[: size // 3]
        assert_same(np.isin(x, some), nl.isin(nl.asarray(x), nl.asarray(some)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "int32")
    for want, got in zip(
        np.unique(x, return_counts=True),
        nl.unique(a, return_counts=True),
        strict=True,
    ):
        assert_same(want, got)
    assert_same(np.isin(x, x.ravel()[:3]), nl.isin(a, nl.asarray(x.ravel()[:3])))


def test_wide_ranges_are_sorted():
    extremes = np.array([np.iinfo("int64").min, np.iinfo("int64").max] * 50)
    assert tables.count_integers(nl.asarray(extremes)) is None
    assert tables.tabulate_members(nl.asarray(extremes), 10**6) is None
    assert_same(np.unique(extremes), nl.unique(nl.asarray(extremes)))
    assert tables.count_integers(nl.ones(100)) is None
