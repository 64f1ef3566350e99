"""Products that are scaled and added to arrays, as in NumPy.

On a GPU the library does it in the same call (docs/cuda.md).
"""

import numpy
import pytest

import numloom as np

FLOATS = ["float32", "float64", "complex64", "complex128"]
INTEGERS = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
SHAPES = [
    (5, 7, 3),
    (64, 48, 32),
    (1, 9, 4),
    (9, 1, 4),
    (1, 1, 8),
    (33, 17, 0),
    (0, 3, 4),
]


def make(shape, dtype, seed=0):
    random = numpy.random.default_rng([seed, *shape])
    values = random.integers(-4, 5, shape)
    if numpy.dtype(dtype).kind == "c":
        values = values + 1j * random.integers(-4, 5, shape)
    return values.astype(dtype)


def check(fn, *arrays):
    """Small whole numbers: whatever the order of sums, the result is exact."""
    expected = fn(*arrays)
    actual = numpy.asarray(fn(*map(np.asarray, arrays)))
    assert actual.dtype == expected.dtype
    numpy.testing.assert_array_equal(actual, expected)


EPILOGUES = {
    "scaled": lambda a, b, c, v: 2 * (a @ b),
    "negated": lambda a, b, c, v: -(a @ b),
    "sum": lambda a, b, c, v: a @ b + c,
    "sum from the left": lambda a, b, c, v: c + a @ b,
    "difference": lambda a, b, c, v: a @ b - c,
    "difference from the left": lambda a, b, c, v: c - a @ b,
    "bias": lambda a, b, c, v: a @ b + v,
    "negated bias": lambda a, b, c, v: a @ b - v,
    "scaled bias": lambda a, b, c, v: a @ b + 2 * v,
    "everything": lambda a, b, c, v: 3 * (a @ b) + c * 2 + v,
    "everything negated": lambda a, b, c, v: v + (-(3 * (a @ b)) - 2 * c),
    "bias first": lambda a, b, c, v: a @ b + v + c,
    "two products": lambda a, b, c, v: a @ b + (2 * a) @ b,
    "chain": lambda a, b, c, v: (a @ b + v).T @ (a @ b - c),
    "number": lambda a, b, c, v: a @ b + 3,
    "read by a kernel": lambda a, b, c, v: (a @ b + c) * v,
}


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
@pytest.mark.parametrize("name", EPILOGUES)
def test_dtypes(name, dtype):
    a, b = make((6, 5), dtype), make((5, 8), dtype, 1)
    check(EPILOGUES[name], a, b, make((6, 8), dtype, 2), make((8,), dtype, 3))


@pytest.mark.parametrize("m, n, k", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "complex128", "int32"])
def test_shapes(m, n, k, dtype):
    arrays = (
        make((m, k), dtype),
        make((k, n), dtype, 1),
        make((m, n), dtype, 2),
        make((n,), dtype, 3),
    )
    for fn in EPILOGUES.values():
        check(fn, *arrays)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64"])
def test_layouts_of_addends(dtype):
    a, b = make((6, 5), dtype), make((5, 8), dtype, 1)
    wide = make((12, 32), dtype, 2)
    for addend in [
        wide[:6, :8],
        wide[::2, ::4],
        wide[5::-1, 7::-1],
        wide.T[:6, :8],
        wide[:6, :1],
        wide[:1, :8],
        wide[0, ::4],
        wide[0, 7::-1],
        wide[:1, :1],
        wide[0, 0],
    ]:
        check(lambda a, b, c: a @ b + c, a, b, addend)
        check(lambda a, b, c: (a @ b - c).T, a, b, addend)


@pytest.mark.parametrize("dtype", ["float32", "complex64", "int32"])
def test_batches(dtype):
    a, b = make((2, 3, 6, 5), dtype), make((2, 3, 5, 8), dtype, 1)
    for x, y in [(a, b), (a[:, :1], b), (a, b[0, 0]), (a[0, 0], b)]:
        for c in [
            make((2, 3, 6, 8), dtype, 2),
            make((6, 8), dtype, 2),
            make((3, 1, 8), dtype, 2),
            make((2, 1, 6, 1), dtype, 2),
            make((8,), dtype, 2),
        ]:
            check(lambda x, y, c: x @ y + c, x, y, c)
            check(lambda x, y, c: 2 * (x @ y) - 3 * c + c, x, y, c)


@pytest.mark.parametrize(
    "factor", [0.0, -0.0, numpy.inf, -numpy.inf, numpy.nan, 2.0**100]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_factors_that_libraries_treat_apart(factor, dtype):
    a, b, c = make((6, 5), dtype), make((5, 8), dtype, 1), make((6, 8), dtype, 2)
    a[0, 0] = numpy.nan
    b[2, 3] = numpy.inf
    c[4, 4] = numpy.nan
    c[5, 5] = -numpy.inf
    with numpy.errstate(all="ignore"):
        check(lambda a, b, c: factor * (a @ b), a, b, c)
        check(lambda a, b, c: factor * (a @ b) + c, a, b, c)
        check(lambda a, b, c: a @ b + factor * c, a, b, c)
        check(lambda a, b, c: a @ b - c, a, b, c)


@pytest.mark.parametrize("alpha, beta", [(1.5, 2.0), (0.0, 1.0), (2.0, 0.0)])
def test_factors_are_run_time_numbers(alpha, beta):
    a, b, c = make((6, 5), "f4"), make((5, 8), "f4", 1), make((6, 8), "f4", 2)
    check(lambda a, b, c: alpha * (a @ b) + beta * c, a, b, c)


def test_halves_overflow_as_in_numpy():
    a = numpy.full((4, 4), 200, "float16")
    with numpy.errstate(over="ignore"):
        check(lambda a: 0.5 * (a @ a), a)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_rounding(dtype):
    random = numpy.random.default_rng(1)
    a, b, c = (random.standard_normal((96, 96)) for _ in range(3))
    if numpy.dtype(dtype).kind == "c":
        a, b, c = a + 1j * b, b - 2j * c, c + 1j * a
    v = c[0] * 3
    exact = 0.1 * (a @ b) - 0.7 * c + v
    bound = 0.1 * (abs(a) @ abs(b)) + 0.7 * abs(c) + abs(v)
    a, b, c, v = (np.asarray(x.astype(dtype)) for x in (a, b, c, v))
    actual = numpy.asarray(0.1 * (a @ b) - 0.7 * c + v)
    epsilon = numpy.finfo(dtype).eps
    assert (abs(actual - exact) <= 100 * epsilon * bound).all()


def test_operands_stay():
    a, c = make((6, 6), "f4"), make((6, 6), "f4", 2)
    x, z = np.asarray(a), np.asarray(c)
    y = x @ x + z
    z += x @ x
    numpy.testing.assert_array_equal(numpy.asarray(y), a @ a + c)
    numpy.testing.assert_array_equal(numpy.asarray(z), a @ a + c)
    numpy.testing.assert_array_equal(numpy.asarray(x), a)
