"""Times one library in a process of its own; prints JSON lines.

Usage: python measure.py LIBRARY [--quick]
"""

import argparse
import json
import statistics
import sys
import time

import numpy
from libraries import LIBRARIES
from workloads import WORKLOADS

SIZES = (10, 100, 1000, 10_000, 100_000)


def as_tuple(results):
    return results if isinstance(results, tuple) else (results,)


def run(library, function, inputs):
    results = as_tuple(function(*inputs))
    library.wait(results)
    return results


def time_calls(call, seconds, least):
    """Median seconds of a call, over at least `least` calls and `seconds`."""
    times = []
    end = time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def check(library, workload, results, inputs):
    """The largest error relative to NumPy's result in its largest element."""
    expected = as_tuple(LIBRARIES["numpy"]().functions[workload.name](*inputs))
    worst = 0.0
    for result, reference in zip(results, expected, strict=True):
        reference = numpy.asarray(reference, dtype="f8")
        difference = numpy.abs(numpy.asarray(library.get(result), "f8") - reference)
        worst = max(worst, difference.max() / max(numpy.abs(reference).max(), 1e-300))
    return worst


def run_first(library, workload):
    """(NumPy inputs, the library's inputs, first call's seconds, error)."""
    arrays = workload.make(numpy.random.default_rng(7))
    inputs = [library.put(array) for array in arrays]
    start = time.perf_counter()
    results = run(library, library.functions[workload.name], inputs)
    first = time.perf_counter() - start
    return arrays, inputs, first, check(library, workload, results, arrays)


def measure_workload(library, workload, seconds):
    _, inputs, first, error = run_first(library, workload)
    function = library.functions[workload.name]
    run(library, function, inputs)
    median = time_calls(lambda: run(library, function, inputs), seconds, 5)
    return {
        "workload": workload.name,
        "kind": workload.kind,
        "seconds": median,
        "first_call": first,
        "error": float(error),
        "correct": bool(error <= workload.tolerance),
    }


def ten_ops(x):
    return ((((x + 1.0) * 2.0 - x) * x + 3.0) * x - 1.0) * x + 2.0


def measure_sizes(library, seconds):
    """A ten-op expression on small arrays: what a call costs."""
    rows = []
    function = library.jax.jit(ten_ops) if library.name == "jax" else ten_ops
    if library.name == "numba":
        return rows
    for size in SIZES:
        x = library.put(numpy.random.default_rng(7).uniform(size=size))
        run(library, function, [x])
        median = time_calls(lambda x=x: run(library, function, [x]), seconds, 50)
        rows.append({"workload": f"ten_ops_{size}", "kind": "size", "seconds": median})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("--seconds", type=float, default=1.0)
    args = parser.parse_args()
    library = LIBRARIES[args.library]()
    print(json.dumps({"library": library.name, "version": library.version}))
    for workload in WORKLOADS:
        if workload.name not in library.functions:
            continue
        print(f"{library.name}: {workload.name}", file=sys.stderr, flush=True)
        print(json.dumps(measure_workload(library, workload, args.seconds)), flush=True)
    for row in measure_sizes(library, args.seconds / 4):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
