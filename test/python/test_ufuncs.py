"""Ufuncs against NumPy: every name, every dtype that NumPy gives a loop."""

import numpy as np
import pytest
from support import (
    DTYPES,
    LAYOUTS,
    SAMPLE,
    assert_raises_alike,
    assert_same,
    kind,
    make,
    pair,
    view_pair,
)

import numloom as nl

UNARY = sorted(
    name
    for name in nl._ufuncs.__all__
    if getattr(np, name).nin == 1 and getattr(np, name).nout == 1
)
BINARY = sorted(
    name
    for name in nl._ufuncs.__all__
    if getattr(np, name).nin == 2 and getattr(np, name).nout == 1
)
# Rounded once: no freedom, whatever computes them.
EXACT = {
    "absolute",
    "add",
    "ceil",
    "conj",
    "copysign",
    "divide",
    "equal",
    "fabs",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "greater",
    "greater_equal",
    "heaviside",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "ldexp",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "reciprocal",
    "remainder",
    "rint",
    "sign",
    "signbit",
    "spacing",
    "sqrt",
    "square",
    "subtract",
    "trunc",
}
ULP = 4
# Half precision is rounded from float32 in both.
HALF_ULP = 1
COMPLEX_TOLERANCE = {"complex64": 2e-6, "complex128": 4e-15}


def limits(name, dtype):
    """The allowed difference, as assert_same takes it."""
    if kind(dtype) == "c" and name not in ("add", "subtract", "negative"):
        return {"ulp": ULP, "tolerance": COMPLEX_TOLERANCE[np.dtype(dtype).name]}
    if getattr(np, name).__name__ in EXACT or kind(dtype) in "biu":
        return {}
    return {"ulp": HALF_ULP if np.dtype(dtype).itemsize == 2 else ULP}


def compare(name, *args):
    """Calls both libraries' ufunc; where NumPy has no loop, both raise TypeError."""
    ours = [nl.asarray(x) for x in args]
    try:
        expected = getattr(np, name)(*args)
    except TypeError:
        with pytest.raises(TypeError):
            getattr(nl, name)(*ours)
        return
    assert_same(expected, getattr(nl, name)(*ours), **limits(name, expected.dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", UNARY)
def test_unary(name, dtype):
    compare(name, make(37, dtype, special=True))


def second_operand(name, dtype):
    y = make(41, dtype, seed=1, special=True)[::-1][:37].copy()
    if kind(dtype) in "iu":
        if name in ("power", "pow", "float_power"):
            y %= 4
        if "shift" in name:
            y = (abs(y.astype("i8")) % 70).astype(y.dtype)
        if name == "ldexp":
            y %= 8
    return y


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BINARY)
def test_binary(name, dtype):
    x = make(37, dtype, special=True)
    if name == "ldexp":
        compare(name, x, second_operand(name, "int32"))
        return
    compare(name, x, second_operand(name, dtype))


@pytest.mark.parametrize("name", ["add", "multiply", "divide", "maximum", "less"])
def test_binary_bfloat16(name):
    x, y = make(37, "bfloat16"), make(37, "bfloat16", seed=1)
    compare(name, x, y)


@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("left", LAYOUTS)
def test_layouts(left, right):
    x, a = view_pair(left, "float32")
    y, b = view_pair(right, "float32", seed=1)
    try:
        expected = x - y
    except ValueError:
        with pytest.raises(ValueError, match="broadcast"):
            a - b
        return
    assert_same(expected, a - b)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", SAMPLE)
def test_unary_layouts(layout, dtype):
    x, a = view_pair(layout, dtype)
    assert_same(np.absolute(x), nl.absolute(a), ulp=2 if dtype == "complex64" else 0)


@pytest.mark.parametrize("right", DTYPES)
@pytest.mark.parametrize("left", DTYPES)
def test_promotion(left, right):
    x, a = pair(5, left)
    y, b = pair(5, right, seed=1)
    assert_same(x + y, a + b)


@pytest.mark.parametrize("scalar", [True, 3, 2.5, 1 + 2j, np.float64(1.5), np.int8(2)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_promotion_with_scalars(dtype, scalar):
    x, a = pair(5, dtype)
    assert_same(x + scalar, a + scalar)
    assert_same(scalar * x, scalar * a, ulp=2)


@pytest.mark.parametrize("scalar", [300, -1])
def test_scalar_out_of_range(scalar):
    assert_raises_alike(lambda xp: xp.asarray([1], dtype="uint8") + scalar, scalar)


def test_out_is_rebound_with_its_dtype():
    x, a = pair(7, "float32")
    y, b = np.zeros(7), nl.zeros(7)
    assert nl.add(a, 1, out=b) is b
    assert_same(np.add(x, 1, out=y), b)


def test_out_keeps_elements_that_where_masks():
    x, a = pair(7, "float32")
    y, b = np.full(7, 9.0), nl.full(7, 9.0)
    np.multiply(x, 2, out=y, where=x > 0)
    nl.multiply(a, 2, out=b, where=a > 0)
    assert_same(y, b)


def test_dtype_and_casting():
    x, a = pair(7, "float32")
    assert_same(np.add(x, 1, dtype="float64"), nl.add(a, 1, dtype="float64"))
    assert_raises_alike(lambda xp: xp.add(xp.asarray(x), 1, dtype="int32"))
    assert_raises_alike(lambda xp: xp.add(xp.asarray(x), 1, out=xp.zeros(7, int)))


def test_bad_calls():
    assert_raises_alike(lambda xp: xp.add(1))
    assert_raises_alike(lambda xp: xp.add(xp.ones(2), xp.ones(3)), "(2,)", "(3,)")
    assert_raises_alike(lambda xp: xp.add(xp.ones(2), 1, nonsense=3), "nonsense")
    assert_raises_alike(lambda xp: xp.bitwise_and(xp.ones(2), 1), "bitwise_and")
    assert_raises_alike(lambda xp: xp.ones(2) + "text")


@pytest.mark.parametrize("name", ["add", "exp", "equal", "arctan2", "logical_not"])
def test_attributes(name):
    ours, theirs = getattr(nl, name), getattr(np, name)
    for attribute in ("__name__", "nin", "nout", "nargs", "identity", "signature"):
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert ours.__doc__


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float32", "float64"])
def test_divmod(dtype):
    x = make(37, dtype, special=True)
    y = make(37, dtype, seed=1)
    for want, got in zip(np.divmod(x, y), nl.divmod(nl.asarray(x), nl.asarray(y))):
        assert_same(want, got)
    for want, got in zip(divmod(x, 3), divmod(nl.asarray(x), 3)):
        assert_same(want, got)


@pytest.mark.parametrize("dtype", ["int8", "float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["modf", "frexp"])
def test_two_results(name, dtype):
    x, a = pair(37, dtype, special=True)
    finite = np.isfinite(x)
    first, second = getattr(nl, name)(a)
    want_first, want_second = getattr(np, name)(x)
    assert_same(want_first, first)
    # C leaves the exponent of infinities and NaN open.
    zero = np.zeros((), want_second.dtype)
    assert_same(
        np.where(finite, want_second, zero),
        nl.where(nl.asarray(finite), second, nl.asarray(zero)),
    )


def test_two_outs():
    a = nl.asarray([1.5, -2.25])
    fraction, whole = nl.zeros(2), nl.zeros(2)
    results = nl.modf(a, out=(fraction, whole))
    assert results[0] is fraction and results[1] is whole
    assert_same([0.5, -0.25], fraction)
    assert_same([1.0, -2.0], whole)
    with pytest.raises(ValueError, match="one entry per ufunc output"):
        nl.modf(a, out=(fraction,))
