"""einsum against NumPy's."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, assert_same_sums, pair

import numloom as nl

CASES = [
    ("ij,jk->ik", (3, 4), (4, 5)),
    ("ij,jk", (3, 4), (4, 5)),
    ("ij->ji", (3, 4)),
    ("ij->", (3, 4)),
    ("ij->i", (3, 4)),
    ("ii->i", (4, 4)),
    ("ii", (4, 4)),
    ("i,i", (4,), (4,)),
    ("i,j->ij", (3,), (4,)),
    ("ij,ij->ij", (3, 4), (3, 4)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bij,bjk->ki", (2, 3, 4), (2, 4, 5)),
    ("...ij,...jk->...ik", (2, 3, 4), (4, 5)),
    ("...i->...", (2, 3, 4)),
    ("i...,i...", (3, 2), (3, 2)),
    ("ij,jk,kl->il", (3, 4), (4, 5), (5, 2)),
    ("ij,kl->", (3, 4), (2, 5)),
    ("ijk,jil->kl", (3, 4, 5), (4, 3, 2)),
    ("iij,j->i", (3, 3, 4), (4,)),
    ("ab,bc,cd,da->", (2, 3), (3, 4), (4, 5), (5, 2)),
    ("i,i,i->i", (4,), (4,), (4,)),
    ("ij,j->i", (3, 4), (1,)),
    ("ba", (2, 3)),
    ("a b , b c", (2, 3), (3, 4)),
    ("iiji->ji", (3, 3, 2, 3)),
    (",ij->ij", (), (2, 3)),
    ("...,...->...", (2, 1, 3), (4, 1)),
    ("ij,jk->ik", (3, 0), (0, 5)),
]


@pytest.mark.parametrize(
    "subscripts, shapes", [(c[0], c[1:]) for c in CASES], ids=[c[0] for c in CASES]
)
@pytest.mark.parametrize("dtype", ["float64", "int32", "complex64"])
def test_einsum(subscripts, shapes, dtype):
    pairs = [pair(shape, dtype, seed) for seed, shape in enumerate(shapes)]
    want = np.einsum(subscripts, *(x for x, _ in pairs))
    assert_same_sums(want, nl.einsum(subscripts, *(a for _, a in pairs)))


def test_same_subscripts_again():
    """What is known of them holds for shapes, dtypes and orders that come later."""
    for shapes in [((3, 4), (4, 5)), ((4, 3), (3, 2)), ((1, 4), (4, 1))]:
        for dtype in ("float64", "int64", "float32"):
            for flip in (False, True):
                (x, a), (y, b) = (pair(s, dtype, i) for i, s in enumerate(shapes))
                if flip:
                    (x, a), (y, b) = (
                        (v.T.copy().T, u.T.copy().T) for v, u in ((x, a), (y, b))
                    )
                for subscripts in ("ij,jk->ik", "ij,jk->ki", "ij,jk", "ij,jk->ijk"):
                    want = np.einsum(subscripts, x, y)
                    got = nl.einsum(subscripts, a, b)
                    assert_same_sums(want, got)
                    assert got.flags.c_contiguous == want.flags.c_contiguous
    assert_raises_alike(
        lambda xp: xp.einsum("ij,jk->ik", xp.ones((3, 4)), xp.ones((3, 5)))
    )
    assert_raises_alike(lambda xp: xp.einsum("ij,jk->ik", xp.ones((3, 4)), xp.ones(4)))


def test_lists_of_axes():
    x, a = pair((3, 4), "float64")
    y, b = pair((4, 5), "float64", seed=1)
    assert_same(
        np.einsum(x, [0, 1], y, [1, 2], [2, 0]),
        nl.einsum(a, [0, 1], b, [1, 2], [2, 0]),
        tolerance=1e-14,
    )
    assert_same(
        np.einsum(x, [0, 1], y, [1, 2]),
        nl.einsum(a, [0, 1], b, [1, 2]),
        tolerance=1e-14,
    )


@pytest.mark.parametrize("dtype", ["bool", "float16"])
def test_dtypes(dtype):
    x, a = pair((3, 4), dtype)
    y, b = pair((4, 5), dtype, seed=1)
    want = np.einsum("ij,jk", x.astype("f4"), y.astype("f4")).astype(dtype)
    assert_same(want, nl.einsum("ij,jk", a, b), tolerance=2e-3)


@pytest.mark.parametrize(
    "keywords",
    [
        {"dtype": "f4", "casting": "same_kind"},
        {"dtype": "c16"},
        {"dtype": "i8", "casting": "unsafe"},
    ],
    ids=str,
)
def test_dtype_of_sums(keywords):
    x = np.arange(12.0).reshape(3, 4)
    want = np.einsum("ij,kj->ik", x, x, **keywords)
    a = nl.asarray(x)
    assert_same(want, nl.einsum("ij,kj->ik", a, a, **keywords))
    # A view keeps the dtype of what it shows.
    assert nl.einsum("ij->ji", a, **keywords).dtype == a.dtype


@pytest.mark.parametrize("dtype, casting", [("c16", "safe"), ("i4", "unsafe")])
def test_output(dtype, casting):
    x = np.arange(12.0).reshape(3, 4)
    want, out = np.zeros((4, 3), dtype), nl.zeros((4, 3), dtype)
    for xp, operand, result in ((np, x, want), (nl, nl.asarray(x), out)):
        for _ in range(2):
            xp.einsum("ij,j->ji", operand, operand[1], out=result, casting=casting)
    assert_same(want, out)
    assert nl.einsum("ij->ji", nl.asarray(x), out=out, casting="unsafe") is out


def test_long_chains_take_a_good_order():
    shapes = [(30, 2), (2, 30), (30, 2), (2, 30)]
    pairs = [pair(shape, "float64", seed) for seed, shape in enumerate(shapes)]
    want = np.einsum("ab,bc,cd,de", *(x for x, _ in pairs))
    got = nl.einsum("ab,bc,cd,de", *(a for _, a in pairs))
    assert_same(want, got, tolerance=1e-13)


BAD = [
    lambda xp, a: xp.einsum("ij", a, a),
    lambda xp, a: xp.einsum("ij,jk", a),
    lambda xp, a: xp.einsum("i", a),
    lambda xp, a: xp.einsum("ijk", a),
    lambda xp, a: xp.einsum("i1", a),
    lambda xp, a: xp.einsum("ij->k", a),
    lambda xp, a: xp.einsum("ij->ii", a),
    lambda xp, a: xp.einsum("ij,ij", a, a.T),
    lambda xp, a: xp.einsum("...->", a),
    lambda xp, a: xp.einsum("ij->1", a),
    lambda xp, a: xp.einsum("ii", a),
    lambda xp, a: xp.einsum("ii->i", a[:1]),
    lambda xp, a: xp.einsum("i.j", a),
    lambda xp, a: xp.einsum(),
    lambda xp, a: xp.einsum("ij"),
    lambda xp, a: xp.einsum(a),
    lambda xp, a: xp.einsum(a, [0, 52], [0]),
    lambda xp, a: xp.einsum(a, [0, -1], [0]),
    lambda xp, a: xp.einsum(a, ["a", "b"], ["a"]),
    lambda xp, a: xp.einsum("ij,kj", a, a, dtype="f4"),
    lambda xp, a: xp.einsum("ij,kj", a, a, casting="nothing"),
    lambda xp, a: xp.einsum("ij,kj", a, a, order="Z"),
    lambda xp, a: xp.einsum("ij,kj", a, a, out=3),
    lambda xp, a: xp.einsum("ij,kj", a, a, out=xp.zeros((2, 2), "f4")),
    lambda xp, a: xp.einsum("ij,kj", a, a, out=xp.zeros((2, 3))),
    lambda xp, a: xp.einsum("ij,kj", a, a, nothing=3),
]


@pytest.mark.parametrize("call", BAD)
def test_errors(call):
    assert_raises_alike(lambda xp: call(xp, xp.ones((2, 3))))


def test_views_can_be_written():
    x, a = np.zeros((3, 3)), nl.zeros((3, 3))
    for xp, v in ((np, x), (nl, a)):
        xp.einsum("ii->i", v)[:] = [1, 2, 3]
        xp.einsum("ij->ji", v)[0] += 4
    np.testing.assert_array_equal(np.asarray(a), x)
