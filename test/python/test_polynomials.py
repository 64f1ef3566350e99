"""Polynomials by their coefficients."""

import numpy as np
import pytest
from support import COMPLEX, FLOATS, INTEGERS, assert_raises_alike, assert_same, make

import numloom as nl
from numloom._polynomials import _choose_powers

DTYPES = INTEGERS + FLOATS + COMPLEX
TOLERANCE = {"float16": 4e-3, "float32": 2e-6, "complex64": 2e-6}


def get_tolerance(dtype):
    exact = dtype.startswith(("int", "uint"))
    return 1e-14 if exact else TOLERANCE.get(dtype, 1e-14)


def make_pair(dtype):
    """Two polynomials of degrees 4 and 2 with small coefficients."""
    p, q = make(5, dtype, seed=1), make(3, dtype, seed=2)
    p[0], q[0] = 3, 2
    return p, q


@pytest.mark.parametrize("name", ["polyadd", "polysub", "polymul"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_arithmetic(dtype, name):
    p, q = make_pair(dtype)
    theirs, ours = getattr(np, name), getattr(nl, name)
    for x, y in ((p, q), (q, p), (p, p[:1]), (p, q.astype(np.result_type(q, "f8")))):
        assert_same(
            theirs(x, y),
            ours(nl.asarray(x), nl.asarray(y)),
            tolerance=get_tolerance(dtype),
        )


@pytest.mark.parametrize("dtype", sorted(set(DTYPES) - {"float16"}))
def test_division(dtype):
    p, q = make_pair(dtype)
    tolerance = 1e-4 if dtype in TOLERANCE else 1e-12
    for x, y in ((p, q), (q, p), (p, q[:1]), (p, p)):
        theirs, ours = np.polydiv(x, y), nl.polydiv(nl.asarray(x), nl.asarray(y))
        for want, got in zip(theirs, ours):
            assert want.dtype == got.dtype and want.shape == got.shape
            np.testing.assert_allclose(np.asarray(got), want, tolerance, tolerance)


@pytest.mark.parametrize("order", [0, 1, 2, 6])
@pytest.mark.parametrize("dtype", DTYPES)
def test_calculus(dtype, order):
    p, _ = make_pair(dtype)
    a, tolerance = nl.asarray(p), get_tolerance(dtype)
    assert_same(np.polyder(p, order), nl.polyder(a, order), tolerance=tolerance)
    assert_same(np.polyint(p, order), nl.polyint(a, order), tolerance=tolerance)
    k = list(range(1, order + 1))
    if order:
        assert_same(
            np.polyint(p, order, k), nl.polyint(a, order, k), tolerance=tolerance
        )
        assert_same(
            np.polyint(p, order, 3), nl.polyint(a, order, 3), tolerance=tolerance
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_polyval(dtype):
    p, q = make_pair(dtype)
    tolerance = 20 * get_tolerance(dtype)
    for x in (q, make((3, 4), "float64"), np.array(2), np.ones(0)):
        assert_same(
            np.polyval(p, x),
            nl.polyval(nl.asarray(p), nl.asarray(x)),
            tolerance=tolerance,
        )
    assert_same(np.polyval(p[:0], q), nl.polyval(nl.asarray(p[:0]), nl.asarray(q)))
    assert_same(np.polyval([1, 2, 3], 4), nl.polyval([1, 2, 3], 4))
    assert_same(np.polyval([1.0], np.inf), nl.polyval([1.0], np.inf))


@pytest.mark.parametrize("dtype", DTYPES)
def test_poly(dtype):
    _, roots = make_pair(dtype)
    tolerance = get_tolerance(dtype)
    assert_same(np.poly(roots), nl.poly(nl.asarray(roots)), tolerance=tolerance)


def test_poly_of_pairs():
    assert_same(np.poly([1 + 1j, 3, 1 - 1j]), nl.poly([1 + 1j, 3, 1 - 1j]))
    assert_same(np.poly([1 + 1j, 3]), nl.poly([1 + 1j, 3]))
    assert_same(np.poly([]), nl.poly([]))
    assert_raises_alike(lambda xp: xp.poly(xp.ones((2, 3))), "1d")
    with pytest.raises(NotImplementedError, match="eigenvalues"):
        nl.poly(nl.ones((2, 2)))


@pytest.mark.parametrize("increasing", [False, True])
@pytest.mark.parametrize("dtype", ["bool", *DTYPES])
def test_vander(dtype, increasing):
    x = make(5, dtype)
    for n in (None, 0, 1, 4):
        assert_same(
            np.vander(x, n, increasing),
            nl.vander(nl.asarray(x), n, increasing),
            tolerance=get_tolerance(dtype),
        )
    assert_same(np.vander(x[:0], 3), nl.vander(nl.asarray(x[:0]), 3))


@pytest.mark.parametrize("increasing", [False, True])
@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_powers_chosen_by_threads(dtype, increasing):
    x = make((6,), dtype)
    for n in range(1, 9):
        got = _choose_powers(nl.asarray(x), n, increasing)
        assert_same(np.vander(x, n, increasing), got)


def test_bad_polynomials():
    assert_raises_alike(lambda xp: xp.vander([[1]]), "one-dimensional")
    assert_raises_alike(lambda xp: xp.vander([1], -1))
    assert_raises_alike(lambda xp: xp.polyder([1, 2], -1), "positive")
    assert_raises_alike(lambda xp: xp.polyint([1, 2], -1), "positive")
    assert_raises_alike(lambda xp: xp.polyint([1, 2], 3, [1, 2]), "length")
    assert_raises_alike(lambda xp: xp.polysub([True], [True]))
