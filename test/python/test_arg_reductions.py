"""argmin and argmax of rows that are longer than a vector, a block, or both."""

import numpy as np
import pytest
from support import assert_same, pair

import numloom as nl

# Around the lanes of a vector and the vectors of a block: 512 elements of 64 bits,
# 1024 of fewer; and of a block of a long row.
LENGTHS = [1, 2, 31, 32, 33, 65, 511, 512, 513, 1024, 1025, 3000]
LONG = [65535, 65536, 65537, 140001]
DTYPES = ["bool", "int8", "uint16", "int32", "int64", "uint64"]
FLOATS = ["float16", "float32", "float64", "complex64"]

LAYOUTS = {
    "contiguous": lambda x: x,
    "rows apart": lambda x: x[::2],
    "reversed": lambda x: x[:, ::-1],
    "elements apart": lambda x: x[:, ::3],
    "columns": lambda x: x.T,
    "Fortran": lambda x: x.T.copy().T,
}


def compare(x, a):
    """Both functions along each axis and of the whole array."""
    for name in ("argmin", "argmax"):
        function, own = getattr(np, name), getattr(nl, name)
        for axis in (None, *range(x.ndim)):
            assert_same(function(x, axis=axis), own(a, axis=axis))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES + FLOATS)
def test_first_of_equals(dtype, length, rng):
    x = rng.integers(0, 2 if dtype == "bool" else 4, (3, length)).astype(dtype)
    compare(x, nl.array(x))
    compare(x[0], nl.array(x[0]))


@pytest.mark.parametrize("length", LENGTHS + LONG)
@pytest.mark.parametrize("dtype", DTYPES + FLOATS)
def test_one_place(dtype, length, rng):
    """The extremes stand alone, anywhere: also in the last lanes."""
    x = np.ones((2, length), dtype)
    for row, place in zip(x, (length - 1, rng.integers(length))):
        row[place] = 0
    compare(x, nl.array(x))
    compare(
        ~x if dtype == "bool" else x + x, nl.array(~x if dtype == "bool" else x + x)
    )


@pytest.mark.parametrize("length", LENGTHS + LONG)
@pytest.mark.parametrize("dtype", FLOATS)
def test_nan_and_infinities(dtype, length, rng):
    for special in (np.nan, np.inf, -np.inf):
        x = rng.random((2, length)).astype(dtype)
        x[0, rng.integers(length)] = special
        x[1, rng.integers(length)] = x[1, -1] = special
        compare(x, nl.array(x))
        whole = np.full((2, length), special, dtype)
        compare(whole, nl.array(whole))


@pytest.mark.parametrize("value", ["lowest", "highest"])
@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64"])
def test_limits_alone(dtype, value):
    info = np.iinfo(dtype)
    x = np.full((2, 1025), info.min if value == "lowest" else info.max, dtype)
    compare(x, nl.array(x))


def test_zeros_of_both_signs():
    x = np.array([-0.0, 0.0] * 600)
    compare(x, nl.array(x))
    compare(-x, nl.array(-x))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["int32", "float64"])
def test_layouts(dtype, layout):
    for shape in [(40, 600), (600, 40), (5, 2000)]:
        x, a = pair(shape, dtype)
        compare(LAYOUTS[layout](x), LAYOUTS[layout](a))


def test_three_axes():
    x, a = pair((7, 40, 70), "float32")
    compare(x, a)
    compare(x.transpose(2, 0, 1), a.transpose(2, 0, 1))


# Cheap elements are computed twice, others are not.
PROGRAMS = [
    lambda np, x: np.argmin(np.abs(x - 0.5), axis=-1),
    lambda np, x: np.argmax(x * 2 + 1),
    lambda np, x: np.argmax(np.exp(np.sin(x)), axis=-1),
    lambda np, x: np.argmin(x, axis=-1) + np.argmax(x, axis=-1),
    lambda np, x: np.argmax(x, axis=-1) * 1.0 + np.max(x, axis=-1),
    lambda np, x: np.argmin(x + x[..., :1], axis=-1),
]


@pytest.mark.parametrize("program", range(len(PROGRAMS)))
def test_fused(program):
    for shape in [(30, 700), (100_000,)]:
        x, a = pair(shape, "float64")
        assert_same(PROGRAMS[program](np, x), PROGRAMS[program](nl, a))


@pytest.mark.parametrize("name", ["argmin", "argmax"])
def test_arguments(name):
    function, own = getattr(np, name), getattr(nl, name)
    x, a = pair((3, 4), "float64")
    assert_same(function(x, 1, keepdims=True), own(a, 1, keepdims=True))
    assert_same(function(x.T, 1, keepdims=True), own(a.T, 1, keepdims=True))
    assert_same(function(x, -1), own(a, -1))
    for arguments in [(2,), (-3,), (1.0,), ((0, 1),)]:
        with pytest.raises((TypeError, ValueError)) as expected:
            function(x, *arguments)
        with pytest.raises(expected.type):
            own(a, *arguments)
    with pytest.raises(ValueError, match="empty"):
        own(a[:, :0], 1)
