"""Memory: what is allocated, limits, and what is left after an error."""

import resource

import numpy as np
import pytest

import numloom as nl

#: What is promised here is promised of the CPU.
pytestmark = pytest.mark.cpu


@pytest.fixture
def no_limit():
    yield
    nl.set_memory_limit(0)
    nl.free_all_blocks()


def test_fused_reduction_allocates_no_temporary():
    n = 1 << 20
    a, b, c = (nl.asarray(np.full(n, value)) for value in (1.0, 2.0, 3.0))
    nl.evaluate(a, b, c)
    used = nl.memory_info()["used_bytes"]
    nl.reset_peak_memory()
    # Outside of the assert, which would keep the intermediate arrays alive.
    total = float((a * b + c).sum())
    assert total == 5.0 * n
    assert nl.memory_info()["peak_bytes"] - used < n


def test_results_are_freed():
    used = nl.memory_info()["used_bytes"]
    a = nl.ones(1 << 18) + 1
    a._evaluate()
    assert nl.memory_info()["used_bytes"] >= used + (8 << 18)
    del a
    assert nl.memory_info()["used_bytes"] <= used + 4096


def test_limit(no_limit):
    nl.free_all_blocks()
    limit = nl.memory_info()["used_bytes"] + (1 << 20)
    nl.set_memory_limit(limit)
    a = nl.ones(1 << 20) + 1
    with pytest.raises(MemoryError, match=str(8 << 20)):
        a._evaluate()
    assert float((nl.ones(100) + 1).sum()) == 200.0


def test_more_than_the_machine_has():
    with pytest.raises(MemoryError):
        (nl.zeros((1 << 40, 1 << 10)) + 1)._evaluate()
    assert float(nl.ones(3).sum()) == 3.0


def test_long_chains_run_in_bounded_memory():
    x = nl.zeros(4)
    nl.reset_peak_memory()
    used = nl.memory_info()["used_bytes"]
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1_000_000):
        x = x + 1
    assert x.tolist() == [1_000_000.0] * 4
    assert nl.memory_info()["peak_bytes"] - used < 1 << 20
    # In KiB; the recorded nodes are here.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident < 64 << 10


def test_long_chains_are_dropped_without_recursion():
    x = nl.zeros(4)
    for _ in range(100_000):
        x = x + 1
    del x


def test_stencil_loops_compile_few_programs():
    x = nl.asarray(np.random.default_rng(0).random((40, 40)))
    nl.reset_stats()
    for _ in range(1000):
        inner = (x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:]) / 4
        middle = nl.concatenate([x[1:-1, :1], inner, x[1:-1, -1:]], axis=1)
        x = nl.concatenate([x[:1], middle, x[-1:]], axis=0)
    x._evaluate()
    assert nl.stats()["programs_compiled"] <= 3
