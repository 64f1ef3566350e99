"""Covariance and correlation."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, make, pair

import numloom as nl


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex128"])
@pytest.mark.parametrize("name", ["cov", "corrcoef"])
def test_matrices(name, dtype):
    x, a = pair((4, 30), dtype)
    y, b = pair((2, 30), dtype, seed=1)
    ours, theirs = getattr(nl, name), getattr(np, name)
    assert_same(theirs(x), ours(a), tolerance=1e-13)
    assert_same(theirs(x, y), ours(a, b), tolerance=1e-13)
    assert_same(theirs(x, rowvar=False), ours(a, rowvar=False), tolerance=1e-12)
    assert_same(theirs(x[0]), ours(a[0]), tolerance=1e-13)
    assert_same(theirs(x[0], y[0]), ours(a[0], b[0]), tolerance=1e-13)


@pytest.mark.parametrize("ddof", [None, 0, 1, 2])
def test_weights(ddof):
    x, a = pair((3, 12), "float64")
    f, w = np.arange(12) % 4, np.abs(make(12, "float64", seed=2))
    g, v = nl.asarray(f), nl.asarray(w)
    for theirs, ours in [
        ({}, {}),
        ({"fweights": f}, {"fweights": g}),
        ({"aweights": w}, {"aweights": v}),
        ({"fweights": f, "aweights": w}, {"fweights": g, "aweights": v}),
    ]:
        want = np.cov(x, ddof=ddof, **theirs)
        assert_same(want, nl.cov(a, ddof=ddof, **ours), tolerance=1e-13)


def test_options():
    x, a = pair((3, 12), "float32")
    assert_same(np.cov(x, bias=True), nl.cov(a, bias=True), tolerance=1e-13)
    got = nl.cov(a, dtype="float32")
    assert_same(np.cov(x, dtype="float32"), got, tolerance=1e-5)


def test_errors():
    assert_raises_alike(lambda xp: xp.cov(xp.ones((2, 2, 2))))
    assert_raises_alike(lambda xp: xp.cov(xp.ones(3), xp.ones(2)), "dimension")
    assert_raises_alike(lambda xp: xp.cov(xp.ones((2, 3)), ddof=0.5))
    assert_raises_alike(lambda xp: xp.cov(xp.ones((2, 3)), fweights=[1, 2]))
    assert_raises_alike(lambda xp: xp.cov(xp.ones((2, 3)), fweights=[1, -1, 1]))
    assert_raises_alike(lambda xp: xp.cov(xp.ones((2, 3)), fweights=[1.5, 1, 1]))
    assert_raises_alike(lambda xp: xp.cov(xp.ones((2, 3)), aweights=[[1, 2, 3]]))
