"""Elementwise programs on rows of every length: whole vectors and what is left."""

import numpy as np
import pytest
from support import assert_same, pair

import numloom as nl

LENGTHS = [*range(1, 20), 31, 32, 33, 47, 63, 64, 65, 70, 127, 130]
DTYPES = ["bool", "uint8", "int16", "int64", "float16", "float32", "float64"]
DTYPES += ["complex64", "complex128"]

PROGRAMS = {
    "row": lambda np, x, y: x + y[0],
    "column": lambda np, x, y: x + y[:, :1],
    "reversed": lambda np, x, y: x[:, ::-1] + y,
    "part": lambda np, x, y: x[:, 1:] + y[:, :-1],
    "apart": lambda np, x, y: x[:, ::2] + y[:, ::2],
    "transposed": lambda np, x, y: (x.T + y[:, 0]).T,
    "widened": lambda np, x, y: x + y[0] * 1.5,
    "repeated": lambda np, x, y: np.repeat(x, 3, axis=1),
    "index": lambda np, x, y: np.arange(x.shape[1]) + x[:, :1],
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_lengths(program, dtype):
    run = PROGRAMS[program]
    for length in LENGTHS:
        x, a = pair((5, length), dtype)
        y, b = pair((5, length), dtype, seed=1)
        assert_same(run(np, x, y), run(nl, a, b))


@pytest.mark.parametrize("length", LENGTHS)
def test_updates_in_place(length):
    """What lies beside the rows stays."""
    x, a = pair((6, length + 3), "float64")
    y, b = pair((length,), "float64", seed=1)
    x[1:-1, 1:-2] += y
    a[1:-1, 1:-2] += b
    assert_same(x, a)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 9, 40])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "complex128"])
def test_repeats(dtype, count):
    x, a = pair((7, 9), dtype)
    for axis in (None, 0, 1):
        assert_same(np.repeat(x, count, axis), nl.repeat(a, count, axis))
        assert_same(np.repeat(x.T, count, axis), nl.repeat(a.T, count, axis))
