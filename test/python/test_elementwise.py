"""Element-wise functions that are no ufuncs."""

import itertools

import numpy as np
import pytest
from support import (
    COMPLEX,
    DTYPES,
    FLOATS,
    INTEGERS,
    REAL,
    SAMPLE,
    assert_raises_alike,
    assert_same,
    kind,
    make,
    pair,
)

import numloom as nl


@pytest.mark.parametrize("dtype", DTYPES)
def test_where(dtype):
    x, a = pair((4, 9), dtype, special=True)
    y, b = pair(9, dtype, seed=1)
    mask = make((4, 1), "bool", seed=2)
    assert_same(np.where(mask, x, y), nl.where(nl.asarray(mask), a, b))
    assert_same(np.where(x, x, 1), nl.where(a, a, 1))


def test_where_promotes():
    x, a = pair(9, "int8")
    assert_same(np.where(x > 0, x, 2.5), nl.where(a > 0, a, 2.5))
    assert_same(np.where(x > 0, 1, 0), nl.where(a > 0, 1, 0))
    assert_same(np.where(True, x, np.float32(1)), nl.where(True, a, np.float32(1)))
    assert_raises_alike(
        lambda xp: xp.where([True, False], [1, 2, 3], 0), "(2,)", "(3,)"
    )
    assert_raises_alike(lambda xp: xp.where([True], [1]))
    assert_same(np.where([False, True])[0], nl.where([False, True])[0])


# Casts whose value NumPy leaves to the machine: what does not fit, NaN to int.
def castable(x, dtype):
    if kind(x.dtype) in "fc" and kind(dtype) in "iu":
        return np.abs(np.nan_to_num(make(x.shape, x.dtype)))
    return x


@pytest.mark.parametrize("target", DTYPES)
@pytest.mark.parametrize("source", DTYPES)
def test_astype(source, target):
    x = castable(make(37, source, special=True), target)
    assert_same(x.astype(target), nl.asarray(x).astype(target))


@pytest.mark.parametrize("other", ["float32", "float64", "int32", "bool"])
def test_astype_bfloat16(other):
    x = make(37, "bfloat16")
    assert_same(x.astype(other), nl.asarray(x).astype(other))
    y = make(37, other)
    assert_same(y.astype(x.dtype), nl.asarray(y).astype(x.dtype))


def test_half_precision_rounds_to_even():
    x = np.concatenate(
        [
            np.arange(2040, 2060, 0.25),
            2.0 ** np.arange(-30, 20),
            [65504, 65519.99, 65520, 1e9],
        ]
    )
    for source in ("float32", "float64"):
        y = x.astype(source)
        assert_same(y.astype("float16"), nl.asarray(y).astype("float16"))


def test_astype_casting():
    assert_raises_alike(lambda xp: xp.ones(2).astype(int, casting="safe"), "int64")
    assert_raises_alike(lambda xp: xp.ones(2).astype("nonsense"), "nonsense")


@pytest.mark.parametrize("dtype", REAL)
def test_clip(dtype):
    x, a = pair(37, dtype, special=True)
    low, high = (0, 1) if dtype == "bool" else (1, 5)
    low, high = np.dtype(dtype).type(low), np.dtype(dtype).type(high)
    assert_same(np.clip(x, low, high), nl.clip(a, low, high))
    assert_same(np.clip(x, None, high), nl.clip(a, None, high))
    assert_same(x.clip(low), a.clip(low))


@pytest.mark.parametrize("dtype", [*FLOATS, "complex64", "int8"])
def test_clip_at_equal_elements(dtype):
    numbers = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan]
    if dtype == "int8":
        numbers = [0, 1, -1, 127, -128]
    x = np.array(numbers, dtype)
    limits = [None, *numbers, x, x[::-1], x[1:2], np.array(x[1])]
    for low, high in itertools.product(limits, repeat=2):
        for elements in (x, x[:1], np.broadcast_to(x, (2, len(x)))):
            expected = np.clip(elements, low, high)
            ours = [nl.asarray(v) if np.ndim(v) else v for v in (elements, low, high)]
            assert_same(expected, nl.clip(*ours))


def test_clip_promotion_and_keywords():
    x, a = pair(9, "int8")
    assert_same(np.clip(x, 0.5, 2), nl.clip(a, 0.5, 2))
    assert_same(np.clip(x, -1000, 3), nl.clip(a, -1000, 3))
    assert_same(np.clip(x, min=1, max=2), nl.clip(a, min=1, max=2))
    assert_same(np.clip(x, x[::-1], 4), nl.clip(a, a[::-1], 4))
    assert_same(np.clip(x, None, None), nl.clip(a, None, None))
    assert_same(np.clip(x, a_min=1, a_max=2), nl.clip(a, a_min=1, a_max=2))
    assert_same(np.clip(x, 1, a_max=2), nl.clip(a, 1, max=2))
    assert_raises_alike(lambda xp: xp.clip(xp.ones(2), a_min=1, a_max=2, max=2))
    assert_raises_alike(lambda xp: xp.clip(xp.ones(2, "int8"), 300, 301), "300")
    y, b = pair(9, "float32")
    for kwargs in ({"dtype": "float64"}, {"casting": "unsafe", "dtype": "int16"}):
        assert_same(np.clip(y, 0.5, 2, **kwargs), nl.clip(b, 0.5, 2, **kwargs))
    out = nl.zeros(9, "float64")
    assert nl.clip(b, b[::-1], 3, out=out) is out
    assert_same(np.clip(y, y[::-1], 3, out=np.zeros(9)), out)


@pytest.mark.parametrize("decimals", [1, 6])
def test_parts_of_complex_numbers_are_rounded_alone(decimals):
    x = np.array([0.00055 + 0.008782j, complex(np.inf, 1.25), complex(-0.04, np.nan)])
    assert_same(np.round(x, decimals), nl.round(nl.asarray(x), decimals))


@pytest.mark.parametrize("decimals", [0, 1, 3, -1])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS + COMPLEX)
def test_round(dtype, decimals):
    x, a = pair(37, dtype)
    assert_same(np.round(x, decimals), nl.round(a, decimals))
    assert_same(x.round(decimals), a.round(decimals))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_halves_round_to_even(dtype):
    x = np.arange(-5, 5, 0.5, dtype=dtype)
    assert_same(np.round(x), nl.round(nl.asarray(x)))
    assert_same(np.fix(x), nl.fix(nl.asarray(x)))


@pytest.mark.parametrize("dtype", [*COMPLEX, "float32", "int8"])
def test_parts(dtype):
    x, a = pair(9, dtype)
    assert_same(x.real, a.real)
    assert_same(x.imag, a.imag)
    assert_same(np.real(x), nl.real(a))
    assert_same(np.angle(x), nl.angle(a), ulp=4)
    assert_same(np.angle(x, deg=True), nl.angle(a, deg=True), ulp=4)
    assert nl.iscomplexobj(a) == np.iscomplexobj(x) != nl.isrealobj(a)


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX, "int32"])
def test_nan_to_num(dtype):
    x, a = pair(37, dtype, special=True)
    assert_same(np.nan_to_num(x), nl.nan_to_num(a))
    assert_same(
        np.nan_to_num(x, nan=1, posinf=2, neginf=3),
        nl.nan_to_num(a, nan=1, posinf=2, neginf=3),
    )


@pytest.mark.parametrize("dtype", ["float32", "complex128", "int32"])
def test_nan_to_num_in_place(dtype):
    x, a = pair((6, 8), dtype, special=True)
    view, part = x[::2, 1:], a[::2, 1:]
    assert np.nan_to_num(view, copy=False) is view
    assert nl.nan_to_num(part, copy=False) is part
    assert_same(x, a)


@pytest.mark.parametrize("dtype", SAMPLE[1:])
def test_isclose(dtype):
    x, a = pair(37, dtype, special=True)
    y = (x * np.array(1 + 1e-6).astype(x.dtype)).astype(x.dtype)
    for equal_nan in (False, True):
        assert_same(
            np.isclose(x, y, equal_nan=equal_nan),
            nl.isclose(a, nl.asarray(y), equal_nan=equal_nan),
        )


def test_whole_array_comparisons():
    a = nl.asarray([1.0, np.nan])
    assert nl.allclose(nl.ones(3), nl.ones(3) + 1e-9) is True
    assert nl.allclose(a, a) is False and nl.allclose(a, a, equal_nan=True)
    assert not nl.array_equal(a, a) and nl.array_equal(a, a, equal_nan=True)
    assert not nl.array_equal(nl.ones(2), nl.ones(3))
    assert nl.array_equiv(nl.ones(2), nl.ones((3, 2)))
    assert not nl.array_equiv(nl.ones(2), nl.ones(3))


def test_infinities():
    x = np.array([np.inf, -np.inf, np.nan, 1])
    assert_same(np.isposinf(x), nl.isposinf(nl.asarray(x)))
    assert_same(np.isneginf(x), nl.isneginf(nl.asarray(x)))


@pytest.mark.parametrize("dtype", SAMPLE)
def test_diff(dtype):
    x, a = pair((4, 9), dtype)
    assert_same(np.diff(x), nl.diff(a))
    assert_same(np.diff(x, 2, axis=0), nl.diff(a, 2, axis=0))
    assert_same(
        np.diff(x, prepend=x[:, :1], append=x[:, :2]),
        nl.diff(a, prepend=a[:, :1], append=a[:, :2]),
    )
    assert_raises_alike(lambda xp: xp.diff(xp.ones(3), -1), -1)


def test_trapezoid():
    x, a = pair((4, 9), "float64")
    points = np.sort(make(9, "float64", seed=1))
    assert_same(np.trapezoid(x), nl.trapezoid(a), tolerance=1e-14)
    assert_same(
        np.trapezoid(x, points), nl.trapezoid(a, nl.asarray(points)), tolerance=1e-13
    )
    assert_same(
        np.trapezoid(x, dx=0.5, axis=0),
        nl.trapezoid(a, dx=0.5, axis=0),
        tolerance=1e-14,
    )


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64"])
@pytest.mark.parametrize("value", [300, -1, 2**40, -(2**63), 2**63, 2**64 - 1])
def test_where_wraps_integers(dtype, value):
    x = np.array([1, 2, 3], dtype)
    mask = np.array([True, False, True])
    # As NumPy up to 2.4, later ones refuse it.
    wrapped = np.array([value & (2**64 - 1)], "uint64").astype(dtype)
    a, m = nl.asarray(x), nl.asarray(mask)
    assert_same(np.where(mask, x, wrapped), nl.where(m, a, value))
    assert_same(np.where(mask, wrapped, x), nl.where(m, value, a))


@pytest.mark.parametrize("decimals", [308, 309, 400, -308, -400])
def test_round_to_places_that_no_float_has(decimals):
    x = np.array([1e300, 1.5, -0.0])
    with np.errstate(all="ignore"):
        expected = np.round(x, decimals)
    assert_same(expected, nl.round(nl.asarray(x), decimals))
