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
