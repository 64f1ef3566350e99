"""Python's operators on arrays, in place and reflected."""

import operator

import numpy as np
import pytest
from support import (
    ARITHMETIC_OPERATORS,
    BIT_OPERATORS,
    COMPARISON_OPERATORS,
    assert_raises_alike,
    assert_same,
    pair,
)

import numloom as nl

INPLACE = [operator.iadd, operator.isub, operator.imul, operator.ifloordiv]


@pytest.mark.parametrize(
    "op", ARITHMETIC_OPERATORS + COMPARISON_OPERATORS, ids=lambda op: op.__name__
)
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_binary(op, dtype):
    x, a = pair(9, dtype)
    y, b = np.abs(x) % 4 + 1, nl.abs(a) % 4 + 1
    ulp = 4 if op is operator.pow else 0
    y, b = y.astype(dtype), b.astype(dtype)
    assert_same(op(x, y), op(a, b), ulp=ulp)
    assert_same(op(x, 3), op(a, 3), ulp=ulp)
    assert_same(op(3, y), op(3, b), ulp=ulp)


@pytest.mark.parametrize("op", BIT_OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", ["bool", "int16", "uint64"])
def test_bits(op, dtype):
    x, a = pair(9, dtype)
    y, b = pair(9, dtype, seed=1)
    assert_same(op(x, y), op(a, b))
    assert_same(~x, ~a)


@pytest.mark.parametrize("op", INPLACE, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", ["int32", "float32"])
def test_in_place_rebinds(op, dtype):
    x, a = pair(9, dtype)
    y = a
    a = op(a, 3)
    assert a is y
    assert_same(op(x.copy(), 3), a)


def test_in_place_leaves_what_was_recorded_before():
    x, a = pair(9, "float32")
    before = a * 2
    a += 1
    assert_same(x * 2, before)
    assert_same(x + 1, a)


def test_in_place_refuses_a_wider_kind():
    def run(xp):
        a = xp.ones(3, dtype="int32")
        a += 1.5

    assert_raises_alike(run)


@pytest.mark.parametrize(
    "left, right",
    [
        ((3, 3), (3,)),
        ((3,), (3,)),
        ((3, 3), (2, 3, 3)),
        ((2, 3), (3, 2)),
        ((2, 3), (3, 1)),
        ((3,), (3, 1)),
    ],
)
def test_in_place_products_keep_the_shape(left, right):
    def run(xp):
        a = xp.ones(left)
        a @= xp.ones(right)

    assert_raises_alike(run)


def test_unary():
    x, a = pair(9, "int16")
    for op in (operator.neg, operator.pos, operator.abs, operator.invert):
        assert_same(op(x), op(a))


def test_absolute_of_negated_unsigned():
    x, a = pair(9, "uint8")
    assert_same(abs(-x), abs(-a))


def test_numpy_array_on_the_left():
    x, a = pair(9, "float32")
    if a.device == "cpu":
        assert_same(x * 2 - x, x * 2 - a)
    assert_same(np.float32(2) * x, np.float32(2) * a)


def test_conversions_of_one_element():
    a = nl.asarray(3)
    assert int(a) == 3 and float(a) == 3.0 and complex(a) == 3 and bool(a)
    assert [10, 20, 30, 40][a] == 40
    assert type(nl.asarray(2.5).item()) is float
    assert nl.asarray([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert_raises_alike(lambda xp: bool(xp.ones(2)), "ambiguous")
    assert_raises_alike(lambda xp: float(xp.ones(2)))
    assert_raises_alike(lambda xp: len(xp.asarray(1)))
    assert_raises_alike(lambda xp: hash(xp.ones(2)))


def test_iteration():
    x, a = pair((3, 4), "int32")
    assert len(a) == 3
    for row, want in zip(a, x):
        assert_same(want, row)
    assert_raises_alike(lambda xp: iter(xp.asarray(1)))


@pytest.mark.parametrize(
    "other",
    [range(4), bytearray(b"abcd"), memoryview(b"abcd"), (1, 2, 3, 4)],
    ids=lambda other: type(other).__name__,
)
def test_sequences_as_operands(other):
    x, a = pair((3, 4), "int32")
    assert_same(x + other, a + other)
    assert_same(other * x, other * a)
    assert_same(x == other, a == other)


def test_integers_that_no_float_holds():
    for call in (
        lambda xp: xp.ones(2) + 10**400,
        lambda xp: xp.ones(2, "complex64") * 10**400,
        lambda xp: xp.ones(2, "int64") * 10**400,
    ):
        with pytest.raises((OverflowError, TypeError)):
            call(nl)
    assert_raises_alike(lambda xp: xp.ones(2) + 10**400)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "u1", "u8"])
def test_integers_over_powers_of_two(dtype):
    info = np.iinfo(dtype)
    ends = [info.min, info.min + 1, info.max - 1, info.max]
    x = np.array([*ends, *range(0, 100, 7), *(np.arange(-50, 0) if info.min else ())])
    x = np.array(x.tolist() if dtype != "u8" else [*ends, 5, 2**40 + 3], dtype)
    a = nl.asarray(x)
    for exponent in range(info.bits - (info.min < 0)):
        divisor = 2**exponent
        assert_same(x // divisor, a // divisor)
        assert_same(x % divisor, nl.remainder(a, divisor))
        # Dtypes that the divisor's own changes.
        assert_same(x // np.int64(divisor % 2**63), a // np.int64(divisor % 2**63))
    assert_same(x % -4 if info.min else x % 3, a % -4 if info.min else a % 3)
    assert_raises_alike(lambda xp: xp.ones(3, dtype) // 2**64)
    assert_raises_alike(lambda xp: xp.ones(3, dtype) % (2 * (int(info.max) + 1)))


def test_other_quotients_by_powers_of_two():
    x, a = pair(50, "bool")
    assert_same(x // 2, a // 2)
    assert_same(x % 2, a % 2)
    x, a = pair(50, "float64")
    assert_same(x // 4, a // 4)
    assert_same(x % 4, a % 4)
    x, a = pair(50, "int32")
    assert_same(x // 2.0, a // 2.0)
    assert_same(1 // (x + 100), 1 // (a + 100))
    x //= 8
    a //= 8
    assert_same(x, a)
