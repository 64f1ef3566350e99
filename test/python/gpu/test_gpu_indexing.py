"""Index arrays on a GPU: errors that wait, updates that do not depend on threads."""

import numpy as np
import pytest

import numloom as nl

BAD = (
    r"index 20 is out of bounds for axis 0 with size 10; recorded at .*indexing\.py:\d+"
)


@pytest.fixture
def index():
    return nl.asarray([1, 20], device="cuda")


@pytest.mark.parametrize(
    "wait",
    [
        np.asarray,
        lambda a: a.tolist(),
        lambda a: float(a.sum()),
        nl.asnumpy,
        lambda a: a.to_device("cpu"),
        lambda a: nl.cuda.Device().synchronize(),
        lambda a: nl.cuda.get_current_stream().synchronize(),
    ],
)
def test_whatever_waits_raises(index, wait):
    a = nl.zeros(10, device="cuda")
    b = a[index] + 1
    with pytest.raises(IndexError, match=BAD):
        wait(b)
    # Once.
    nl.cuda.Device().synchronize()


def test_subscripts_do_not_wait(index):
    a = nl.zeros(10, device="cuda")
    nl.reset_stats()
    b = a[index - 11]
    a[index - 11] = 1
    assert nl.stats()["executions"] == 0
    assert (b + a[:2]).tolist() == [1, 0]


def test_arrays_stay_as_they_were(index):
    a = nl.arange(10.0, device="cuda")
    a[index] = -1
    nl.add.at(a, index, 5)
    with pytest.raises(IndexError, match=BAD):
        nl.cuda.Device().synchronize()
    with pytest.raises(IndexError, match=BAD):
        nl.cuda.Device().synchronize()
    assert a.tolist() == list(range(10))


def test_indices_beyond_32_bits():
    a = nl.arange(10.0, device="cuda")
    index = nl.asarray([2**32 + 3, -(2**40)], device="cuda")
    a[index] = -1
    with pytest.raises(IndexError, match=str(2**32 + 3)):
        nl.cuda.Device().synchronize()
    assert a.tolist() == list(range(10))


@pytest.mark.parametrize("places", [7, 1000, 300_000, 40_000_000])
def test_repeats_give_the_same_every_time(places):
    rng = np.random.default_rng(places)
    index, values = rng.integers(0, places, 1_000_000), rng.standard_normal(1_000_000)
    x, y = np.zeros(places), np.zeros(places)
    x[index] = values
    np.add.at(y, index, values)
    place = nl.asarray(index, device="cuda")
    for _ in range(2):
        a, b = nl.zeros(places, device="cuda"), nl.zeros(places, device="cuda")
        a[place] = values
        nl.add.at(b, place, values)
        np.testing.assert_array_equal(np.asarray(a), x)
        np.testing.assert_array_equal(np.asarray(b), y)
