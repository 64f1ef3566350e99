"""Products of matrices and vectors."""

import numpy as np
import pytest
from support import DTYPES, assert_raises_alike, assert_same, assert_same_sums, pair

import numloom as nl

PRODUCT_SHAPES = [
    ((3, 4), (4, 5)),
    ((4,), (4,)),
    ((3, 4), (4,)),
    ((4,), (4, 5)),
    ((2, 3, 4), (4, 5)),
    ((2, 1, 3, 4), (6, 4, 5)),
    ((1, 4), (4, 5)),
    ((3, 4), (4, 1)),
    ((3, 0), (0, 5)),
    ((0, 4), (4, 5)),
    ((65, 70), (70, 67)),
    ((2, 3, 4), (4,)),
]
# Matrices of one row or column.
THIN_SHAPES = [
    ((4, 1), (1, 5)),
    ((1, 4), (4, 1)),
    ((1, 4), (4,)),
    ((4,), (4, 1)),
    ((3, 4), (4, 1)),
    ((1, 1), (1, 5)),
    ((1, 1), (1, 1)),
    ((1, 0), (0, 1)),
    ((3, 1, 4), (3, 4, 1)),
]


@pytest.mark.parametrize("left, right", PRODUCT_SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_matmul_shapes(left, right, dtype):
    x, a = pair(left, dtype)
    y, b = pair(right, dtype, seed=1)
    assert_same_sums(x @ y, a @ b)


@pytest.mark.parametrize("dtype", DTYPES)
def test_matmul_dtypes(dtype):
    x, a = pair((7, 9), dtype)
    y, b = pair((9, 6), dtype, seed=1)
    assert_same_sums(np.matmul(x, y), nl.matmul(a, b))
    assert_same_sums(x @ y[:, 0], a @ b[:, 0])


@pytest.mark.parametrize("left, right", THIN_SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_thin_matrices(left, right, dtype):
    x, a = pair(left, dtype)
    y, b = pair(right, dtype, seed=1)
    assert_same_sums(x @ y, a @ b)
    assert_same_sums(np.dot(x, y), nl.dot(a, b))
    assert_same_sums(x[..., ::-1] @ y[::-1], a[..., ::-1] @ b[::-1])
    (x, a), (y, b) = ((z.T.copy().T, c.T.copy().T) for z, c in ((x, a), (y, b)))
    assert_same_sums(x @ y, a @ b)


@pytest.mark.parametrize("left, right", [((4, 1), (1, 4)), ((1, 4), (4, 1))])
def test_thin_matrices_of_special_numbers(left, right):
    x = np.array([0.0, -0.0, np.inf, -1.0]).reshape(left)
    y = np.array([-1.0, 0.0, -0.0, np.nan]).reshape(right)
    with np.errstate(invalid="ignore"):
        want = np.dot(x, y)
    assert_same(want, nl.dot(nl.asarray(x), nl.asarray(y)))


def test_matmul_layouts():
    x, a = pair((8, 6), "float64")
    y, b = pair((8, 6), "float64", seed=1)
    assert_same_sums(x.T @ y, a.T @ b)
    assert_same_sums(x @ y.T, a @ b.T)
    assert_same_sums(x.T[::2] @ y[:, ::-1], a.T[::2] @ b[:, ::-1])
    assert_same_sums(x @ x.T, a @ a.T)

    assert_same_sums(x.T @ y[:, 0], a.T @ b[:, 0])
    assert_same_sums(y[0] @ x.T, b[0] @ a.T)
    assert_same_sums(x.T[1::2] @ y[::-1, 1], a.T[1::2] @ b[::-1, 1])
    assert_same_sums(np.dot(x.T, y[:, 2]), nl.dot(a.T, b[:, 2]))


def test_products_of_arrays_that_are_one_number():
    x, a = np.full((5, 5), 0.25), nl.ones((5, 5)) * 0.25
    assert_same_sums(x @ x @ x, a @ a @ a)
    assert_same_sums(x @ np.arange(5.0), a @ nl.arange(5.0))


def test_matmul_promotes_and_fuses():
    x, a = pair((8, 6), "float32")
    y, b = pair((6, 8), "int16", seed=1)
    assert_same_sums((x + 1) @ y * 2, (a + 1) @ b * 2)
    assert_same_sums(x @ y.tolist(), a @ b.tolist())


def test_matmul_out():
    x, a = pair((4, 4), "float64")
    out = nl.zeros((4, 4))
    assert nl.matmul(a, a, out=out) is out
    assert_same_sums(x @ x, out)
    a @= a
    assert_same_sums(x @ x, a)


DOT_SHAPES = [
    ((), (3,)),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((2, 3, 4), (4,)),
    ((2, 3, 4), (5, 4, 2)),
    ((3,), (2, 3, 4)),
]


@pytest.mark.parametrize("left, right", DOT_SHAPES)
def test_dot(left, right):
    x, a = pair(left, "float64")
    y, b = pair(right, "float64", seed=1)
    assert_same_sums(np.dot(x, y), nl.dot(a, b))
    assert_same_sums(x.dot(y), a.dot(b))


@pytest.mark.parametrize("left, right", [((3,), (3,)), ((2, 3), (4, 3)), ((2, 3), ())])
def test_inner(left, right):
    x, a = pair(left, "float64")
    y, b = pair(right, "float64", seed=1)
    assert_same_sums(np.inner(x, y), nl.inner(a, b))


@pytest.mark.parametrize("axes", [0, 1, 2, ((2, 0), (1, 2)), (1, 1), ((), ())])
def test_tensordot(axes):
    shapes = {
        0: ((2, 3, 4), (2,)),
        1: ((2, 3, 4), (4, 2)),
        2: ((2, 3, 4), (3, 4, 5)),
        ((2, 0), (1, 2)): ((2, 3, 4), (5, 4, 2)),
        (1, 1): ((2, 3), (5, 3)),
        ((), ()): ((2,), (3,)),
    }[axes]
    x, a = pair(shapes[0], "float64")
    y, b = pair(shapes[1], "float64", seed=1)
    assert_same_sums(np.tensordot(x, y, axes), nl.tensordot(a, b, axes))


@pytest.mark.parametrize("dtype", ["int8", "float32", "complex64", "complex128"])
def test_vectors(dtype):
    x, a = pair((4, 3), dtype)
    y, b = pair((4, 3), dtype, seed=1)
    m, c = pair((4, 3, 3), dtype, seed=2)
    assert_same_sums(np.vdot(x, y), nl.vdot(a, b))
    assert_same_sums(np.vecdot(x, y), nl.vecdot(a, b))
    assert_same_sums(np.vecdot(x, y, axis=0), nl.vecdot(a, b, axis=0))
    assert_same_sums(np.matvec(m, y), nl.matvec(c, b))
    assert_same_sums(np.vecmat(x, m), nl.vecmat(a, c))
    assert_same_sums(np.outer(x, y), nl.outer(a, b))
    assert_same_sums(np.cross(x, y), nl.cross(a, b))
    assert_same_sums(np.kron(x, y), nl.kron(a, b))


def test_kron_and_cross_of_other_ranks():
    x, a = pair((2, 3), "float64")
    y, b = pair(4, "float64", seed=1)
    assert_same_sums(np.kron(x, y), nl.kron(a, b))
    assert_same_sums(np.kron(y, x), nl.kron(b, a))
    assert_same_sums(np.cross(x, x[0]), nl.cross(a, a[0]))
    assert_same_sums(np.cross(x.T, x.T, axis=0), nl.cross(a.T, a.T, axis=0))


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional")
def test_cross_of_two_elements():
    """They lie in the plane of the first two axes; NumPy 2.5 has them no more."""
    x, a = pair((4, 3), "float64")
    y, b = x * [1, 1, 0], a[:, :2]
    assert_same_sums(np.cross(x, y), nl.cross(a, b))
    assert_same_sums(np.cross(y, x), nl.cross(b, a))
    assert_same_sums(np.cross(y, y[::-1])[:, 2], nl.cross(b, b[::-1]))
    assert_raises_alike(lambda xp: xp.linalg.cross(xp.ones(2), xp.ones(3)), "2 and 3")
    with pytest.warns(DeprecationWarning, match="2-dimensional"):
        nl.cross(b, b)


BAD = [
    (lambda xp: xp.ones((2, 3)) @ xp.ones((2, 3)), "2"),
    (lambda xp: xp.matmul(xp.ones(3), 2.0), "matmul"),
    (lambda xp: xp.ones((2, 3, 4)) @ xp.ones((3, 4, 5)), "(2"),
    (lambda xp: xp.dot(xp.ones((2, 3)), xp.ones((2, 3))), "(2,3)"),
    (lambda xp: xp.inner(xp.ones(3), xp.ones(4)), "(4,)"),
    (lambda xp: xp.tensordot(xp.ones((2, 3)), xp.ones((2, 3)), 1), "mismatch"),
    (lambda xp: xp.vdot(xp.ones(3), xp.ones(4)), "4"),
    (lambda xp: xp.vecdot(xp.ones(3), xp.ones(4)), "vecdot"),
    (lambda xp: xp.cross(xp.ones(4), xp.ones(4)), "2 or 3"),
]


@pytest.mark.parametrize("call, named", BAD)
def test_errors(call, named):
    assert_raises_alike(call, named)
