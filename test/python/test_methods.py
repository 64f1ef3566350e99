"""Methods of arrays that are no functions of the namespace."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, pair

import numloom as nl


@pytest.mark.parametrize("dtype", SAMPLE)
def test_contains(dtype):
    x, a = pair((3, 4), dtype)
    for value in (x[1, 2], 1, 100, np.nan):
        assert (value in x) == (value in a)
    assert nl.asarray(x[2]) in a
    assert 1 not in a[:0]
    assert_raises_alike(lambda xp: xp.ones(2) in xp.ones(3))


def test_subscripts_of_the_type():
    alias = nl.ndarray[tuple[int], np.dtype[np.float64]]
    assert alias.__origin__ is nl.ndarray
