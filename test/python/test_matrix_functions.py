"""numloom.linalg: norms, powers of matrices, chains of products."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, make, pair

import numloom as nl

TOLERANCE = {"float16": 4e-3, "float32": 2e-6, "complex64": 2e-6}
ORDERS = [None, 1, -1, 2, -2, 0, 3, 0.5, np.inf, -np.inf]
MATRIX_ORDERS = [None, "fro", 1, -1, np.inf, -np.inf]
DTYPES = ["int8", "float16", "float32", "complex128"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_norms_of_vectors(dtype, order):
    x, a = pair((3, 4, 5), dtype)
    tolerance = 4 * TOLERANCE.get(dtype, 1e-14)
    for axis in (0, 1, -1):
        for keepdims in (False, True):
            assert_same(
                np.linalg.norm(x, order, axis, keepdims),
                nl.linalg.norm(a, order, axis, keepdims),
                tolerance=tolerance,
            )
    assert_same(
        np.linalg.norm(x[0, 0], order),
        nl.linalg.norm(a[0, 0], order),
        tolerance=tolerance,
    )
    order = 2 if order is None else order
    for axis in (None, 1, (0, 2)):
        assert_same(
            np.linalg.vector_norm(x, axis=axis, ord=order),
            nl.linalg.vector_norm(a, axis=axis, ord=order),
            tolerance=tolerance,
        )


@pytest.mark.parametrize("order", MATRIX_ORDERS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_norms_of_matrices(dtype, order):
    x, a = pair((3, 4, 5), dtype)
    tolerance = 4 * TOLERANCE.get(dtype, 1e-14)
    for axis in ((0, 1), (2, 0), (-1, 1)):
        for keepdims in (False, True):
            assert_same(
                np.linalg.norm(x, order, axis, keepdims),
                nl.linalg.norm(a, order, axis, keepdims),
                tolerance=tolerance,
            )
    assert_same(
        np.linalg.norm(x[0], order), nl.linalg.norm(a[0], order), tolerance=tolerance
    )
    if order is not None:
        assert_same(
            np.linalg.matrix_norm(x, ord=order, keepdims=True),
            nl.linalg.matrix_norm(a, ord=order, keepdims=True),
            tolerance=tolerance,
        )


def test_norms_of_special_values():
    for values in ([], [np.inf, 1.0], [np.nan, 1.0], [-0.0]):
        x = np.array(values)
        for order in (None, 1, 2, 0, 3, np.inf):
            assert_same(np.linalg.norm(x, order), nl.linalg.norm(nl.asarray(x), order))
    assert_same(np.linalg.norm(3.0), nl.linalg.norm(3.0))


def test_bad_norms():
    assert_raises_alike(lambda xp: xp.linalg.norm(xp.ones((2, 2, 2)), 1))
    assert_raises_alike(lambda xp: xp.linalg.norm(xp.ones((2, 2)), 5))
    assert_raises_alike(lambda xp: xp.linalg.norm(xp.ones(2), "fro"))
    assert_raises_alike(lambda xp: xp.linalg.norm(xp.ones(2), axis=1))
    assert_raises_alike(lambda xp: xp.linalg.norm(xp.ones((2, 2)), axis=(0, 0)))
    assert_raises_alike(lambda xp: xp.linalg.norm(xp.ones(0), -np.inf))
    assert_raises_alike(lambda xp: xp.linalg.matrix_norm(xp.ones(2)))
    with pytest.raises(NotImplementedError, match="singular values"):
        nl.linalg.norm(nl.ones((2, 2)), 2)


@pytest.mark.parametrize("power", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64", "complex128"])
def test_matrix_power(dtype, power):
    x = (make((2, 3, 3), dtype) / 4).astype(dtype)
    assert_same(
        np.linalg.matrix_power(x, power),
        nl.linalg.matrix_power(nl.asarray(x), power),
        tolerance=8 * TOLERANCE.get(dtype, 1e-14),
    )


def test_bad_powers():
    assert_raises_alike(lambda xp: xp.linalg.matrix_power(xp.ones((2, 3)), 2))
    assert_raises_alike(lambda xp: xp.linalg.matrix_power(xp.ones(2), 2))
    assert_raises_alike(lambda xp: xp.linalg.matrix_power(xp.ones((2, 2)), 1.5))
    with pytest.raises(NotImplementedError, match="inverses"):
        nl.linalg.matrix_power(nl.ones((2, 2)), -1)


@pytest.mark.parametrize("row", [False, True])
@pytest.mark.parametrize("column", [False, True])
def test_multi_dot(row, column):
    shapes = [(1, 3), (3, 50), (50, 2), (2, 7), (7, 1)]
    arrays = [make(shape, "float64", seed=i) for i, shape in enumerate(shapes)]
    arrays[0] = arrays[0][0] if row else arrays[0]
    arrays[-1] = arrays[-1][:, 0] if column else arrays[-1]
    for chosen in (arrays, arrays[:3], arrays[1:], arrays[:2]):
        expected = np.linalg.multi_dot(chosen)
        ours = nl.linalg.multi_dot(list(map(nl.asarray, chosen)))
        assert_same(expected, ours, tolerance=1e-13)


def test_multi_dot_chooses_the_cheaper_order():
    arrays = [nl.ones((2, 1000)), nl.ones((1000, 3)), nl.ones((3, 1000))]
    assert nl.linalg.multi_dot(arrays).shape == (2, 1000)
    from numloom._matrix_functions import _plan_chain  # noqa: PLC0415

    assert _plan_chain([2, 1000, 3, 1000])[0, 2] == 1
    assert _plan_chain([1000, 3, 1000, 2])[0, 2] == 0


def test_bad_chains():
    assert_raises_alike(lambda xp: xp.linalg.multi_dot([xp.ones(2)]))
    assert_raises_alike(lambda xp: xp.linalg.multi_dot([xp.ones((2, 2, 2))] * 3))
    assert_raises_alike(lambda xp: xp.linalg.multi_dot([xp.ones((2, 3))] * 3))


def test_products_of_the_standard():
    x, a = pair((2, 3), "float64")
    y, b = pair((2, 2, 3), "float64", seed=1)
    linalg, ours = np.linalg, nl.linalg
    assert_same(linalg.cross(x, y), ours.cross(a, b))
    assert_same(linalg.outer(x[0], x[1]), ours.outer(a[0], a[1]))
    assert_same(linalg.diagonal(y, offset=1), ours.diagonal(b, offset=1))
    assert_same(linalg.trace(y, offset=-1), ours.trace(b, offset=-1))
    assert_same(linalg.matrix_transpose(y), ours.matrix_transpose(b))
    assert_same(linalg.vecdot(x, y), ours.vecdot(a, b), tolerance=1e-15)
    assert_raises_alike(lambda xp: xp.linalg.outer(xp.ones((2, 2)), xp.ones(2)))


def test_missing_names():
    with pytest.raises(AttributeError, match=r"numpy\.linalg has"):
        nl.linalg.svd  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        nl.linalg.nope  # noqa: B018
