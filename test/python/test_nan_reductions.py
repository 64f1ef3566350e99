"""Reductions that leave NaN out."""

import warnings

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, make, sum_tolerance

import numloom as nl

NAMES = ["nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd"]


def with_nan(dtype, shape=(4, 19)):
    x = make(shape, dtype)
    if x.dtype.kind in "fc":
        # Small enough for products of all elements not to overflow.
        x /= 4
        x.reshape(-1)[::5] = np.nan
    return x


def compare(name, x, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = getattr(np, name)(x, **kwargs)
        got = getattr(nl, name)(nl.asarray(x), **kwargs)
    assert_same(want, got, tolerance=8 * sum_tolerance(np.asarray(want).dtype))


@pytest.mark.parametrize("dtype", ["int16", "bool", "float32", "float64", "complex64"])
@pytest.mark.parametrize("name", NAMES)
def test_dtypes(name, dtype):
    x = with_nan(dtype)
    for axis in (None, 0, 1):
        compare(name, x, axis=axis)


@pytest.mark.parametrize("name", NAMES)
def test_all_nan(name):
    x = np.full((3, 5), np.nan)
    x[1] = 2
    compare(name, x, axis=1)
    compare(name, x, axis=1, keepdims=True)


@pytest.mark.parametrize("name", ["nanargmax", "nanargmin"])
def test_positions(name):
    compare(name, with_nan("float32"), axis=1)
    compare(name, with_nan("float64"))
    compare(name, with_nan("int8"), axis=0)
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.full(3, np.nan)), "All-NaN")


@pytest.mark.parametrize("name", ["nanargmax", "nanargmin"])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_positions_along_axes(name, axis, keepdims):
    compare(name, with_nan("float64"), axis=axis, keepdims=keepdims)
    x = np.arange(60.0).reshape(3, 4, 5)
    x[1, 2, 3] = x[0, 0] = np.nan
    x[0, 0, 4] = np.inf
    for array in (x, x.astype("complex64"), np.asfortranarray(x), x[:, ::-1]):
        compare(name, array, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("name", ["nanargmax", "nanargmin"])
def test_positions_of_infinities(name):
    nan, inf = np.nan, np.inf
    for row in ([nan, inf], [nan, -inf], [inf, nan], [-inf, nan, 1.0], [inf, inf]):
        compare(name, np.array(row))
        compare(name, np.array([row, row]), axis=1)
    for row in ([nan, nan], [[nan, inf], [nan, nan]], [[nan, nan], [1.0, nan]]):
        x = np.array(row)
        assert_raises_alike(
            lambda xp, x=x: getattr(xp, name)(xp.asarray(x), axis=-1), "All-NaN"
        )
    compare(name, np.array(5.0))
    compare(name, np.array(5.0), axis=0)
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((2, 3)), axis=2))
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((0, 3))))


@pytest.mark.parametrize("name", ["nanvar", "nanstd"])
@pytest.mark.parametrize("ddof", [1, 4])
def test_ddof(name, ddof):
    compare(name, with_nan("float64"), axis=0, ddof=ddof)


@pytest.mark.parametrize("name", ["nancumsum", "nancumprod"])
def test_scans(name):
    compare(name, with_nan("float64"), axis=1)
    compare(name, with_nan("float32", (9,)))


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd"])
def test_warnings_of_empty_slices(name):
    text = "empty slice" if name == "nanmean" else "Degrees of freedom"
    for x in (np.zeros(0), np.zeros((0, 3), "float32")):
        with pytest.warns(RuntimeWarning, match=text):
            want = getattr(np, name)(x, axis=0)
        with pytest.warns(RuntimeWarning, match=text):
            got = getattr(nl, name)(nl.asarray(x), axis=0)
        assert_same(want, got)


@pytest.mark.parametrize("name", ["nanmean", "nanvar"])
def test_outputs_are_inexact(name):
    x = np.array([[1.0, np.nan], [2.0, 3.0]])
    assert_raises_alike(
        lambda xp: getattr(xp, name)(xp.asarray(x), 0, out=xp.zeros(2, "int64"))
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("axis", [None, 0, -1, ()])
def test_a_single_number(name, axis):
    want = getattr(np, name)(np.float64(2.5), axis=axis)
    assert_same(want, getattr(nl, name)(nl.asarray(2.5), axis=axis))
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.asarray(2.5), axis=1))
