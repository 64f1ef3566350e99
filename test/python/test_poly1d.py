"""poly1d: polynomials as objects."""

import numpy as np
from support import assert_raises_alike, assert_same

import numloom as nl


def assert_alike(function):
    """`function(xp)` gives equal polynomials, or arrays, in both libraries."""
    theirs, ours = function(np), function(nl)
    if not isinstance(theirs, tuple):
        theirs, ours = (theirs,), (ours,)
    for want, got in zip(theirs, ours):
        if isinstance(want, np.poly1d):
            assert isinstance(got, nl.poly1d), type(got)
            want, got = want.coeffs, got.coeffs
        assert_same(want, got, tolerance=1e-15)


def p(xp):
    return xp.poly1d([1.0, -2.0, 3.0])


def q(xp):
    return xp.poly1d([2.0, 1.0])


def test_arithmetic():
    assert_alike(lambda xp: p(xp) + q(xp))
    assert_alike(lambda xp: p(xp) - q(xp))
    assert_alike(lambda xp: p(xp) * q(xp))
    assert_alike(lambda xp: p(xp) / q(xp))
    assert_alike(lambda xp: p(xp) ** 3)
    assert_alike(lambda xp: (-p(xp), +p(xp), 2 * p(xp), p(xp) * 2, p(xp) / 4))
    assert_alike(lambda xp: (p(xp) + 1, 1 + p(xp), p(xp) - 1, 1 - p(xp)))
    assert_alike(lambda xp: p(xp) + [1, 2, 3, 4])
    assert_alike(lambda xp: (p(xp).deriv(), p(xp).deriv(2), p(xp).integ(2, [1, 2])))
    assert_alike(lambda xp: xp.polymul(p(xp), [1, 2]))
    assert_alike(lambda xp: xp.polyadd([1, 2], p(xp)))


def test_values():
    x = np.linspace(-1, 1, 7)
    assert_alike(lambda xp: p(xp)(2.0))
    assert_alike(lambda xp: p(xp)(q(xp)))
    assert_same(p(np)(x), p(nl)(nl.asarray(x)))


def test_leading_zeros_and_roots():
    assert_alike(lambda xp: xp.poly1d([0, 0, 1, 2]))
    assert_alike(lambda xp: xp.poly1d([0, 0]))
    assert_alike(lambda xp: xp.poly1d([2.0, 3.0], True))
    assert p(nl) == nl.poly1d([0, 1, -2, 3]) and p(nl) != q(nl)
    assert p(nl).order == p(nl).o == len(p(nl)) == 2


def test_coefficients():
    ours, theirs = p(nl), p(np)
    assert float(ours[1]) == theirs[1] and ours[7] == theirs[7] == 0
    ours[4], theirs[4] = 9, 9
    ours[0], theirs[0] = 5, 5
    assert_same(theirs.c, ours.c)
    assert_same(np.asarray(theirs), nl.asarray(np.asarray(ours)))
    assert [float(x) for x in ours] == list(theirs)
    assert_raises_alike(lambda xp: p(xp).__setitem__(-1, 3))
    assert_raises_alike(lambda xp: p(xp) ** -1)
    assert_raises_alike(lambda xp: p(xp) ** 1.5)
    assert_raises_alike(lambda xp: xp.poly1d([[1, 2]]))
    assert_raises_alike(lambda xp: setattr(p(xp), "coeffs", [1]))


def test_text():
    assert str(nl.poly1d([1, 2, 3], variable="z")) == str(
        np.poly1d([1, 2, 3], variable="z")
    )
    assert repr(nl.poly1d([1, 2, 3])) == repr(np.poly1d([1, 2, 3]))
