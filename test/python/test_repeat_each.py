"""repeat with a count for each element."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl

CASES = [
    ([1, 2, 0], 0),
    ([2, 0, 1, 3], 1),
    ([2, 0, 1, 3], -1),
    (list(range(12)), None),
    ([0] * 12, None),
    ([3], 1),
    (2, None),
]


@pytest.mark.parametrize(("counts", "axis"), CASES)
@pytest.mark.parametrize("dtype", SAMPLE)
def test_repeat(dtype, counts, axis):
    x, a = pair((3, 4), dtype)
    expected = np.repeat(x, counts, axis)
    assert_same(expected, nl.repeat(a, counts, axis))
    assert_same(expected, nl.repeat(a, nl.asarray(counts), axis))
    assert_same(expected, a.repeat(np.array(counts, "uint8"), axis))


def test_views_and_ends():
    x, a = pair((6, 8), "float64")
    assert_same(
        np.repeat(x[::-2, 1::3], [1, 0, 2], 1), nl.repeat(a[::-2, 1::3], [1, 0, 2], 1)
    )
    assert_same(np.repeat(x[:0], [], 0), nl.repeat(a[:0], [], 0))
    assert_same(np.repeat(5.0, [3]), nl.repeat(5.0, [3]))


def test_bad_counts():
    for counts in ([1, 2], [1, -2, 3], [[1, 2, 3]], np.array([1.0, 2, 3]), -1):
        assert_raises_alike(lambda xp, c=counts: xp.repeat(xp.ones(3), c))
    assert_raises_alike(lambda xp: xp.repeat(xp.ones(3), xp.asarray([1, -2, 3])))
    assert_raises_alike(lambda xp: xp.repeat(xp.ones(3), [1, 2, 3], axis=1))
