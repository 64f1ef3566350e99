"""Programs that read neighbours of their elements through shifted slices."""

import numpy as np
import pytest

import numloom as nl

DTYPES = ["f4", "f8", "f2", "i4", "u1", "c8"]
# Even and odd rows, short and long, enough for groups of tiles; the last is too
# short for tiles.
SHAPES = [(300, 260), (301, 263), (260, 1030), (1062, 2052), (20, 33)]


def make(shape, dtype):
    rng = np.random.default_rng(3)
    return rng.integers(0, 9, shape).astype(dtype)


def five_points(x):
    return x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:] - x[1:-1, 1:-1]


def corners(x):
    return (x[:-2, :-2] + x[:-2, 2:]) - (x[2:, :-2] + x[2:, 2:]) * x[1:-1, 1:-1]


def separable(x):
    rows = x[:-4] + x[1:-3] + x[2:-2] * x[3:-1] + x[4:]
    return rows[:, :-4] + rows[:, 1:-3] + rows[:, 2:-2] + rows[:, 3:-1] - rows[:, 4:]


def down(x):
    return x[:-3] + x[1:-2] + x[2:-1] + x[3:]


def along(x):
    return x[:, :-3] + x[:, 1:-2] - x[:, 2:-1] + x[:, 3:]


def two_results(x):
    return x[1:, :-1] - x[:-1, 1:] + x[1:, 1:], x[:-1, :-1] + x[1:, 1:] + x[1:, :-1]


STENCILS = [five_points, corners, separable, down, along]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("stencil", STENCILS)
def test_stencil(stencil, dtype, shape):
    x = make(shape, dtype)
    result = np.asarray(stencil(nl.asarray(x)))
    assert result.dtype == stencil(x).dtype
    np.testing.assert_array_equal(result, stencil(x))


@pytest.mark.parametrize("stencil", STENCILS)
def test_part_of_a_larger_array(stencil):
    x = make((600, 700), "f4")
    for part in (
        np.s_[7:400, 3:600],
        np.s_[100:, ::2],
        np.s_[::2, 5:],
        np.s_[::-1, 1:],
        np.s_[:, ::-1],
    ):
        expected = stencil(x[part])
        np.testing.assert_array_equal(
            np.asarray(stencil(nl.asarray(x)[part])), expected
        )


def test_results_share_loads():
    x = make((400, 513), "f4")
    for result, expected in zip(two_results(nl.asarray(x)), two_results(x)):
        np.testing.assert_array_equal(np.asarray(result), expected)


def test_transposed():
    x = make((300, 280), "f4")
    np.testing.assert_array_equal(
        np.asarray(five_points(nl.asarray(x).T)), five_points(x.T)
    )


def test_one_dimension():
    x = make((5001,), "f4")
    y = nl.asarray(x)
    np.testing.assert_array_equal(
        np.asarray(y[:-2] - 2 * y[1:-1] + y[2:]), x[:-2] - 2 * x[1:-1] + x[2:]
    )


def test_three_dimensions():
    x = make((5, 290, 68), "f4")

    def seven_points(x):
        inner = np.s_[1:-1]
        return (
            x[:-2, inner, inner]
            + x[2:, inner, inner]
            + x[inner, :-2, inner]
            + x[inner, 2:, inner]
            + x[inner, inner, :-2]
            + x[inner, inner, 2:]
            - 6 * x[inner, inner, inner]
        )

    np.testing.assert_array_equal(
        np.asarray(seven_points(nl.asarray(x))), seven_points(x)
    )


def test_with_an_index_and_other_arrays():
    x, weights = make((300, 132), "f4"), make((130,), "f4")
    y = nl.asarray(x)
    column = np.arange(130, dtype="f4")
    expected = (x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, 2:]) * weights + column
    result = (y[:-2, 1:-1] + y[2:, 1:-1] + y[1:-1, 2:]) * nl.asarray(weights)
    result = result + nl.arange(130, dtype="f4")
    np.testing.assert_array_equal(np.asarray(result), expected)


def test_views_of_two_arrays():
    x, y = make((300, 200), "f4"), make((300, 200), "f4")[::-1]
    a, b = nl.asarray(x), nl.asarray(y)

    def mixed(x, y):
        return x[1:, 1:] * y[:-1, :-1] + x[:-1, :-1] * y[1:, 1:] + x[1:, :-1]

    np.testing.assert_array_equal(np.asarray(mixed(a, b)), mixed(x, y))


def test_product_of_shifted_views():
    x = make((130, 131), "f4")
    y = nl.asarray(x)
    result = y[:, 1:] @ y[:, 1:].T + (y[:, :-1] + y[:, 1:]) @ y[:, :-1].T
    expected = x[:, 1:] @ x[:, 1:].T + (x[:, :-1] + x[:, 1:]) @ x[:, :-1].T
    np.testing.assert_allclose(np.asarray(result), expected, rtol=1e-5)


def test_repeated_steps():
    x = make((290, 310), "f8")
    y = nl.asarray(x)
    for _ in range(4):
        x = 0.25 * five_points(x)
        y = 0.25 * five_points(y)
    np.testing.assert_allclose(np.asarray(y), x, rtol=1e-13)
