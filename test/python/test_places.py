"""Padded and rolled arrays that are read at computed places."""

import numpy as np
import pytest
from support import assert_same, pair

import numloom as nl
from numloom import _places as places

SHAPES = [(1,), (7,), (4, 5), (2, 3, 4), (1, 6)]
MODES = ["edge", "reflect", "symmetric", "wrap"]


def widths_of(shape, mode):
    """Pairs of nothing on one side, of some, and of all that `mode` can do."""
    for most in (0, 1, 3):
        yield [(min(most, n - (mode == "reflect")), 0) for n in shape]
    full = [n - (mode == "reflect") for n in shape]
    yield [(0, n) for n in full]
    yield [(n, n // 2) for n in full]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["float64", "uint8", "complex64", "bool"])
def test_continue(shape, mode, dtype):
    x, a = pair(shape, dtype)
    for widths in widths_of(shape, mode):
        assert places.are_within(shape, widths, mode)
        got = places.continue_at(a, widths, mode)
        assert_same(np.pad(x, widths, mode=mode), got)


def test_edges_far_away():
    x, a = pair((3, 4), "int16")
    got = places.continue_at(a, [(9, 0), (2, 17)], "edge")
    assert_same(np.pad(x, [(9, 0), (2, 17)], mode="edge"), got)


@pytest.mark.parametrize("shape", SHAPES)
def test_surround(shape):
    x, a = pair(shape, "float32")
    value = nl.asarray(np.float32(-0.0))
    for pairs in ([(0, 0)], [(2, 0)], [(0, 5)], [(1, 3)]):
        widths = pairs * len(shape)
        want = np.pad(x, widths, constant_values=-0.0)
        assert_same(want, places.surround(a, widths, value))


@pytest.mark.parametrize("shape", SHAPES)
def test_roll(shape):
    x, a = pair(shape, "int64")
    for shift in (0, 1, 5):
        shifts = [(shift + i) % n for i, n in enumerate(shape)]
        want = np.roll(x, shifts, tuple(range(len(shape))))
        assert_same(want, places.roll(a, shifts))


def test_views():
    x, a = pair((6, 8), "float64")
    for turn in (lambda m: m.T, lambda m: m[::-2, 1::2], lambda m: m[:, ::-1]):
        widths = [(1, 2), (2, 0)]
        want = np.ascontiguousarray(np.pad(turn(x), widths, mode="reflect"))
        assert_same(want, places.continue_at(turn(a), widths, "reflect"))


def test_computed_arrays():
    x, a = pair((6, 8), "float64")
    assert places.surround(a + 1, [(1, 2), (2, 0)], nl.asarray(0.0)) is None
    assert places.roll(a + 1, [1, 2]) is None
    for mode in MODES:
        widths = [(1, 2), (2, 0)]
        want = np.pad(x + 1, widths, mode=mode)
        assert_same(want, nl.pad(a + 1, widths, mode=mode))
        assert_same(want, places.continue_at(a + 1, widths, mode))
    assert_same(np.pad(x + 1, 3), nl.pad(a + 1, 3))
    assert_same(np.roll(x + 1, (1, 2), (0, 1)), nl.roll(a + 1, (1, 2), (0, 1)))


def test_what_is_too_wide():
    assert not places.are_within((3,), [(3, 0)], "reflect")
    assert not places.are_within((3,), [(0, 4)], "wrap")
    assert not places.are_within((0, 3), [(1, 1), (1, 1)], "edge")
    assert not places.are_within((), [], "edge")
