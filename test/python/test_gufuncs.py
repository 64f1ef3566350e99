"""Keywords and memory orders of matmul and its kin, and of einsum, against NumPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import RELAXED, assert_alike, wholes
from support import assert_raises_alike, assert_same, pair

import numloom as nl

AXES = [
    ("matmul", (3, 4), (4, 5), [(0, 1), (0, 1), (1, 0)]),
    ("matmul", (4, 3), (5, 4), [(1, 0), (-1, 0), (0, 1)]),
    ("matmul", (3, 2, 4), (4, 5, 2), [(0, 2), (0, 1), (2, 0)]),
    ("matmul", (2, 6, 3, 4), (4, 5), [(-2, -1), (0, 1), (0, -1)]),
    ("matmul", (3, 4), (4,), [(0, 1), (0), (0,)]),
    ("matmul", (4, 3), (4,), [(1, 0), 0, 0]),
    ("matmul", (4,), (4,), [0, (0,), ()]),
    ("matvec", (4, 3, 2), (4,), [(1, 0), 0, 0]),
    ("vecmat", (3, 4), (3, 5, 4), [0, (0, 1), -1]),
    ("vecdot", (3, 4), (3, 4), [0, 0]),
    ("vecdot", (3, 4), (4, 3), [1, 0, ()]),
]


@pytest.mark.parametrize("name, left, right, axes", AXES)
@pytest.mark.parametrize("dtype", ["int32", "complex64"])
def test_axes(name, left, right, axes, dtype):
    x, a = pair(left, dtype)
    y, b = pair(right, dtype, seed=1)
    want = getattr(np, name)(x, y, axes=axes)
    assert_same(want, getattr(nl, name)(a, b, axes=axes), tolerance=1e-5)
    out = nl.zeros(want.shape, dtype)
    assert getattr(nl, name)(a, b, axes=axes, out=out) is out
    assert_same(want, out, tolerance=1e-5)


VECDOT_KEYWORDS = [
    {"axis": 0},
    {"axis": -2, "keepdims": True},
    {"keepdims": True},
    {"axes": [0, 0], "keepdims": True},
    {"axes": [0, 0, 0], "keepdims": True},
    {"axes": [(0,), (1,), (1,)], "keepdims": True},
]


@pytest.mark.parametrize("keywords", VECDOT_KEYWORDS, ids=str)
def test_axis_and_keepdims(keywords):
    x, a = pair((3, 3), "float64")
    y, b = pair((3, 3), "float64", seed=1)
    want = np.vecdot(x, y, **keywords)
    assert_same(want, nl.vecdot(a, b, **keywords), tolerance=1e-14)


DTYPES = [
    {"dtype": "f4"},
    {"dtype": "c8", "casting": "same_kind"},
    {"dtype": "i4", "casting": "unsafe"},
    {"signature": "ff->f"},
    {"signature": (None, None, "f4")},
    {"sig": "dd->d", "subok": False},
    {"casting": "no"},
]


@pytest.mark.parametrize("keywords", DTYPES, ids=str)
def test_dtypes(keywords):
    x, y = np.arange(12.0).reshape(3, 4), np.arange(20.0).reshape(4, 5)
    want = np.matmul(x, y, **keywords)
    assert_same(want, nl.matmul(nl.asarray(x), nl.asarray(y), **keywords))


@pytest.mark.parametrize("dtype", ["float32", "complex128"])
@pytest.mark.parametrize("shape", [(3, 5), (2, 3, 5)])
def test_outputs(dtype, shape):
    x, y = np.arange(12.0).reshape(3, 4), np.arange(20.0).reshape(4, 5)
    want = np.matmul(x, y, out=np.zeros(shape, dtype))
    out = nl.zeros(shape, dtype)
    assert nl.matmul(nl.asarray(x), nl.asarray(y), out=(out,)) is out
    assert_same(want, out)


def test_outputs_of_any_dtype():
    out = nl.zeros((3, 5), "i4")
    nl.matmul(nl.ones((3, 4)), nl.ones((4, 5)), out=out, casting="unsafe")
    assert out.tolist() == [[4] * 5] * 3


BAD = [
    ("matmul", {"where": True}),
    ("matmul", {"axis": 0}),
    ("matmul", {"keepdims": True}),
    ("matmul", {"axes": [(0, 1)]}),
    ("matmul", {"axes": ((0, 1), (0, 1), (0, 1))}),
    ("matmul", {"axes": [(0, 0), (0, 1), (0, 1)]}),
    ("matmul", {"axes": [(0, 3), (0, 1), (0, 1)]}),
    ("matmul", {"axes": [(0, 1.5), (0, 1), (0, 1)]}),
    ("matmul", {"axes": [0, (0, 1), (0, 1)]}),
    ("matmul", {"axes": [(0, 1, 2), (0, 1), (0, 1)]}),
    ("matmul", {"dtype": "i4"}),
    ("matmul", {"dtype": "f4", "signature": "ff->f"}),
    ("matmul", {"signature": "fd->d"}),
    ("matmul", {"signature": ("f4", "f4")}),
    ("matmul", {"signature": ("f4",)}),
    ("matmul", {"signature": "d->d"}),
    ("matmul", {"signature": "d"}),
    ("matmul", {"signature": "f4"}),
    ("matmul", {"signature": np.float32}),
    ("matmul", {"casting": "nothing"}),
    ("matmul", {"order": "Z"}),
    ("matmul", {"subok": 3}),
    ("matmul", {"out": 3}),
    ("matvec", {"axis": 0}),
    ("matvec", {"keepdims": True}),
    ("vecdot", {"axis": 1.5}),
    ("vecdot", {"axis": 5}),
    ("vecdot", {"axis": None}),
    ("vecdot", {"axis": True}),
    ("vecdot", {"keepdims": 1}),
    ("vecdot", {"axis": 0, "axes": [0, 0]}),
    ("vecdot", {"axes": [0, 0, 0]}),
]


@pytest.mark.parametrize("name, keywords", BAD, ids=str)
def test_bad_keywords(name, keywords):
    assert_raises_alike(
        lambda xp: getattr(xp, name)(xp.ones((4, 4)), xp.ones((4, 4)), **keywords)
    )


@pytest.mark.parametrize("shape, dtype", [((3, 4), "f8"), ((3,), "f8"), ((3, 5), "i4")])
def test_bad_outputs(shape, dtype):
    assert_raises_alike(
        lambda xp: xp.matmul(
            xp.ones((3, 4)), xp.ones((4, 5)), out=xp.zeros(shape, dtype)
        )
    )


PRODUCTS = {
    "matmul": lambda np, x, y, order: np.matmul(x, y.mT, order=order),
    "operator": lambda np, x, y, order: x @ y.mT,
    "vector": lambda np, x, y, order: np.matmul(x, y[(0,) * (y.ndim - 1)], order=order),
    "matvec": lambda np, x, y, order: np.matvec(x, y[..., 0, :], order=order),
    "vecmat": lambda np, x, y, order: np.vecmat(x[..., 0], y, order=order),
    "vecdot": lambda np, x, y, order: np.vecdot(x, y, order=order),
    "axis": lambda np, x, y, order: np.vecdot(x, y, axis=1, keepdims=True),
    "axes": lambda np, x, y, order: np.matmul(
        x, y, axes=[(0, 1), (1, 0), (-1, 0)], order=order
    ),
    "einsum": lambda np, x, y, order: np.einsum(
        "...ij,...kj->...ki", x, y, order=order
    ),
    "multiply": lambda np, x, y, order: np.einsum("i...,i...->i...", x, y, order=order),
    "outer": lambda np, x, y, order: np.einsum(
        "i...,j...->j...i", x, y, order=order, dtype="c16"
    ),
    "sum": lambda np, x, y, order: np.einsum("ij...->...j", x, order=order),
    "three": lambda np, x, y, order: np.einsum(
        "ia...,ib...,ia...->ba...", x, y, x, order=order
    ),
}


@pytest.mark.parametrize("name", PRODUCTS)
@given(call=wholes(2), order=st.sampled_from("CFAK"))
@settings(RELAXED, max_examples=100)
def test_products(name, call, order):
    (x, y), (a, b), _ = call
    x, y, a, b = (z % 7 for z in (x, y, a, b))
    expected = PRODUCTS[name](np, x, y, order)
    assert_alike(PRODUCTS[name](nl, a, b, order), np.asarray(expected), owns=False)
