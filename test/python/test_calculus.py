"""Differences, gradients, interpolation, convolution."""

import numpy as np
import pytest
from support import LAYOUTS, assert_raises_alike, assert_same, make, pair, view_pair

import numloom as nl

SUM_TYPES = ["int8", "uint32", "int64", "float32", "float64", "complex128"]


@pytest.mark.parametrize("dtype", ["int16", "float32", "complex64"])
@pytest.mark.parametrize("size", [0, 1, 2, 30])
def test_ediff1d(size, dtype):
    x, a = pair(size, dtype)
    assert_same(np.ediff1d(x), nl.ediff1d(a))
    want = np.ediff1d(x, to_end=[1, 2], to_begin=np.array(3, dtype))
    got = nl.ediff1d(a, to_end=[1, 2], to_begin=nl.asarray(np.array(3, dtype)))
    assert_same(want, got)


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex128"])
@pytest.mark.parametrize("edge_order", [1, 2])
def test_gradient(edge_order, dtype):
    x, a = pair((5, 7), dtype)
    for axis in (None, 0, 1, (1, 0)):
        want = np.gradient(x, axis=axis, edge_order=edge_order)
        got = nl.gradient(a, axis=axis, edge_order=edge_order)
        assert isinstance(want, tuple) == isinstance(got, tuple)
        for p, q in zip(want, got, strict=True):
            assert_same(p, q, tolerance=1e-6 if dtype == "float32" else 1e-15)


@pytest.mark.parametrize("edge_order", [1, 2])
def test_gradient_spacing(edge_order):
    x, a = pair((6, 5), "float64")
    rows, columns = np.array([0.0, 1, 3, 4, 8, 9]), np.arange(5) ** 2
    for spacing in [(2.0,), (0.5, 3.0), (rows, columns), (rows, 2.0)]:
        ours = [nl.asarray(s) if isinstance(s, np.ndarray) else s for s in spacing]
        want = np.gradient(x, *spacing, edge_order=edge_order)
        got = nl.gradient(a, *ours, edge_order=edge_order)
        for p, q in zip(want, got, strict=True):
            assert_same(p, q, tolerance=4e-15)
    x, a = x[:2, 0], a[:2, 0]
    assert_same(np.gradient(x), nl.gradient(a))


def test_interp():
    xp, fp = np.sort(make(40, "float64")), make(40, "float64", seed=1)
    x = np.concatenate([make(300, "float64", seed=2), xp, [np.nan, np.inf, -np.inf]])
    ours = [nl.asarray(v) for v in (x, xp, fp)]
    assert_same(np.interp(x, xp, fp), nl.interp(*ours), tolerance=1e-15)
    want = np.interp(x, xp, fp, left=-7, right=9)
    assert_same(want, nl.interp(*ours, left=-7, right=9), tolerance=1e-15)
    x = x[:-2]
    want = np.interp(x, xp, fp, period=3.0)
    got = nl.interp(nl.asarray(x), *ours[1:], period=3.0)
    assert_same(want, got, tolerance=1e-13)


def test_interp_of_other_kinds():
    xp, fp = np.array([1.0, 2.0, 4.0]), np.array([1 + 1j, 2 - 1j, 3 + 0j])
    x = np.linspace(0, 5, 11)
    want = np.interp(x, xp, fp)
    got = nl.interp(nl.asarray(x), nl.asarray(xp), nl.asarray(fp))
    assert_same(want, got, tolerance=1e-15)
    for special in (np.inf, complex(0, -np.inf), np.nan):
        ends = np.array([special, 2 - 1j, special])
        got = nl.interp(nl.asarray(x), nl.asarray(xp), nl.asarray(ends))
        assert_same(np.interp(x, xp, ends), got, tolerance=1e-15)
    assert_same(
        np.interp(2.5, [1, 2, 3], [3, 2, 0]), nl.interp(2.5, [1, 2, 3], [3, 2, 0])
    )
    for at in (x, np.array([np.nan, 1.0, np.inf]), np.float64("nan")):
        want = np.interp(at, [1.0], [5.0])
        assert_same(want, nl.interp(nl.asarray(at), [1.0], [5.0]))


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("dtype", SUM_TYPES)
def test_convolve_and_correlate(dtype, mode):
    for n, m in [(1, 1), (7, 3), (3, 7), (8, 4), (4, 8), (40, 40)]:
        (x, a), (y, b) = pair(n, dtype), pair(m, dtype, seed=1)
        for name in ("convolve", "correlate"):
            want = getattr(np, name)(x, y, mode)
            got = getattr(nl, name)(a, b, mode)
            assert_same(want, got, tolerance=1e-5 if dtype == "float32" else 1e-14)


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("dtype", [*SUM_TYPES, "bool", "float16"])
@pytest.mark.parametrize("n, m", [(33, 32), (100, 32), (32, 100), (200, 199)])
def test_long_filters(n, m, dtype, mode):
    (x, a), (y, b) = pair(n, dtype), pair(m, dtype, seed=1)
    tolerance = {"float16": 1e-1, "float32": 1e-4}.get(dtype, 1e-13)
    for name in ("convolve", "correlate"):
        want = getattr(np, name)(x, y, mode)
        assert_same(want, getattr(nl, name)(a, b, mode), tolerance=tolerance)
        want = getattr(np, name)(x[::-1], y[::-1], mode)
        got = getattr(nl, name)(a[::-1], b[::-1], mode)
        assert_same(want, got, tolerance=tolerance)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_long_nonfinite_filters(mode):
    x, a = pair(50, "float64")
    y = make(40, "float64", 1)
    for place, number in ((0, np.inf), (39, -np.inf), (20, np.nan)):
        z = y.copy()
        z[place] = number
        want = np.convolve(x, z, mode)
        assert_same(want, nl.convolve(a, nl.asarray(z), mode), tolerance=1e-13)
        want = np.correlate(z, x, mode)
        assert_same(want, nl.correlate(nl.asarray(z), a, mode), tolerance=1e-13)
    x[7] = np.inf
    want = np.convolve(x, y, mode)
    assert_same(want, nl.convolve(nl.asarray(x), nl.asarray(y), mode), tolerance=1e-13)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolve_nonfinite(mode):
    """What lies beyond the ends does not take part: no 0 * inf."""
    x = np.array([1.0, np.inf, 3, 4, -2])
    for y in ([np.inf, 1.0], [1.0, 0.5, -np.inf], [np.nan, 1, 2, 3], [np.inf] * 5):
        for name in ("convolve", "correlate"):
            with np.errstate(invalid="ignore"):
                want = getattr(np, name)(x, y, mode)
            assert_same(want, getattr(nl, name)(nl.asarray(x), nl.asarray(y), mode))


def test_mixed_convolution():
    x, y = make(20, "float32"), make(3, "int64")
    got = nl.convolve(nl.asarray(x), nl.asarray(y))
    assert_same(np.convolve(x, y), got, tolerance=1e-14)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float64")
    assert_same(np.ediff1d(x), nl.ediff1d(a))
    xp, fp = np.linspace(-5, 5, 8), np.linspace(0, 1, 8) ** 2
    want = np.interp(x, xp, fp)
    assert_same(want, nl.interp(a, nl.asarray(xp), nl.asarray(fp)), tolerance=1e-15)


def test_errors():
    assert_raises_alike(lambda xp: xp.ediff1d(xp.asarray([1, 2]), to_end=[1.5]))
    assert_raises_alike(lambda xp: xp.gradient(xp.ones(1)))
    assert_raises_alike(lambda xp: xp.gradient(xp.ones(2), edge_order=2))
    assert_raises_alike(lambda xp: xp.gradient(xp.ones(5), edge_order=3))
    assert_raises_alike(lambda xp: xp.gradient(xp.ones((5, 5)), 1.0, 2.0, 3.0))
    assert_raises_alike(lambda xp: xp.gradient(xp.ones(5), xp.ones(4)))
    assert_raises_alike(lambda xp: xp.interp(1.0, [], []))
    assert_raises_alike(lambda xp: xp.interp(1.0, [1.0, 2.0], [1.0]))
    assert_raises_alike(lambda xp: xp.interp(1.0, [1.0], [1.0], period=0))
    assert_raises_alike(lambda xp: xp.interp([1.0], [1.0], [1.0], left=xp.zeros(2)))
    # NumPy 2.5 looks at `left` only where there are numbers.
    with pytest.raises(TypeError):
        nl.interp(nl.zeros(0), [1.0], [1.0], left=nl.zeros(2))
    assert_raises_alike(lambda xp: xp.convolve(xp.ones(2), xp.ones(0)))
    assert_raises_alike(lambda xp: xp.correlate(xp.ones(2), xp.ones(2), "other"))
    assert_raises_alike(lambda xp: xp.convolve(xp.ones((2, 2)), xp.ones(2)))


def test_errors_of_dtypes_and_ranks():
    assert_raises_alike(lambda xp: xp.interp(xp.asarray([1j]), [1, 2], [1, 2]))
    assert_raises_alike(lambda xp: xp.interp(xp.ones(1), [1j, 2], [1, 2]))
    assert_raises_alike(lambda xp: xp.correlate(xp.asarray(1), xp.ones(2)))
    assert_raises_alike(lambda xp: xp.correlate(xp.ones(2), 1.0))


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_modes_by_number(mode):
    x, v = [1, 2, 3], [0, 1]
    assert_same(np.convolve(x, v, mode), nl.convolve(x, v, mode))
    assert_same(np.correlate(x, v, mode), nl.correlate(x, v, mode))


@pytest.mark.parametrize("mode", ["v", "Full", 3, -1, None])
def test_modes_that_are_none(mode):
    assert_raises_alike(lambda xp: xp.convolve([1, 2, 3], [0, 1], mode))
    assert_raises_alike(lambda xp: xp.correlate([1, 2, 3], [0, 1], mode))
