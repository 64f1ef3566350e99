"""Reductions of rows of a few elements, which are several to a tile."""

import numpy as np
import pytest
from support import assert_same_sums, make, pair

import numloom as nl

# Around the lanes of a vector, and the longest row of a tile.
LENGTHS = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 127, 128, 129, 200]
# Around the rows of a tile.
ROWS = [1, 2, 7, 8, 9, 16, 23]
DTYPES = ["uint8", "int32", "int64", "float16", "float32", "float64", "complex64"]
DTYPES += ["complex128", "bool"]

LAYOUTS = {
    "contiguous": lambda x: x,
    "offset": lambda x: x[1:, 2:],
    "rows apart": lambda x: x[::2],
    "reversed": lambda x: x[:, ::-1],
    "rows reversed": lambda x: x[::-1],
    "columns": lambda x: x.T,
    "elements apart": lambda x: x[:, ::3],
}


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_lengths_and_dtypes(dtype, length):
    for rows in ROWS:
        x, a = pair((rows, length), dtype)
        y, b = pair((rows, length), dtype, seed=1)
        assert_same_sums(x @ y[0], a @ b[0])
        assert_same_sums(np.vecdot(x, y), nl.vecdot(a, b))
        assert_same_sums(x.sum(axis=1), a.sum(axis=1))
        assert_same_sums(x.max(axis=1), a.max(axis=1))
        if dtype != "bool":
            assert_same_sums(x.argmin(axis=1), a.argmin(axis=1))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["int32", "float64", "complex128"])
def test_layouts(dtype, layout):
    take = LAYOUTS[layout]
    for shape in [(11, 13), (3, 40), (40, 5), (26, 26)]:
        x, a = pair(shape, dtype)
        x, a = take(x), take(a)
        y, b = pair(x.shape, dtype, seed=1)
        assert_same_sums(x @ y[0], a @ b[0])
        assert_same_sums((x * y).sum(axis=1), (a * b).sum(axis=1))
        assert_same_sums(x.min(axis=1), a.min(axis=1))
        assert_same_sums(x.argmax(axis=1), a.argmax(axis=1))


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (1, 1), (0, 0)])
def test_empty_and_single(shape):
    x, a = pair(shape, "float64")
    y, b = pair(shape[1], "float64", seed=1)
    assert_same_sums(x @ y, a @ b)
    assert_same_sums(x.sum(axis=1), a.sum(axis=1))
    assert_same_sums(x.sum(axis=-1, keepdims=True), a.sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("shape", [(5, 3, 3), (4, 8, 8), (3, 9, 20), (2, 3, 11, 6)])
@pytest.mark.parametrize("dtype", ["int64", "float32", "complex128"])
def test_rows_between_other_axes(dtype, shape):
    x, a = pair(shape, dtype)
    y, b = pair((*shape[:-2], shape[-1]), dtype, seed=1)
    assert_same_sums(np.matvec(x, y), nl.matvec(a, b))
    assert_same_sums(np.matvec(x, y[..., :1, :]), nl.matvec(a, b[..., :1, :]))
    assert_same_sums(x.sum(axis=-1), a.sum(axis=-1))
    assert_same_sums(x.sum(axis=(-2, -1)), a.sum(axis=(-2, -1)))
    assert_same_sums(
        np.einsum("...ij,...j->...i", x, y), nl.einsum("...ij,...j->...i", a, b)
    )


@pytest.mark.parametrize("length", [5, 8, 30])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_special_values(dtype, length):
    x, a = pair((19, length), dtype, special=True)
    x[4], x[11] = -0.0, np.inf
    a = nl.asarray(x)
    with np.errstate(invalid="ignore"):
        assert_same_sums(x @ np.ones(length, dtype), a @ nl.ones(length, dtype))
        for name in ["sum", "max", "min", "argmax", "argmin", "prod"]:
            assert_same_sums(getattr(x, name)(axis=1), getattr(a, name)(axis=1))


def test_what_surrounds_the_reduction():
    x, a = pair((21, 10), "float64")
    w, v = pair(21, "float64", seed=1)
    s, t = pair(10, "float64", seed=2)

    def program(np, x, w, s):
        y = x - w[:, None] * s
        return np.sqrt((y * y).sum(axis=1)) / (w * w + 1), y.max(axis=1) - w

    for want, got in zip(program(np, x, w, s), program(nl, a, v, t)):
        assert_same_sums(want, got)


@pytest.mark.parametrize("length", [6, 20])
def test_updates_of_what_is_read(length):
    x, a = pair((37, length), "float64")
    for y in (x, a):
        y[:, 0] = (y * y).sum(axis=1)
        y[1:, 1] = y[:-1].sum(axis=1)
        y[:, :3] = y.max(axis=1)[:, None]
    assert_same_sums(x, a)


@pytest.mark.parametrize("length", [3, 8, 21, 100])
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
def test_results_do_not_depend_on_threads(dtype, length):
    x = make((20011, length), dtype)
    initial = nl.get_num_threads()
    results = []
    for threads in (1, 2, 5):
        nl.set_num_threads(threads)
        a = nl.asarray(x)
        results.append([np.asarray(a @ a[0]), np.asarray(a.sum(axis=1))])
    nl.set_num_threads(initial)
    for other in results[1:]:
        for first, again in zip(results[0], other):
            assert first.tobytes() == again.tobytes()


def test_a_row_is_the_same_in_any_tile():
    x = make((64, 9), "float32")
    a = nl.asarray(x)
    whole = np.asarray((a * a).sum(axis=1))
    for first in range(8):
        part = nl.asarray(x[first : first + 13])
        np.testing.assert_array_equal(
            np.asarray((part * part).sum(axis=1)), whole[first : first + 13]
        )
