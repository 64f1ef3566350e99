"""Streams and events."""

import threading

from .._core import cuda as _cuda

_entered = threading.local()


class _BaseStream:
    """What all streams can do. `_handle` is a `_core.cuda.Stream`."""

    @property
    def ptr(self):
        """CUDA's handle of the stream, an int."""
        return self._handle.ptr

    @property
    def device_id(self):
        """The ordinal of the stream's device."""
        return self._handle.device_id

    @property
    def priority(self):
        """Streams with lower numbers run first."""
        return self._handle.priority

    @property
    def done(self):
        """Whether all work on the stream is done; submits what is pending."""
        return self._handle.done

    def is_capturing(self):
        """Whether work is recorded into a graph in place of run."""
        return self._handle.is_capturing

    def __eq__(self, other):
        if not isinstance(other, _BaseStream):
            return NotImplemented
        return (self.ptr, self.device_id) == (other.ptr, other.device_id)

    def __hash__(self):
        return hash((self.ptr, self.device_id))

    def __repr__(self):
        return f"<{type(self).__name__} {self.ptr} (device {self.device_id})>"

    def __enter__(self):
        stack = vars(_entered).setdefault("streams", [])
        stack.append(_cuda.set_current_stream(self._handle))
        return self

    def __exit__(self, *error):
        previous = _entered.streams.pop()
        try:
            _cuda.submit(previous.device_id)
        finally:
            _cuda.set_current_stream(previous)

    def use(self):
        """Makes this the thread's stream of its device; returns the stream.

        What arrays wait for is first submitted to the stream that was current.
        """
        _cuda.set_current_stream(self._handle)
        return self

    def synchronize(self):
        """Waits for all work on the stream, pending arrays included."""
        self._handle.synchronize()

    def record(self, event=None):
        """Moves `event`, or a new one, behind the work on the stream."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event):
        """Lets later work on the stream wait for `event`."""
        self._handle.wait_event(event._handle)

    def add_callback(self, callback, arg):
        """Calls `callback(stream, status, arg)` after the work so far.

        It runs in another thread and must not use CUDA; `status` is 0.
        """
        self._handle.add_callback(lambda: callback(self, 0, arg))

    def launch_host_func(self, callback, arg):
        """Calls `callback(arg)` after the work so far, as `add_callback`."""
        self._handle.add_callback(lambda: callback(arg))


class Stream(_BaseStream):
    """A queue of work on the calling thread's device.

    Args:
        null: The device's null stream in place of a new one.
        non_blocking: Neither waits for the null stream nor it for this one.
        ptds: The per-thread default stream; not supported.
        priority: Lower numbers run first.
    """

    null = None  #: The null stream of the thread's device.

    def __init__(self, null=False, non_blocking=False, ptds=False, priority=None):
        if ptds:
            raise ValueError("per-thread default streams are not supported")
        device = _cuda.current_device()
        if null:
            self._handle = _cuda.wrap_stream(device, 0)
        else:
            self._handle = _cuda.create_stream(device, non_blocking, priority or 0)


class _NullStream(_BaseStream):
    """The null stream of whatever device is the thread's."""

    @property
    def _handle(self):
        return _cuda.wrap_stream(_cuda.current_device(), 0)

    @property
    def ptr(self):
        return 0


Stream.null = _NullStream()


class ExternalStream(_BaseStream):
    """A stream made elsewhere, by its handle; who made it destroys it."""

    def __init__(self, ptr, device_id=-1):
        device = _cuda.current_device() if device_id < 0 else device_id
        self._handle = _cuda.wrap_stream(device, ptr)


class _CurrentStream(_BaseStream):
    def __init__(self, handle):
        self._handle = handle


def get_current_stream(device_id=None):
    """The calling thread's stream of a device, by default of its own."""
    device = _cuda.current_device() if device_id is None else device_id
    return _CurrentStream(_cuda.current_stream(device))


class Event:
    """A point in a stream's work, on the calling thread's device.

    Args:
        block: Other libraries' waits for it sleep.
        disable_timing: It cannot be measured with, and costs less.
        interprocess: Not supported.
    """

    def __init__(self, block=False, disable_timing=False, interprocess=False):
        if interprocess:
            raise ValueError("events of several processes are not supported")
        self._handle = _cuda.create_event(
            _cuda.current_device(), block, not disable_timing
        )

    @property
    def ptr(self):
        """CUDA's handle of the event, an int."""
        return self._handle.ptr

    @property
    def done(self):
        """Whether the work before the event is done."""
        return self._handle.done

    def record(self, stream=None):
        """Moves the event behind the work on a stream, pending arrays included."""
        stream = get_current_stream() if stream is None else stream
        self._handle.record(stream._handle)

    def synchronize(self):
        """Waits for the work before the event."""
        self._handle.synchronize()


def get_elapsed_time(start_event, end_event):
    """Milliseconds between two recorded events."""
    return _cuda.elapsed_time(start_event._handle, end_event._handle)
