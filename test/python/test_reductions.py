"""Reductions over dtypes, axes, layouts and their keywords."""

import warnings

import numpy as np
import pytest
from support import (
    COMPLEX,
    DTYPES,
    FLOATS,
    LAYOUTS,
    REAL,
    SAMPLE,
    assert_raises_alike,
    assert_same,
    kind,
    make,
    pair,
    sum_tolerance,
    view_pair,
)

import numloom as nl

SUMS = ["sum", "mean", "var", "std"]
EXTREMES = ["max", "min", "argmax", "argmin", "ptp"]
LOGICAL = ["any", "all", "count_nonzero"]
AXES = [None, 0, 1, -1, (0, 2), (), (2, 1, 0)]


def tolerance(dtype):
    return sum_tolerance(dtype) if kind(dtype) in "fc" else 0.0


def compare(name, x, a, **kwargs):
    expected = getattr(np, name)(x, **kwargs)
    # Numloom adds half-precision numbers in float32 throughout; NumPy rounds the
    # variance at every step, so there float64 says what is right.
    if name in ("var", "std", "prod") and x.dtype == np.float16:
        wide = getattr(np, name)(x.astype("f4"), **kwargs)
        expected = np.asarray(wide).astype("f2")
    assert_same(
        expected,
        getattr(nl, name)(a, **kwargs),
        tolerance=4 * tolerance(np.asarray(expected).dtype),
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [*SUMS, "max", "min", "argmax", "argmin", *LOGICAL])
def test_dtypes(name, dtype):
    x, a = pair((5, 37), dtype)
    for axis in (None, 0, 1):
        compare(name, x, a, axis=axis)


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_prod(dtype):
    x = make((5, 4), dtype) % 3 + 1 if kind(dtype) in "iu" else make((5, 4), dtype)
    if dtype == "bfloat16":
        assert_same(
            x.astype("f4").prod(0).astype(x.dtype),
            nl.asarray(x).prod(0),
            tolerance=8e-3,
        )
        return
    compare("prod", x, nl.asarray(x))
    compare("prod", x, nl.asarray(x), axis=0)


@pytest.mark.parametrize("dtype", [*FLOATS, *COMPLEX])
@pytest.mark.parametrize(
    "shape", [(), (1,), (3, 1), (3, 40), (0, 3), (70_000,)], ids=str
)
def test_sums_of_negative_zeros(shape, dtype):
    number = complex(-0.0, -0.0) if kind(dtype) == "c" else -0.0
    x = np.full(shape, number, dtype)
    mask = np.zeros(shape, bool)
    variants = [{}, {"initial": number}, {"initial": 0.0}, {"where": mask}]
    variants.append({"where": mask, "initial": number})

    def check(name, **kwargs):
        expected = getattr(np, name)(x, **kwargs)
        assert_same(expected, getattr(nl, name)(nl.asarray(x), **kwargs))

    for axis in [None, (), *range(len(shape))]:
        for kwargs in variants:
            check("sum", axis=axis, **kwargs)
            check("nansum", axis=axis, **kwargs)
        if x.size:
            check("mean", axis=axis)
    for axis in range(len(shape)):
        check("cumsum", axis=axis)
        if kind(dtype) == "f":
            check("prod", axis=axis)


def test_sum_bfloat16():
    x, a = pair((5, 37), "bfloat16")
    assert_same(x.astype("f4").sum(1).astype(x.dtype), a.sum(1), tolerance=8e-3)
    assert_same(x.max(0), a.max(0))


@pytest.mark.parametrize("axis", AXES, ids=repr)
@pytest.mark.parametrize("keepdims", [False, True])
def test_axes(axis, keepdims):
    x, a = pair((3, 4, 5), "float32")
    for name in ("sum", "mean", "max", "any"):
        compare(name, x, a, axis=axis, keepdims=keepdims)
    x, a = pair((3, 4, 5), "int16")
    for name in ("prod", "min", "std", "count_nonzero"):
        compare(name, x, a, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("axis", [None, 0, -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_arg_axes(axis, keepdims):
    x, a = pair((3, 4, 5), "int8")
    for name in ("argmax", "argmin"):
        compare(name, x, a, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"empty"}))
@pytest.mark.parametrize("name", ["sum", "max", "argmin", "var"])
def test_layouts(name, layout):
    x, a = view_pair(layout, "float64")
    compare(name, x, a)
    if x.ndim:
        compare(name, x, a, axis=0)
        compare(name, x, a, axis=-1)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64"])
def test_nan_wins(name, dtype):
    x = make((4, 19), dtype)
    x[1, 3] = x[1, 11] = x[2, 18] = np.nan
    compare(name, x, nl.asarray(x), axis=1)
    compare(name, x, nl.asarray(x))


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_first_of_equals(name):
    x = np.array([[2, 1, 2, 1] * 9] * 3, "uint8")
    compare(name, x, nl.asarray(x))
    compare(name, x, nl.asarray(x), axis=0)


def test_zero_d():
    x, a = pair((), "float32")
    for axis in (None, 0, -1, ()):
        compare("sum", x, a, axis=axis)
        compare("max", x, a, axis=axis)
    compare("argmax", x, a, axis=0)
    assert_raises_alike(lambda xp: xp.sum(xp.asarray(1), axis=1), 1)
    assert_raises_alike(lambda xp: xp.mean(xp.asarray(1), axis=0), 0)


def test_signs_of_infinity():
    x = np.array([[np.inf, 1], [-np.inf, 2], [np.inf, -np.inf]])
    for name in ("sum", "max", "min", "mean"):
        compare(name, x, nl.asarray(x), axis=1)


@pytest.mark.parametrize("dtype", ["int32", "float64", "complex128", "uint8"])
def test_dtype(dtype):
    x, a = pair((4, 9), "float32")
    for name in ("sum", "prod"):
        assert_same(
            getattr(np, name)(x, axis=0, dtype=dtype),
            getattr(nl, name)(a, axis=0, dtype=dtype),
            tolerance=tolerance(dtype),
        )


def test_means_with_dtype():
    x, a = pair((4, 9), "int16")
    assert_same(x.mean(0, dtype="f4"), a.mean(0, dtype="f4"), tolerance=2e-6)
    assert_same(x.std(0, dtype="f4"), a.std(0, dtype="f4"), tolerance=2e-6)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min"])
def test_initial(name):
    x, a = pair((4, 9), "int32")
    for initial in (-100, 7, 100):
        compare(name, x, a, axis=1, initial=initial)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var", "std", "any", "all"])
def test_where(name):
    x, a = pair((4, 9), "float64")
    mask = make((4, 9), "bool", seed=3)
    compare_masked(name, x, a, mask)
    compare_masked(name, x, a, mask[0])


def compare_masked(name, x, a, mask):
    for axis in (None, 0):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            want = getattr(np, name)(x, axis=axis, where=mask)
            got = getattr(nl, name)(a, axis=axis, where=nl.asarray(mask))
        assert_same(want, got, tolerance=1e-14)


def test_where_of_extremes_needs_initial():
    x, a = pair((4, 9), "int32")
    mask = x > 3
    assert_same(
        np.max(x, axis=0, where=mask, initial=-5),
        nl.max(a, axis=0, where=nl.asarray(mask), initial=-5),
    )
    assert_raises_alike(lambda xp: xp.max(xp.ones(3), where=[True] * 3), "maximum")


@pytest.mark.parametrize("ddof", [0, 1, 1.5])
@pytest.mark.parametrize("dtype", ["int8", "float32", "complex128"])
def test_ddof(dtype, ddof):
    x, a = pair((4, 9), dtype)
    compare("var", x, a, axis=0, ddof=ddof)
    compare("std", x, a, correction=ddof)


def test_given_mean():
    x, a = pair((4, 9), "float64")
    assert_same(
        np.var(x, axis=0, mean=x.mean(0, keepdims=True)),
        nl.var(a, axis=0, mean=a.mean(0, keepdims=True)),
        tolerance=1e-14,
    )


def test_out():
    x, a = pair((4, 9), "float32")
    for name in ("sum", "max", "mean", "std"):
        y, b = np.zeros(9), nl.zeros(9)
        getattr(np, name)(x, axis=0, out=y)
        assert getattr(nl, name)(a, axis=0, out=b) is b
        assert_same(y, b, tolerance=2e-6)
    with pytest.raises(ValueError, match=r"\(4,\)"):
        nl.sum(a, axis=0, out=nl.zeros(4))


@pytest.mark.parametrize("name", ["sum", "prod", "any", "all", "count_nonzero"])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_empty_has_identity(name, axis):
    compare(name, np.zeros((0, 3), "f4"), nl.zeros((0, 3), "f4"), axis=axis)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
def test_empty_has_no_extreme(name):
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.zeros((0, 3))))
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.zeros((0, 3)), axis=0))
    compare(name, np.zeros((0, 3)), nl.zeros((0, 3)), axis=1)


def test_empty_mean_warns():
    with pytest.warns(RuntimeWarning, match="empty slice"):
        assert np.isnan(float(nl.mean(nl.zeros(0))))
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        nl.var(nl.zeros(1), ddof=1)


@pytest.mark.parametrize("name", ["sum", "max", "mean", "std", "argmax", "any", "ptp"])
def test_bad_axis(name):
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((2, 3)), axis=2), 2)
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((2, 3)), axis=-3), -3)
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((2, 3)), axis=1.5))
    for axis in ([0], [0, 1], (0, 1.5)):
        assert_raises_alike(lambda xp, a=axis: getattr(xp, name)(xp.ones((2, 3)), a))


@pytest.mark.parametrize("name", ["sum", "max", "mean", "any", "count_nonzero"])
def test_axis_is_no_bool(name):
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones((2, 3)), axis=True))


def test_bad_calls():
    assert_raises_alike(lambda xp: xp.sum(xp.ones((2, 3)), axis=(0, 0)))
    assert_raises_alike(lambda xp: xp.sum(xp.ones(3), nonsense=1), "nonsense")
    assert_raises_alike(lambda xp: xp.var(xp.ones(3), ddof=1, correction=1))


@pytest.mark.parametrize("dtype", REAL[1:])
def test_ptp(dtype):
    x, a = pair((4, 9), dtype)
    compare("ptp", x, a, axis=0)


def test_average():
    x, a = pair((4, 9), "float64")
    w, v = pair(9, "float64", seed=1)
    assert_same(np.average(x), nl.average(a), tolerance=1e-14)
    assert_same(np.average(x, 1, w), nl.average(a, 1, v), tolerance=1e-14)
    want, got = (
        xp.average(y, 1, u, returned=True) for xp, y, u in ((np, x, w), (nl, a, v))
    )
    for one, other in zip(want, got):
        assert_same(one, other, tolerance=1e-14)
    assert_raises_alike(lambda xp: xp.average(xp.ones((2, 3)), weights=xp.ones(3)))
    assert_raises_alike(lambda xp: xp.average(xp.ones((2, 3)), 0, xp.ones(3)))


@pytest.mark.parametrize("name", SUMS + EXTREMES + ["any", "all", "prod"])
def test_methods(name):
    x, a = pair((4, 9), "float64")
    want = np.ptp(x, axis=1) if name == "ptp" else getattr(x, name)(axis=1)
    assert_same(want, getattr(a, name)(axis=1), tolerance=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_long_sums_stay_accurate(dtype):
    x = make(200_001, dtype) + 100
    exact = np.sum(x.astype("f8"))
    got = float(nl.sum(nl.asarray(x)))
    assert abs(got - exact) <= 8 * np.finfo(dtype).eps * exact


@pytest.mark.parametrize("dtype", SAMPLE)
def test_fused_with_elementwise(dtype):
    x, a = pair((7, 33), dtype)
    got = ((a + a) * a).sum(axis=1)
    assert_same(((x + x) * x).sum(axis=1), got, tolerance=tolerance(got.dtype))


@pytest.mark.parametrize("name", ["var", "std", "nanvar", "nanstd"])
def test_variance_in_complex_dtypes(name):
    for x in (np.arange(6.0).reshape(2, 3), np.arange(4) * 1j):
        for axis in (None, 0):
            want = getattr(np, name)(x, axis, dtype="complex128")
            got = getattr(nl, name)(nl.asarray(x), axis, dtype="complex128")
            assert_same(want, got, tolerance=1e-14)


def test_average_of_nothing():
    assert_raises_alike(lambda xp: xp.average(xp.zeros((0, 3)), axis=1))


# Kernels for short and for long rows differ: each program meets both, in either order.
ROW_PROGRAMS = {
    "short_first": ((3, 24, 25, 600, 3), lambda x, v: (x * x).sum(axis=1)),
    "long_first": ((600, 8, 7, 3, 2000), lambda x, v: (x * x + x).sum(axis=1)),
    "vector_short_first": ((3, 24, 25, 600, 3), lambda x, v: x @ v),
    "vector_long_first": ((600, 8, 7, 3, 2000), lambda x, v: (x + x) @ v),
}


@pytest.mark.parametrize("layout", ["contiguous", "transposed", "reversed"])
@pytest.mark.parametrize("dtype", ["int64", "float32", "float64", "complex128"])
@pytest.mark.parametrize("program", ROW_PROGRAMS)
def test_one_program_for_rows_of_any_length(program, dtype, layout):
    lengths, function = ROW_PROGRAMS[program]
    for length in lengths:
        x, v = make((5, length), dtype), make((length,), dtype, seed=1)
        if layout == "transposed":
            x = np.asfortranarray(x)
        elif layout == "reversed":
            x = x[:, ::-1]
        got = function(nl.asarray(x), nl.asarray(v))
        # Sums of both signs cancel: errors are those of the terms.
        assert_same(function(x, v), got, tolerance=16 * tolerance(got.dtype))
