"""Basic indexing for reading."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, pair

KEYS = [
    (1,),
    (-1,),
    (slice(None),),
    (slice(1, 5, 2),),
    (slice(None, None, -1),),
    (slice(5, 0, -2), slice(1, None)),
    (Ellipsis, 0),
    (0, Ellipsis),
    (None, 2),
    (slice(None), None, slice(None, None, 3)),
    (1, 2, 3),
    (Ellipsis,),
    (slice(10, 20),),
    (slice(-3, None), 1, slice(None, None, -1)),
    (None, Ellipsis, None),
    (np.int64(2), slice(0, 0)),
    (),
]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_read(key):
    x, a = pair((6, 5, 4), "int32")
    assert_same(x[key], a[key])


def test_views_of_views():
    x, a = pair((6, 5, 4), "float32")
    assert_same(x[1:, ::-1][::2, 1:, ::-3].T[1], a[1:, ::-1][::2, 1:, ::-3].T[1])


@pytest.mark.parametrize("key", [7, -7, (0, 5), (0, 0, 0, 0)], ids=repr)
def test_out_of_range(key):
    assert_raises_alike(lambda xp: xp.zeros((6, 5, 4))[key])


@pytest.mark.parametrize("key", ["name", 1.5, (Ellipsis, Ellipsis)], ids=repr)
def test_bad_key(key):
    assert_raises_alike(lambda xp: xp.zeros((6, 5, 4))[key])


def test_zero_step():
    assert_raises_alike(lambda xp: xp.zeros(6)[::0], "zero")
