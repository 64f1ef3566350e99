"""Programs that need a row more than once, on rows of all lengths."""

import numpy as np
import pytest

import numloom as nl

LENGTHS = [300, 5000, 16384, 20000, 32772, 40000, 65536, 65541, 70000, 200000, 270001]


def softmax(np, x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def standardise(np, x):
    return (x - np.mean(x, axis=1, keepdims=True)) / np.std(x, axis=1, keepdims=True)


def spread(np, x):
    return np.max(x, axis=1) - np.min(x, axis=1) + np.var(x, axis=1)


def last_of_scaled(np, x):
    """Two operands over the row, and an index into it."""
    y = x * x[:, ::-1]
    return np.argmax(y / np.max(y, axis=1, keepdims=True), axis=1)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("program", [softmax, standardise, spread])
def test_rows(program, dtype, length):
    x = np.random.default_rng(7).normal(size=(3, length)).astype(dtype)
    result = np.asarray(program(nl, nl.asarray(x)))
    expected = program(np, x.astype("f8"))
    tolerance = 2e-4 if dtype == "f4" else 1e-11
    assert result.dtype == dtype
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("length", LENGTHS)
def test_positions(length):
    x = np.random.default_rng(8).permutation(length).astype("f8").reshape(1, -1)
    result = last_of_scaled(nl, nl.asarray(np.vstack([x, x[:, ::-1]])))
    np.testing.assert_array_equal(
        np.asarray(result), last_of_scaled(np, np.vstack([x, x[:, ::-1]]))
    )


@pytest.mark.parametrize("dtype", ["f2", "c8", "i4"])
def test_other_dtypes(dtype):
    x = (np.arange(2 * 50000) % 11).reshape(2, -1).astype(dtype)
    y = nl.asarray(x)
    result = np.asarray(y - nl.sum(y, axis=1, keepdims=True, dtype=dtype))
    np.testing.assert_array_equal(
        result, x - np.sum(x, axis=1, keepdims=True, dtype=dtype)
    )


@pytest.mark.parametrize("count", [3, 70, 300, 517, 1037])
@pytest.mark.parametrize("width", [1, 2, 3, 4, 8, 13, 16, 17])
def test_distances(count, width):
    x = np.random.default_rng(9).integers(-4, 5, (count, width)).astype("f4")
    y = np.random.default_rng(10).integers(-4, 5, (90, width)).astype("f4")

    def distances(x, y):
        d = x[:, None, :] - y[None, :, :]
        return (d * d).sum(axis=2), abs(d).max(axis=2)

    for result, expected in zip(
        distances(nl.asarray(x), nl.asarray(y)), distances(x, y), strict=True
    ):
        np.testing.assert_array_equal(np.asarray(result), expected)
