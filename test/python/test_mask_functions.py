"""Functions of masks: compress, extract, place, putmask, select, piecewise."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl


@pytest.mark.parametrize("dtype", SAMPLE)
def test_compress(dtype):
    x, a = pair((4, 5), dtype)
    for condition, axis in [
        ([True, False, True, True], 0),
        ([0, 1], 1),
        ([1, 0, 0, 1, 1], -1),
        ([1, 0, 1], None),
        ([], 0),
        ([0, 1, 0, 0, 0, 0, 0], 1),
    ]:
        want = np.compress(condition, x, axis)
        assert_same(want, nl.compress(condition, a, axis))
        assert_same(want, a.compress(condition, axis))
    out = nl.empty((2, 5), dtype)
    nl.compress([1, 0, 1], a, 0, out)
    assert_same(x[[0, 2]], out)


@pytest.mark.parametrize(
    "condition, axis", [([[1, 0]], None), ([0] * 4 + [1], 0), ([1], 2)]
)
def test_compress_errors(condition, axis):
    assert_raises_alike(lambda xp: xp.compress(condition, xp.zeros((4, 5)), axis))


def test_extract():
    x, a = pair((4, 5), "float64")
    assert_same(np.extract(x > 0, x), nl.extract(a > 0, a))
    assert_same(np.extract([1, 0, 1], x), nl.extract([1, 0, 1], a))


@pytest.mark.parametrize("values", [[1], [1, 2, 3], list(range(40)), 7])
def test_place_and_putmask(values):
    for name in ("place", "putmask"):
        x, a = pair((4, 5), "float32")
        x = x.copy()
        getattr(np, name)(x, x > 0, values)
        getattr(nl, name)(a, a > 0, values)
        assert_same(x, a)
    x, a = pair((4, 5), "float32")
    x = x.copy()
    np.putmask(x.T, x.T > 0, values)
    nl.putmask(a.T, a.T > 0, values)
    assert_same(x, a)


def test_place_errors():
    a = nl.zeros((4, 5), "float32")
    assert_raises_alike(lambda xp: xp.place(xp.zeros(2), xp.ones(2, bool), []))
    for name in ("place", "putmask"):
        assert_raises_alike(
            lambda xp, name=name: getattr(xp, name)(
                xp.zeros((4, 5)), xp.ones((4, 4), bool), [1]
            )
        )
    for name in ("place", "putmask"):
        with pytest.raises(TypeError):
            getattr(nl, name)([1], [True], [2])
        with pytest.raises(TypeError, match="according to the rule 'safe'"):
            getattr(nl, name)(a, a > 0, np.ones(3))


def test_select():
    x, a = pair((4, 5), "int32")
    for default in (0, 1.5, -1):
        want = np.select([x < -5, x > 5, x > 0], [x, x * 2.0, 7], default)
        assert_same(want, nl.select([a < -5, a > 5, a > 0], [a, a * 2.0, 7], default))
    want = np.select([x[0] > 0, x > 3], [x, -x])
    assert_same(want, nl.select([a[0] > 0, a > 3], [a, -a]))
    for conditions, choices, error in [
        ([], [], ValueError),
        ([a > 0], [a, a], ValueError),
        ([a], [a], TypeError),
    ]:
        with pytest.raises(error):
            nl.select(conditions, choices)


def test_piecewise():
    x, a = pair((4, 5), "float64")
    want = np.piecewise(x, [x < -1, x > 1], [-1, lambda v: v * 2, np.abs])
    assert_same(want, nl.piecewise(a, [a < -1, a > 1], [-1, lambda v: v * 2, nl.abs]))
    line, row = x[0], a[0]
    want = np.piecewise(line, line > 0, [lambda v, k: v + k, 5], 3)
    assert_same(want, nl.piecewise(row, row > 0, [lambda v, k: v + k, 5], 3))
    one = np.array(2.0)
    want = np.piecewise(one, [one < 0, one >= 0], [-1, 1])
    got = nl.asarray(one)
    assert_same(want, nl.piecewise(got, [got < 0, got >= 0], [-1, 1]))
    assert_same(
        np.piecewise(x, [x > 99], [lambda v: v.max()]),
        nl.piecewise(a, [a > 99], [lambda v: v.max()]),
    )
    with pytest.raises(ValueError, match="functions are expected"):
        nl.piecewise(a, [a > 0], [1, 2, 3])
