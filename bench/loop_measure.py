"""Times one library on the programs of loop_programs.py; prints JSON lines.

Every call gets fresh copies of the arguments, made before the clock starts, and
ends when its results are computed. `first_call` includes compilation.

Usage: python loop_measure.py LIBRARY [--scale N] [--seconds S] [--rows NAME,...]
"""

import argparse
import fnmatch
import json
import statistics
import sys
import time
import traceback

import gpu_libraries
import libraries
import loop_programs
import numpy
from measure import as_tuple


class Cpu:
    """NumPy or Numloom on the CPU."""

    def __init__(self, name):
        self.library = libraries.LIBRARIES[name]()
        self.module = getattr(self.library, "lib", numpy)
        self.get = self.library.get

    def put(self, array):
        return (
            self.module.array(array)
            if self.module is numpy
            else self.library.put(array.copy())
        )

    def finish(self, results):
        self.library.wait(results)


class Gpu:
    """Numloom or CuPy on the GPU."""

    def __init__(self, name):
        self.library = gpu_libraries.LIBRARIES[name]()
        self.module = self.library.lib if name == "numloom" else self.library.cupy
        self.put, self.get = self.library.put, self.library.get

    def finish(self, results):
        self.library.start(results)
        self.library.synchronize()


def call(device, function, arguments):
    """(results, seconds) of one call on fresh copies."""
    fresh = [device.put(a) if isinstance(a, numpy.ndarray) else a for a in arguments]
    device.finish([a for a in fresh if hasattr(a, "shape")])
    begin = time.perf_counter()
    results = as_tuple(function(*fresh))
    device.finish(results)
    return results, time.perf_counter() - begin


def get_error(device, program, results, arguments):
    """The largest error relative to NumPy's largest element."""
    copies = [a.copy() if isinstance(a, numpy.ndarray) else a for a in arguments]
    expected = as_tuple(loop_programs.load(numpy)[program.name](*copies))
    worst = 0.0
    for result, wanted in zip(results, expected, strict=True):
        difference = numpy.abs(numpy.asarray(device.get(result)) - wanted).max()
        worst = max(worst, float(difference / max(numpy.abs(wanted).max(), 1e-300)))
    return worst


def measure(device, program, args):
    arguments = program.make(numpy.random.default_rng(7), args.scale)
    function = loop_programs.load(device.module)[program.name]
    results, first = call(device, function, arguments)
    row = {"workload": program.name, "first_call": first}
    if args.check:
        error = get_error(device, program, results, arguments)
        row |= {"error": error, "correct": error <= program.tolerance}
    times, end = [], time.perf_counter() + args.seconds
    while len(times) < 3 or time.perf_counter() < end:
        times.append(call(device, function, arguments)[1])
    return row | {"seconds": statistics.median(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("numloom", "numpy", "cupy"))
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0, help="per program")
    parser.add_argument("--rows", default="*", help="names or patterns, by commas")
    parser.add_argument("--check", action="store_true", help="compare with NumPy")
    args = parser.parse_args()
    device = (Cpu if args.device == "cpu" else Gpu)(args.library)
    for program in loop_programs.PROGRAMS:
        if not any(fnmatch.fnmatch(program.name, p) for p in args.rows.split(",")):
            continue
        try:
            row = measure(device, program, args)
        except Exception as error:
            # One program that fails leaves the others' times.
            traceback.print_exc()
            row = {"workload": program.name, "failure": repr(error)[:500]}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
