"""Times a library's start in this process; prints one JSON object.

Import, the first array on the device, the first new expression, and the whole
from import to that result. "driver" is what CUDA itself takes: cuInit and the
context, by bare calls.

Usage: python gpu_cold_start.py LIBRARY
"""

import ctypes
import json
import sys
import time

import numpy

ARRAY = numpy.linspace(0.0, 1.0, 1000, dtype="f4")


def start_driver():
    cuda = ctypes.CDLL("libcuda.so.1")
    context = ctypes.c_void_p()
    if cuda.cuInit(0) or cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0):
        sys.exit("cannot start CUDA")


def start_numloom():
    import numloom

    return numloom.asarray, numloom.evaluate, numloom.cuda.Device().synchronize


def start_cupy():
    import cupy

    return cupy.asarray, lambda x: x, cupy.cuda.Device().synchronize


def start_torch():
    import torch

    def put(array):
        return torch.from_numpy(array).cuda()

    return put, lambda x: x, torch.cuda.synchronize


def start_inductor():
    import torch

    put, start, synchronize = start_torch()
    expression = torch.compile(two_ops)
    return put, start, synchronize, expression


def start_jax():
    import jax

    return jax.numpy.asarray, jax.block_until_ready, lambda: None, jax.jit(two_ops)


def two_ops(x):
    return x * 2.0 + 1.0


STARTS = {
    "numloom": start_numloom,
    "cupy": start_cupy,
    "torch": start_torch,
    "inductor": start_inductor,
    "jax": start_jax,
}


class Stopwatch:
    def __init__(self):
        self.begin = self.last = time.perf_counter()

    def lap(self):
        now = time.perf_counter()
        seconds, self.last = now - self.last, now
        return seconds

    def total(self):
        return self.last - self.begin


def measure(name):
    watch = Stopwatch()
    if name == "driver":
        start_driver()
        return {"cuda": watch.lap()}
    put, start, synchronize, *compiled = STARTS[name]()
    expression = compiled[0] if compiled else two_ops
    times = {"import": watch.lap()}
    x = put(ARRAY)
    start(x)
    synchronize()
    times["first_array"] = watch.lap()
    start(expression(x))
    synchronize()
    times["first_expression"] = watch.lap()
    times["import_to_result"] = watch.total()
    return times


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
