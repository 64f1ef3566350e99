"""What NumPy answers on the host: type codes, contraction orders, memory flags."""

import numpy as np
from support import assert_raises_alike, assert_same, pair

import numloom as nl


def test_common_type():
    for dtypes in (("f4", "i2"), ("i4",), ("c8", "f8"), ("f2", "f4")):
        theirs = np.common_type(*(np.ones(2, dtype) for dtype in dtypes))
        assert nl.common_type(*(nl.ones(2, dtype) for dtype in dtypes)) is theirs
    assert_raises_alike(lambda xp: xp.common_type(xp.ones(2, bool)))


def test_einsum_path():
    shapes = [(2, 30), (30, 4), (4, 5)]
    for optimize in ("greedy", "optimal", False):
        theirs = np.einsum_path("ij,jk,kl", *map(np.ones, shapes), optimize=optimize)
        ours = nl.einsum_path("ij,jk,kl", *map(nl.ones, shapes), optimize=optimize)
        assert ours == theirs


def test_memory_order():
    x, a = pair((2, 3), "float32")
    assert nl.isfortran(a.T) and not nl.isfortran(a) and not nl.isfortran(a[0])
    assert_same(x, nl.asfortranarray(a))
    assert nl.isfortran(nl.asfortranarray(a))
    assert nl.asfortranarray(a.T).strides == x.T.strides
    assert_same(np.asfortranarray(1, "f4"), nl.asfortranarray(1, "f4"))


def test_require():
    a = nl.arange(6)
    assert nl.require(a) is a
    assert_same(np.arange(6.0), nl.require(a, float))
    for requirements in ("C", ["C", "A", "W", "O"], ["ENSUREARRAY"], "CO"):
        assert_same(np.arange(6)[::2], nl.require(a[::2], requirements=requirements))
    for order in "CF":
        for b in (nl.ones((2, 3)), nl.ones((2, 3)).T):
            flags = nl.require(b, requirements=[order, "O", "W"]).flags
            assert flags[order] and flags.owndata and flags.writeable
    frozen = nl.broadcast_to(a, (2, 6))
    assert nl.require(frozen, requirements="W").flags.writeable
    assert_raises_alike(lambda xp: xp.require(xp.ones(2), requirements="CF"))
    assert_raises_alike(lambda xp: xp.require(xp.ones(2), requirements=["nope"]))


def test_codes_and_names():
    assert nl.mintypecode("efd") == np.mintypecode("efd")
    assert nl.typename("l") == np.typename("l")
    assert nl.iterable([1]) and not nl.iterable(1)
    assert nl.format_float_positional(0.25) == "0.25"
    assert nl.format_float_scientific(0.25) == np.format_float_scientific(0.25)
    for name in "byte short intc longlong ubyte ushort uintc csingle cdouble".split():
        assert getattr(nl, name) is getattr(np, name)
        assert nl.zeros(2, getattr(nl, name)).dtype == getattr(np, name)
