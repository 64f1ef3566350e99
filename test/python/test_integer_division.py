"""Quotients, remainders and divisors of integers, computed in floats: all bits."""

import numpy as np
import pytest
from support import SIGNED, UNSIGNED, assert_same

import numloom as nl

# Ends of formats, of what float64 holds, and what rounds across them.
EDGES = [0, 1, 2, 3, 7, 10, 1000, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32 + 1]
EDGES += [2**52, 2**53 - 1, 2**53 + 1, 2**62 - 1, 2**62, 2**63 - 512, 2**63 - 1, 2**63]
EDGES += [2**64 - 1]
FUNCTIONS = ["floor_divide", "remainder", "fmod", "divmod"]


def make_operands(dtype, rng):
    """Edges, neighbours of their multiples, and numbers of every size."""
    info = np.iinfo(dtype)
    edges = [n for e in EDGES for n in (e, -e) if info.min <= n <= info.max]
    near = [e * k + d for e in edges for k in (1, 3, 7, 1001) for d in (-1, 0, 1)]
    near = [n for n in near if info.min <= n <= info.max]
    spread = rng.integers(info.min, info.max, 1500, dtype, endpoint=True)
    spread >>= rng.integers(0, info.bits - 1, 1500).astype(dtype)
    x = np.concatenate([np.array(near, dtype), spread, [info.min, info.max]])
    return x.astype(dtype), np.unique(np.array([*edges, info.min], dtype))


def compare(name, x, y, a, b):
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(x, y)
    actual = getattr(nl, name)(a, b)
    for wanted, got in (
        zip(expected, actual) if name == "divmod" else [(expected, actual)]
    ):
        assert_same(wanted, got)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", SIGNED + UNSIGNED)
def test_one_divisor(dtype, name, rng):
    x, divisors = make_operands(dtype, rng)
    a = nl.array(x)
    for y in divisors:
        compare(name, x, y, a, nl.array(y))
        if y > 0:
            compare(name, x, int(y), a, int(y))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", SIGNED + UNSIGNED)
def test_many_divisors(dtype, name, rng):
    x, divisors = make_operands(dtype, rng)
    for y in (rng.permutation(x), rng.permutation(np.resize(divisors, x.size))):
        compare(name, x, y, nl.array(x), nl.array(y))
        rows, columns = x[:60, None], y[:45]
        compare(name, rows, columns, nl.array(rows), nl.array(columns))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_number_by_array(name, rng):
    y = rng.integers(-5, 5, 1000)
    compare(name, 17, y, 17, nl.array(y))
    compare(name, -(2**63), y, -(2**63), nl.array(y))


@pytest.mark.parametrize("name", ["gcd", "lcm"])
@pytest.mark.parametrize("dtype", SIGNED + UNSIGNED)
def test_common_divisors(dtype, name, rng):
    x, y = make_operands(dtype, rng)
    factors = y[y != 0][:: max(1, len(y) // 8)]
    pairs = [(x[:, None], y), (np.multiply.outer(x, factors), factors), (x, x[::-1])]
    for a, b in pairs:
        compare(name, a, b, nl.asarray(a), nl.asarray(b))
    for divisor in (0, 1, 12):
        compare(name, x, np.array(divisor, dtype), nl.asarray(x), divisor)
