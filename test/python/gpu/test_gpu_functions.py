"""exp, log, sin and cos of float64, which have fast code for most arguments: elements
depend neither on their neighbours nor on what else is computed."""

import numpy as np
import pytest

import numloom as nl

FUNCTIONS = ["exp", "log", "sin", "cos"]
SIZES = [1, 2, 3, 4, 5, 255, 256, 257, 511, 512, 513, 1025]
# Where the fast code ends, and what it does not take.
EDGES = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e-310, -1e-310]
    + [np.finfo("f8").tiny, -np.finfo("f8").tiny, np.finfo("f8").max]
    + [s * x for s in (1, -1) for x in (708.0, 708.4, 709.78, 709.79, 745.2, 1e300)]
    + [s * np.nextafter(2.0**31, to) for s in (1, -1) for to in (0, np.inf)]
    + [s * 0.5 * np.pi * n for s in (1, -1) for n in (1, 2, 3, 710, 2**20, 2**31)]
    + [np.sqrt(0.5), np.nextafter(np.sqrt(0.5), 0), np.nextafter(1, 0), 1, 2.0**-40]
)


def draw(rng, size):
    return rng.choice(np.concatenate([EDGES, rng.uniform(-9, 9, 64)]), size)


def compute(name, x):
    return np.asarray(getattr(nl, name)(nl.asarray(x)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_edges(name):
    with np.errstate(all="ignore"):
        exact = getattr(np, name)(EDGES.astype(np.longdouble))
        rounded = exact.astype("f8")
    result = compute(name, EDGES)
    finite = np.isfinite(rounded)
    np.testing.assert_array_equal(result[~finite], rounded[~finite])
    error = np.abs(result[finite] - exact[finite]) / np.spacing(np.abs(rounded[finite]))
    assert error.max() < 2.5
    zeros = rounded == 0
    np.testing.assert_array_equal(np.signbit(result[zeros]), np.signbit(rounded[zeros]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_neighbours(name):
    rng = np.random.default_rng(3)
    x = draw(rng, 2000)
    expected = compute(name, np.repeat(x, 4))[::4]
    np.testing.assert_array_equal(compute(name, x), expected)
    np.testing.assert_array_equal(compute(name, x[::-1]), expected[::-1])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_sizes(name):
    x = draw(np.random.default_rng(4), max(SIZES))
    expected = compute(name, x)
    for size in SIZES:
        np.testing.assert_array_equal(compute(name, x[:size]), expected[:size])


@pytest.mark.parametrize("stop, step", [(None, 1), (None, -1), (-1, 3), (1, 1)])
def test_fused(stop, step):
    rng = np.random.default_rng(5)
    x, y = draw(rng, 1001)[:stop:step], draw(rng, 1001)[:stop:step]
    a, b = nl.asarray(x), nl.asarray(y)
    fused = nl.sin(a) * nl.exp(-b) + nl.cos(a) * nl.log(b + 1.0)
    with np.errstate(all="ignore"):
        parts = [
            compute("sin", x) * compute("exp", -y),
            compute("cos", x) * compute("log", y + 1.0),
        ]
        np.testing.assert_array_equal(np.asarray(fused), parts[0] + parts[1])


def test_sine_and_cosine_share_arguments():
    x = draw(np.random.default_rng(6), 777)
    a = nl.asarray(x)
    both = nl.stack([nl.sin(a), nl.cos(a), nl.sin(a) * nl.cos(a)])
    sine, cosine = compute("sin", x), compute("cos", x)
    np.testing.assert_array_equal(np.asarray(both), [sine, cosine, sine * cosine])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_reductions(name):
    """In a reduction's loop constants are where they always were."""
    x = np.random.default_rng(7).uniform(0.1, 9, (37, 129))
    each = compute(name, x)
    for axis in (0, 1):
        expected = np.max(each, axis=axis)
        result = nl.max(getattr(nl, name)(nl.asarray(x)), axis=axis)
        np.testing.assert_array_equal(np.asarray(result), expected)
