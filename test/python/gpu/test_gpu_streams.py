"""Streams and events: asynchrony, order, measurement."""

import threading
import time

import numpy as np
import pytest

import numloom as nl
from numloom.cuda import Event, Stream, get_current_stream, get_elapsed_time


def test_evaluation_does_not_wait(long_work):
    start = time.perf_counter()
    result = long_work(32)
    enqueued = time.perf_counter() - start
    assert not get_current_stream().done
    get_current_stream().synchronize()
    total = time.perf_counter() - start
    assert get_current_stream().done
    assert enqueued < total / 2
    assert np.isfinite(float(result[0, 0]))


def test_conversion_waits_for_the_result(long_work):
    x = long_work()
    expected = 1e-4
    for _ in range(8):
        expected *= 4096 * 1e-4
    np.testing.assert_allclose(float(x[7, 9]), expected, rtol=1e-10)


def test_event_is_behind_the_work_before_it(long_work):
    long_work()
    event = get_current_stream().record()
    assert not event.done
    event.synchronize()
    assert event.done


def test_elapsed_time_covers_the_work(long_work):
    start, end = Event(), Event()
    start.record()
    long_work()
    end.record()
    end.synchronize()
    # Eight products of 1.4e11 operations each.
    assert 1.0 < get_elapsed_time(start, end) < 60_000.0


def test_event_without_timing_cannot_measure():
    first, second = Event(disable_timing=True), Event(disable_timing=True)
    first.record()
    second.record()
    second.synchronize()
    with pytest.raises(nl.cuda.CudaError, match="CUDA_ERROR_INVALID_HANDLE"):
        get_elapsed_time(first, second)


def test_current_stream_is_restored():
    outer = get_current_stream()
    stream = Stream(non_blocking=True)
    with stream:
        assert get_current_stream() == stream
        with Stream.null:
            assert get_current_stream() == Stream.null
        assert get_current_stream() == stream
    assert get_current_stream() == outer


def test_current_stream_belongs_to_the_thread():
    seen = []
    with Stream():
        thread = threading.Thread(target=lambda: seen.append(get_current_stream()))
        thread.start()
        thread.join()
    assert seen == [Stream.null]


def test_wait_event_orders_streams(long_work):
    producer, consumer = Stream(non_blocking=True), Stream(non_blocking=True)
    with producer:
        x = long_work()
        total = x.sum()
        nl.evaluate(total)
        event = producer.record()
    consumer.wait_event(event)
    with consumer:
        doubled = 2 * total
        nl.evaluate(doubled)
        value = float(doubled)
    assert event.done
    assert value == 2 * float(total)


def test_results_can_be_used_elsewhere_after_a_wait(long_work):
    stream = Stream(non_blocking=True)
    with stream:
        x = long_work().sum()
        nl.evaluate(x)
    stream.synchronize()
    assert float(x + 0) == float(x)


def test_memory_is_not_reused_while_its_stream_still_writes(long_work):
    stream = Stream(non_blocking=True)
    with stream:
        long_work()
        y = nl.zeros(1 << 20) + 1
        nl.evaluate(y)
        del y
    z = nl.zeros(1 << 20) + 2
    nl.evaluate(z)
    stream.synchronize()
    assert float(z.min()) == float(z.max()) == 2.0


def test_blocking_streams_wait_for_the_null_stream(long_work):
    stream = Stream()
    with Stream.null:
        long_work()
    with stream:
        event = stream.record()
    event.synchronize()
    assert Stream.null.done


def test_non_blocking_streams_do_not(long_work):
    stream = Stream(non_blocking=True)
    with Stream.null:
        long_work(32)
    stream.record().synchronize()
    assert not Stream.null.done


def test_callbacks_run_in_order(long_work):
    calls = []
    stream = Stream(non_blocking=True)
    with stream:
        long_work()
        stream.add_callback(lambda s, status, arg: calls.append((status, arg)), "a")
        stream.launch_host_func(calls.append, "b")
    stream.synchronize()
    assert calls == [(0, "a"), "b"]


def test_priorities():
    lowest, highest = nl.cuda.runtime.deviceGetStreamPriorityRange()
    assert highest <= lowest
    assert Stream(priority=highest).priority == highest
    assert Stream(priority=lowest).priority == lowest


def test_external_stream_is_the_same_stream():
    stream = Stream(non_blocking=True)
    external = nl.cuda.ExternalStream(stream.ptr)
    assert external == stream
    with external:
        assert float(nl.ones(100).sum()) == 100.0


def test_threads_on_streams_of_their_own():
    results = {}

    def work(index):
        with Stream(non_blocking=True):
            x = nl.arange(10_000.0) + index
            for _ in range(20):
                x = nl.sqrt(x * x)
                nl.evaluate(x)
            results[index] = float(x.sum())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    base = 10_000 * 9_999 / 2
    assert results == {i: base + 10_000.0 * i for i in range(8)}
