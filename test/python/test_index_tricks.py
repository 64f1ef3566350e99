"""r_, c_, s_ and index_exp."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same

import numloom as nl

KEYS = {
    "arrays_and_numbers": lambda xp: (xp.ones(3), 0, 0, xp.arange(4)),
    "range": lambda xp: slice(0, 5),
    "range_and_number": lambda xp: (slice(0, 5), 1, 2.5),
    "steps": lambda xp: (slice(3), slice(2, 9, 2)),
    "points": lambda xp: slice(-1, 1, 6j),
    "lists": lambda xp: ([1, 2], xp.ones(2, "f4")),
    "rows": lambda xp: ("0,2", xp.arange(3), xp.arange(3)),
    "last_axis": lambda xp: ("-1", xp.ones((2, 3)), xp.ones((2, 3))),
    "columns": lambda xp: ("0,2,0", [1, 2, 3], [4, 5, 6]),
    "side_by_side": lambda xp: ("1,2,0", [1, 2, 3], [4, 5, 6]),
    "mixed_ranks": lambda xp: ("0,3,1", xp.arange(3), xp.ones((2, 3))),
    "matrices": lambda xp: (xp.ones((2, 2)), xp.ones((2, 2))),
    "one": lambda xp: xp.arange(3),
    "weak_integer": lambda xp: (xp.ones(2, "i1"), 3),
    "weak_float": lambda xp: (xp.ones(2, "f4"), 3.5),
    "strong_float": lambda xp: (xp.ones(2, "f4"), xp.asarray(3.5)),
}


@pytest.mark.parametrize("joiner", ["r_", "c_"])
@pytest.mark.parametrize("key", KEYS)
def test_joiners(key, joiner):
    try:
        expected = getattr(np, joiner)[KEYS[key](np)]
    except ValueError:
        assert_raises_alike(lambda xp: getattr(xp, joiner)[KEYS[key](xp)])
        return
    assert_same(expected, getattr(nl, joiner)[KEYS[key](nl)])


def test_bad_keys():
    assert_raises_alike(lambda xp: xp.r_["nope", xp.ones(2)])
    assert_raises_alike(lambda xp: xp.r_[xp.ones(2), "0"])
    with pytest.raises(NotImplementedError, match="matrices"):
        nl.r_["r", nl.ones(2)]


def test_indices_as_objects():
    assert nl.s_[1:3, ...] == (slice(1, 3), ...)
    assert nl.index_exp[2] == (2,)
