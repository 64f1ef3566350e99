"""Waits for a GPU that does not go on, and Ctrl-C."""

import pytest
from processes import read_output

PROGRAM = """
import ctypes, gc, signal
import numpy, numloom as nl
from numloom import cuda

fake = ctypes.CDLL("libcuda.so.1")
pool = cuda.get_default_memory_pool()
x = nl.asarray(numpy.ones(1000))
large = nl.asarray(numpy.ones(3_000_000))
locked, event = nl.empty_pinned(1000), cuda.Event()
locked[...] = 2

def wait():
    {wait}

wait()
gc.collect()
used = pool.used_bytes()
fake.numloomFakeHold(0, 1)
cuda.Stream.null.launch_host_func(lambda _: None, None)
event.record()
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.1)
try:
    wait()
except KeyboardInterrupt:
    print("interrupted")
fake.numloomFakeHold(0, 0)
gc.collect()
print(pool.used_bytes() == used)
wait()
print(numpy.asarray(x).sum(), numpy.asarray(large).sum())
"""


@pytest.mark.parametrize(
    "wait",
    [
        "numpy.asarray(x)",
        "large.get()",
        "x.get(out=nl.empty_pinned(1000))",
        "nl.asarray(locked)",
        "cuda.Device().synchronize()",
        "cuda.Stream.null.synchronize()",
        "event.synchronize()",
    ],
)
def test_waits_end(wait):
    """What the wait was for goes on, and nothing is lost."""
    said = read_output(PROGRAM.format(wait=wait)).splitlines()
    assert said == ["interrupted", "True", "1000.0 3000000.0"]
