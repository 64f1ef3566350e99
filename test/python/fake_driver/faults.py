"""Programs of all kinds in which every call of the driver fails in turn.

python faults.py warm|cold STEP CODE... NAME...  prints what is wrong. "warm" lets
each program run before, in one process; "cold" runs each failure in a process of its
own, where kernels are loaded and handles are made. STEP is the distance of the calls
that fail. Code 0 fails allocations of the extension in place of calls: with
NumloomFailingNew loaded before all else.
"""

import ctypes
import gc
import json
import os
import signal
import sys

import numpy

import numloom as nl
from numloom import cuda

NO_HOST_MEMORY, OUT_OF_MEMORY, ILLEGAL_ADDRESS = 0, 2, 700

fake = ctypes.CDLL("libcuda.so.1")
fake.numloomFakeFailCall.argtypes = [ctypes.c_int64, ctypes.c_int]
fake.numloomFakeGetFailed.restype = ctypes.c_char_p
fake.numloomFakeCountCalls.restype = ctypes.c_int64

# ------------------------------------------------------------------------------
# Programs
# ------------------------------------------------------------------------------


class Arrays:
    """What programs work on: zeros, as kernels that do nothing leave them."""

    def __init__(self):
        self.x = nl.asarray(numpy.zeros(1000))
        self.i = nl.asarray(numpy.zeros(1000, "i8"))
        self.b = nl.asarray(numpy.zeros(1000, bool))
        self.m = nl.asarray(numpy.zeros((50, 20), "f4"))
        self.large = nl.asarray(numpy.zeros(200000))


def elementwise(a):
    nl.evaluate(a.x * 2 + 1, nl.sqrt(a.x))


def reductions(a):
    nl.evaluate(a.x.sum(), a.m.mean(0), a.m.var(1))
    float(a.x.max())


def scans(a):
    nl.evaluate(nl.cumsum(a.x), nl.cumsum(a.m, 0))


def sorting(a):
    nl.evaluate(nl.sort(a.x), nl.argsort(a.m, axis=0), nl.partition(a.x, 5))
    nl.median(a.x).get()


def unique(a):
    nl.unique(a.x)
    nl.unique(a.i, return_counts=True)


def histograms(a):
    nl.evaluate(nl.histogram(a.x, bins=7, range=(0, 1))[0], nl.bincount(a.i))
    nl.evaluate(nl.searchsorted(a.x, a.m))


def selections(a):
    a.x[a.b].get()
    nl.nonzero(a.x)
    nl.evaluate(a.x[a.i] + 1, nl.take(a.m, a.i[:3], axis=0))


def scatters(a):
    y = a.x + 0
    y[a.i] = 2.0
    y[a.b] = 3.0
    nl.evaluate(y)


def products(a):
    square = a.m @ a.m.T
    nl.evaluate(square, a.m @ a.m[0], a.x @ a.x, a.m[::2, ::2] @ a.m[:10])
    nl.evaluate(2 * (a.m @ a.m.T) + a.m[:, :1])
    nl.evaluate(3 * (a.m @ a.m.T) - square)
    nl.evaluate(a.m @ a.m.T + square[0])
    integers = a.i.reshape(50, 20)
    nl.evaluate(integers @ integers.T)


def graphs(a):
    y, w = a.x, a.m
    for _ in range(8):
        y = nl.cumsum(y[::-1]) - a.m.sum()
        w = (w @ (a.m.T @ a.m)) * 0.5
        nl.evaluate(y, w)


def changed_graphs(a):
    for i in range(12):
        sums = nl.cumsum(a.x * float(i)), a.m.sum(0) + float(i)
        nl.evaluate(*sums, nl.cumsum(a.m + i), a.m.var(1))


def updates(a):
    y = a.x + 1
    nl.evaluate(y)
    y[1:] = y[:-1] * 2
    nl.evaluate(y)
    v = y[10:20]
    y += 1
    v += 2
    nl.evaluate(y, v)


def submissions(a):
    y = a.x
    for _ in range(300):
        y = y * 1.5 + 0.25
    cuda.Device().synchronize()
    nl.evaluate(y)


def transfers(a):
    y = nl.asarray(numpy.zeros(100000))
    y.get()
    numpy.asarray(a.large)
    y[...] = numpy.zeros(100000)
    nl.evaluate(y)
    y.to_device("cpu")
    y.set(numpy.zeros(100000))


def pinned(a):
    source = nl.empty_pinned(5000)
    source[...] = 0
    y = nl.asarray(source)
    y.get(out=nl.empty_pinned(5000))
    cuda.get_default_pinned_memory_pool().free_all_blocks()


def streams(a):
    stream, event = cuda.Stream(), cuda.Event()
    with stream:
        y = nl.cumsum(nl.asarray(numpy.zeros(300))) + a.m.sum()
        nl.evaluate(y)
        event.record()
    cuda.Stream.null.wait_event(event)
    stream.add_callback(lambda *_: None, None)
    event.synchronize()
    stream.synchronize()
    later = cuda.Event()
    later.record()
    cuda.get_elapsed_time(event, later)
    y.get()


def devices(a):
    y = a.x.to_device("cuda:1")
    nl.evaluate(y * 2 + 1)
    y.to_device("cuda:0").get()
    with cuda.Device(1):
        nl.evaluate(nl.cumsum(nl.asarray(numpy.zeros(10))))
        cuda.Device().synchronize()


def hooks(a):
    with cuda.MemoryHook():
        nl.evaluate(a.x * 3, nl.sort(a.x))


def pools(a):
    for pool in (cuda.MemoryPool(cuda.malloc_managed), cuda.MemoryAsyncPool("create")):
        with cuda.using_allocator(pool.malloc):
            nl.evaluate(a.x + 7, nl.cumsum(a.x))
        pool.free_all_blocks()
    memory = cuda.alloc(100)
    memory.memset(3, 100)
    memory.copy_to_host(numpy.zeros(13).ctypes.data, 100)


PROGRAMS = [
    elementwise, reductions, scans, sorting, unique, histograms, selections, scatters,
    products, graphs, changed_graphs, updates, submissions, transfers, pinned, streams,
    devices, hooks, pools,
]  # fmt: skip
# All that is raised comes through one call that knows where arrays were recorded.
NAMING_LINES = (elementwise, scans, products, graphs, changed_graphs)

# ------------------------------------------------------------------------------
# What is asked of each
# ------------------------------------------------------------------------------


def arm(after, code):
    """Lets as many calls, or allocations, pass and fails the one after."""
    if code == NO_HOST_MEMORY:
        ctypes.CDLL(None).numloomFailNew(b"_core.", ctypes.c_int64(after))
    else:
        fake.numloomFakeFailCall(after, code)


def get_failed(code):
    """What was failed since then, or None."""
    if code == NO_HOST_MEMORY:
        return "new" if ctypes.CDLL(None).numloomHasNewFailed() else None
    name = fake.numloomFakeGetFailed()
    return name and name.decode()


def get_error(program, arrays, after=-1, code=-1):
    """What a program raises when a call fails, and the name of the function."""
    arm(after, code)
    error = None
    try:
        program(arrays() if callable(arrays) else arrays)
    except Exception as raised:
        error = raised.with_traceback(None)
    failed = get_failed(code)
    arm(-1, code)
    return error, failed


def find_mistake(error, failed, code, program=None):
    """What is wrong with an exception."""
    text = str(error)
    if code == NO_HOST_MEMORY:
        return None if isinstance(error, MemoryError) else "should be MemoryError"
    if code == OUT_OF_MEMORY and failed != "cuInit":
        if not isinstance(error, cuda.OutOfMemoryError):
            return "should be OutOfMemoryError"
    elif not isinstance(error, cuda.CudaError) and "CUBLAS_STATUS" not in text:
        return "should be CudaError"
    elif "CUDA_ERROR" not in text and "CUBLAS_STATUS" not in text:
        return "does not bear CUDA's name"
    if program in NAMING_LINES and "recorded at" not in text:
        return "names no line"
    return None


def get_used_bytes():
    """What the default pool has given out, by device."""
    used = []
    for device in range(2):
        with cuda.Device(device):
            used.append(cuda.get_default_memory_pool().used_bytes())
    return used


def clean():
    """Gives back what is cached; cycles of garbage stay."""
    for device in range(2):
        with cuda.Device(device):
            cuda.Device().synchronize()
            cuda.get_default_memory_pool().free_all_blocks()


LIVING = {
    "events": ("cuEventCreate", "cuEventDestroy"),
    "streams": ("cuStreamCreateWithPriority", "cuStreamDestroy"),
    "memory": ("cuMemAlloc", "cuMemFree"),
    "managed": ("cuMemAllocManaged", "cuMemFree"),
    "cublas": ("cublasCreate_v2", "cublasDestroy_v2"),
} | {
    kind: (f"cublasLt{kind}Create", f"cublasLt{kind}Destroy")
    for kind in ("MatrixLayout", "MatmulDesc", "MatmulPreference")
}
# Without these a destructor can do nothing.
DESTRUCTION = ("Destroy", "Free", "cuCtx", "cuStreamSynchronize")


def count_living():
    """How many objects of the driver there are, by kind."""
    count = fake.numloomFakeCountCalls
    counts = {k: count(a.encode()) - count(b.encode()) for k, (a, b) in LIVING.items()}
    counts["memory"] += counts.pop("managed") + count(b"cuMemFree")
    return counts


def take_stock():
    clean()
    return get_used_bytes(), count_living()


def have_more(now, before):
    return now[0] != before[0] or any(now[1][k] > before[1][k] for k in now[1])


def fail_warm(program, arrays, code, step):
    for _ in range(3):
        program(arrays)
    gc.collect()
    before, after = take_stock(), 0
    while True:
        error, failed = get_error(program, arrays, after, code)
        if not failed:
            break
        where = f"{program.__name__}: call {after}, {failed}, fails with {code}"
        if error and (mistake := find_mistake(error, failed, code, program)):
            print(where, mistake, repr(error))
        error = None
        now = take_stock()
        if have_more(now, before):
            gc.collect()
            now = take_stock()
        is_destruction = any(name in failed for name in DESTRUCTION)
        if now[0] != before[0] or (not is_destruction and have_more(now, before)):
            print(where, "and something is lost:", before, now)
        before = now
        after += step
    program(arrays)
    return after // step


def run_in_child(function, *arguments, is_brief=True):
    """What a function returns in a process of its own, which exits at once or, like
    all others, after Python's clean-up; an exit status that is not 0 comes first."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        signal.alarm(60)
        os.write(writing, json.dumps(function(*arguments)).encode())
        os.close(writing)
        os._exit(0) if is_brief else sys.exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        message = file.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return f"exits with {status} {message}" if status else json.loads(message)


def fail_cold(program, code, step):
    living = run_in_child(count_living_after, program)
    after, message = 0, None
    while message != "end":
        arguments = program, after, code, living
        message = run_in_child(check_child, *arguments, is_brief=after % 2 == 0)
        if message not in (None, "end"):
            print(f"{program.__name__}: call {after} fails with {code}: {message}")
        after += step
    return after // step - 1


def count_living_after(program):
    """Of the driver's objects; by then all graphs and workspaces are made."""
    for _ in range(6):
        program(Arrays())
    gc.collect()
    clean()
    return count_living()


def check_child(program, after, code, living):
    error, failed = get_error(program, Arrays, after, code)
    if not failed:
        return repr(error) if error else "end"
    mistake = find_mistake(error, failed, code) if error else None
    again, _ = get_error(program, Arrays)
    if float(nl.ones(3, device="cpu").sum()) != 3:
        mistake = mistake or "the CPU computes something else"
    elif code == ILLEGAL_ADDRESS:
        if error and again and "is lost" not in str(again):
            mistake = mistake or f"then {again!r}"
    elif again:
        mistake = mistake or f"then {again!r}"
    elif not any(name in failed for name in DESTRUCTION):
        error = None
        now = count_living_after(program)
        if any(now[kind] > living[kind] for kind in now):
            mistake = mistake or f"objects are lost: {living} {now}"
    return f"{failed}: {error!r} {mistake}" if mistake else None


def main(mode, step, *words):
    codes = [int(word) for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()]
    programs = [p for p in PROGRAMS if not names or p.__name__ in names]
    if mode == "cold":
        # Fills the disk cache, so that no child compiles.
        run_in_child(lambda: [program(Arrays()) for program in programs])
    arrays = Arrays() if mode == "warm" else None
    count = 0
    for code in codes:
        for program in programs:
            if mode == "warm":
                count += fail_warm(program, arrays, code, int(step))
            else:
                count += fail_cold(program, code, int(step))
    print(count, "failures")


if __name__ == "__main__":
    main(*sys.argv[1:])
