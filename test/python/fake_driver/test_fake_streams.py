"""Streams and events."""

import sys
import threading
import weakref

import pytest

import numloom as nl
from numloom import cuda


def test_the_null_stream_is_current():
    assert cuda.get_current_stream() == cuda.Stream.null == cuda.Stream(null=True)
    assert cuda.Stream.null.ptr == 0


def test_with_nests():
    a, b = cuda.Stream(), cuda.Stream(non_blocking=True)
    assert a != b
    with a:
        with b:
            assert cuda.get_current_stream() == b
            with a:
                assert cuda.get_current_stream() == a
        assert cuda.get_current_stream() == a
    assert cuda.get_current_stream() == cuda.Stream.null


def test_with_ends_where_its_work_fails():
    x = nl.asarray([1.0, 2.0])
    with pytest.raises(cuda.CudaError), cuda.Stream():
        y = x + 1
    assert cuda.get_current_stream() == cuda.Stream.null
    y = x + 2
    with pytest.raises(cuda.CudaError), cuda.Stream():
        pytest.fail("work before the stream is submitted before it is entered")
    assert cuda.get_current_stream() == cuda.Stream.null
    del y


def test_work_belongs_to_the_thread_that_recorded_it():
    x = nl.asarray([1.0, 2.0])
    results = []
    thread = threading.Thread(target=lambda: results.append(x + 1))
    thread.start()
    thread.join()
    cuda.Device().synchronize()
    with pytest.raises(cuda.CudaError):
        results[0].get()


def test_use():
    stream = cuda.Stream()
    assert stream.use() is stream
    assert cuda.get_current_stream() == stream
    cuda.Stream.null.use()
    assert cuda.get_current_stream() == cuda.Stream.null


def test_each_device_has_its_streams():
    with cuda.Device(1):
        stream = cuda.Stream()
    assert stream.device_id == 1
    with stream:
        assert cuda.get_current_stream() == cuda.Stream.null
        assert cuda.get_current_stream(1) == stream


def test_external_streams():
    stream = cuda.Stream()
    with cuda.ExternalStream(stream.ptr) as other:
        assert other == cuda.get_current_stream() == stream


def test_events():
    stream = cuda.Stream()
    start, end = stream.record(), cuda.Event()
    end.record(stream)
    cuda.Stream().wait_event(end)
    end.synchronize()
    assert end.done
    assert stream.done
    assert cuda.get_elapsed_time(start, end) >= 0
    untimed = cuda.Event(disable_timing=True)
    untimed.record()
    untimed.synchronize()


def test_callbacks_run_in_order():
    seen = []
    stream = cuda.Stream()
    stream.launch_host_func(seen.append, 1)
    stream.add_callback(lambda *arguments: seen.append(arguments), "x")
    stream.synchronize()
    assert seen == [1, (stream, 0, "x")]


def test_callbacks_are_dropped_after_their_call():
    class Callback:
        def __call__(self, argument):
            pass

    callback = Callback()
    alive = weakref.ref(callback)
    count = sys.getrefcount(callback)
    stream = cuda.Stream()
    stream.launch_host_func(callback, 1)
    stream.synchronize()
    assert sys.getrefcount(callback) == count
    del callback
    assert alive() is None


def test_what_is_not_supported():
    with pytest.raises(ValueError, match="per-thread"):
        cuda.Stream(ptds=True)
    with pytest.raises(ValueError, match="several processes"):
        cuda.Event(interprocess=True)


def test_pending_work_is_submitted_where_it_was_recorded():
    """The fake finds no kernels, so that submitting raises: once for each array."""
    x = nl.asarray([1.0, 2.0])
    for submit in (
        cuda.Stream().use,
        cuda.Stream.null.synchronize,
        cuda.Stream.null.record,
        cuda.Device().synchronize,
        cuda.runtime.deviceSynchronize,
        lambda: cuda.Stream.null.done,
    ):
        y = x + 1
        with pytest.raises(cuda.CudaError, match=r"recorded at .*test_fake_streams"):
            submit()
        submit()
        del y
    y = x + 1
    cuda.Device(1).synchronize()
    del y
    cuda.Device(0).synchronize()
    cuda.Stream.null.use()
