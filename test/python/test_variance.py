"""Variances of arrays that do not fit a block: accuracy, layouts, special values."""

import numpy as np
import pytest

import numloom as nl

SHAPES = [
    (1, 20000),
    (2, 9001),
    (4099, 5),
    (4099, 64),
    (513, 130),
    (8192, 33),
    (3, 70000),
]


def check(x, axis=0, ddof=0, rtol=2e-5):
    """The variance and the deviation, to `rtol` of float64's."""
    a = nl.array(x)
    wide = np.var(x.astype("f8"), axis=axis, ddof=ddof)
    got = np.asarray(nl.var(a, axis=axis, ddof=ddof))
    assert got.dtype == np.float32 and got.shape == wide.shape
    np.testing.assert_allclose(got, wide, rtol=rtol, atol=1e-30)
    np.testing.assert_allclose(
        np.asarray(nl.std(a, axis=axis, ddof=ddof)), np.sqrt(wide), rtol=rtol
    )


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(rng, shape, axis):
    check(rng.standard_normal(shape).astype("f4"), axis)


@pytest.mark.parametrize("axis", [0, 2, (0, 1), (0, 2), None])
def test_three_dimensions(rng, axis):
    check(rng.standard_normal((70, 9, 65)).astype("f4") + np.float32(3), axis, ddof=1)


@pytest.mark.parametrize("mean", [1e2, 1e4, -1e4])
@pytest.mark.parametrize("axis", [None, 0])
def test_mean_far_from_zero(rng, axis, mean):
    x = (rng.standard_normal((3000, 40)) + mean).astype("f4")
    # Of two passes in float32 the mean's rounding is left, squared.
    ulp = np.spacing(np.float32(abs(mean))).astype("f8")
    check(x, axis, rtol=2e-5 + float(64 * ulp) ** 2)


def check_float64(x, axis=0, rtol=1e-13):
    """The variance of float64 `x`, to `rtol` of longer floats', or NumPy's there."""
    got = np.asarray(nl.var(nl.array(x), axis=axis))
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, np.var(x, axis=axis, dtype="g"), rtol=rtol)


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_float64(rng, shape, axis):
    check_float64(rng.standard_normal(shape), axis)


@pytest.mark.parametrize("mean", [1e4, -1e6, 1e8])
@pytest.mark.parametrize("axis", [None, 0])
def test_mean_of_float64_far_from_zero(rng, axis, mean):
    x = rng.standard_normal((5000, 40)) + mean
    check_float64(x, axis, rtol=1e-12 + float(64 * np.spacing(abs(mean))) ** 2)


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("ddof", [0, 1])
def test_standard_deviations_of_float64(rng, axis, ddof):
    x = rng.standard_normal((5000, 40)) * 3 - 1e6
    got = np.asarray(nl.std(nl.array(x), axis=axis, ddof=ddof))
    expected = np.std(x, axis=axis, dtype="g", ddof=ddof)
    np.testing.assert_allclose(got, expected, rtol=1e-11)


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("dtype, rtol", [("c8", 2e-5), ("c16", 1e-12)])
def test_complex_numbers(rng, dtype, rtol, axis):
    x = (rng.standard_normal((5000, 40)) + 1j * rng.random((5000, 40))).astype(dtype)
    got = np.asarray(nl.var(nl.array(x), axis=axis))
    assert got.dtype == x.real.dtype
    np.testing.assert_allclose(got, np.var(x.astype("c16"), axis=axis), rtol=rtol)


# Rows in as many slabs as blocks run at once, in groups of eight.
@pytest.mark.parametrize("shape", [(65536, 40), (9001, 516), (4096, 2048), (40000, 4)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_slabs_of_any_number(rng, shape, dtype):
    x = rng.standard_normal(shape).astype(dtype)
    check(x) if dtype == "f4" else check_float64(x)
    a, scale = nl.array(x), np.abs(x).sum(0, dtype="f8").max()
    expected = x.sum(0, dtype="g")
    tolerance = 4 * np.finfo(dtype).eps * scale
    np.testing.assert_allclose(
        np.asarray(nl.sum(a, 0)), expected, rtol=0, atol=tolerance
    )
    np.testing.assert_array_equal(np.asarray(nl.max(a, 0)), x.max(0))
    np.testing.assert_array_equal(np.asarray(nl.argmin(a, 0)), x.argmin(0))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("value", [10.0, 100.0, 1e7])
def test_first_of_many_rows_far_from_all_others(rng, dtype, value):
    x = rng.standard_normal((200_000, 8)).astype(dtype)
    x[0] = value
    check(x, rtol=2e-4) if dtype == "f4" else check_float64(x, rtol=1e-11)


@pytest.mark.parametrize("row", [0, 1500, 2999])
@pytest.mark.parametrize("value", [0.0, -1e4, 1e7])
def test_one_row_far_from_all_others(rng, row, value):
    x = (rng.standard_normal((3000, 40)) + 1000).astype("f4")
    x[row] = value
    check(x, rtol=1e-4)


def test_equal_elements_have_no_variance():
    x = np.full((5000, 33), np.float32(1 / 3))
    assert np.all(np.asarray(nl.var(nl.array(x), axis=0)) <= 1e-9)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 2048, 4998])
def test_columns_of_special_values_alone_are_nan(rng, row, value):
    x = rng.standard_normal((4999, 36)).astype("f4")
    x[row, ::3] = value
    got = np.asarray(nl.var(nl.array(x), axis=0))
    expected = np.var(x.astype("f8"), axis=0)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_allclose(got, expected, rtol=2e-5)


@pytest.mark.parametrize("dtype, value", [("f4", 1e25), ("f4", 1e35), ("f8", 1e300)])
def test_squares_that_overflow(rng, dtype, value):
    x = np.where(rng.random((3000, 40)) < 0.5, value, -value).astype(dtype)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(np.asarray(nl.var(nl.array(x), axis=0)), np.inf)


def test_sums_that_overflow(rng):
    x = rng.standard_normal((5000, 33)).astype("f4")
    x[:, ::2] += np.float32(3e38)
    got, expected = np.asarray(nl.var(nl.array(x), axis=0)), np.var(x, axis=0)
    np.testing.assert_array_equal(np.isinf(got), np.isinf(expected))
    assert np.isinf(got[::2]).all() and np.isfinite(got[1::2]).all()


def test_layouts(rng):
    x = rng.standard_normal((4100, 96)).astype("f4")
    for view in (x[::-1], x[:, ::-1], x[1::2, 3:], np.asfortranarray(x), x[:, 5:6]):
        check(view)
    a, wide = nl.array(x), x.astype("f8")
    for index in ((slice(None, None, -1),), (slice(1, None, 2), slice(3, None))):
        np.testing.assert_allclose(
            np.asarray(nl.var(a[index], axis=0)), wide[index].var(0), rtol=2e-5
        )
    np.testing.assert_allclose(np.asarray(nl.var(a.T, axis=1)), wide.var(0), rtol=2e-5)


@pytest.mark.parametrize("shape", [(0, 5000), (5000, 0), (1, 1)])
def test_no_elements_and_one(shape):
    x = np.zeros(shape, "f4")
    with pytest.warns(RuntimeWarning) if x.shape[0] == 0 else np.errstate():
        got = np.asarray(nl.var(nl.array(x), axis=0))
    assert got.shape == shape[1:]
    assert np.all(np.isnan(got)) if shape[0] == 0 else np.all(got == 0)


def test_mean_and_what_is_standardised_with_it(rng):
    x = (rng.standard_normal((6000, 48)) * 3 + 7).astype("f4")
    a, wide = nl.array(x), x.astype("f8")
    mean = nl.mean(a, axis=0)
    scaled = (a - mean) / nl.std(a, axis=0)
    np.testing.assert_allclose(np.asarray(mean), wide.mean(0), rtol=2e-5)
    expected = (wide - wide.mean(0)) / wide.std(0)
    np.testing.assert_allclose(np.asarray(scaled), expected, rtol=1e-4, atol=1e-5)


def test_center_that_is_no_mean(rng):
    x = (rng.standard_normal((6000, 48)) + 2).astype("f4")
    a, wide = nl.array(x), x.astype("f8")
    center = nl.sum(a, axis=0) / 5000
    got = nl.sum((a - center) ** 2, axis=0)
    expected = ((wide - wide.sum(0) / 5000) ** 2).sum(0)
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-5)


@pytest.mark.parametrize("size", [20000, 1_000_003, 5_000_000])
def test_sums_of_everything_repeat_to_the_bit(rng, size):
    x = rng.standard_normal(size).astype("f4")
    a = nl.array(x)
    first = np.asarray(nl.sum(a)).tobytes()
    for _ in range(20):
        assert np.asarray(nl.sum(a)).tobytes() == first
    np.testing.assert_allclose(
        np.asarray(nl.sum(a)), x.astype("f8").sum(), rtol=1e-4, atol=1e-2
    )
