"""Times one library on the GPU in a process of its own; prints JSON lines.

Every program runs for a while and is then timed twice: `seconds` is the median of
calls each followed by a wait for the device, `stream_seconds` the time per call of
many calls in a row with one wait at the end, which hides what the host does behind
the device.

Usage: python gpu_measure.py LIBRARY [--seconds S] [--rows NAME,...] [--skip N]
       [--row-limit S] [--check]
"""

import argparse
import fnmatch
import functools
import json
import os
import threading
import time
import traceback

import numpy
from gpu_libraries import LIBRARIES
from gpu_workloads import LEADING, WORKLOADS
from measure import as_tuple, time_calls

LEAST_CALLS = 20
# Before that a GPU has its clocks, and a library that compiles a program once more
# while it runs has done so.
WARMUP_SECONDS, WARMUP_CALLS = 0.2, 3
TRANSFER_BYTES = 200_000_000
# Operations recorded or issued in a row when the cost of one is wanted.
CHAIN = 200


def start(library, function, inputs):
    results = as_tuple(function(*inputs))
    library.start(results)
    return results


def run(library, function, inputs):
    results = start(library, function, inputs)
    library.synchronize()
    return results


def time_stream(library, function, inputs, call_seconds, seconds):
    """Seconds per call of calls in a row without a wait in between."""
    calls = int(min(max(seconds / call_seconds, LEAST_CALLS), 1000))

    def run_calls():
        for _ in range(calls):
            start(library, function, inputs)
        library.synchronize()

    return time_calls(run_calls, 0.0, 3) / calls


def get_error(library, workload, results, arrays):
    """The largest error relative to the largest element, in float64."""
    reference = LIBRARIES["numpy"]().functions[workload.function]
    exact = [a.astype("f8") if a.dtype.kind == "f" else a for a in arrays]
    expected = as_tuple(reference(*exact))
    expected = [numpy.asarray(wanted) for wanted in expected]
    errors = [
        numpy.abs(numpy.asarray(library.get(result), "f8") - wanted).max()
        for result, wanted in zip(results, expected, strict=True)
    ]
    return float(max(errors) / max(numpy.abs(wanted).max() for wanted in expected))


def measure_workload(library, workload, args):
    arrays = workload.make()
    inputs = [library.put(array) for array in arrays]
    library.synchronize()
    function = library.functions[workload.function]
    begin = time.perf_counter()
    results = run(library, function, inputs)
    row = {"first_call": time.perf_counter() - begin}
    if args.check:
        error = get_error(library, workload, results, arrays)
        row |= {"error": error, "correct": bool(error <= workload.tolerance)}
    del results
    issue, wait = library.start, library.synchronize

    def call():
        issue(as_tuple(function(*inputs)))
        wait()

    time_calls(call, WARMUP_SECONDS, WARMUP_CALLS)
    seconds = time_calls(call, args.seconds, LEAST_CALLS)
    row["seconds"] = seconds
    row["stream_seconds"] = time_stream(
        library, function, inputs, seconds, args.seconds
    )
    return row


def measure_small_op(library, args):
    """Host time of one operation on 1000 elements in a long row of them."""
    x = library.put(numpy.ones(1000, "f4"))
    function = library.functions["small_op"]

    def issue():
        y = x
        for _ in range(CHAIN):
            y = function(y)
        return y

    def issue_and_start():
        library.start((issue(),))

    run_times, record_times = [], []
    for _ in range(10):
        issue_and_start()
        library.synchronize()
    for _ in range(LEAST_CALLS):
        record_times.append(time_calls(issue, 0.0, 1))
        library.synchronize()
        run_times.append(time_calls(issue_and_start, 0.0, 1))
        library.synchronize()
    return {
        "seconds": float(numpy.median(run_times)) / CHAIN,
        "record_seconds": float(numpy.median(record_times)) / CHAIN,
    }


def measure_put(library, args):
    array = numpy.random.default_rng(1).random(TRANSFER_BYTES // 4, dtype="f4")

    def put():
        result = library.put(array)
        library.start((result,))
        library.synchronize()

    put()
    return {"seconds": time_calls(put, args.seconds, 10)}


def measure_get(library, args):
    """Of a new array each time: some libraries keep the host's copy."""
    x = library.put(numpy.ones(TRANSFER_BYTES // 4, "f4"))
    times = []
    for _ in range(12):
        (result,) = run(library, library.functions["small_op"], (x,))
        times.append(time_calls(lambda result=result: library.get(result), 0.0, 1))
    return {"seconds": float(numpy.median(times[2:]))}


# Rows that are no program on a device array.
SPECIAL = {
    "small_op_issue": ("latency", measure_small_op),
    "host_to_device_200mb": ("transfer", measure_put),
    "device_to_host_200mb": ("transfer", measure_get),
}


def is_chosen(name, choice):
    """Whether `name` is, or matches, one of what commas separate in `choice`."""
    return any(fnmatch.fnmatch(name, pattern) for pattern in choice.split(","))


def get_rows(library, choice):
    """(name, kind, bytes, function that measures it), the leading ones first."""
    rows = [
        (w.name, w.kind, w.bytes, functools.partial(measure_workload, library, w))
        for w in WORKLOADS
        if library.runs(w)
    ]
    if library.has_special_rows:
        rows += [
            (name, kind, TRANSFER_BYTES, functools.partial(function, library))
            for name, (kind, function) in SPECIAL.items()
        ]
    places = {name: place for place, name in enumerate(LEADING)}
    rows.sort(key=lambda row: places.get(row[0], len(places)))
    return [row for row in rows if is_chosen(row[0], choice)]


def give_up(row, seconds):
    """Ends the process, whatever it waits for, with a last line."""
    print(json.dumps({**row, "failure": f"took longer than {seconds} s"}), flush=True)
    os._exit(1)


def measure_or_fail(row, measure, args):
    """One program that fails leaves the others' times; a slow one ends the process."""
    watch = threading.Timer(args.row_limit, give_up, (row, args.row_limit))
    watch.daemon = True
    watch.start()
    try:
        return measure(args)
    except Exception as error:
        traceback.print_exc()
        return {"failure": f"{type(error).__name__}: {error}"[:500]}
    finally:
        watch.cancel()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=[n for n in LIBRARIES if n != "numpy"])
    parser.add_argument("--seconds", type=float, default=0.1, help="per timing")
    parser.add_argument("--rows", default="*", help="names or patterns, by commas")
    parser.add_argument("--skip", type=int, default=0, help="the first of the rows")
    parser.add_argument("--row-limit", type=float, default=60, help="seconds of a row")
    parser.add_argument("--check", action="store_true", help="compare with NumPy")
    args = parser.parse_args()
    library = LIBRARIES[args.library]()
    rows = get_rows(library, args.rows)
    header = {"library": library.name, "version": library.version, "rows": len(rows)}
    print(json.dumps(header), flush=True)
    for name, kind, size, measure in rows[args.skip :]:
        row = {"workload": name, "kind": kind, "bytes": size}
        print(json.dumps({**row, **measure_or_fail(row, measure, args)}), flush=True)


if __name__ == "__main__":
    main()
