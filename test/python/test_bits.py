"""packbits, unpackbits and the digits of integers."""

import numpy as np
import pytest
from support import LAYOUTS, assert_raises_alike, assert_same, pair, view_pair

import numloom as nl

ORDERS = ["big", "little"]


@pytest.mark.parametrize("bitorder", ORDERS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int64"])
def test_packbits(dtype, layout, bitorder):
    x, a = view_pair(layout, dtype)
    for axis in (None, *range(-x.ndim, x.ndim)):
        assert_same(np.packbits(x, axis, bitorder), nl.packbits(a, axis, bitorder))


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 64])
def test_packbits_of_lengths(n):
    x, a = pair((3, n), "bool")
    assert_same(np.packbits(x, 1), nl.packbits(a, 1))


@pytest.mark.parametrize("bitorder", ORDERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_unpackbits(layout, bitorder):
    x, a = view_pair(layout, "uint8")
    for axis in (None, *range(-x.ndim, x.ndim)):
        for count in (None, 0, 3, -1, 100):
            if count and x.size == 0:
                continue  # NumPy leaves what it adds to no bits as it is.
            assert_same(
                np.unpackbits(x, axis, count, bitorder),
                nl.unpackbits(a, axis, count, bitorder),
            )


def test_bad_bits():
    assert_raises_alike(lambda xp: xp.packbits(xp.ones(3)))
    assert_raises_alike(lambda xp: xp.packbits(xp.ones(3, "u1"), bitorder="x"), "order")
    assert_raises_alike(lambda xp: xp.packbits(xp.ones(3, "u1"), 1))
    assert_raises_alike(lambda xp: xp.unpackbits(xp.ones(3, "i1")))
    assert_raises_alike(lambda xp: xp.unpackbits(xp.ones(3, "u1"), count=-25))
    assert_raises_alike(lambda xp: xp.unpackbits(xp.ones(3, "u1"), 2))


def test_digits():
    assert nl.base_repr(-255, 16, 2) == np.base_repr(-255, 16, 2)
    assert nl.binary_repr(-3, width=5) == np.binary_repr(-3, width=5)
