"""set_wait_observer: who makes the program wait."""

import pytest

import numloom as nl
from numloom import _core


@pytest.fixture
def waits():
    """The seconds of each wait of the test."""
    seconds = []
    previous = _core.set_wait_observer(seconds.append)
    yield seconds
    assert _core.set_wait_observer(previous) == seconds.append


def test_reads_of_what_is_not_computed_are_told(waits):
    x = nl.ones(5) + 1
    assert waits == []
    assert float(x.sum()) == 10
    assert len(waits) == 1 and 0 <= waits[0] < 600
    y = x * 2
    repr(y), bool(y[0] > 1)
    assert len(waits) == 3


@pytest.mark.cpu
def test_reads_of_what_is_there_are_not(waits):
    x = nl.ones(5) + 1
    nl.evaluate(x)
    assert x.tolist() == [2.0] * 5 and waits == []


def test_nobody_is_told_afterwards():
    seconds = []
    assert _core.set_wait_observer(seconds.append) is None
    assert _core.set_wait_observer(None) == seconds.append
    assert float((nl.ones(3) * 3).sum()) == 9 and seconds == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_observer_that_fails_changes_nothing():
    def fail(seconds):
        raise RuntimeError("observer")

    _core.set_wait_observer(fail)
    try:
        assert float((nl.ones(3) * 4).sum()) == 12
    finally:
        _core.set_wait_observer(None)
