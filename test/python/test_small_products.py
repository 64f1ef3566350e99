"""Small products: stacks of all sizes around those of vectors and panels, and those
of tall matrices."""

import numpy as np
import pytest
from support import COMPLEX, FLOATS, assert_same_sums, make, pair

import numloom as nl

SIZES = [2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49]
SHAPES = [(2, 40, 3), (40, 2, 3), (3, 5, 300), (9, 2, 200), (130, 4, 2), (4, 130, 2)]


def swap(x):
    return x.swapaxes(-1, -2)


# Views that give the operand from one of the shape that `shaped` gives.
LAYOUTS = {
    "contiguous": (lambda s: s, lambda x: x),
    "transposed": (lambda s: (*s[:-2], s[-1], s[-2]), swap),
    "padded": (lambda s: (*s[:-1], s[-1] + 3), lambda x: x[..., 1:-2]),
    "elements apart": (lambda s: (*s[:-1], 2 * s[-1]), lambda x: x[..., ::2]),
    "reversed": (lambda s: s, lambda x: x[..., ::-1, ::-1]),
    "batch apart": (lambda s: (2 * s[0], *s[1:]), lambda x: x[::-2]),
}


def operands(shape, dtype, layout, seed):
    shaped, view = LAYOUTS[layout]
    x, a = pair(shaped(shape), dtype, seed)
    return view(x), view(a)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["int8", "int64", *FLOATS, *COMPLEX])
def test_squares(dtype, size):
    x, a = pair((5, size, size), dtype)
    y, b = pair((5, size, size), dtype, seed=1)
    assert_same_sums(x @ y, a @ b)
    assert_same_sums(x[0] @ y[0], a[0] @ b[0])
    assert_same_sums(x @ swap(y), a @ swap(b))


@pytest.mark.parametrize("m, n, k", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_other_shapes(dtype, m, n, k):
    for layout in LAYOUTS:
        x, a = operands((3, m, k), dtype, layout, 0)
        y, b = operands((3, k, n), dtype, layout, 1)
        assert_same_sums(x @ y, a @ b)


@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("left", LAYOUTS)
def test_layouts(left, right):
    for dtype in ("float32", "float64", "complex128"):
        for m, n, k in [(3, 3, 3), (9, 10, 11), (20, 33, 18)]:
            x, a = operands((4, m, k), dtype, left, 0)
            y, b = operands((4, k, n), dtype, right, 1)
            assert_same_sums(x @ y, a @ b)


def test_batches():
    x, a = pair((2, 3, 4, 5), "float64")
    y, b = pair((3, 5, 6), "float64", seed=1)
    z, c = pair((5, 6), "float64", seed=2)
    assert_same_sums(x @ y, a @ b)
    assert_same_sums(x @ z, a @ c)
    assert_same_sums(x[:, :1] @ y, a[:, :1] @ b)
    assert_same_sums(x[:, ::2] @ y[1:], a[:, ::2] @ b[1:])
    assert_same_sums(z.T @ y, c.T @ b)


@pytest.mark.parametrize("left, right", [((0, 3, 3), (0, 3, 3)), ((4, 0, 3), (3, 5))])
def test_empty(left, right):
    x, a = pair(left, "float64")
    y, b = pair(right, "float64", seed=1)
    assert_same_sums(x @ y, a @ b)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_special_values_stay_in_their_row_and_column(dtype):
    x, y = make((7, 5, 6), dtype), make((7, 6, 9), dtype, seed=1)
    x[2, 4, 5] = y[4, 5, 8] = np.nan
    # OpenBLAS multiplies complex sums by 1 + 0j, which makes NaN of infinities.
    if dtype != "complex128":
        x[3, 0, 0], y[5, 0, 0] = np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        assert_same_sums(x @ y, nl.asarray(x) @ nl.asarray(y))
        z = np.ascontiguousarray(swap(y))
        assert_same_sums(x @ swap(z), nl.asarray(x) @ swap(nl.asarray(z)))


@pytest.mark.parametrize("shape", [(3001, 3, 3), (501, 9, 17), (41, 40, 40)])
def test_results_do_not_depend_on_threads(shape):
    x, y = make(shape, "float64"), make((*shape[:-2], shape[-1], 7), "float64", seed=1)
    initial = nl.get_num_threads()
    results = []
    for threads in (1, 2, 5):
        nl.set_num_threads(threads)
        results.append(np.asarray(nl.asarray(x) @ nl.asarray(y)).tobytes())
    nl.set_num_threads(initial)
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("m, n", [(2, 2), (1, 3), (3, 5), (8, 8), (5, 16), (9, 8)])
@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX])
def test_tall_matrices(dtype, m, n):
    x, a = pair((20_000, m), dtype)
    y, b = pair((20_000, n), dtype, seed=1)
    assert_same_sums(x.T @ y, a.T @ b)
    assert_same_sums(x[:99].T @ y[:99], a[:99].T @ b[:99])


def test_layouts_of_tall_matrices():
    x, a = pair((20_000, 6), "float32")
    y, b = pair((20_000, 8), "float64", seed=1)
    assert_same_sums(x.T @ x, a.T @ a)
    assert_same_sums(x.T @ y[:, :2], a.T @ b[:, :2])
    assert_same_sums(y[::-2, ::3].T @ y[::2, 1:5], b[::-2, ::3].T @ b[::2, 1:5])
    z, c = np.asfortranarray(y), nl.array(b, order="F")
    assert_same_sums(z.T @ x, c.T @ a)
    assert_same_sums(x.T @ z, a.T @ c)
    assert_same_sums(np.einsum("ki,kj->ji", x, y), nl.einsum("ki,kj->ji", a, b))
    assert_same_sums(np.tensordot(x, y, (0, 0)), nl.tensordot(a, b, (0, 0)))


def test_special_values_of_tall_matrices():
    x, y = make((20_000, 3), "float32"), make((20_000, 2), "float32", seed=1)
    x[5, 1], y[7, 1] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        assert_same_sums(x.T @ y, nl.asarray(x).T @ nl.asarray(y))
