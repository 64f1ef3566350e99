"""Operands and results that lie back to front."""

import numpy as np
import pytest
from support import assert_same, assert_same_sums, dtype_of, make, pair

import numloom as nl

# Around the lanes of one register and of four.
LENGTHS = [0, 1, 2, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 300]
DTYPES = ["bool", "int8", "uint16", "int32", "int64", "float16", "float32"]
DTYPES += ["float64", "complex64", "complex128"]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_elements(dtype, length):
    x, a = pair((length,), dtype, special=True)
    y, b = pair((length,), dtype, seed=1)
    assert_same(x[::-1].copy(), a[::-1].copy())
    assert_same(x[::-1] + y, a[::-1] + b)
    assert_same(x + y[::-1], a + b[::-1])
    assert_same(x[::-1] == y[::-1], a[::-1] == b[::-1])
    assert_same(x[-2::-1] + y[1:], a[-2::-1] + b[1:])
    assert_same(x[::-1].astype("complex128"), a[::-1].astype("complex128"))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_reductions(dtype, length):
    x, a = pair((11, length), dtype)
    y, b = pair((11, length), dtype, seed=1)
    k, q = y[0], b[0]
    assert_same_sums((x * k[::-1]).sum(axis=1), (a * q[::-1]).sum(axis=1))
    assert_same_sums((x[:, ::-1] * y).sum(axis=1), (a[:, ::-1] * b).sum(axis=1))
    assert_same_sums((x[:, ::-1] * y).sum(axis=0), (a[:, ::-1] * b).sum(axis=0))
    assert_same_sums((x[:, ::-1] * y).sum(), (a[:, ::-1] * b).sum())
    assert_same_sums(x[:, ::-1].sum(axis=1), a[:, ::-1].sum(axis=1))
    if length:
        assert_same(x[:, ::-1].argmax(axis=1), a[:, ::-1].argmax(axis=1))
        assert_same(x[:, ::-1].max(axis=0), a[:, ::-1].max(axis=0))
        assert_same(np.cumsum(x[:, ::-1] != k), nl.cumsum(a[:, ::-1] != q))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_updates(dtype, length):
    y, b = pair((5, length), dtype, seed=1)
    updates = {
        "all": lambda x, y: x.__setitem__((slice(None), slice(None, None, -1)), y + y),
        "part": lambda x, y: x[:, -2::-1].__setitem__(
            slice(None), y[:, 1:] + y[:, :-1]
        ),
        "both": lambda x, y: x[:, ::-1].__setitem__(slice(None), y[:, ::-1] + x),
        "in place": lambda x, y: x[::-1, ::-1].__iadd__(y),
    }
    for update in updates.values():
        x, a = pair((5, length), dtype)
        update(x, y)
        update(a, b)
        assert_same(x, a)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "complex128"])
def test_products_of_windows(dtype):
    x, a = pair((500,), dtype)
    k, q = pair((70,), dtype, seed=1)
    windows = np.lib.stride_tricks.sliding_window_view(x, 70)
    got = nl.lib.stride_tricks.sliding_window_view(a, 70)
    assert_same_sums((windows * k[::-1]).sum(axis=1), (got * q[::-1]).sum(axis=1))
    assert_same_sums(
        (windows[::-1, ::-1] * k).sum(axis=1), (got[::-1, ::-1] * q).sum(axis=1)
    )


@pytest.mark.parametrize("dtype", ["bool", "float64", "complex64"])
def test_large_arrays(dtype):
    """Which go past the caches where they may."""
    size = (1 << 22) // dtype_of(dtype).itemsize + 37
    x, a = pair((size,), dtype)
    y, b = make((size,), dtype, seed=1), nl.zeros(size, dtype)
    a._evaluate()
    b[::-1] = nl.asarray(y) + a[::-1]
    assert_same((y + x[::-1])[::-1], b)
