"""Chains of divisions and square roots are rounded as NumPy's, whatever is fused."""

import numpy as np
import pytest
from ulp import count_ulps

import numloom as nl

# Zeros, subnormals, the ends of the normal numbers, infinities, NaN, both signs,
# and what makes quotients over- and underflow.
MAGNITUDES = [
    0.0,
    1e-45,
    1.1754942e-38,
    1.17549435e-38,
    2.0**-125,
    2.0**-101,
    2.0**-100,
    3e-30,
    0.1,
    0.99999994,
    1.0,
    1.9999999,
    3.0,
    7e12,
    2.0**100,
    2.0**126,
    1.7e38,
    3.4028235e38,
    np.inf,
    np.nan,
]


@pytest.fixture
def operands(rng):
    """All pairs of special numbers among ordinary ones, in groups of four."""
    special = np.array(MAGNITUDES + [-m for m in MAGNITUDES], "f4")
    x, y = (a.ravel() for a in np.meshgrid(special, special))
    ordinary = rng.uniform(0.5, 100, (x.size, 8)).astype("f4")
    a, b = ordinary[:, :4].copy(), ordinary[:, 4:].copy()
    lane = np.arange(x.size) % 4
    a[np.arange(x.size), lane], b[np.arange(x.size), lane] = x, y
    return a.ravel(), b.ravel()


def chain(np, a, b):
    """Five divisions and roots for one result."""
    return np.sqrt(a / b) / (1.0 / np.sqrt(b) + b / a)


def same(expected, actual):
    return np.array_equal(expected.view("i4"), actual.view("i4")) or (
        np.array_equal(np.isnan(expected), np.isnan(actual))
        and np.array_equal(np.nan_to_num(expected), np.nan_to_num(actual))
        and np.array_equal(
            np.signbit(expected[~np.isnan(expected)]),
            np.signbit(actual[~np.isnan(actual)]),
        )
    )


@pytest.mark.parametrize("size", [1, 3, 4, 1000, None])
def test_chains_of_special_numbers(operands, size):
    a, b = (x[:size] for x in operands)
    actual = nl.asnumpy(chain(nl, nl.asarray(a), nl.asarray(b)))
    assert same(chain(np, a, b), actual)


@pytest.mark.parametrize("offset", [0, 1])
def test_chains_of_random_bits(rng, offset):
    bits = rng.integers(0, 1 << 32, (2, 100_003), dtype="u4")
    a, b = (x[offset:] for x in bits.view("f4"))
    actual = nl.asnumpy(chain(nl, nl.asarray(a), nl.asarray(b)))
    assert same(chain(np, a, b), actual)


def test_logarithms_of_every_kind_of_number(operands):
    x = np.concatenate([operands[0], np.float32(1) + np.arange(-40, 40) * 1e-7])
    x = x.astype("f4")
    actual = nl.asnumpy(nl.log(nl.asarray(x)))
    assert count_ulps(actual, np.log(x.astype(np.longdouble))).max() <= 1
    # An element is the same alone, in a vector and in a larger program.
    alone = np.array(
        [nl.asnumpy(nl.log(nl.asarray(x[i : i + 1])))[0] for i in range(9)]
    )
    assert same(alone, actual[:9])
    a = nl.asarray(x)
    with_others = nl.log(a) + 0.0 * (a / (a + 1.0) / (a + 2.0) / (a + 3.0))
    finite = np.isfinite(x) & (x > 0)
    assert np.array_equal(nl.asnumpy(with_others)[finite], actual[finite])


@pytest.fixture
def halves():
    return np.arange(1 << 16, dtype="u2").view("f2")


def round_quotient(x, y):
    """x / y of float16, by way of float64, which hides nothing of it."""
    with np.errstate(all="ignore"):
        return (x.astype("f8") / y.astype("f8")).astype("f2")


def same_halves(expected, actual):
    nan = np.isnan(expected)
    return np.array_equal(nan, np.isnan(actual)) and np.array_equal(
        expected[~nan].view("u2"), actual[~nan].view("u2")
    )


def test_quotients_of_all_halves(rng, halves):
    """By some of them: zeros, the ends of the subnormals and normals, thirds."""
    special = np.array([0, 1, 3, 0x3FF, 0x400, 0x4200, 0x4B00, 0x7BFF, 0x7C00, 0x7E00])
    bits = np.concatenate([special, special | 0x8000, rng.integers(0, 1 << 16, 44)])
    divisors = bits.astype("u2").view("f2")
    numerators = nl.asarray(halves)
    for divisor in divisors:
        expected = round_quotient(halves, divisor)
        assert same_halves(expected, nl.asnumpy(numerators / nl.asarray(divisor)))
    quotients = nl.asnumpy(numerators[:4096, None] / nl.asarray(divisors))
    assert same_halves(round_quotient(halves[:4096, None], divisors), quotients)


def test_exponentials_of_all_halves(halves):
    actual = nl.asnumpy(nl.exp(nl.asarray(halves)))
    with np.errstate(all="ignore"):
        exact = np.exp(halves.astype(np.longdouble))
    assert count_ulps(actual, exact).max() <= 0.51
    assert np.array_equal(np.isnan(actual), np.isnan(halves))
