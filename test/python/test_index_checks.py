"""Checks of indices that wait for a GPU, run here on whatever device there is."""

import numpy as np
import pytest
from support import assert_same

import numloom as nl
from numloom import _core
from numloom import _index_checks as checks


def defer(index, bounds):
    """A deferred check, and what is to be 0 if it holds."""
    index = nl.asarray(index)
    return checks.make_flag(index, bounds), bounds, "program.py:7"


def test_flags():
    bounds = checks.Bounds(5)
    for index, expected in [
        ([0, 4, -5], 0),
        ([0, 5, 1], 5),
        ([3, -6], -6),
        ([[-9], [70]], 70),
        ([-(2**63)], -(2**63)),
        ([2**63 - 1], 2**63 - 1),
    ]:
        assert int(checks.make_flag(nl.asarray(index), bounds)) == expected
    bounds = checks.Bounds(5, wraps=False)
    assert int(checks.make_flag(nl.asarray([1, -1]), bounds)) == -1


def test_first_failing_check_is_raised_and_the_rest_waits(monkeypatch):
    waiting = []
    monkeypatch.setattr(_core, "defer_check", waiting.append)
    good = defer([1, 2], checks.Bounds(5))
    bad = defer([1, 7], checks.Bounds(5, 1))
    worse = defer([-3], checks.Bounds(2))
    checks.run_checks([good])
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 1 with"):
        checks.run_checks([good, bad, good, worse])
    assert waiting == [good, worse]
    with pytest.raises(IndexError, match=r"index -3 .* recorded at program\.py:7"):
        checks.run_checks(waiting)


def test_errors_keep_their_type():
    def make_error(index, *_):
        return ValueError(f"{index} is wrong")

    check = defer([9], checks.Bounds(5, 0, False, make_error))
    with pytest.raises(ValueError, match="9 is wrong; recorded at"):
        checks.run_checks([check])


def test_updates_are_left_out():
    index = nl.asarray([[1, 0], [2, 3]])
    good, bad = nl.asarray(0), nl.asarray(7)
    assert_same(np.asarray(index), checks.skip_if_any([good, good], index))
    assert_same(np.full((2, 2), -1), checks.skip_if_any([good, bad], index))


def raise_out_of_bounds(call):
    with pytest.raises(IndexError, match="out of bounds for axis"):
        np.asarray(call())
        np.asarray(nl.zeros(1) + 1)


def test_reads_out_of_bounds():
    a = nl.arange(12.0).reshape(3, 4)
    index = nl.asarray([0, 3])
    raise_out_of_bounds(lambda: a[index])
    raise_out_of_bounds(lambda: a[:, index - 5] + 1)
    raise_out_of_bounds(lambda: nl.take(a, index * 4))
    raise_out_of_bounds(lambda: nl.take_along_axis(a, index.reshape(2, 1) + 1, 0))
    # What was raised is over.
    assert a[nl.asarray([0, 2])].shape == (2, 4)
    assert float(a[nl.asarray([0, 2])].sum()) == 44


@pytest.mark.parametrize("value", [1.0, [5, 6]])
def test_nothing_is_written(value):
    def update():
        a[nl.asarray([1, 9])] = value
        return a

    def put():
        nl.put(a, nl.asarray([1, -9]), value)
        return a

    def add():
        nl.add.at(a, nl.asarray([1, 9]), value)
        return a

    for call in (update, put, add):
        a = nl.arange(5.0)
        raise_out_of_bounds(call)
        assert a.tolist() == [0, 1, 2, 3, 4]


def test_many_accesses():
    a, index = nl.arange(100.0), nl.asarray([1, 2, 3])
    total = nl.zeros(3)
    for i in range(200):
        total = total + a[(index * i) % 100]
    x, j = np.arange(100.0), np.array([1, 2, 3])
    assert_same(sum(x[(j * i) % 100] for i in range(200)), total)
