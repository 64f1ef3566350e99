"""Indices of triangles and diagonals."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same

import numloom as nl


def assert_all_same(expected, actual):
    assert len(expected) == len(actual)
    for want, got in zip(expected, actual):
        assert_same(want, got)


@pytest.mark.parametrize("name", ["tril_indices", "triu_indices"])
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_triangles(n, name):
    for m in (None, 0, 1, 3, 7):
        for k in range(-6, 8):
            theirs = getattr(np, name)(n, k, m)
            assert_all_same(theirs, getattr(nl, name)(n, k, m))


@pytest.mark.parametrize("name", ["tril_indices", "triu_indices"])
def test_large_triangles(name):
    assert_all_same(getattr(np, name)(1500, 3), getattr(nl, name)(1500, 3))
    assert_all_same(getattr(np, name)(40, -5, 3000), getattr(nl, name)(40, -5, 3000))


def test_rows_are_exact_beyond_what_float32_counts():
    from numloom._triangle_indices import _count_before, _growing_rows  # noqa: PLC0415

    rows = np.array([2**20, 2**24 + 1, 2**26 - 3])
    for shift, row in ((0, rows), (-1, rows - 1)):
        position = nl.asarray(_count_before(rows, 7) + shift)
        assert_same(row, _growing_rows(position, 7))


def test_triangles_of_arrays():
    x, a = np.ones((3, 5)), nl.ones((3, 5))
    assert_all_same(np.tril_indices_from(x, 1), nl.tril_indices_from(a, 1))
    assert_all_same(np.triu_indices_from(x, -1), nl.triu_indices_from(a, -1))
    assert_raises_alike(lambda xp: xp.tril_indices_from(xp.ones(3)), "2-d")
    assert_raises_alike(lambda xp: xp.triu_indices_from(xp.ones((1, 2, 3))), "2-d")


def test_diagonals():
    assert_all_same(np.diag_indices(4), nl.diag_indices(4))
    assert_all_same(np.diag_indices(3, 3), nl.diag_indices(3, 3))
    assert_all_same(
        np.diag_indices_from(np.ones((2, 2))), nl.diag_indices_from(nl.ones((2, 2)))
    )
    assert_raises_alike(lambda xp: xp.diag_indices_from(xp.ones(3)), "2-d")
    assert_raises_alike(lambda xp: xp.diag_indices_from(xp.ones((3, 4))), "equal")


def test_masks():
    assert_all_same(np.mask_indices(4, np.tril), nl.mask_indices(4, nl.tril))
    assert_all_same(np.mask_indices(4, np.triu, 1), nl.mask_indices(4, nl.triu, 1))
    assert_all_same(
        np.mask_indices(3, lambda m, k: 0 * m), nl.mask_indices(3, lambda m, k: 0 * m)
    )
