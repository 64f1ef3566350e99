"""`emath`: functions that leave the real numbers where they must."""

import numpy as np
import pytest
from support import assert_same

import numloom as nl

ARGUMENTS = [
    np.linspace(-2, 2, 7),
    np.array([[0.25, 0.5]], "float32"),
    np.array([-3], "int16"),
    np.array([-3, 4]),
    np.array([True, False]),
    np.array([-1 + 2j], "complex64"),
    np.array([]),
    -1,
    4.0,
    [1, -1],
]


@pytest.mark.parametrize("argument", ARGUMENTS, ids=str)
@pytest.mark.parametrize(
    "name", ["sqrt", "log", "log2", "log10", "arccos", "arcsin", "arctanh"]
)
def test_one_argument(name, argument):
    x = np.asarray(argument)
    with np.errstate(all="ignore"):
        expected = getattr(np.emath, name)(x)
    assert_same(expected, getattr(nl.emath, name)(nl.asarray(x)), tolerance=1e-6)


@pytest.mark.parametrize("base", [-2, [2, 4], np.array([-2.0, 4.0])], ids=str)
@pytest.mark.parametrize("exponent", [2, -2, 0.5, [1, -1]], ids=str)
def test_power(base, exponent):
    expected = np.emath.power(base, exponent)
    assert_same(expected, nl.emath.power(base, exponent), tolerance=1e-12)


def test_logarithm_to_a_base():
    assert_same(np.emath.logn(2, [4, -8]), nl.emath.logn(2, [4, -8]), tolerance=1e-14)
