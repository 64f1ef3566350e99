"""Calls of ufuncs: operands, promotion, keywords, several results, errors."""

import numpy as np
import pytest
from support import (
    DTYPES,
    LAYOUTS,
    SAMPLE,
    assert_raises_alike,
    assert_same,
    make,
    pair,
    view_pair,
)

import numloom as nl


@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("left", LAYOUTS)
def test_pairs_of_layouts(left, right):
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
def test_layouts(layout, dtype):
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


@pytest.mark.parametrize("name", ["add", "multiply", "divide", "maximum", "less"])
def test_bfloat16(name):
    x, a = pair(37, "bfloat16")
    y, b = pair(37, "bfloat16", seed=1)
    assert_same(getattr(np, name)(x, y), getattr(nl, name)(a, b))


def test_out_keeps_its_dtype():
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


BAD = [
    (lambda xp: xp.add(1), "add"),
    (lambda xp: xp.add(xp.ones(2), xp.ones(3)), "(2,) (3,)"),
    (lambda xp: xp.add(xp.ones(2), 1, nonsense=3), "nonsense"),
    (lambda xp: xp.bitwise_and(xp.ones(2), 1), "bitwise_and"),
    (lambda xp: xp.sin("text"), ""),
    (lambda xp: xp.ones(2) + "text", ""),
]


@pytest.mark.parametrize("call, named", BAD)
def test_bad_calls(call, named):
    assert_raises_alike(call, named)


@pytest.mark.parametrize("name", ["add", "exp", "equal", "arctan2", "logical_not"])
def test_attributes(name):
    ours, theirs = getattr(nl, name), getattr(np, name)
    for attribute in ("__name__", "nin", "nout", "nargs", "identity", "signature"):
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert ours.__doc__.startswith(f"{name}(")


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
    first, second = getattr(nl, name)(a)
    want_first, want_second = getattr(np, name)(x)
    assert_same(want_first, first)
    # C leaves the exponent of infinities and NaN open.
    finite, zero = np.isfinite(x), np.zeros((), want_second.dtype)
    got_second = nl.where(nl.asarray(finite), second, nl.asarray(zero))
    assert_same(np.where(finite, want_second, zero), got_second)


def test_two_outs():
    a = nl.asarray([1.5, -2.25])
    fraction, whole = nl.zeros(2), nl.zeros(2)
    results = nl.modf(a, out=(fraction, whole))
    assert results[0] is fraction and results[1] is whole
    assert_same([0.5, -0.25], fraction)
    assert_same([1.0, -2.0], whole)
    with pytest.raises(ValueError, match="one entry per ufunc output"):
        nl.modf(a, out=(fraction,))


def test_numpy_ufuncs_call_ours():
    x, a = pair(7, "float32")
    assert_same(np.add(x, x), np.add(a, a))
    assert_same(np.add.reduce(x), np.add.reduce(a), ulp=4)
