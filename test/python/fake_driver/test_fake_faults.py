"""Faults of devices and of what evaluation calls: what is said, and what goes on."""

import os

import pytest
from processes import read_output, run_python

SETUP = """
import ctypes, gc, os, sys, threading
import numpy, numloom as nl
from numloom import cuda

fake = ctypes.CDLL("libcuda.so.1")
x = nl.asarray(numpy.ones(1000))
y = x + 1
nl.evaluate(y)
pool = cuda.get_default_memory_pool()

def error_of(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


KERNELS_DO_NOTHING = {"NUMLOOM_FAKE_KERNELS": "1"}


def run(program, **environment):
    """Runs a program whose kernels do nothing."""
    environment = KERNELS_DO_NOTHING | environment
    return read_output(SETUP + program, **environment).splitlines()


# ------------------------------------------------------------------------------
# Forks
# ------------------------------------------------------------------------------

FORK = """
stream, event, pending = cuda.Stream(), cuda.Event(), y * 3
event.record()
block, pinned = cuda.alloc(1000), nl.empty_pinned(10)
managed, other = cuda.malloc_managed(10), cuda.MemoryAsyncPool().malloc(10)
pid = os.fork()
if pid == 0:
    refused = [
        lambda: numpy.asarray(y), lambda: float(pending[0]), lambda: nl.evaluate(x + y),
        lambda: nl.asarray(numpy.ones(3)), lambda: x.to_device("cpu"),
        lambda: nl.evaluate(nl.sort(x)), lambda: nl.evaluate(x @ x),
        lambda: y.__setitem__(0, 3.0) or nl.evaluate(y),
        cuda.Device().synchronize, cuda.Device(0).use, lambda: cuda.Device().mem_info,
        stream.synchronize, lambda: stream.done, lambda: stream.wait_event(event),
        lambda: stream.add_callback(print, None), cuda.Stream, cuda.Event,
        event.record, lambda: event.done, event.synchronize,
        lambda: cuda.get_elapsed_time(event, event),
        lambda: cuda.alloc(10), lambda: pool.malloc(10), lambda: nl.empty_pinned(10),
    ]
    texts = [error_of(function) for function in refused]
    for i, text in enumerate(texts):
        if not text or "CudaError" not in text or "forked process" not in text:
            print(i, text, flush=True)
    # What was inherited is dropped without a call.
    pool.free_all_blocks()
    cuda.get_default_pinned_memory_pool().free_all_blocks()
    del x, y, stream, event, pending, block, pinned, managed, other
    gc.collect()
    assert not cuda.is_available()
    assert float(nl.ones(10, device="cpu").sum()) == 10
    sys.exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(numpy.asarray(nl.asarray(numpy.ones(3))).sum())
"""


def test_a_forked_child_is_told_and_exits():
    assert run(FORK) == ["7", "3.0"]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_forks_while_other_threads_evaluate(device):
    """The child finds no lock of a thread that it does not have."""
    program = """
stop = False

def work():
    i = 0
    while not stop:
        nl.evaluate(x * float(i) + 1)
        i += 1

threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if (nl.ones(10, device="cpu") * 2).sum() == 20 else 1)
    assert os.waitpid(pid, 0)[1] == 0
stop = True
for thread in threads:
    thread.join()
print("done")
"""
    assert run(program, NUMLOOM_DEVICE=device) == ["done"]


# ------------------------------------------------------------------------------
# A context that is lost
# ------------------------------------------------------------------------------

ILLEGAL_ADDRESS = 700


def test_a_lost_context():
    program = f"""
stream, event, pending = cuda.Stream(), cuda.Event(), y * 3
fake.numloomFakeFault(0, {ILLEGAL_ADDRESS})
print(error_of(cuda.Device().synchronize))
for function in [
    lambda: float(pending[0]), lambda: nl.evaluate(x + y), cuda.Device().synchronize,
    lambda: nl.asarray(numpy.ones(3)), stream.synchronize, event.record, cuda.Stream,
    lambda: stream.add_callback(print, None), lambda: cuda.alloc(3),
]:
    text = error_of(function)
    if "is lost" not in text or "ILLEGAL_ADDRESS" not in text:
        print(text)
pool.free_all_blocks()
print(pool.used_bytes() > 0, float(nl.ones(3, device="cpu").sum()))
with cuda.Device(1):
    print(numpy.asarray(nl.asarray(numpy.ones(3), device="cuda:1")).sum())
del x, y, stream, event, pending
gc.collect()
"""
    first, *others = run(program)
    assert "ILLEGAL_ADDRESS" in first
    assert "recorded at <string>:" in first
    assert others == ["True 3.0", "3.0"]


@pytest.mark.parametrize(
    "before",
    [
        "z = y * 3",
        # Submitted early, and a compilation that nobody waits for.
        "z = x\nfor _ in range(300):\n    z = z * 1.5 + 0.25",
        "big = nl.asarray(numpy.ones(1 << 20, 'f4'))\n"
        "for _ in range(34):\n    nl.evaluate(big * 2 + 1)\nz = big + 1",
    ],
)
@pytest.mark.parametrize(
    "end", [("sys.exit(4)", 4), ("", 0), ("float(z[0])", 1), ("raise ValueError", 1)]
)
def test_the_process_ends_with_its_status(before, end):
    program, status = end
    source = f"{SETUP}{before}\nfake.numloomFakeFault(0, {ILLEGAL_ADDRESS})\n{program}"
    environment = os.environ | KERNELS_DO_NOTHING
    assert run_python(source, env=environment).returncode == status


def test_programs_submitted_early_name_their_line():
    program = f"""
z = x
for _ in range(300):
    z = z * 1.5 + 0.25  # line {SETUP.count(chr(10)) + 4}
fake.numloomFakeFault(0, {ILLEGAL_ADDRESS})
print(error_of(cuda.Device().synchronize))
"""
    assert f"recorded at <string>:{SETUP.count(chr(10)) + 4}" in run(program)[0]


# ------------------------------------------------------------------------------
# Memory that runs out
# ------------------------------------------------------------------------------

PROGRAMS = {
    "outputs": "y = x * 2\nz = y + 1\nnl.evaluate(z, y)",
    "arenas": "nl.evaluate((m * 2).sum(0), m.var(1), nl.cumsum(x))",
    "updates": "y = x + 1\ny[1:] = y[:-1] * 2\nnl.evaluate(y)\n"
    "y[3] = 4\nnl.evaluate(y)",
    "old versions": "y = x + 1\nnl.evaluate(y)\nv = y[10:20]\ny[0] = 5\nv += 2\n"
    "nl.evaluate(y, v)",
    "graphs": "y = x\nfor i in range(12):\n    y = nl.cumsum(y[::-1]) - m.sum()\n"
    "    nl.evaluate(y)",
    "submissions": "y = x\nfor i in range(300):\n    y = y * 1.5 + 0.25\n"
    "cuda.Device().synchronize()",
    "streams": "with cuda.Stream():\n    nl.evaluate(nl.cumsum(x) + m.sum())\n"
    "cuda.Device().synchronize()",
    "copies": "y = nl.asarray(numpy.ones(30000))\ny[...] = numpy.asarray(y)[::-1]\n"
    "nl.evaluate(y)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_memory_that_runs_out_anywhere(name):
    """Nothing is lost or left behind, whichever allocation fails."""
    program = f"""
m = nl.asarray(numpy.ones((50, 20)))

def compute():
{"".join(f"    {line}{chr(10)}" for line in PROGRAMS[name].splitlines())}

compute()
compute()
cuda.Device().synchronize()
used, failures = pool.used_bytes(), 0
for more in range(400):
    pool.free_all_blocks()
    pool.set_limit(size=used + 2048 * more)
    try:
        compute()
        break
    except cuda.OutOfMemoryError:
        failures += 1
    finally:
        pool.set_limit(size=0)
    cuda.Device().synchronize()
    gc.collect()
    assert pool.used_bytes() == used, (more, pool.used_bytes(), used)
compute()
gc.collect()
print(failures > 1, pool.used_bytes() == used)
"""
    assert run(program) == ["True True"]


# ------------------------------------------------------------------------------
# What evaluation calls
# ------------------------------------------------------------------------------

ALLOCATOR = """
blocks, said = {}, []

def malloc(size, device):
    if not said:
        said.append(None)
        try:
            said.append(repr(inner()))
        except RuntimeError as error:
            said.append(str(error))
    block = pool.malloc(size)
    blocks[block.ptr] = block
    return block.ptr

def free(ptr, device):
    del blocks[ptr]
"""


@pytest.mark.parametrize(
    ("inner", "is_refused"),
    [
        ("nl.stats()", False),
        ("nl.reset_stats()", False),
        ("pool.free_all_blocks()", False),
        ("gc.collect()", False),
        ("cuda.alloc(64)", False),
        ("nl.asarray(numpy.ones(3))", False),
        ("os.waitpid(os.fork() or os._exit(0), 0)", False),
        ("nl.evaluate(y * 7)", True),
        ("nl.explain(y * 7)", True),
        ("float((y * 7)[0])", True),
    ],
)
def test_allocators_that_use_numloom(inner, is_refused):
    program = f"""{ALLOCATOR}
inner = lambda: {inner}
with cuda.using_allocator(cuda.PythonFunctionAllocator(malloc, free).malloc):
    z = x + 5
    nl.evaluate(z)
    del z
print(said[1], len(blocks))
"""
    *_, said = run(program)
    assert said.endswith(" 0")
    assert ("cannot be computed by what is called" in said) == is_refused


@pytest.mark.parametrize(
    ("inner", "outcome"),
    [
        ("nl.stats()", "read"),
        ("1 // 0", "ZeroDivisionError"),
        ("sys.exit(3)", "SystemExit"),
        ("record(300)", "RuntimeError"),
    ],
)
def test_allocators_on_the_thread_of_a_submission(inner, outcome):
    program = f"""
main, elsewhere, blocks = threading.get_ident(), [], {{}}

def record(count):
    z = x
    for _ in range(count):
        z = z * 1.5 + 0.25
    return z

def malloc(size, device):
    elsewhere.append(threading.get_ident() != main)
    {inner}
    block = pool.malloc(size)
    blocks[block.ptr] = block
    return block.ptr

def free(ptr, device):
    del blocks[ptr]

with cuda.using_allocator(cuda.PythonFunctionAllocator(malloc, free).malloc):
    try:
        numpy.asarray(record(400))
        print("read")
    except BaseException as error:
        print(type(error).__name__)
print(any(elsewhere))
"""
    assert run(program) == [outcome, "True"]


@pytest.mark.parametrize("error", ["ValueError", "SystemExit", "KeyboardInterrupt"])
def test_what_allocators_raise(error):
    program = f"""
def malloc(size, device):
    raise {error}("in malloc")

with cuda.using_allocator(cuda.PythonFunctionAllocator(malloc, print).malloc):
    for function in (lambda: nl.evaluate(x + 5), lambda: nl.asarray(numpy.ones(3))):
        try:
            function()
        except {error} as raised:
            print(raised)
nl.evaluate(x + 5)
print(numpy.asarray(x).sum())
"""
    assert run(program) == ["in malloc", "in malloc", "1000.0"]


def test_allocators_that_give_nothing_have_no_memory():
    """Address 0 would be a kernel's fault."""
    program = """
with cuda.using_allocator(cuda.PythonFunctionAllocator(lambda *_: 0, print).malloc):
    print(error_of(lambda: nl.evaluate(x + 5)))
nl.evaluate(x + 5)
"""
    (said,) = [line for line in run(program) if "Error" in line]
    assert said.startswith("OutOfMemoryError")


def test_callbacks_that_raise_do_not_end_anything():
    source = f"""{SETUP}
stream = cuda.Stream()
def fail(*_):
    raise ValueError("in a callback")
stream.add_callback(fail, None)
stream.launch_host_func(fail, None)
stream.synchronize()
print(numpy.asarray(x).sum())
fake.numloomFakeHold(0, 1)
cuda.Stream.null.launch_host_func(print, "never called")
"""
    result = run_python(source, env=os.environ | KERNELS_DO_NOTHING)
    assert (result.returncode, result.stdout) == (0, "1000.0\n")
    assert result.stderr.count("ValueError: in a callback") == 2


@pytest.mark.parametrize("allocator", ["pool.malloc", "None"])
def test_threads_with_streams_and_callbacks(allocator):
    """Nobody waits for the driver with the interpreter's lock."""
    program = f"""
cuda.set_allocator({allocator})
errors = []

def work(seed):
    try:
        for i in range(60):
            stream = cuda.Stream(non_blocking=i % 2 == 0)
            with stream:
                z = nl.asarray(numpy.full(300, float(seed)))
                nl.evaluate(nl.cumsum(z) + 1)
                stream.add_callback(lambda *_: None, None)
                event = cuda.Event()
                event.record()
                cuda.Stream().wait_event(event)
                assert event.done or event.synchronize() is None
                assert (numpy.asarray(z) == seed).all()
    except BaseException as error:
        errors.append(error)

threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(errors)
"""
    assert run(program) == ["[]"]
