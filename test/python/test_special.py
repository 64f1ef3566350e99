"""i0, sinc, unwrap and what looks at imaginary parts."""

import numpy as np
import pytest
from support import (
    COMPLEX,
    DTYPES,
    FLOATS,
    INTEGERS,
    LAYOUTS,
    REAL,
    UNSIGNED,
    assert_raises_alike,
    assert_same,
    make,
    pair,
    view_pair,
)

import numloom as nl

TOLERANCE = {"float16": 4e-3, "float32": 1e-6}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_i0_of_layouts(layout):
    x, a = view_pair(layout, "float64")
    assert_same(np.i0(x), nl.i0(a), tolerance=4e-15)


def test_i0():
    x = np.concatenate([np.linspace(-40, 40, 2001), [0.0, -0.0, 8.0, 700.0, 715.0]])
    expected, got = np.i0(x), np.asarray(nl.i0(nl.asarray(x)))
    np.testing.assert_allclose(got, expected, rtol=4e-15)
    for dtype in ("float32", "float16", "int32", "bool"):
        y = make(40, dtype)
        assert_same(
            np.i0(y), nl.i0(nl.asarray(y)), tolerance=TOLERANCE.get(dtype, 1e-14)
        )
    assert_same(np.i0([np.inf, np.nan]), nl.i0(nl.asarray([np.inf, np.nan])))
    assert_raises_alike(lambda xp: xp.i0(xp.ones(2, "c8")))


@pytest.mark.parametrize("dtype", DTYPES)
def test_sinc(dtype):
    x, a = pair(37, dtype)
    tolerance = {"float16": 4e-3, "bool": 2e-3, "int8": 2e-3, "uint8": 2e-3}
    assert_same(np.sinc(x), nl.sinc(a), tolerance=tolerance.get(dtype, 1e-5))


def test_sinc_at_zero():
    x = np.array([0.0, -0.0, 1.0, np.inf, np.nan])
    assert_same(np.sinc(x), nl.sinc(nl.asarray(x)), tolerance=1e-15)


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_unwrap(dtype, axis):
    x, a = pair((9, 11), dtype)
    tolerance = {"float16": 2e-2, "float32": 2e-6}.get(dtype, 1e-14)
    for kwargs in (
        {},
        {"period": 4},
        {"period": 5},
        {"period": 3.5},
        {"discont": 4.0},
        {"period": 4, "discont": 3},
    ):
        if dtype in UNSIGNED and isinstance(kwargs.get("period"), int):
            continue  # NumPy cannot subtract the limit, which is negative.
        assert_same(
            np.unwrap(x, axis=axis, **kwargs),
            nl.unwrap(a, axis=axis, **kwargs),
            tolerance=tolerance,
        )


def test_unwrap_at_limits():
    x = np.array([0.0, np.pi, 0.0, -np.pi, 2 * np.pi, np.nan, 1.0])
    assert_same(np.unwrap(x), nl.unwrap(nl.asarray(x)), tolerance=1e-15)
    for n in (0, 1):
        assert_same(np.unwrap(x[:n]), nl.unwrap(nl.asarray(x[:n])))
    assert_raises_alike(lambda xp: xp.unwrap(xp.asarray(1.0)))
    assert_raises_alike(lambda xp: xp.unwrap(xp.ones(3), axis=1))


@pytest.mark.parametrize("dtype", REAL + COMPLEX)
def test_imaginary_parts(dtype):
    x, a = pair(9, dtype)
    x, a = (x.real + 0 * x, a.real + 0 * a) if dtype in COMPLEX else (x, a)
    assert_same(np.iscomplex(x), nl.iscomplex(a))
    assert_same(np.isreal(x), nl.isreal(a))
    assert_same(np.real_if_close(x), nl.real_if_close(a))


def test_real_if_close():
    for tol in (100, 1e-3, 1e16):
        for part in (0, 1e-15, 1e-5, np.nan):
            x = np.array([2.0, 3.0 + part * 1j])
            assert_same(np.real_if_close(x, tol), nl.real_if_close(nl.asarray(x), tol))


def test_asarray_chkfinite():
    assert_same(np.arange(3.0), nl.asarray_chkfinite(range(3), float))
    for value in (np.inf, np.nan, 1j * np.inf):
        assert_raises_alike(lambda xp, v=value: xp.asarray_chkfinite([1, v]), "NaNs")
