"""copyto and fill."""

import numpy as np
import pytest
from support import DTYPES, SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl


@pytest.mark.parametrize("dtype", SAMPLE)
def test_copyto(dtype):
    x, a = pair((4, 3), dtype)
    y, b = pair((3,), dtype, seed=2)
    mask = np.array([True, False, True])
    np.copyto(x, y, where=mask)
    nl.copyto(a, b, where=nl.asarray(mask))
    assert_same(x, a)
    np.copyto(x[0], y[None, None], where=mask)
    nl.copyto(a[0], b[None, None], where=mask)
    assert_same(x, a)
    np.copyto(x[1:3], y)
    nl.copyto(a[1:3], b)
    assert_same(x, a)


def test_copyto_converts():
    x, a = np.zeros(3, "int64"), nl.zeros(3, "int64")
    np.copyto(x, [1.5, -2.5, 3], casting="unsafe")
    nl.copyto(a, [1.5, -2.5, 3], casting="unsafe")
    assert_same(x, a)
    assert_raises_alike(lambda xp: xp.copyto(xp.zeros(3, "int64"), xp.ones(3)))
    assert_raises_alike(lambda xp: xp.copyto(xp.zeros(3, "int64"), 1.5))
    assert_raises_alike(lambda xp: xp.copyto(xp.zeros(3), xp.ones(4)))
    assert_raises_alike(lambda xp: xp.copyto(xp.zeros(3), 1, where=xp.ones(3)))
    assert_raises_alike(lambda xp: xp.copyto([1], 1))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", [0, 1, 3.75, True])
def test_fill(dtype, value):
    x, a = np.ones((2, 3), dtype), nl.ones((2, 3), dtype)
    x[:, 1:].fill(value)
    a[:, 1:].fill(value)
    assert_same(x, a)


def test_fill_takes_numbers():
    assert_raises_alike(lambda xp: xp.zeros(3).fill([1, 2]))


@pytest.mark.parametrize("dtype", ["bool", "int64", "float32", "complex64"])
@pytest.mark.parametrize("value", [[1, 2], [1], [], np.ones(1), np.ones(2)], ids=str)
def test_fill_with_a_sequence(dtype, value):
    x, a = np.zeros(3, dtype), nl.zeros(3, dtype)
    try:
        x.fill(value)
    except (TypeError, ValueError) as error:
        with pytest.raises(type(error)):
            a.fill(value)
    else:
        a.fill(value)
    assert_same(x, a)
