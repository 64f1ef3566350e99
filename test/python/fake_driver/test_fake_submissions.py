"""Flushes that nobody waits for: programs that another thread compiles."""

import numpy as np
import pytest
from processes import read_output

import numloom as nl
from numloom import cuda

RECORD = """
import os, sys
import numpy, numloom as nl
x = nl.asarray(numpy.ones(100, "f4"))
for i in range(300):
    x = x * 1.5 + 0.25
"""


def run(program):
    """Runs a program whose kernels do nothing."""
    environment = {"NUMLOOM_FAKE_KERNELS": "1", "NUMLOOM_DISK_CACHE": "0"}
    return read_output(RECORD + program, **environment).split()


def test_loops_are_submitted():
    assert int(run("print(nl.stats()['submissions'])")[0]) >= 1


def test_the_process_may_end_meanwhile():
    assert run("") == []


def test_the_process_may_fork_meanwhile():
    child = """
pid = os.fork()
if pid == 0:
    y = nl.asarray([1.0, 2.0], device="cpu")
    print(float((y * 2).sum()), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
print(nl.asarray(x).shape[0])
"""
    assert run(child) == ["6.0", "100"]


@pytest.mark.parametrize(
    "wait", ["Device().synchronize()", "Stream.null.synchronize()"]
)
def test_waits_wait_for_submissions(wait):
    # Nothing is pending afterwards, also of arrays that were dropped.
    program = f"del x\nnl.cuda.{wait}\nprint(nl.stats()['executions'])"
    assert int(run(program)[0]) >= 1


def test_failures_name_the_line_where_the_value_is_read():
    # Without that switch the fake driver finds no kernel.
    x = nl.asarray(np.ones(100, "f4"))
    for _ in range(300):
        x = x * 1.5 + 0.25
    for _ in range(2):
        with pytest.raises(cuda.CudaError, match=r"test_fake_submissions\.py:\d+"):
            np.asarray(x)
