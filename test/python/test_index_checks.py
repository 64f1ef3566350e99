"""Checks of indices that wait for a GPU, run here on whatever device there is."""

import re

import numpy as np
import pytest
from support import assert_same

import numloom as nl
from numloom import _core
from numloom import _index_checks as checks
from numloom import _ops as ops

HERE = re.escape(__file__)


def make_report(index, bounds):
    return checks.find_places(nl.asarray(index), bounds)[1]


def report(numbers):
    return _core.record("report", (numbers,), (), np.dtype("u8"))


def alongside(x, other):
    return _core.record("alongside", (x, other), x.shape, x.dtype)


def make_target_report(index, bounds):
    return checks.find_targets(nl.asarray(index), bounds)[2]


@pytest.fixture(params=[make_target_report, make_report])
def make_check(request):
    return request.param


@pytest.fixture
def defer(make_check):
    """Makes a deferred check of indices."""

    def make(index, bounds):
        return make_check(nl.asarray(index), bounds), bounds

    return make


def test_checks_find_an_index_out_of_bounds(make_check):
    def find(index, bounds):
        check = make_check(nl.asarray(index), bounds)
        _core.evaluate([check])
        return checks._read(check, bounds)

    bounds = checks.Bounds(5)
    for index, expected in [
        ([0, 4, -5], 0),
        ([0, 5, 1], 5),
        ([3, -6], -6),
        (3, 0),
        (8, 8),
        ([-(2**63)], -(2**63)),
        ([2**63 - 1], 2**63 - 1),
    ]:
        assert find(index, bounds) == expected
    # The greatest negative one of several, or the greatest.
    assert find([[-7], [-6], [2]], bounds) == -6
    assert find([-(2**63), 2**63 - 1], bounds) == -(2**63)
    assert find([-5, 7, -1], bounds) == 7
    assert find([-(2**63)], checks.Bounds(5, wraps=False)) == -(2**63)
    assert find([5, 70, 6], bounds) == 70
    bounds = checks.Bounds(5, wraps=False)
    assert find([1, -1], bounds) == -1
    index = np.zeros(100_003, np.int64)
    assert find(index[::-1], bounds) == 0
    for place in (0, 1234, -1):
        bad = index.copy()
        bad[place] = 6
        assert find(bad, bounds) == find(bad[::-1], bounds) == 6
        assert find(np.stack([bad, index]).T, bounds) == 6


def test_reports_come_with_what_they_are_of():
    index = nl.asarray([1, 9, 2])
    report = make_report(index, checks.Bounds(5))
    x = nl.arange(10.0)
    y = ops.gather_along(x, alongside(index, report), 0)
    nl.reset_stats()
    # Of the index all is checked, whatever the program takes of it.
    assert_same(np.array([1.0]), y[:1])
    assert nl.stats()["flushes"] == 1
    assert _core.read_report(report) == 9 - 4


def test_reports_of_one_program():
    index = nl.asarray([1, 9, 2])
    # The last is equal to the first.
    bounds = [checks.Bounds(n) for n in (5, 20, 9, 5)]
    reports = [make_report(index, each) for each in bounds]
    _core.evaluate(reports)
    assert [*map(checks._read, reports, bounds)] == [9, 0, 9, 9]


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (70, 100), (700, 901)])
@pytest.mark.parametrize(
    "compute",
    [
        lambda m, x: x + 1,
        lambda m, x: x[::-1] + x.T[0, 0],
        lambda m, x: x.sum(),
        lambda m, x: x.sum(axis=0),
        lambda m, x: x.sum(axis=1),
        lambda m, x: x - x.max(axis=1, keepdims=True),
        lambda m, x: m.cumsum(x, axis=1),
        lambda m, x: x.T.sum(axis=1),
        lambda m, x: x[x % 2 == 0],
    ],
)
def test_reports_beside_other_results(shape, compute):
    x = np.random.default_rng(5).integers(0, 1000, shape)
    for place in (None, (0, 0), (-1, -1), (shape[0] // 2, shape[1] // 3)):
        numbers = np.zeros(shape, np.uint64)
        if place is not None:
            numbers[place] = 77
        a, b = nl.asarray(x), nl.asarray(numbers)
        y, found = compute(nl, a), report(b + ops.cast(a * 0, np.dtype("u8")))
        _core.evaluate([y, found])
        assert _core.read_report(found) == numbers.max()
        assert_same(compute(np, x), y)


def test_reports_that_nobody_holds():
    index = nl.asarray([1, 9, 2])
    y = alongside(index * 2, make_report(index, checks.Bounds(5)))
    assert_same(np.array([2, 18, 4]), y)
    report = make_report(index, checks.Bounds(5))
    y = alongside(index * 2, report)
    _core.evaluate([report])
    assert_same(np.array([2, 18, 4]), y)


def test_bounds_may_be_a_tuple():
    check = make_report(nl.asarray([1, -9]), checks.Bounds(5)), (5, 2)
    with pytest.raises(IndexError, match=r"index -9 .* for axis 2 with size 5;"):
        checks.run_checks([check])


def test_places_of_what_is_no_index():
    for index, extent in [(nl.asarray([1.0]), 5), (nl.asarray([1]), 0)]:
        with pytest.raises(ValueError, match="expected integers and entries"):
            _core.find_places(index, extent, True)
    for wrong in (5, (), (5, 5)):
        with pytest.raises(TypeError, match="tuple with an array"):
            _core.defer_check(wrong)
    with pytest.raises(TypeError, match="ndarray"):
        _core.find_line(5)


def test_reading_what_is_no_report():
    for wrong in (nl.asarray([1, 2]), nl.asarray(3) + 1, 5):
        with pytest.raises(TypeError, match="report"):
            _core.read_report(wrong)


def test_unfinished_checks_wait(monkeypatch):
    waiting = []
    monkeypatch.setattr(_core, "defer_check", waiting.append)
    bounds = checks.Bounds(5)
    unfinished, bad = (
        (make_report(nl.asarray(index), bounds), bounds) for index in ([9], [7])
    )
    read = _core.read_report
    monkeypatch.setattr(
        _core, "read_report", lambda x: None if x is unfinished[0] else read(x)
    )
    checks.run_checks([unfinished])
    assert waiting == [unfinished]
    waiting.clear()
    with pytest.raises(IndexError, match="index 7"):
        checks.run_checks([unfinished, bad])
    assert waiting == [unfinished]
    monkeypatch.setattr(_core, "read_report", read)
    with pytest.raises(IndexError, match="index 9"):
        checks.run_checks(waiting)


def test_first_failing_check_is_raised_and_the_rest_waits(defer, monkeypatch):
    waiting = []
    monkeypatch.setattr(_core, "defer_check", waiting.append)
    good = defer([1, 2], checks.Bounds(5))
    bad = defer([1, 7], checks.Bounds(5, 1))
    worse = defer([-3], checks.Bounds(2))
    checks.run_checks([good])
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 1 with"):
        checks.run_checks([good, bad, good, worse])
    assert waiting == [good, worse]
    with pytest.raises(IndexError, match=rf"index -3 .* recorded at {HERE}:\d+"):
        checks.run_checks(waiting)


def test_errors_keep_their_type(defer):
    def make_error(index, *_):
        return ValueError(f"{index} is wrong")

    check = defer([9], checks.Bounds(5, 0, False, make_error))
    with pytest.raises(ValueError, match="9 is wrong; recorded at"):
        checks.run_checks([check])


def test_updates_are_left_out():
    index = nl.asarray([[1, 0], [2, 3]])
    good, bad = nl.asarray(True), nl.asarray(False)
    assert_same(np.asarray(index), checks.skip_unless([good, good], index))
    assert_same(np.full((2, 2), -1), checks.skip_unless([good, bad], index))


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
