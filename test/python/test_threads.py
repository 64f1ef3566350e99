"""Recording and evaluating from several threads at once."""

import threading

import numpy as np

import numloom as nl


def run_in_threads(work, count=4):
    """Runs `work(i)` in `count` threads; raises what any of them raised."""
    errors = []

    def guarded(i):
        try:
            work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_programs_of_their_own():
    def work(i):
        x = np.arange(1000.0) + i
        for _ in range(20):
            a = nl.asarray(x)
            got = float(((a * 2 + i) / 3).sum())
            np.testing.assert_allclose(got, ((x * 2 + i) / 3).sum(), rtol=1e-12)

    run_in_threads(work)


def test_shared_arrays():
    shared = nl.arange(1000.0) * 2 + 1
    want = np.arange(1000.0) * 2 + 1

    def work(i):
        for _ in range(20):
            np.testing.assert_array_equal(np.asarray(shared + i), want + i)

    run_in_threads(work)


def test_new_kernels():
    def work(i):
        a = nl.ones(257, dtype="float32")
        for k in range(6):
            a = (nl.sin if (i + k) % 2 else nl.cos)(a) + k
            want = a + 0
            np.testing.assert_array_equal(np.asarray(a), np.asarray(want))

    run_in_threads(work)
