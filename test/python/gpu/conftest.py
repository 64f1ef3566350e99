"""Fixtures of the tests that need a GPU; without one they are skipped."""

import gc
import pathlib
import sys

import pytest

import numloom as nl


def describe_absence():
    """Why there is no GPU to test on; None when there is one."""
    if nl.cuda.is_available():
        return None
    try:
        nl.cuda.Device(0).mem_info  # noqa: B018
    except nl.cuda.CudaError as error:
        return f"no GPU: {error}"
    return "no GPU: numloom.cuda.is_available() is False"


def pytest_collection_modifyitems(items):
    absence = describe_absence()
    here = pathlib.Path(__file__).parent
    for item in items:
        if absence and here in item.path.parents:
            item.add_marker(pytest.mark.skip(absence))


@pytest.fixture(autouse=True)
def gpu():
    """Makes the first GPU the default device and leaves its memory clean."""
    previous = nl.get_default_device()
    nl.set_default_device("cuda:0")
    yield nl.cuda.Device(0)
    nl.cuda.Device(0).synchronize()
    nl.cuda.get_default_memory_pool().free_all_blocks()
    nl.set_default_device(previous)


@pytest.fixture
def pool():
    """The default pool with nothing cached, nor held by what failed before."""
    pool = nl.cuda.get_default_memory_pool()
    # pytest's, and cycles of exceptions with the frames that raised them.
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
    gc.collect()
    nl.cuda.Device().synchronize()
    pool.free_all_blocks()
    yield pool
    pool.set_limit(size=0)


@pytest.fixture
def room(gpu):
    """`room(bytes)` skips the test where the device has less memory free."""

    def need(size):
        free = gpu.mem_info[0]
        if free < size:
            pytest.skip(f"needs {size >> 30} GiB of device memory, {free >> 30} free")

    return need


@pytest.fixture
def long_work():
    """`long_work()` enqueues tens of milliseconds of work on the current stream."""
    a = nl.ones((4096, 4096), "float64") * 1e-4
    nl.evaluate(a)

    def start(products=8):
        x = a
        for _ in range(products):
            x = x @ a
        nl.evaluate(x)
        return x

    start(1)
    nl.cuda.Device().synchronize()
    return start
