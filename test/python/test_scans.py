"""Running sums and products."""

import numpy as np
import pytest
from support import (
    DTYPES,
    LAYOUTS,
    assert_raises_alike,
    assert_same,
    make,
    pair,
    sum_tolerance,
    view_pair,
)

import numloom as nl


def compare(name, x, a, **kwargs):
    want = getattr(np, name)(x, **kwargs)
    assert_same(
        want, getattr(nl, name)(a, **kwargs), tolerance=8 * sum_tolerance(want.dtype)
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    x, a = pair((5, 37), dtype)
    for axis in (None, 0, 1):
        compare("cumsum", x, a, axis=axis)
    compare("cumprod", x[:, :4], a[:, :4], axis=1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float64")
    compare("cumsum", x, a)
    if x.ndim:
        compare("cumsum", x, a, axis=0)


def test_long():
    x, a = pair(50_000, "int32")
    compare("cumsum", x, a)


def test_keywords():
    x, a = pair((4, 9), "int8")
    compare("cumsum", x, a, axis=1, dtype="int8")
    compare("cumprod", x, a, axis=0, dtype="float32")
    out = nl.zeros((4, 9))
    assert nl.cumsum(a, axis=0, out=out) is out
    assert_same(np.cumsum(x, axis=0).astype("f8"), out)


@pytest.mark.parametrize("name", ["cumulative_sum", "cumulative_prod"])
def test_array_api(name):
    x = make((4, 5), "float64")
    compare(name, x, nl.asarray(x), axis=1, include_initial=True)
    compare(name, x[0], nl.asarray(x[0]))
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((2, 2))))
    compare(name, np.asarray(2.0), nl.asarray(2.0))


def test_errors():
    assert_raises_alike(lambda xp: xp.cumsum(xp.ones((2, 3)), axis=2), 2)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("shape", [(7, 5), (300, 4097), (4100, 70)])
def test_with_what_precedes_and_follows(shape, axis):
    x = np.random.default_rng(1).integers(-3, 4, shape).astype("f4")
    y = nl.asarray(x)
    doubled = 2 * y
    running = nl.cumsum(doubled, axis=axis)
    shifted = running + 1
    total = nl.cumsum(shifted - y, axis=1 - axis)
    expected = np.cumsum(2 * x, axis=axis)
    np.testing.assert_array_equal(np.asarray(shifted), expected + 1)
    np.testing.assert_array_equal(np.asarray(running), expected)
    np.testing.assert_array_equal(np.asarray(doubled), 2 * x)
    np.testing.assert_array_equal(
        np.asarray(total), np.cumsum(expected + 1 - x, axis=1 - axis)
    )


def test_scan_of_a_scan():
    x = np.arange(1000.0) % 7
    y = nl.asarray(x)
    np.testing.assert_array_equal(
        np.asarray(nl.cumsum(nl.cumsum(y) * y) - y),
        np.cumsum(np.cumsum(x) * x) - x,
    )


@pytest.mark.parametrize("n", [32767, 32769, 33000, 65537, 100003, 262147])
@pytest.mark.parametrize("dtype", ["f4", "i8", "u1"])
def test_long_rows_of_odd_lengths(n, dtype):
    x = (np.arange(n) % 5 - 2).astype(dtype)
    np.testing.assert_array_equal(
        np.asarray(nl.cumsum(nl.asarray(x))),
        np.cumsum(x),
    )
    np.testing.assert_array_equal(
        np.asarray(nl.cumsum(nl.asarray(x)[1:])), np.cumsum(x[1:])
    )
