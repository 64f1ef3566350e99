"""Arrays that are functions of their indices."""

import math

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, pair

import numloom as nl

ARANGES = [
    (5,),
    (2, 9),
    (9, 2),
    (9, 2, -2),
    (0, 1, 0.1),
    (1.5,),
    (0, 3, np.float32(0.5)),
    (np.int8(4),),
    (2, 5, 3),
    (-3, 3),
    (0,),
    (2**62 - 3, 2**62 + 2),
    (-(2**63), -(2**63) + 4, 3),
    (2**63 - 5, 2**63 - 1),
    (0, 2**63, 2**62),
    (9, 2, -3),
    (1, 2, 1e-1),
    (0,),
    (1, 2, 1e-1),
    (np.float16(0), 3),
]


@pytest.mark.parametrize("args", ARANGES, ids=repr)
def test_arange(args):
    assert_same(np.arange(*args), nl.arange(*args))


@pytest.mark.parametrize("dtype", ["int8", "uint16", "float16", "float32", "complex64"])
def test_arange_dtype(dtype):
    assert_same(np.arange(1, 40, 3, dtype=dtype), nl.arange(1, 40, 3, dtype=dtype))
    assert_same(np.arange(0, 9, 0.7, dtype=dtype), nl.arange(0, 9, 0.7, dtype=dtype))


def test_arange_errors():
    assert_raises_alike(lambda xp: xp.arange(0, 3, 0))
    assert_raises_alike(lambda xp: xp.arange(5, dtype=bool))


@pytest.mark.parametrize("num", [0, 1, 2, 7])
@pytest.mark.parametrize("endpoint", [True, False])
def test_linspace(num, endpoint):
    for start, stop in ((0, 1), (2.5, -3), (np.float32(1), np.float32(2)), (1, 1)):
        assert_same(
            np.linspace(start, stop, num, endpoint),
            nl.linspace(start, stop, num, endpoint),
        )


NUMBERS = [0, -3, 2.5, math.inf, math.nan, -0.0, 5e-324, 1e308, -1e308, 2**63, 1j, True]
NUMBERS += [np.float32(1.5), np.float16(3), np.int8(5), np.complex64(1 + 1j)]


@pytest.mark.parametrize("start", NUMBERS, ids=repr)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_linspace_between_any_numbers(start):
    for stop in NUMBERS:
        assert_same(np.linspace(start, stop, 5), nl.linspace(start, stop, 5))


def test_linspace_of_arrays():
    x, a = pair(3, "float64")
    assert_same(np.linspace(x, 2 * x, 5), nl.linspace(a, 2 * a, 5))
    assert_same(np.linspace(x, 4, 5, axis=1), nl.linspace(a, 4, 5, axis=1))


def test_linspace_keywords():
    assert_same(np.linspace(0, 9, 4, dtype=int), nl.linspace(0, 9, 4, dtype=int))
    _, step = nl.linspace(0, 1, 5, retstep=True)
    assert float(step) == 0.25
    tiny = 5e-324
    assert_same(np.linspace(0, tiny, 5), nl.linspace(0, tiny, 5))
    assert_raises_alike(lambda xp: xp.linspace(0, 1, -1), -1)
    assert_raises_alike(lambda xp: xp.linspace(0, 1, 2.5))


def test_logspace_and_geomspace():
    assert_same(np.logspace(0, 3, 7), nl.logspace(0, 3, 7), ulp=4)
    assert_same(np.logspace(0, 3, 4, base=2), nl.logspace(0, 3, 4, base=2), ulp=4)
    for axis in (0, -1):
        for start in (0, [0, 1]):
            args = start, [2, 3], 4, True, [2, 10], None, axis
            assert_same(np.logspace(*args), nl.logspace(*args), ulp=4)
    assert_same(np.geomspace(1, 256, 9), nl.geomspace(1, 256, 9), ulp=8)
    assert_same(np.geomspace(-1, -1000, 4), nl.geomspace(-1, -1000, 4), ulp=8)
    assert_raises_alike(lambda xp: xp.geomspace(0, 1), "zero")


GEOMETRIC = [(1j, 1000j), (-1 + 0j, 1 + 0j), (2, [3.0, 4.0]), (True, 4), (1, math.inf)]
GEOMETRIC += [(np.float32(2), np.float32(9)), (np.int8(3), 7.5), (math.nan, 2)]


@pytest.mark.parametrize(("start", "stop"), GEOMETRIC, ids=repr)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_geomspace_of_numbers(start, stop):
    for num in (0, 1, 5):
        assert_same(
            np.geomspace(start, stop, num), nl.geomspace(start, stop, num), ulp=8
        )


@pytest.mark.parametrize("k", [-4, -1, 0, 2, 5])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (0, 3)])
def test_triangles(shape, k):
    assert_same(np.eye(*shape, k=k), nl.eye(*shape, k=k))
    assert_same(np.tri(*shape, k=k), nl.tri(*shape, k=k))
    x, a = pair(shape, "int32")
    assert_same(np.tril(x, k), nl.tril(a, k))
    assert_same(np.triu(x, k), nl.triu(a, k))
    assert_same(np.diagonal(x, k), nl.diagonal(a, k))
    assert_same(np.trace(x, k), nl.trace(a, k))


@pytest.mark.parametrize("k", [2**63, -(2**63), 2**80])
def test_diagonals_far_outside(k):
    assert_same(np.zeros((2, 3)), nl.eye(2, 3, k=k))
    assert_same(np.full((2, 3), float(k > 0)), nl.tri(2, 3, k=k))


def test_triangles_of_stacks_and_vectors():
    x, a = pair((2, 3, 4), "float32")
    assert_same(np.tril(x, 1), nl.tril(a, 1))
    assert_same(np.triu(x[0, 0]), nl.triu(a[0, 0]))
    assert_same(np.diagonal(x, 1, 2, 0), nl.diagonal(a, 1, 2, 0))
    assert_same(np.trace(x, axis1=1, axis2=2), nl.trace(a, axis1=1, axis2=2), ulp=2)
    assert_same(np.identity(3, "int8"), nl.identity(3, "int8"))


@pytest.mark.parametrize("k", [-2, 0, 3])
def test_diag(k):
    x, a = pair(3, "float32")
    assert_same(np.diag(x, k), nl.diag(a, k))
    assert_same(np.diag(np.diag(x, k), k), nl.diag(nl.diag(a, k), k))
    assert_same(np.diagflat([[1, 2], [3, 4]], k), nl.diagflat([[1, 2], [3, 4]], k))
    assert_raises_alike(lambda xp: xp.diag(xp.zeros((1, 1, 1))))
    assert_raises_alike(lambda xp: xp.diagonal(xp.zeros(3)))


@pytest.mark.parametrize("indexing", ["xy", "ij"])
@pytest.mark.parametrize("sparse", [True, False])
def test_meshgrid(indexing, sparse):
    for extents in ([], [3], [3, 2], [3, 2, 4]):
        lines = [np.arange(n) for n in extents]
        want = np.meshgrid(*lines, indexing=indexing, sparse=sparse)
        got = nl.meshgrid(*map(nl.asarray, lines), indexing=indexing, sparse=sparse)
        assert len(want) == len(got)
        for x, a in zip(want, got):
            assert_same(x, a)
    assert_raises_alike(lambda xp: xp.meshgrid(indexing="zz"))


def test_indices():
    assert_same(np.indices((2, 3)), nl.indices((2, 3)))
    assert_same(np.indices((4,), dtype="f4"), nl.indices((4,), dtype="f4"))
    for x, a in zip(np.indices((2, 3), sparse=True), nl.indices((2, 3), sparse=True)):
        assert_same(x, a)
    assert_same(
        np.fromfunction(lambda i, j: i * 10 + j, (3, 4)),
        nl.fromfunction(lambda i, j: i * 10 + j, (3, 4)),
    )


def test_grids():
    assert_same(np.mgrid[0:3, 1:2:5j], nl.mgrid[0:3, 1:2:5j])
    assert_same(np.mgrid[1:4], nl.mgrid[1:4])
    for x, a in zip(np.ogrid[0:3, 4:9:2], nl.ogrid[0:3, 4:9:2]):
        assert_same(x, a)


F4 = np.float32
GRIDS = [
    slice(F4(0), F4(1), 3j),
    slice(0, 1, np.complex64(3j)),
    (slice(F4(0), F4(1), 3j), slice(0, 2)),
    (slice(0, 2), slice(0, 1, 0.25)),
    (slice(F4(0.1), F4(0.33), F4(0.1)), slice(2)),
]


@pytest.mark.parametrize("key", GRIDS, ids=range(len(GRIDS)))
def test_dtypes_of_grids(key):
    for name in ("mgrid", "ogrid"):
        theirs, ours = getattr(np, name)[key], getattr(nl, name)[key]
        if not isinstance(theirs, tuple):
            theirs, ours = (theirs,), (ours,)
        for want, got in zip(theirs, ours):
            assert_same(want, got, tolerance=1e-7)


def test_arange_needs_a_stop():
    assert_same(np.arange(stop=3), nl.arange(stop=3))
    assert_same(np.arange(stop=9, step=2), nl.arange(stop=9, step=2))
    for call in (
        lambda xp: xp.arange(),
        lambda xp: xp.arange(None),
        lambda xp: xp.arange(xp.asarray([3])),
        lambda xp: xp.arange(np.inf),
        lambda xp: xp.indices(3),
    ):
        assert_raises_alike(call)
