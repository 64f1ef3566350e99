"""What the host does for a call of a program, by stage, in microseconds.

Arrays are so small that the device takes next to nothing. `record` is the call
itself; `flush` is `evaluate` before the plan runs, `launch` the run of the plan
(both from numloom's own clocks), `enter` what `evaluate` takes beyond them, `wait`
the wait for the device. `in a row` is a call among many with one wait at the end.
Long programs on small arrays are cut by the flush policy while they are recorded
(docs/Trace.md): equation_of_state wants `--extent 262144`.

Usage: python host_cost.py [--rows NAME,...] [--extent N] [--calls N]
       [--repeats N]
"""

import argparse
import dataclasses
import time

from gpu_measure import is_chosen
from gpu_workloads import WORKLOADS, load
from measure import as_tuple

ROWS = (
    "vector_add,sum,var_axis_1,softmax,log_sum_exp,standardise,moments,"
    "black_scholes,twenty_ops_1000"
)
LARGEST_EXTENT = 64


def make_inputs(library, workload, extent):
    shapes = tuple(tuple(min(n, extent) for n in shape) for shape in workload.shapes)
    arrays = dataclasses.replace(workload, shapes=shapes).make()
    return [library.asarray(array) for array in arrays]


def get_wait(library):
    if library.get_default_device() == "cpu":
        return lambda: None
    return library.cuda.Device().synchronize


def measure_once(library, wait, function, inputs, calls):
    """Seconds per call of each stage, in a run of calls each of which is waited for."""
    clock = time.perf_counter
    record = evaluate = waited = 0.0
    library.reset_stats()
    for _ in range(calls):
        begin = clock()
        results = as_tuple(function(*inputs))
        recorded = clock()
        library.evaluate(*results)
        evaluated = clock()
        wait()
        waited += clock() - evaluated
        record += recorded - begin
        evaluate += evaluated - recorded
    stats = library.stats()
    flush, launch = stats["flush_ms"] / 1e3, stats["execute_ms"] / 1e3
    return [
        seconds / calls
        for seconds in (record, evaluate - flush, flush - launch, launch, waited)
    ]


def measure_row(library, wait, function, inputs, calls):
    begin = time.perf_counter()
    for _ in range(calls):
        library.evaluate(*as_tuple(function(*inputs)))
    wait()
    return (time.perf_counter() - begin) / calls


def main():
    import numloom

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=ROWS, help="names or patterns, by commas")
    parser.add_argument(
        "--extent", type=int, default=LARGEST_EXTENT, help="the largest of inputs"
    )
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=15)
    args = parser.parse_args()
    wait = get_wait(numloom)
    functions = load(numloom)
    stages = ("record", "enter", "flush", "launch", "wait", "in a row", "nodes")
    print(f"{'us a call':<20}" + "".join(f"{stage:>9}" for stage in stages))
    for workload in WORKLOADS:
        if not is_chosen(workload.name, args.rows):
            continue
        function, inputs = (
            functions[workload.function],
            make_inputs(numloom, workload, args.extent),
        )
        call = (numloom, wait, function, inputs, args.calls)
        measure_once(*call)
        numloom.reset_stats()
        numloom.evaluate(*as_tuple(function(*inputs)))
        nodes = numloom.stats()["nodes_executed"]
        staged = [measure_once(*call) for _ in range(args.repeats)]
        in_a_row = min(measure_row(*call) for _ in range(args.repeats))
        best = [min(times) for times in zip(*staged, strict=True)]
        figures = "".join(f"{seconds * 1e6:9.2f}" for seconds in (*best, in_a_row))
        print(f"{workload.name:<20}{figures}{nodes:9}")


if __name__ == "__main__":
    main()
