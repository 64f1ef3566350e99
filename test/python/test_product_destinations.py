"""Products that are written, or added, where they belong in larger arrays."""

import numpy as np
import pytest
from support import (
    DTYPES,
    assert_raises_alike,
    assert_same,
    assert_same_sums,
    make,
    sum_tolerance,
)

import numloom as nl

# What of a (12, 14) array takes a product of (6, 5), and whether a library writes
# its rows in place.
PARTS = {
    "rows": (lambda c: c[3:9, :5], True),
    "columns": (lambda c: c[:6, 8:13], True),
    "every_other_row": (lambda c: c[::2, 4:9], True),
    "a_large_step": (lambda c: c.reshape(6, 28)[:, 20:25], True),
    "backwards": (lambda c: c[10:4:-1, :5], False),
    "every_other_column": (lambda c: c[4:10, 2:12:2], False),
    "transposed": (lambda c: c.T[3:9, 4:9], False),
}


def assign(c, part, a, b):
    part(c)[...] = a @ b


def add(c, part, a, b):
    view = part(c)
    view += a @ b


def subtract_scaled(c, part, a, b):
    view = part(c)
    view -= 3 * (a @ b)


def scale_and_add(c, part, a, b):
    part(c)[...] = 2 * (a @ b) - 0.5 * part(c)


def put(xp, function, c, part, operands):
    """`c` with a product in a part of it."""
    c, *operands = (xp.asarray(x.copy()) for x in (c, *operands))
    if xp is nl:
        nl.evaluate(c, *operands)
    function(c, part, *operands)
    return c


def check(function, c, part, *operands):
    # A sum that comes of NaN is one; overflow of float16 is NumPy's.
    with np.errstate(all="ignore"):
        expected = put(np, function, c, part, operands)
    assert_same_sums(expected, put(nl, function, c, part, operands))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_assignments(dtype, part):
    check(assign, make((12, 14), dtype), PARTS[part][0], *operands(dtype))


def operands(dtype, m=6, k=4, n=5):
    return make((m, k), dtype, 1), make((k, n), dtype, 2)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex64"])
@pytest.mark.parametrize("function", [add, subtract_scaled])
def test_updates(function, dtype, part):
    check(function, make((12, 14), dtype), PARTS[part][0], *operands(dtype))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_scaled_updates(dtype, part):
    check(scale_and_add, make((12, 14), dtype), PARTS[part][0], *operands(dtype))


@pytest.mark.parametrize("part", PARTS)
def test_nothing_lies_between(part):
    view, is_in_place = PARTS[part]
    c, a, b = (nl.asarray(x) for x in (make((12, 14), "f4"), *operands("f4")))
    nl.evaluate(c, a, b)
    nl.reset_stats()
    view(c)[...] = a @ b
    nl.evaluate(c)
    stats = nl.stats()
    assert stats["gemms"] == 1
    assert (stats["launches"] == 0) == is_in_place
    assert (stats["arena_bytes"] == 0) == is_in_place


@pytest.mark.parametrize("start", [0, 3, 8])
@pytest.mark.parametrize("columns", [9, 16])
@pytest.mark.parametrize("function", [assign, add])
def test_alignments_of_halves(function, columns, start):
    def part(c):
        return c[2:8, start : start + columns]

    check(function, make((12, 32), "f2"), part, *operands("f2", n=columns))


def test_parts_of_what_the_program_computes():
    x, y = make((9, 7), "f4", 1), make((7, 8), "f4", 2)

    def run(xp, x, y):
        c = xp.zeros((12, 10), "f4") + 2
        c[1:10, 2:] = x @ y
        c[:9, :8] += c[3:, 2:9] @ y
        return c * 2

    assert_same_sums(run(np, x, y), run(nl, nl.asarray(x), nl.asarray(y)))


@pytest.mark.parametrize(
    "shape", [(1, 4, 5), (6, 4, 1), (1, 4, 1), (6, 1, 5), (6, 0, 5)]
)
@pytest.mark.parametrize("function", [assign, add])
def test_thin_matrices(function, shape):
    m, k, n = shape
    a, b = operands("f4", m, k, n)
    check(function, make((12, 14), "f4"), lambda c: c[3 : 3 + m, 6 : 6 + n], a, b)


@pytest.mark.parametrize("dtype", ["int16", "float32", "complex128"])
@pytest.mark.parametrize("function", [assign, add, subtract_scaled])
@pytest.mark.parametrize(
    "part",
    [
        lambda c: c[:, 2:8, 1:6],
        lambda c: c[:, 1::2, :5],
        lambda c: c[::-1, 2:8, 1:6],
        lambda c: c[:, 2:8, 10:0:-2],
        lambda c: c.transpose(0, 2, 1)[:, 2:8, 1:6],
        lambda c: c[0, :, :9].reshape(3, 4, 9)[:, None, 1:2, 1:6],
    ],
)
def test_batches(function, dtype, part):
    a, b = make((3, 6, 4), dtype, 1), make((3, 4, 5), dtype, 2)
    c = make((3, 12, 14), dtype)
    if part(c).ndim == 4:
        a, b = a[:, None, :1], b[:, None]
    check(function, c, part, a, b)


def test_one_matrix_of_a_batch():
    a, b = operands("f8", 12, 4, 14)
    for part in (lambda c: c[1], lambda c: c[1, 2:9], lambda c: c[2, :, 3:]):
        rows, cols = part(np.empty((3, 12, 14))).shape
        check(assign, make((3, 12, 14), "f8"), part, a[:rows], b[:, :cols])
        check(add, make((3, 12, 14), "f8"), part, a[:rows], b[:, :cols])


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "float16"])
def test_old_contents_are_not_read(dtype):
    c = np.full((12, 14), np.nan, dtype)
    c[5] = np.inf
    check(assign, c, PARTS["rows"][0], *operands(dtype))


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf, -0.0])
@pytest.mark.parametrize("function", [assign, add, subtract_scaled, scale_and_add])
def test_special_elements(function, special):
    c, (a, b) = make((12, 14), "f8"), operands("f8")
    c[4, 2], a[1], b[0, 3] = special, special, special
    check(function, c, PARTS["rows"][0], a, b)


@pytest.mark.parametrize("number", [0.0, np.inf, np.nan, 1.0, -2.0])
def test_special_factors(number):
    def update(c, part, a, b):
        part(c)[...] = a @ b + number * part(c)

    c = make((12, 14), "f4")
    c[4, 2] = np.nan
    check(update, c, PARTS["rows"][0], *operands("f4"))


@pytest.mark.parametrize(
    "update",
    [
        # Operands that are written, whole and in part, or lie beside.
        lambda c, w: c.__setitem__(np.s_[:, :6], c[:, :6] @ w),
        lambda c, w: c.__setitem__(np.s_[:, :6], c[:, 3:9] @ w),
        lambda c, w: c.__setitem__(np.s_[:, 8:], c[:, :6] @ w),
        lambda c, w: c.__setitem__(np.s_[:6, :6], w @ c[6:, :6]),
        lambda c, w: c.__setitem__(np.s_[:6, :6], c[:6, :6].T @ w),
        lambda c, w: c.__setitem__(np.s_[::2, :6], c[1::2, :6] @ w),
        lambda c, w: c.__setitem__(np.s_[:6, :6], c[:6, :6] + c[:6, 6:12] @ w),
        lambda c, w: c.__setitem__(np.s_[:6, :6], c[1:7, :6] + w @ w),
        lambda c, w: c.__setitem__(np.s_[:6, :6], c[0, :6] + w @ w),
        lambda c, w: c.__setitem__(np.s_[:6, :6], w @ w + c[:6, :6].T),
        lambda c, w: c.__setitem__(
            np.s_[6:, 6:12], c[6:, 6:12] - c[6:, :6] @ c[:6, :6]
        ),
    ],
)
@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_operands_that_overlap(update, dtype):
    c, w = make((12, 14), dtype), make((6, 6), dtype, 1)
    x, y = nl.asarray(c), nl.asarray(w)
    nl.evaluate(x, y)
    update(x, y)
    update(c, w)
    assert_same_sums(c, x)


def test_an_array_that_others_hold():
    c, (a, b) = make((12, 14), "f4"), operands("f4")
    x = nl.asarray(c)
    whole, old = x[...], x + 0
    nl.evaluate(x, old)
    x[3:9, :5] = nl.asarray(a) @ nl.asarray(b)
    expected = c.copy()
    expected[3:9, :5] = a @ b
    assert_same_sums(expected, x)
    assert_same_sums(expected, whole)
    assert_same_sums(c, old)


@pytest.mark.parametrize(
    "product", [nl.matmul, lambda a, b, out: nl.einsum("ij,jk", a, b, out=out)]
)
def test_out(product):
    a, b = operands("f4")
    c = make((12, 14), "f4")
    x = nl.asarray(c)
    out = x[3:9, 2:7]
    assert product(nl.asarray(a), nl.asarray(b), out=out) is out
    np.matmul(a, b, out=c[3:9, 2:7])
    assert_same_sums(c, x)


@pytest.mark.parametrize("dtype", ["float64", "complex64", "float16", "int32"])
def test_out_of_another_dtype(dtype):
    def multiply(xp):
        c = xp.asarray(make((12, 14), dtype))
        a, b = (xp.asarray(x) for x in operands("f4"))
        xp.matmul(a, b, out=c[3:9, 2:7])
        return c

    if dtype == "int32":
        assert_raises_alike(multiply)
    else:
        # Summed in float32 and converted.
        tolerance = 16 * max(sum_tolerance("float32"), sum_tolerance(dtype))
        assert_same(multiply(np), multiply(nl), tolerance=tolerance)


def test_out_of_another_shape():
    assert_raises_alike(
        lambda xp: xp.matmul(
            xp.ones((6, 4)), xp.ones((4, 5)), out=xp.ones((6, 9))[:, ::2][:, :4]
        )
    )


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["int32", "float32", "complex128"])
def test_joined_products(dtype, axis):
    a, b = make((6, 6), dtype, 1), make((6, 6), dtype, 2)

    def join(xp, a, b):
        return xp.concatenate([a @ b, b, b @ a, a @ a + b], axis)

    assert_same_sums(join(np, a, b), join(nl, nl.asarray(a), nl.asarray(b)))


def test_joined_products_have_no_buffers():
    a, b = (nl.asarray(x) for x in (make((6, 6), "f4", 1), make((6, 6), "f4", 2)))
    nl.evaluate(a, b)
    nl.reset_stats()
    nl.evaluate(nl.concatenate([a @ b, b @ a], 1))
    stats = nl.stats()
    assert (stats["gemms"], stats["launches"], stats["arena_bytes"]) == (2, 0, 0)


@pytest.mark.parametrize("dtype", ["int32", "float16", "float32", "complex128"])
def test_blocks_of_products(dtype):
    a, b = make((8, 8), dtype, 1), make((8, 8), dtype, 2)

    def join(xp, a, b):
        inner = xp.concatenate([a @ b, b[::-1]], 1)
        kept = xp.concatenate([b @ a, a.T], 1)
        rows = xp.stack([inner, xp.concatenate([a + b, a @ a], 1)])
        return xp.concatenate([inner.reshape(8, 16), kept]), kept, rows

    for expected, got in zip(
        join(np, a, b), join(nl, nl.asarray(a), nl.asarray(b)), strict=True
    ):
        assert_same_sums(expected, got)


def test_programs_that_go_on():
    """A factorisation by blocks, whose products update what is left."""
    n, block = 24, 6
    whole = make((n, n), "f8") + 20 * np.eye(n)

    def factor(xp, x):
        for i in range(block, n, block):
            x[i:, i:] -= x[i:, i - block : i] @ x[i - block : i, i:] / 50
        return x

    expected = factor(np, whole.copy())
    assert_same_sums(expected, factor(nl, nl.asarray(whole)))


def test_large_products():
    """More than one tile, and depths that are cut."""
    for m, k, n in ((700, 300, 600), (8, 200_000, 9), (300, 5000, 2)):
        rng = np.random.default_rng(1)
        a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
        c = rng.standard_normal((m + 3, n + 5))
        for function in (assign, add):
            check(function, c, lambda c, m=m, n=n: c[1 : m + 1, 2 : n + 2], a, b)
