"""Programs in which every call of the driver fails in turn (fault_programs.py).

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

from fault_programs import NAMING_LINES, PROGRAMS, Arrays

import numloom as nl
from numloom import cuda

NO_HOST_MEMORY, OUT_OF_MEMORY, ILLEGAL_ADDRESS = 0, 2, 700

fake = ctypes.CDLL("libcuda.so.1")
fake.numloomFakeFailCall.argtypes = [ctypes.c_int64, ctypes.c_int]
fake.numloomFakeGetFailed.restype = ctypes.c_char_p
fake.numloomFakeCountCalls.restype = ctypes.c_int64


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
