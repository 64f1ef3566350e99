"""Stacks of small matrices, of all sizes around those of vectors and panels."""

import numpy as np
import pytest
from support import COMPLEX, FLOATS, assert_same, make, pair, sum_tolerance

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


def compare(want, got):
    want = np.asarray(want)
    assert_same(want, got, tolerance=16 * sum_tolerance(want.dtype))


def operands(shape, dtype, layout, seed):
    shaped, view = LAYOUTS[layout]
    x, a = pair(shaped(shape), dtype, seed)
    return view(x), view(a)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["int8", "int64", *FLOATS, *COMPLEX])
def test_squares(dtype, size):
    x, a = pair((5, size, size), dtype)
    y, b = pair((5, size, size), dtype, seed=1)
    compare(x @ y, a @ b)
    compare(x[0] @ y[0], a[0] @ b[0])
    compare(x @ swap(y), a @ swap(b))


@pytest.mark.parametrize("m, n, k", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_other_shapes(dtype, m, n, k):
    for layout in LAYOUTS:
        x, a = operands((3, m, k), dtype, layout, 0)
        y, b = operands((3, k, n), dtype, layout, 1)
        compare(x @ y, a @ b)


@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("left", LAYOUTS)
def test_layouts(left, right):
    for dtype in ("float32", "float64", "complex128"):
        for m, n, k in [(3, 3, 3), (9, 10, 11), (20, 33, 18)]:
            x, a = operands((4, m, k), dtype, left, 0)
            y, b = operands((4, k, n), dtype, right, 1)
            compare(x @ y, a @ b)


def test_batches():
    x, a = pair((2, 3, 4, 5), "float64")
    y, b = pair((3, 5, 6), "float64", seed=1)
    z, c = pair((5, 6), "float64", seed=2)
    compare(x @ y, a @ b)
    compare(x @ z, a @ c)
    compare(x[:, :1] @ y, a[:, :1] @ b)
    compare(x[:, ::2] @ y[1:], a[:, ::2] @ b[1:])
    compare(z.T @ y, c.T @ b)


@pytest.mark.parametrize("left, right", [((0, 3, 3), (0, 3, 3)), ((4, 0, 3), (3, 5))])
def test_empty(left, right):
    x, a = pair(left, "float64")
    y, b = pair(right, "float64", seed=1)
    compare(x @ y, a @ b)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_special_values_stay_in_their_row_and_column(dtype):
    x, y = make((7, 5, 6), dtype), make((7, 6, 9), dtype, seed=1)
    x[2, 4, 5] = y[4, 5, 8] = np.nan
    # OpenBLAS multiplies complex sums by 1 + 0j, which makes NaN of infinities.
    if dtype != "complex128":
        x[3, 0, 0], y[5, 0, 0] = np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        compare(x @ y, nl.asarray(x) @ nl.asarray(y))
        z = np.ascontiguousarray(swap(y))
        compare(x @ swap(z), nl.asarray(x) @ swap(nl.asarray(z)))


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
