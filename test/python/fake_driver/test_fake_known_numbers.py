"""Numbers that become constants of programs while the loop goes on."""

from processes import read_output

RECORD = """
import os, threading, time
import numpy, numloom as nl
x = nl.asarray(numpy.ones(1 << 20, "f4"))
def step(number):
    nl.evaluate(nl.sqrt(x * number + 0.25) / number)
"""


def run(program):
    """Runs a program whose kernels do nothing."""
    environment = {"NUMLOOM_FAKE_KERNELS": "1", "NUMLOOM_DISK_CACHE": "0"}
    return read_output(RECORD + program, **environment).split()


def test_no_run_waits_for_the_compilation():
    loop = """
step(3.0)
took = []
for i in range(60):
    start = time.perf_counter()
    step(3.0)
    took.append(time.perf_counter() - start)
stats = nl.stats()
print(stats["programs_compiled"], stats["background_failures"])
print(max(took) < 0.25 * stats["compiler_ms"] / 1e3)
"""
    assert run(loop) == ["2", "0", "True"]


def test_numbers_that_change_meanwhile():
    loop = """
for i in range(200):
    step(3.0 if i < 36 else 4.0 + i % 2)
print(nl.stats()["background_failures"])
"""
    assert run(loop) == ["0"]


def test_the_process_may_end_meanwhile():
    assert run("for i in range(34):\n    step(3.0)") == []


def test_an_exception_may_end_the_process_meanwhile():
    program = "for i in range(34):\n    step(3.0)\nraise SystemExit(0)"
    assert run(program) == []


def test_the_process_may_fork_meanwhile():
    program = """
for i in range(34):
    step(3.0)
pid = os.fork()
if pid == 0:
    y = nl.asarray([1.0, 2.0], device="cpu")
    print(float((y * 2).sum()), flush=True)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
for i in range(10):
    step(3.0)
print(nl.stats()["programs_compiled"])
"""
    assert run(program) == ["6.0", "0", "2"]


def test_no_thread_is_left():
    program = """
for i in range(40):
    step(3.0)
before = nl.stats()["programs_compiled"]
os.waitpid(os.fork() or os._exit(0), 0)
threads = len(os.listdir("/proc/self/task"))
for i in range(40):
    step(5.0)
nl.stats()
print(before, threads == len(os.listdir("/proc/self/task")))
"""
    assert run(program) == ["2", "True"]


def test_threads_record_meanwhile():
    program = """
def work(number):
    for i in range(80):
        nl.evaluate(nl.sqrt(x * 2.0 + 1.0 * number))
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(nl.stats()["background_failures"])
"""
    assert run(program) == ["0"]
