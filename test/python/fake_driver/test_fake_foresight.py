"""Programs that are launched while they are recorded: when, and what it costs."""

import pytest
from processes import read_output

SETUP = """
import gc, os, threading
import numpy, numloom as nl
from numloom import cuda
pool = cuda.get_default_memory_pool()
x = nl.asarray(numpy.zeros(1000))
y = nl.asarray(numpy.zeros(1000))

def record(x, y, number=0.0, steps=20):
    z = x + y
    for i in range(steps):
        z = z * 0.5 + i
    return z + number

def run(*args):
    nl.evaluate(record(*args))

def count():
    stats = nl.stats()
    return stats["launches_ahead"], stats["launches_adopted"]

for i in range(4):
    run(x, y)
assert count() == (1, 1)
"""


def run(program, **environment):
    """What a program prints whose kernels do nothing."""
    environment |= {"NUMLOOM_FAKE_KERNELS": "1", "NUMLOOM_DISK_CACHE": "0"}
    return read_output(SETUP + program, **environment).split("\n")


def test_launches_come_with_the_first_operations():
    program = """
before = nl.stats()["launches"]
z = record(x, y, steps=0)
print(nl.stats()["launches"] - before)
"""
    assert run(program) == ["1"]


def test_nothing_is_launched_twice():
    program = """
before = nl.stats()["launches"]
for i in range(10):
    run(x, y)
print(nl.stats()["launches"] - before, *count())
"""
    assert run(program) == ["10 11 11"]


def test_programs_that_update_in_place_stay_whole():
    """The launch comes with an operator that stores its result."""
    program = """
def update():
    z = x * 0.5
    z += y
    for i in range(20):
        z *= 0.5
        z += i
    nl.evaluate(z)

before = nl.stats()["flushes"]
for i in range(9):
    update()
print(nl.stats()["flushes"] - before, *count())
"""
    assert run(program) == ["9 7 7"]


@pytest.mark.parametrize("steps", [0, 20])
def test_what_was_recorded_comes_before_a_wait(steps):
    """Also where the rest is recorded behind it."""
    program = f"""
event, stream = cuda.Stream(non_blocking=True).record(), cuda.Stream()
with stream:
    x, y = nl.asarray(numpy.zeros(1000)), nl.asarray(numpy.zeros(1000))
    for i in range(3):
        run(x, y)
    before = nl.stats()
    z = record(x, y, steps={steps})
    stream.wait_event(event)
    between = nl.stats()
    for i in range({steps}, 20):
        z = z * 0.5 + i
    nl.evaluate(z)
after = nl.stats()
names = "launches_ahead", "launches_adopted", "flushes"
print(*[between[name] - before[name] for name in names])
print(*[after[name] - between[name] for name in names])
"""
    expected = ["1 0 1", "0 0 1"] if steps == 0 else ["1 1 1", "0 0 0"]
    assert run(program) == expected


def test_it_can_be_switched_off():
    program = "for i in range(9):\n    run(x, y)\nprint(*count())"
    setup, assertion = SETUP.rsplit("assert", 1)
    assert assertion
    environment = {"NUMLOOM_FAKE_KERNELS": "1", "NUMLOOM_GPU_FORESIGHT": "0"}
    assert read_output(setup + program, **environment) == "0 0"


@pytest.mark.parametrize(
    "change",
    [
        "y.set(numpy.ones(1000))",
        "x += 1",
        "y[::2] = 3",
        "x.__cuda_array_interface__",
        "x.__dlpack__()",
        "cuda.Event().record()",
        "cuda.Device().synchronize()",
        "cuda.Stream().use()",
        "nl.evaluate(x * 3)",
        "x.get()",
        "pool.free_all_blocks()",
        "del x, y",
        "gc.collect()",
        "nl.explain(z)",
    ],
)
def test_what_happens_before_the_flush(change):
    """Whatever it is, the program goes on, and no memory is lost."""
    program = f"""
used = pool.used_bytes()
for i in range(20):
    x, y = nl.asarray(numpy.zeros(1000)), nl.asarray(numpy.zeros(1000))
    z = record(x, y)
    {change}
    nl.evaluate(z)
cuda.Stream.null.use()
x = y = z = None
x, y = nl.asarray(numpy.zeros(1000)), nl.asarray(numpy.zeros(1000))
for i in range(3):
    run(x, y, float(i))
gc.collect()
cuda.Device().synchronize()
print(pool.used_bytes() <= used)
"""
    assert run(program) == ["True"]


def test_what_is_dropped_holds_memory_until_the_next_program():
    program = """
used = pool.used_bytes()
z = record(x, y, steps=0)
del z
held = pool.used_bytes() > used
nl.evaluate(x + 1)
print(held, pool.used_bytes() == used)
"""
    assert run(program) == ["True True"]


def test_memory_that_is_short_is_given_back():
    program = """
z = record(x, y, steps=0)
del z
pool.free_all_blocks()
pool.set_limit(size=pool.total_bytes())
w = nl.asarray(numpy.zeros(1000))
print(w.shape[0])
"""
    assert run(program) == ["1000"]


def test_the_process_may_fork_meanwhile():
    program = """
z = record(x, y)
pid = os.fork()
if pid == 0:
    try:
        nl.evaluate(z)
    except cuda.CudaError as error:
        print("spawn" in str(error), flush=True)
    w = nl.asarray([1.0, 2.0], device="cpu")
    print(float((w * 2).sum()), flush=True)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
nl.evaluate(z)
print(*count())
"""
    assert run(program) == ["True", "6.0", "0", "2 2"]


def test_the_process_may_end_meanwhile():
    assert run("z = record(x, y)") == [""]


def test_threads_record_meanwhile():
    program = """
def work(number):
    for i in range(100):
        run(x, y, float(number))

threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
run(x, y)
ahead, adopted = count()
print(ahead >= adopted)
"""
    assert run(program) == ["True"]
