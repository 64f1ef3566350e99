"""Recording and evaluation from several threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import numloom as nl


def work(seed, start):
    """Records and evaluates programs of its own shapes."""
    start.wait()
    for step in range(40):
        x = np.arange(seed + step + 1.0)
        a = nl.asarray(x)
        for _ in range(5):
            a = a * 2 + 1
        np.testing.assert_array_equal(np.asarray(a), x * 32 + 31)
        nl.stats()
    return True


def test_threads_of_their_own():
    start = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4), [start] * 4))


def test_one_array_evaluated_by_all():
    start = threading.Barrier(4)
    a = nl.asarray(np.arange(1000.0))
    for _ in range(20):
        a = a + 1

    def read(_):
        start.wait()
        return np.asarray(a).sum()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(read, range(4))) == {499500.0 + 20000.0}


@pytest.mark.cpu
def test_arrays_dropped_by_another_thread():
    arrays = [nl.asarray(np.arange(100.0), copy=False) + i for i in range(50)]

    def drop():
        while arrays:
            arrays.pop()

    thread = threading.Thread(target=drop)
    thread.start()
    total = nl.zeros(100)
    for i in range(20):
        total = total + nl.asarray(np.full(100, float(i)), copy=False)
    assert total.tolist() == [190.0] * 100
    thread.join()
