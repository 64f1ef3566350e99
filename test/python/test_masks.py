"""Boolean masks as subscripts: reads, reductions of them, updates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import (
    DTYPES,
    LAYOUTS,
    SAMPLE,
    assert_same,
    kind,
    make,
    pair,
    sum_tolerance,
    view_pair,
)

import numloom as nl
from numloom import _core

DENSITIES = [0.0, 0.02, 0.5, 1.0]
REDUCTIONS = ["sum", "prod", "min", "max", "any", "all", "mean", "var", "std"]


def mask_pair(shape, density=0.5, seed=7):
    m = np.random.default_rng(seed).random(shape) < density
    return m, nl.asarray(m)


def raises_alike(function, *pair):
    """Calls `function` with NumPy's array and ours: the same exception type."""
    with pytest.raises(Exception) as theirs:
        function(pair[0])
    with pytest.raises(theirs.type):
        function(pair[1])


def is_uncounted(array):
    return _core.get_selection(array) is not None


#
# Reading
#


@pytest.mark.parametrize("density", DENSITIES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_read_dtypes(dtype, density):
    x, a = pair((5, 37), dtype)
    m, n = mask_pair(x.shape, density)
    assert_same(x[m], a[n])


@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 65_535, 65_537, 200_000])
@pytest.mark.parametrize("density", DENSITIES)
def test_read_sizes(size, density):
    x, a = pair(size, "float32")
    m, n = mask_pair(size, density)
    assert_same(x[m], a[n])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_layouts(layout):
    x, a = view_pair(layout, "float64")
    assert_same(x[x > 0], a[a > 0])
    assert_same((x * 2)[x < 1], (a * 2)[a < 1])


def test_read_leading_axes():
    x, a = pair((4, 5, 6), "int32")
    for shape in [(4,), (4, 5), (4, 5, 6)]:
        m, n = mask_pair(shape)
        assert_same(x[m], a[n])
        assert_same(x[m, ...], a[n, ...])
    m, n = mask_pair((4,))
    assert_same(x[m, :, :], a[n, :, :])
    assert_same(x[list(m)], a[list(m)])
    assert_same(x[m], a[m])


def test_read_other_axes():
    x, a = pair((4, 5, 6), "int32")
    m, n = mask_pair((5,))
    assert_same(x[:, m], a[:, n])
    assert_same(x[:, m, 2], a[:, n, 2])
    assert_same(x[..., m, 1:4], a[..., n, 1:4])
    assert_same(x[1, m, ::2], a[1, n, ::2])
    m, n = mask_pair((5, 6))
    assert_same(x[:, m], a[:, n])
    assert_same(x[..., m], a[..., n])


def test_read_without_axes():
    x, a = pair((3, 4), "float64")
    for key in (True, False, np.True_, np.False_):
        assert_same(x[key], a[key])
        assert_same(x[key, 1:], a[key, 1:])
        assert_same(x[1, key], a[1, key])
    assert_same(x[np.array(True)], a[nl.asarray(np.array(True))])
    assert_same(np.array(3.0)[True], nl.asarray(np.array(3.0))[True])


def test_read_keeps_its_value():
    x, a = pair(20, "float64")
    m, n = mask_pair(20)
    picked, want = a[n], x[m]
    a[:] = 0
    n[:] = False
    assert_same(want, picked)


def test_shape_waits():
    x, a = pair((6, 7), "float64")
    m, n = mask_pair(x.shape)
    picked = a[n]
    assert picked.ndim == 1 and picked.dtype == x.dtype and is_uncounted(picked)
    assert len(picked) == m.sum() and not is_uncounted(picked)
    assert a[n].size == m.sum() and a[n].nbytes == x[m].nbytes
    assert a[n].shape == x[m].shape and a[n].strides == x[m].strides


def test_operations_on_selections():
    x, a = pair((6, 7), "float64")
    m, n = mask_pair(x.shape)
    other, others = mask_pair(x.shape, seed=8)
    picked = np.sqrt(abs(x[m])) * 2 - x[m]
    lazy = nl.sqrt(abs(a[n])) * 2 - a[n]
    assert is_uncounted(lazy)
    assert_same(picked, lazy)
    assert_same(x[m][:3] + 1, a[n][:3] + 1)
    assert_same(x[m] + np.arange(m.sum()), a[n] + nl.arange(m.sum()))
    assert_same(x[m] > 0, a[n] > 0)
    assert_same(x[m].astype("int32"), a[n].astype("int32"))
    size = min(m.sum(), other.sum())
    assert_same(x[m][:size] + x[other][:size], a[n][:size] + a[others][:size])
    rows, some = mask_pair(6)
    assert_same(x[rows] * np.arange(7), a[some] * nl.arange(7))
    assert_same(x[rows][:, 1:3], a[some][:, 1:3])


def test_in_place_on_selections():
    x, a = pair((6, 7), "float64")
    m, n = mask_pair(x.shape)
    picked, lazy = x[m], a[n]
    picked += 3
    lazy += 3
    assert_same(picked, lazy)
    lazy[1] = 100
    picked[1] = 100
    assert_same(picked, lazy)
    assert_same(x, a)


def test_read_errors():
    x, a = pair((5, 3), "float64")
    for shape in [(4,), (5, 4), (4, 3), (5, 3, 1)]:
        key = np.zeros(shape, bool)
        raises_alike(lambda v, key=key: v[key], x, a)
    raises_alike(lambda v: v[np.zeros(5, bool), :, :], x, a)
    raises_alike(lambda v: v[np.zeros(5, bool), ..., ...], x, a)


#
# Reductions
#


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("dtype", SAMPLE)
def test_reductions(name, dtype):
    x, a = pair((5, 7), dtype)
    for density in DENSITIES:
        m, n = mask_pair(x.shape, density)

        def reduce(v, mask):
            return getattr(v[mask], name)()

        try:
            want = reduce(x, m)
        except ValueError as error:
            with pytest.raises(type(error)):
                reduce(a, n)
            continue
        tolerance = 8 * sum_tolerance(np.asarray(want).dtype)
        assert_same(want, reduce(a, n), tolerance=tolerance)


@pytest.mark.parametrize("name", ["sum", "max", "any", "mean"])
def test_reductions_of_axes(name):
    x, a = pair((6, 7), "float64")
    rows, some = mask_pair(6)
    for kwargs in [{}, {"axis": 0}, {"axis": 1}, {"axis": (0, 1)}, {"keepdims": True}]:
        want = getattr(np, name)(x[rows], **kwargs)
        assert_same(want, getattr(nl, name)(a[some], **kwargs), tolerance=1e-12)
    m, n = mask_pair(x.shape)
    want = getattr(np, name)(x[m], axis=0, keepdims=True)
    got = getattr(nl, name)(a[n], axis=0, keepdims=True)
    assert_same(want, got, tolerance=1e-12)


def test_reductions_take_no_count():
    x, a = pair((6, 7), "float64")
    m, n = mask_pair(x.shape)
    picked = a[n]
    total = picked.sum()
    assert is_uncounted(picked) and "compress" not in nl.explain(total)
    assert_same(x[m].sum(), total, tolerance=1e-12)
    assert_same(np.count_nonzero(x[m] > 1), nl.count_nonzero(a[n] > 1))
    assert_same(x[m].max(initial=50), a[n].max(initial=50))
    assert_same(x[m].sum(dtype="float32"), a[n].sum(dtype="float32"), tolerance=1e-5)


def test_extremes_of_nothing():
    _, a = pair((6, 7), "float64")
    with pytest.raises(ValueError, match="zero-size array to reduction operation"):
        a[a > 1e9].max()
    assert float(a[a > 1e9].sum()) == 0 and float(a[a > 1e9].prod()) == 1


#
# Updates
#


@pytest.mark.parametrize("dtype", SAMPLE)
def test_write_dtypes(dtype):
    for value in (0, 1, make(1, dtype, seed=3), make((), dtype, seed=4)):
        x, a = pair((5, 37), dtype)
        m, n = mask_pair(x.shape)
        x[m] = value
        a[n] = value
        assert_same(x, a)


@pytest.mark.parametrize("layout", [n for n in LAYOUTS if n != "zero_d"])
def test_write_layouts(layout):
    base = make((6, 8), "float64")
    whole = nl.asarray(base)
    base = base.copy()
    x, a = LAYOUTS[layout](base), LAYOUTS[layout](whole)
    x[x > 0] = 7
    a[a > 0] = 7
    x[x < 0] *= 2
    a[a < 0] *= 2
    assert_same(x, a)
    assert_same(base, whole)


@pytest.mark.parametrize("density", DENSITIES)
def test_write_one_element_each(density):
    x, a = pair((50, 37), "float32")
    m, n = mask_pair(x.shape, density)
    value = np.arange(m.sum())
    x[m] = value
    a[n] = value
    assert_same(x, a)
    x[m] += np.arange(m.sum())
    a[n] += nl.arange(m.sum())
    assert_same(x, a)


def test_write_rows():
    x, a = pair((6, 7), "int64")
    m, n = mask_pair(6)
    count = m.sum()
    for value in (
        np.arange(7),
        np.arange(count * 7).reshape(count, 7),
        np.arange(count).reshape(count, 1),
        np.arange(7).reshape(1, 1, 7),
        5,
    ):
        x[m] = value
        a[n] = value
        assert_same(x, a)


def test_augmented():
    x, a = pair((6, 7), "float64")
    y, b = pair((6, 7), "float32", seed=5)
    m, n = mask_pair(x.shape)
    x[m] += y[m]
    a[n] += b[n]
    x[m] = np.sqrt(abs(x[m])) - 1
    a[n] = nl.sqrt(abs(a[n])) - 1
    x[m] **= 2
    a[n] **= 2
    assert_same(x, a)


def test_augmented_is_one_kernel():
    _, a = pair((6, 7), "float64")
    n = a > 0
    a[n] *= 2
    report = nl.explain(a)
    assert report.count("kernel ") == 1 and "compress" not in report


def test_write_through_views():
    base, whole = pair((6, 8), "float64")
    view, part = base[1:, ::2], whole[1:, ::2]
    view[view > 0] = -1
    part[part > 0] = -1
    assert_same(base, whole)
    base[base < 0] = 4
    whole[whole < 0] = 4
    assert_same(view, part)


def test_write_other_keys():
    x, a = pair((4, 5, 6), "int32")
    m, n = mask_pair((5,))
    x[:, m] = 1
    a[:, n] = 1
    x[1, m, ::2] = np.arange(3)
    a[1, n, ::2] = np.arange(3)
    x[True] = 3
    a[True] = 3
    x[False] = 9
    a[False] = 9
    assert_same(x, a)


def test_write_errors():
    x, a = pair((5, 3), "float64")
    key = np.zeros((5, 3), bool)
    key[1:3] = True
    rows = key[:, 0]

    def assign(v, key, value):
        v[key] = value

    for k, value in [
        (key, np.zeros(2)),
        (key, np.zeros((2, 3))),
        (rows, np.zeros((3, 3))),
        (rows, np.zeros(2)),
        (key[:4], 1),
        (key[:, :2], 1),
    ]:
        raises_alike(lambda v, k=k, value=value: assign(v, k, value), x, a)
    assert_same(x, a)
    frozen = nl.broadcast_to(a, (2, 5, 3))
    with pytest.raises(ValueError, match="read-only"):
        frozen[frozen > 0] = 1


#
# Any shapes
#


@st.composite
def cases(draw):
    shape = tuple(draw(st.lists(st.integers(0, 6), min_size=1, max_size=3)))
    axes = draw(st.integers(1, len(shape)))
    return (
        shape,
        axes,
        draw(st.sampled_from(SAMPLE)),
        draw(st.floats(0, 1)),
        draw(st.integers(0, 1000)),
        draw(st.permutations(range(len(shape)))),
    )


@settings(max_examples=100, deadline=None)
@given(cases())
def test_any_case(case):
    shape, axes, dtype, density, seed, order = case
    x = make(shape, dtype, seed).transpose(order)
    a = nl.asarray(make(shape, dtype, seed)).transpose(order)
    m, n = mask_pair(x.shape[:axes], density, seed)
    assert_same(x[m], a[n])
    if kind(dtype) in "biu":
        assert_same(x[m].sum(), a[n].sum())
    x = x.copy()
    a = a.copy()
    x[m] = x[m][::-1]
    a[n] = a[n][::-1]
    assert_same(x, a)
    x[m] = 1
    a[n] = 1
    assert_same(x, a)


@pytest.mark.parametrize("mask_shape", [(0,), (0, 0), (0, 3), (2, 0)])
def test_masks_of_no_elements(mask_shape):
    x, a = np.ones((2, 3)), nl.ones((2, 3))
    mask = np.zeros(mask_shape, bool)
    assert_same(x[mask], a[nl.asarray(mask)])
    a[nl.asarray(mask)] = 7
    assert_same(x, a)
