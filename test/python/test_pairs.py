"""Reductions over all pairs of rows of two arrays: distances and their kin."""

import numpy as np
import pytest
from support import DTYPES, assert_same, pair, sum_tolerance

import numloom as nl

# Results enough for tiles on a GPU with its 132 multiprocessors, and rows and
# columns that are no multiples of a tile; columns that are whole vectors.
SIDES = [(769, 769), (773, 772)]
# Within one step, several steps, and longer than what shared memory holds.
LENGTHS = [2, 3, 4, 7, 16, 18, 35, 64]


def compare(want, got):
    tolerance = 16 * sum_tolerance(np.asarray(want).dtype)
    assert_same(want, got, tolerance=tolerance)


def square_distances(a, b):
    d = a[:, None, :] - b[None, :, :]
    return d * d


def operands(sides, length, dtype):
    x, a = pair((sides[0], length), dtype)
    y, b = pair((sides[1], length), dtype, seed=1)
    return (x, y), (a, b)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("sides", SIDES)
def test_lengths(sides, length):
    numpy_pair, pair = operands(sides, length, "float32")
    compare(
        np.sqrt(square_distances(*numpy_pair).sum(axis=-1)),
        nl.sqrt(square_distances(*pair).sum(axis=-1)),
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    (x, y), (a, b) = operands(SIDES[1], 12, dtype)
    compare((x[:, None] * y).sum(axis=2), (a[:, None] * b).sum(axis=2))
    compare((x[:, None] < y).sum(axis=2), (a[:, None] < b).sum(axis=2))
    compare((x[:, None] == y).any(axis=2), (a[:, None] == b).any(axis=2))
    compare((x[:, None] <= y).all(axis=2), (a[:, None] <= b).all(axis=2))
    compare((x[:, None] * y).max(axis=2), (a[:, None] * b).max(axis=2))


@pytest.mark.parametrize("name", ["argmin", "argmax", "mean", "prod", "min", "var"])
@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
def test_reductions(dtype, name):
    (x, y), (a, b) = operands(SIDES[0], 5, dtype)
    compare(
        getattr(x[:, None] + y, name)(axis=-1), getattr(a[:, None] + b, name)(axis=-1)
    )


LAYOUTS = {
    "points reversed": lambda x: x[::-1],
    "coordinates reversed": lambda x: x[:, ::-1],
    "every other point": lambda x: x[::2],
    "every other coordinate": lambda x: x[:, ::2],
    "odd address": lambda x: x[1:, 1:],
    "one point": lambda x: x[:1],
    "no points": lambda x: x[:0],
    "no coordinates": lambda x: x[:, :0],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["uint8", "float32", "complex128"])
def test_layouts(dtype, layout):
    view = LAYOUTS[layout]
    (x, y), (a, b) = operands((1600, 750), 12, dtype)
    x, a = view(x), view(a)
    y, b = y[:, : x.shape[1]], b[:, : x.shape[1]]
    compare(square_distances(x, y).sum(axis=-1), square_distances(a, b).sum(axis=-1))
    compare(square_distances(y, x).sum(axis=-1), square_distances(b, a).sum(axis=-1))


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("dtype", ["int32", "float64", "complex64"])
def test_reduced_axis_before_the_sides(dtype, axis):
    x, a = pair((17, 740), dtype)
    y, b = pair((17, 752), dtype, seed=1)

    def multiply(x, y):
        if axis == 0:
            return (x[:, :, None] + y[:, None]).sum(axis=0)
        return (x.T[:, :, None] + y).sum(axis=1)

    compare(multiply(x, y), multiply(a, b))


@pytest.mark.parametrize("sides", SIDES)
def test_around_the_sum(sides):
    """Values of a row, a column, a place and an element; two results."""
    (x, y), (a, b) = operands(sides, 6, "float64")
    bias, c = pair(sides, "float64", seed=2)
    column, d = pair(sides[1], "float64", seed=3)
    row, e = pair(sides[0], "float64", seed=4)
    weights, w = pair(6, "float64", seed=5)

    def compute(np, x, y, bias, column, row, weights):
        terms = np.exp(-0.1 * np.abs(x[:, None] - y)) * weights + bias[:, :, None]
        return np.where(row[:, None] > 0, terms.sum(axis=-1) * column, bias), terms.max(
            axis=-1
        )

    wants = compute(np, x, y, bias, column, row, weights)
    for want, got in zip(wants, compute(nl, a, b, c, d, e, w), strict=True):
        compare(want, got)


def test_several_operands_of_one_side():
    (x, y), (a, b) = operands(SIDES[0], 9, "float32")
    (z, v), (c, d) = operands(SIDES[0], 9, "int8")

    def compute(x, y, z, v):
        return (x[:, None] * z[:, None] + y * v).sum(axis=-1)

    compare(compute(x, y, z, v), compute(a, b, c, d))


@pytest.mark.parametrize("sides", [(400, 404), (513, 300)])
def test_batches(sides):
    x, a = pair((5, sides[0], 7), "float32")
    y, b = pair((5, sides[1], 7), "float32", seed=1)
    compare(
        abs(x[:, :, None] - y[:, None]).sum(axis=-1),
        abs(a[:, :, None] - b[:, None]).sum(axis=-1),
    )
    compare(
        abs(x[:, :, None] - y[0]).max(axis=-1), abs(a[:, :, None] - b[0]).max(axis=-1)
    )


def test_special_values():
    x = np.full((800, 8), 1.5, "float32")
    x[::7, 3], x[::11, 2], x[::13, 5], x[::5, 1] = np.nan, np.inf, -np.inf, -0.0
    a = nl.asarray(x)
    with np.errstate(invalid="ignore"):
        compare((x[:, None] - x).sum(axis=-1), (a[:, None] - a).sum(axis=-1))
        compare((x[:, None] - x).min(axis=-1), (a[:, None] - a).min(axis=-1))
        compare((x[:, None] * x).argmax(axis=-1), (a[:, None] * a).argmax(axis=-1))
        compare(np.fmax.reduce(x[:, None] - x, -1), nl.fmax.reduce(a[:, None] - a, -1))


@pytest.mark.parametrize("points", [800, 801])
def test_roots(points):
    """Zeros, subnormals, infinities and NaN among numbers, exact to the bit."""
    x = np.linspace(-3, 5, 2 * points, dtype="float32").reshape(points, 2)
    x[::9] *= np.float32(1e-22)
    x[::7, 1], x[::31, 0], x[3::41, 0], x[5::97, 1] = 0, np.inf, np.nan, 1e30
    a = nl.asarray(x)
    with np.errstate(invalid="ignore", over="ignore"):
        want = np.sqrt(square_distances(x, x).sum(axis=-1))
    got = nl.sqrt(square_distances(a, a).sum(axis=-1))
    np.testing.assert_array_equal(np.asarray(got), want)


def compute_pairs(np, x, y):
    """What is the same where `x` and `y` change places, and two that are not."""
    d = x[:, None] - y
    products = x[:, None] * y
    return [
        np.sqrt((d * d).sum(axis=-1)),
        abs(d).max(axis=-1),
        products.sum(axis=-1) + 1,
        d.sum(axis=-1),
        products.argmax(axis=-1),
    ]


# Tiles of both sizes on a GPU, with and without a rest.
@pytest.mark.parametrize(
    "shape", [(769, 16), (772, 3), (776, 35), (800, 16), (2080, 4), (2116, 2)]
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "complex64"])
def test_one_array(shape, dtype):
    """An array with itself, with an equal one, and with others at its place."""
    if dtype != "float32" and shape[0] > 2000:
        shape = (shape[0] - 1000, shape[1])
    x, a = pair(shape, dtype)
    wants = compute_pairs(np, x, x)
    ones, twos = compute_pairs(nl, a, a), compute_pairs(nl, a, a.copy())
    for want, one, two in zip(wants, ones, twos, strict=True):
        compare(want, one)
        np.testing.assert_array_equal(np.asarray(one), np.asarray(two))


VIEWS_OF_ONE = {
    "reversed": lambda x: (x, x[::-1]),
    "next": lambda x: (x[:-4], x[4:]),
    "every other": lambda x: (x[:800], x[::2]),
    "both every other": lambda x: (x[::2], x[::2]),
    "other coordinates": lambda x: (x[:, :8], x[:, 8:]),
    "coordinates reversed": lambda x: (x, x[:, ::-1]),
    "transposed": lambda x: (x[:800].reshape(16, 800).T, x[:800]),
}


@pytest.mark.parametrize("views", VIEWS_OF_ONE)
def test_views_of_one_array(views):
    x, a = pair((1600, 16), "float32")
    wants = compute_pairs(np, *VIEWS_OF_ONE[views](x))
    for want, got in zip(
        wants, compute_pairs(nl, *VIEWS_OF_ONE[views](a)), strict=True
    ):
        compare(want, got)


def test_around_the_sum_of_one_array():
    """What follows is the same of mirror images, or has a value for each row."""
    x, a = pair((804, 7), "float32")
    row, b = pair(804, "float32", seed=1)
    whole, c = pair((804, 804), "float32", seed=2)
    scale, d = pair(1, "float32", seed=3)

    def compute(np, x, row, whole, scale):
        gram = (x[:, None] * x).sum(axis=-1)
        return [
            np.exp(-gram * scale),
            gram * row,
            gram * row[:, None],
            gram + whole,
            np.where(gram > 0, gram, row),
        ]

    wants = compute(np, x, row, whole, scale)
    for want, got in zip(wants, compute(nl, a, b, c, d), strict=True):
        compare(want, got)


def test_plans_hold_for_other_arrays():
    """The same program, compiled once, of one array and of two."""
    x, a = pair((808, 16), "float32")
    y, b = pair((808, 16), "float32", seed=1)
    for numpy_pair, arrays in [((x, x), (a, a)), ((x, y), (a, b)), ((y, y), (b, b))]:
        compare(
            square_distances(*numpy_pair).sum(axis=-1),
            square_distances(*arrays).sum(axis=-1),
        )


def test_zeros_keep_their_sign():
    zeros = np.zeros((800, 4), "float32")
    a = nl.asarray(zeros)
    want = (-zeros[:, None] - zeros).sum(axis=-1)
    got = np.asarray((-a[:, None] - a).sum(axis=-1))
    np.testing.assert_array_equal(np.signbit(want), np.signbit(got))


def test_plans_hold_for_other_sizes():
    """The same program with sizes that other tiles, or none, are for."""
    for rows, columns, length in [(800, 800, 16), (801, 800, 16), (900, 64, 16)] + [
        (800, 801, 15),
        (40, 50, 16),
        (2200, 2100, 4),
        (800, 800, 40),
        (800, 800, 41),
    ]:
        (x, y), (a, b) = operands((rows, columns), length, "float32")
        compare(
            square_distances(x, y).sum(axis=-1), square_distances(a, b).sum(axis=-1)
        )
