"""block: arrays out of nested lists."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl


@pytest.mark.parametrize("dtype", SAMPLE)
def test_block(dtype):
    x, a = pair((3, 4), dtype)
    y, b = pair((3, 2), "float32", seed=1)
    assert_same(np.block([x, y]), nl.block([a, b]))
    assert_same(np.block([[x, y], [x[::-1], y]]), nl.block([[a, b], [a[::-1], b]]))


def test_ranks_and_scalars():
    x, a = pair((2, 3), "int32")
    assert_same(np.block(x), nl.block(a))
    assert_same(np.block(3), nl.block(3))
    assert_same(np.block([1, 2.5]), nl.block([1, 2.5]))
    assert_same(np.block([[x], [1, 2, 3]]), nl.block([[a], [1, 2, 3]]))
    assert_same(np.block([[[x, x]]]), nl.block([[[a, a]]]))
    assert_same(np.block([x, x[:, :0]]), nl.block([a, a[:, :0]]))


@pytest.mark.parametrize("dtype", SAMPLE)
def test_what_is_joined_lies_in_the_result(dtype):
    x, a = pair((4, 5), dtype)
    y, b = pair((4, 5), dtype, seed=1)
    nl.evaluate(a, b)
    nl.evaluate(nl.block([[a, b], [b, a]]))
    nl.reset_stats()
    nl.evaluate(nl.block([[a, b], [b, a]]))
    assert (nl.stats()["launches"], nl.stats()["arena_bytes"]) == (4, 0)

    def nest(xp, x, y):
        inner = xp.concatenate([x[::-1], y[:, ::-1], x[:, :0]], 1)
        planes = xp.stack([xp.concatenate([x.T, y.T]), inner.T], -1)
        return xp.concatenate([planes, planes[:, :1]], 1), xp.roll(x, (1, -2), (0, 1))

    for expected, got in zip(nest(np, x, y), nest(nl, a, b), strict=True):
        assert_same(expected, got)


def test_result_is_no_view():
    x = nl.ones((2, 2))
    result = nl.block([[x]])
    x += 1
    assert_same(np.ones((2, 2)), result)


@pytest.mark.parametrize("bad", [[], [[], [1]], [[1, 2], 3], (1, 2), [1, (2, 3)]])
def test_bad_nesting(bad):
    assert_raises_alike(lambda xp: xp.block(bad))


def test_bad_extents():
    assert_raises_alike(lambda xp: xp.block([xp.ones((2, 2)), xp.ones((3, 2))]))
    assert_raises_alike(lambda xp: xp.block([[xp.ones((2, 2))], [xp.ones((2, 3))]]))
