"""Dtypes and shapes of the operators' results, over all pairs of dtypes."""

import operator

import numpy as np
import pytest
from support import (
    ARITHMETIC_OPERATORS,
    BIT_OPERATORS,
    COMPARISON_OPERATORS,
    DTYPES,
)

import numloom as nl

OPERATORS = [
    *ARITHMETIC_OPERATORS,
    *BIT_OPERATORS,
    operator.lshift,
    operator.rshift,
    *COMPARISON_OPERATORS,
]
UNARY = [operator.neg, operator.pos, operator.abs, operator.invert]
SCALARS = [True, 1, 2, -1, 300, 2**40, 1.5, 2.0, 1e300, 1j, float("nan")]


def outcome(function):
    """Dtype and shape of the result, or the error."""
    try:
        result = function()
    except TypeError as error:
        return TypeError, str(error)
    except (ValueError, OverflowError) as error:
        return type(error), str(error)
    return result.dtype, result.shape


def assert_agree(op, expected, actual):
    """The same operation has the same outcome on both sides."""
    want = outcome(lambda: op(*expected))
    assert outcome(lambda: op(*actual)) == want


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays(op, dtype):
    x = np.ones(3, dtype)
    for other in DTYPES:
        y = np.ones((2, 1), other)
        assert_agree(op, (x, y), (nl.asarray(x), nl.asarray(y)))


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_scalars_are_strong(op, dtype):
    x = np.ones(3, dtype)
    for other in DTYPES:
        y = np.ones((), other)[()]
        assert_agree(op, (x, y), (nl.asarray(x), y))
        assert_agree(op, (y, x), (y, nl.asarray(x)))


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", DTYPES)
def test_python_numbers_are_weak(op, dtype):
    x = np.ones(3, dtype)
    for scalar in SCALARS:
        # Whether an exponent is refused as negative or as out of bounds
        # depends on the order of NumPy's checks.
        if op is operator.pow and scalar == -1 and x.dtype.kind in "bu":
            continue
        assert_agree(op, (x, scalar), (nl.asarray(x), scalar))
        assert_agree(op, (scalar, x), (scalar, nl.asarray(x)))


@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.__name__)
@pytest.mark.parametrize("dtype", DTYPES)
def test_unary(op, dtype):
    x = np.ones(3, dtype)
    assert_agree(op, (x,), (nl.asarray(x),))


@pytest.mark.parametrize("value", [2**63, 2**64, 2**70, -(2**70)])
@pytest.mark.parametrize("dtype", ["int8", "int64", "uint32"])
def test_integers_that_no_dtype_holds(value, dtype):
    a = nl.ones(3, dtype=dtype)
    with pytest.raises(OverflowError):
        a + value
    assert (a < value).dtype == bool


def test_bfloat16():
    bfloat16 = np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    a = nl.asarray(np.ones(3, bfloat16))
    assert (a + 1.5).dtype == bfloat16
    assert (a + nl.ones(3, dtype="float32")).dtype == np.float32
    assert nl.asarray([1, 2], dtype="bfloat16").dtype == bfloat16


def test_none_and_strings_equal_no_element():
    a = nl.ones(3)
    assert (a == None).tolist() == [False] * 3  # noqa: E711
    assert (a != "name").tolist() == [True] * 3


@pytest.mark.parametrize("other", [object(), {}, "name"], ids=type)
def test_operands_that_are_no_arrays(other):
    with pytest.raises(TypeError, match="unsupported operand"):
        nl.ones(3) + other


def test_shapes_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"with shapes \(2,3\) \(4,\) $"):
        nl.ones((2, 3)) + nl.ones(4)
