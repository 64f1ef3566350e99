"""What is known of index arrays: what it spares, and the memory that it holds."""

from processes import read_output

SETUP = """
import numpy, numloom as nl
from numloom import _core, cuda
pool = cuda.get_default_memory_pool()
x = nl.asarray(numpy.zeros(1 << 17))
values = nl.asarray(numpy.zeros(1 << 16))
index = nl.asarray(numpy.zeros(1 << 16, "i8"))

def update(index=index):
    y = x + 0
    y[index] = values
    nl.evaluate(y)
    cuda.Device().synchronize()

def has_last():
    return _core.last_entries(index) is not None
"""
SIZE = 1 << 16


def run(program):
    """What a program prints whose kernels do nothing."""
    environment = {"NUMLOOM_FAKE_KERNELS": "1", "NUMLOOM_DISK_CACHE": "0"}
    environment["NUMLOOM_DEVICE"] = "cuda"
    return read_output(SETUP + program, **environment).split("\n")


def test_later_updates_are_a_copy_and_a_scatter():
    program = """
for use in range(4):
    before = nl.stats()["launches"]
    update()
    print(nl.stats()["launches"] - before, _core.known_range(index), has_last())
"""
    known = f"(0, {2 * SIZE - 1})"
    first, second, *later = run(program)
    assert first.endswith(f" {known} False") and second.endswith(f" {known} True")
    assert later == [f"2 {known} True"] * 2


def test_memory_goes_with_the_indices():
    program = """
before = pool.used_bytes()
index = index + 0
nl.evaluate(index)
for _ in range(3):
    update(index)
print(has_last(), pool.used_bytes() - before)
del index
print(pool.used_bytes() - before)
"""
    assert run(program) == [f"True {9 * SIZE}", "0"]


def test_memory_is_given_back():
    program = """
update()
before = pool.used_bytes()
for _ in range(2):
    update()
    print(has_last(), pool.used_bytes() - before)
    pool.free_all_blocks()
    print(has_last(), pool.used_bytes() - before)
"""
    assert run(program) == [f"True {SIZE}", "False 0"] * 2


def test_memory_is_given_back_before_none_is_left():
    program = """
for _ in range(2):
    update()
pool.set_limit(size=pool.used_bytes())
others = []
while has_last():
    others.append(cuda.alloc(1 << 16))
pool.set_limit(size=0)
for _ in range(2):
    update()
print(has_last())
"""
    assert run(program) == ["True"]


def test_checks_that_wait_are_no_facts():
    program = """
y = x + 0
y[index] = values
print(_core.known_range(index))
nl.evaluate(y)
print(_core.known_range(index))
cuda.Device().synchronize()
print(_core.known_range(index) is None)
"""
    assert run(program) == ["None", "None", "False"]
