"""Methods of arrays that are no functions of the namespace."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl


@pytest.mark.parametrize("dtype", SAMPLE)
def test_conjugates_of_real_numbers_are_the_array(dtype):
    x, a = pair((3, 4), dtype)
    assert_same(x.conj(), a.conj())
    assert (a.conjugate() is a) == (x.conjugate() is x)
    out = nl.zeros((3, 4), "complex128")
    assert a.conj(out=out) is out
    assert_same(x.conj().astype("complex128"), out)


@pytest.mark.parametrize("order", ["C", "F", "K"])
@pytest.mark.parametrize("copy", [True, False])
def test_parts_that_astype_discards(order, copy):
    with pytest.warns(np.exceptions.ComplexWarning):
        nl.ones((2, 3), "complex64").T.astype("float32", order=order, copy=copy)


@pytest.mark.parametrize("dtype", SAMPLE)
def test_contains(dtype):
    x, a = pair((3, 4), dtype)
    for value in (x[1, 2], 1, 100, np.nan):
        assert (value in x) == (value in a)
    assert nl.asarray(x[2]) in a
    assert 1 not in a[:0]
    assert_raises_alike(lambda xp: xp.ones(2) in xp.ones(3))


def test_subscripts_of_the_type():
    alias = nl.ndarray[tuple[int], np.dtype[np.float64]]
    assert alias.__origin__ is nl.ndarray


def test_shapes_of_reshape():
    x, a = np.arange(6), nl.arange(6)
    for shape in (np.array([2, 3]), np.array(6), [3, 2], None, (-1,)):
        assert_same(x.reshape(shape), a.reshape(shape))
    assert_same(np.reshape(x, None), nl.reshape(a, None))
    assert_raises_alike(lambda xp: xp.arange(6).reshape())


def test_bytes():
    x, a = np.arange(6.0).reshape(2, 3).T, nl.arange(6.0).reshape(2, 3).T
    assert bytes(a) == x.tobytes()


def test_sort_needs_an_axis():
    assert_raises_alike(lambda xp: xp.zeros((2, 3)).sort(axis=None))
    assert_raises_alike(lambda xp: xp.zeros((2, 3)).partition(0, axis=None))
