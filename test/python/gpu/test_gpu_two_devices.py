"""Several GPUs in one process; skipped where there is only one."""

import threading

import numpy as np
import pytest

import numloom as nl
from numloom.cuda import Device, Event, Stream, runtime


@pytest.fixture(autouse=True)
def two_gpus(gpu):
    count = runtime.getDeviceCount()
    if count < 2:
        pytest.skip(f"needs two GPUs, found {count}")


def test_devices_are_different():
    assert Device(0).pci_bus_id != Device(1).pci_bus_id


def test_arrays_lie_where_they_were_made():
    with Device(1):
        x = nl.arange(1000.0)
        assert x.device == "cuda:1"
        y = nl.sqrt(x) + 1
    assert y.device == "cuda:1"
    np.testing.assert_allclose(nl.asnumpy(y), np.sqrt(np.arange(1000.0)) + 1)


def test_operands_on_two_devices_are_named():
    a, b = nl.ones(3), nl.ones(3, device="cuda:1")
    with pytest.raises(ValueError, match=r"cuda:0.*cuda:1|cuda:1.*cuda:0"):
        a + b


@pytest.mark.parametrize("size", [1, 1000, 30_000_001])
def test_copies_between_devices(size):
    x = nl.arange(size, dtype="float32") % 977
    y = x.to_device("cuda:1")
    assert y.device == "cuda:1"
    back = (y + 1).to_device("cuda:0")
    assert bool(nl.all(back == x + 1))


def test_copies_follow_both_streams(long_work):
    stream = Stream(non_blocking=True)
    with stream:
        x = long_work().sum() + 5
        y = x.to_device("cuda:1")
    with Device(1), Stream(non_blocking=True):
        doubled = 2 * y
        value = float(doubled)
    assert value == 2 * float(x)


def test_streams_and_events_belong_to_a_device():
    with Device(1):
        stream, event = Stream(non_blocking=True), Event()
        with stream:
            nl.evaluate(nl.ones(1000) + 1)
        event.record(stream)
    assert stream.device_id == 1
    event.synchronize()
    assert stream.done


def test_pools_count_by_device():
    pool = nl.cuda.get_default_memory_pool()
    with Device(1):
        before = pool.used_bytes()
        x = nl.zeros(1 << 20) + 1
        nl.evaluate(x)
        assert pool.used_bytes() >= before + (8 << 20)
    with Device(0):
        used = pool.used_bytes()
        del x
        assert pool.used_bytes() == used
    with Device(1):
        assert pool.used_bytes() == before


def test_peer_access_is_a_fact():
    assert runtime.deviceCanAccessPeer(0, 1) in (0, 1)


def test_matrix_products_on_both():
    a = np.random.default_rng(1).random((200, 200))
    for device in ("cuda:0", "cuda:1"):
        x = nl.asarray(a, device=device)
        np.testing.assert_allclose(nl.asnumpy(x @ x), a @ a, rtol=1e-12)


def test_a_thread_per_device():
    results = {}

    def work(ordinal):
        with Device(ordinal):
            x = nl.arange(100_000.0) * (ordinal + 1)
            for _ in range(50):
                x = nl.abs(x) + 0
                nl.evaluate(x)
            results[ordinal] = float(x.sum())

    threads = [threading.Thread(target=work, args=(i,)) for i in (0, 1) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    base = 100_000 * 99_999 / 2
    assert results == {0: base, 1: 2 * base}
