"""Median, quantiles, percentiles."""

import warnings

import numpy as np
import pytest
from support import (
    INTEGERS,
    LAYOUTS,
    assert_raises_alike,
    assert_same,
    make,
    pair,
    view_pair,
)

import numloom as nl

METHODS = """inverted_cdf averaged_inverted_cdf closest_observation
interpolated_inverted_cdf hazen weibull linear median_unbiased normal_unbiased lower
higher midpoint nearest""".split()
AXES = [None, 0, 1, -1, (0, 2), (1, 0)]
DTYPES = [*INTEGERS, "float16", "float32", "float64"]
NAN_MEDIANS = ["median", "nanmedian"]
NAN_QUANTILES = ["quantile", "nanquantile"]


def with_nan(shape, dtype="float64"):
    x = make(shape, dtype)
    x[..., ::3] = np.nan
    x[0] = np.nan
    return x


@pytest.mark.parametrize("name", NAN_MEDIANS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_median_dtypes(dtype, name):
    for shape in [(9,), (4, 10), (250_001,)]:
        x, a = pair(shape, dtype)
        assert_same(getattr(np, name)(x), getattr(nl, name)(a), ulp=1)
        assert_same(getattr(np, name)(x, 0), getattr(nl, name)(a, 0), ulp=1)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("name", NAN_MEDIANS)
def test_median_axes(name, axis):
    for x in (make((4, 5, 6), "float64"), with_nan((4, 5, 6))):
        for keepdims in (False, True):
            want = getattr(np, name)(x, axis, keepdims=keepdims)
            got = getattr(nl, name)(nl.asarray(x), axis, keepdims=keepdims)
            assert_same(want, got)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float64")
    if x.size:
        assert_same(np.median(x), nl.median(a))
        assert_same(np.quantile(x, 0.3), nl.quantile(a, 0.3), ulp=1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NAN_QUANTILES)
def test_methods(name, method):
    for n in (1, 2, 5, 12):
        x, a = pair((3, n), "float64", seed=n)
        for q in (0, 0.25, 0.5, 0.9, 1, [0.1, 0.5], np.linspace(0, 1, 11)):
            want = getattr(np, name)(x, q, 1, method=method)
            assert_same(want, getattr(nl, name)(a, q, 1, method=method), ulp=2)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("name", NAN_QUANTILES)
def test_quantile_axes(name, axis):
    # NumPy's nanquantile orders the axes of a 2-D q in a way of its own.
    quantiles = [0.3, [0.1, 0.7], np.full((2, 1), 0.5)]
    for x in (make((4, 5, 6), "float64"), with_nan((4, 5, 6))):
        for keepdims in (False, True):
            for q in quantiles[: 2 if name == "nanquantile" else 3]:
                want = getattr(np, name)(x, q, axis, keepdims=keepdims)
                got = getattr(nl, name)(nl.asarray(x), q, axis, keepdims=keepdims)
                assert_same(want, got, ulp=2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_quantile_dtypes(dtype):
    x, a = pair((2, 301), dtype)
    for q in (0.4, [0.2, 0.6]):
        for method in ("linear", "lower"):
            want = np.quantile(x, q, 1, method=method)
            assert_same(want, nl.quantile(a, q, 1, method=method), ulp=1)


@pytest.mark.parametrize("name", ["percentile", "nanpercentile"])
def test_percentile(name):
    x = with_nan((6, 50))
    for q in (0, 30, 99.9, [5, 50, 95]):
        want = getattr(np, name)(x, q, axis=1)
        assert_same(want, getattr(nl, name)(nl.asarray(x), q, axis=1), ulp=2)


@pytest.mark.parametrize("axis", [0, 1])
def test_weights(axis):
    x, a = pair((5, 7), "float64")
    w = np.random.default_rng(1).integers(0, 4, (5, 7)).astype("f8") + 0.5
    for weights in (w, w[0] if axis else w[:, 0]):
        for q in (0.2, [0.0, 0.5, 1.0]):
            want = np.quantile(x, q, axis=axis, method="inverted_cdf", weights=weights)
            got = nl.quantile(
                a, q, axis=axis, method="inverted_cdf", weights=nl.asarray(weights)
            )
            assert_same(want, got)


def test_out():
    x, a = pair((3, 8), "float64")
    out = nl.zeros(3)
    assert nl.median(a, 1, out=out) is out
    assert_same(np.median(x, 1), out)


def test_large():
    x, a = pair(1_000_003, "float32")
    q = np.array([0.01, 0.5, 0.99])
    assert_same(np.quantile(x, q), nl.quantile(a, q), ulp=1)


def test_errors():
    assert_raises_alike(lambda xp: xp.quantile(xp.ones(3), 1.5))
    assert_raises_alike(lambda xp: xp.percentile(xp.ones(3), -1))
    assert_raises_alike(lambda xp: xp.quantile(xp.ones(3), 0.5, method="other"))
    assert_raises_alike(lambda xp: xp.quantile(xp.ones(3), 0.5, weights=xp.ones(3)))
    assert_raises_alike(lambda xp: xp.quantile(xp.ones(3) * 1j, 0.5))
    assert_raises_alike(lambda xp: xp.median(xp.ones((2, 2)), axis=2))


def test_warnings_of_nan():
    a = nl.full(4, np.nan)
    for call in (lambda: nl.nanmedian(a), lambda: nl.nanquantile(a, [0.1, 0.5])):
        with pytest.warns(RuntimeWarning, match="All-NaN slice"):
            assert np.isnan(np.asarray(call())).all()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_nan_quantiles_of_one_slice(dtype):
    for shape in ((7,), (1, 300), (4000,)):
        x = with_nan((1, *shape), dtype)[0]
        x[..., -2:] = 3, 1
        for axis in (None, -1):
            for keepdims in (False, True):
                want = np.nanmedian(x, axis, keepdims=keepdims)
                got = nl.nanmedian(nl.asarray(x), axis, keepdims=keepdims)
                assert_same(want, got, ulp=1)
                want = np.nanquantile(x, [0.2, 0.9], axis, keepdims=keepdims)
                got = nl.nanquantile(nl.asarray(x), [0.2, 0.9], axis, keepdims=keepdims)
                assert_same(want, got, ulp=2)


@pytest.mark.parametrize("method", ["linear", "nearest"])
@pytest.mark.parametrize("dtype", ["int16", "float16", "float64"])
def test_no_rows(dtype, method):
    x = np.zeros((3, 0), dtype)
    for q in (0.3, [0.1, 0.5]):
        want = np.quantile(x, q, axis=0, method=method)
        assert_same(want, nl.quantile(nl.asarray(x), q, axis=0, method=method))


def test_axes_of_no_axes():
    for axis in (None, ()):
        assert nl.median(nl.asarray(3.0), axis) == 3
    for name in ("median", "nanmedian"):
        assert_raises_alike(lambda xp, name=name: getattr(xp, name)(xp.ones(()), 0))
    assert_raises_alike(lambda xp: xp.quantile(xp.ones(()), 0.5, axis=-1))


@pytest.mark.parametrize(
    "call",
    [
        lambda xp, x: xp.nanmedian(x, axis=1),
        lambda xp, x: xp.nanquantile(x, 0.3, axis=1),
        lambda xp, x: xp.nanpercentile(x, [30, 60], axis=1),
    ],
)
def test_rows_of_nan_warn(call):
    x = np.array([[np.nan, np.nan, np.nan], [1.0, np.nan, 4.0]])
    with pytest.warns(RuntimeWarning, match="All-NaN slice encountered"):
        expected = call(np, x)
    with pytest.warns(RuntimeWarning, match="All-NaN slice encountered"):
        result = call(nl, nl.asarray(x))
    assert_same(expected, result, ulp=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call(nl, nl.asarray(x[1:].repeat(2, 0)))


@pytest.mark.parametrize("dtype", ["int64", "float16", "float32", "float64"])
@pytest.mark.parametrize(
    "q", [np.float32(0.3), np.float64(0.3), np.array(0.3), np.array([0.3], "f4"), 0.3]
)
def test_dtype_of_the_quantile(dtype, q):
    x = np.arange(12).astype(dtype)
    assert_same(np.quantile(x, q), nl.quantile(nl.asarray(x), q), ulp=1)


def test_median_of_complex_nan():
    x = np.array([1, np.nan + 2j, 3 - 1j])
    assert_same(np.median(x), nl.median(nl.asarray(x)))


@pytest.mark.parametrize("name", ["quantile", "nanquantile"])
@pytest.mark.parametrize("q", [0, 1, [0, 1], True], ids=str)
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
def test_whole_quantiles_are_elements(name, q, dtype):
    x, a = pair((3, 5), dtype)
    for axis in (None, 0, (0, 1)):
        want = getattr(np, name)(x, q, axis=axis)
        assert_same(want, getattr(nl, name)(a, q, axis=axis))


def test_nothing_but_no_integers():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = np.nanpercentile(np.zeros(0, int), 50)
        assert_same(want, nl.nanpercentile(nl.zeros(0, int), 50))
