"""The survey of NumPy's functions: one call a row, worst first.

Numloom beside NumPy on the CPU, beside CuPy on a GPU, each library in a process of
its own; the two take turns, row by row. On a GPU kernels are compiled before, by many
processes. The file of results is written as rows come, so that a run may be stopped.
"""

import argparse
import fnmatch
import json
import tempfile
import time

import function_warm
import gpu_suite
from function_process import Process
from function_rows import GROUPS
from gpu_report import geometric_mean

PEERS = {"cpu": "numpy", "gpu": "cupy"}
SCALES = {"cpu": 1, "gpu": 4}
# Seconds after which no further row begins, and the share of them for compilations.
LIMIT, WARM_SHARE = 150, 0.45
# Rows after which the results so far are written.
ROWS_TO_WRITE = 20
# OpenBLAS's threads look for more work for 2**26 cycles before they sleep, and threads
# that slept share a core at first.
BLAS_PAUSE, BLAS_FACTOR = 0.08, 5
# Turns of each library at a row: other programs run beside those on a CPU.
TURNS = {"cpu": 3, "gpu": 1}


def add_arguments(parser):
    parser.add_argument("--device", choices=PEERS, default="cpu")
    parser.add_argument("--scale", type=int, help="factor along two axes")
    parser.add_argument(
        "--rows", default="*", help="groups or patterns of rows, by semicolons"
    )
    parser.add_argument("--seconds", type=float, default=0.01, help="per row and turn")
    parser.add_argument("--turns", type=int, help="of each library at a row")
    parser.add_argument(
        "--limit", type=float, default=LIMIT, help="seconds for the whole"
    )
    parser.add_argument(
        "--check",
        action=argparse.BooleanOptionalAction,
        help="compare results with NumPy's, as is done on the CPU",
    )


def take_turns(processes, rows, *request):
    """Asks each library whose row has not failed, one after the other."""
    for library, process in processes.items():
        if "failure" not in rows[library]:
            answer = process.ask(*request)
            if "seconds" in rows[library] and "seconds" in answer:
                answer["seconds"] = min(answer["seconds"], rows[library]["seconds"])
            rows[library] |= answer


def prepare(processes, code, ended):
    """First calls, at the same time; not of what ended a process before."""
    asked = [library for library in processes if code not in ended[library]]
    rows = {lib: {"failure": ended[lib][code]} for lib in processes.keys() - asked}
    for library in asked:
        processes[library].send("prepare", code)
    return rows | {library: processes[library].receive() for library in asked}


def measure_row(processes, code, is_product, ended, args):
    """A row of each library: `seconds`, or the `failure`."""
    with_blas = is_product and args.device == "cpu"
    pause, factor = (BLAS_PAUSE, BLAS_FACTOR) if with_blas else (0, 1)
    rows = prepare(processes, code, ended)
    if args.check and "failure" not in rows["numloom"]:
        take_turns({"numloom": processes["numloom"]}, rows, "check")
    for _ in range(args.turns):
        time.sleep(pause)
        take_turns(processes, rows, "time", args.seconds * factor)
    return rows


def choose(patterns):
    """(group, row) of the rows that are asked for."""
    patterns = [pattern.strip() for pattern in patterns.split(";")]
    return [
        (group, code)
        for group, rows in GROUPS.items()
        for code in rows
        if any(p in (group, code) or fnmatch.fnmatch(code, p) for p in patterns)
    ]


def measure(processes, chosen, ended, deadline, args):
    """Yields (code, row by library) of the rows that are begun in time."""
    for number, (group, code) in enumerate(chosen):
        if time.monotonic() > deadline:
            print(f"out of time: {len(chosen) - number} rows left out")
            break
        is_product = group == "products"
        row = measure_row(processes, code, is_product, ended, args)
        yield code, {"group": group, **row}


def get_ratio(row, peer, key="seconds"):
    """The peer's time over Numloom's; None where one failed."""
    times = [row[library].get(key) for library in (peer, "numloom")]
    return times[0] / times[1] if all(times) else None


def format_time(row):
    return f"{row['seconds'] * 1e6:12.1f}" if "seconds" in row else f"{'-':>12}"


def print_rows(rows, peer):
    """Microseconds, least ahead first; failures last."""
    print(f"{'':<52}{'numloom':>12}{peer:>12}{'ratio':>8}  in a row")
    ratios = {code: get_ratio(row, peer) for code, row in rows.items()}
    for code in sorted(rows, key=lambda code: ratios[code] or float("inf")):
        row, ratio = rows[code], ratios[code]
        line = f"{code[:50]:<52}{format_time(row['numloom'])}{format_time(row[peer])}"
        line += f"{ratio:8.2f}" if ratio else f"{'-':>8}"
        if stream := get_ratio(row, peer, "stream_seconds"):
            line += f"{stream:10.2f}"
        for library in ("numloom", peer):
            if "failure" in row[library]:
                line += f"  {library}: {row[library]['failure'][:60]}"
        if "wrong" in row["numloom"]:
            line += f"  WRONG: {row['numloom']['wrong']}"
        print(line)


def summarise(rows, peer):
    """Geometric means of the ratios with their numbers, by group and of all."""
    means = {}
    for group in (*GROUPS, "all"):
        chosen = [row for row in rows.values() if group in (row["group"], "all")]
        mean, count = geometric_mean(get_ratio(row, peer) for row in chosen)
        if count:
            means[group] = {"mean": mean, "rows": count}
    return means


def set_defaults(args):
    on_cpu = args.device == "cpu"
    args.scale = args.scale or SCALES[args.device]
    args.turns = args.turns or TURNS[args.device]
    args.check = on_cpu if args.check is None else args.check


def begin_result(args, header, processes):
    on_gpu = args.device == "gpu"
    device = gpu_suite.describe_device() if on_gpu else "cpu"
    result = {**header, "device": device, "scale": args.scale}
    result["libraries"] = {name: p.version for name, p in processes.items()}
    name = gpu_suite.get_file_name(result) if on_gpu else f"cpu-{header['date']}.json"
    return result, args.results / f"functions-{name}"


def write(path, result, rows, peer):
    """In the place of the file before, which a run that is stopped leaves whole."""
    result |= {"summary": summarise(rows, peer), "rows": rows}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(result, indent=1) + "\n")
    new.replace(path)


def measure_and_write(libraries, chosen, directory, args, header):
    """All rows by code, and the summary of their ratios."""
    end = time.monotonic() + args.limit
    begin = [args.device, args.scale, directory]
    ended = {library: {} for library in libraries}
    if args.device == "gpu":
        codes = [code for _, code in chosen]
        warm_end = time.monotonic() + args.limit * WARM_SHARE
        ended = function_warm.warm(libraries, codes, *begin, warm_end)
    processes = {library: Process(library, *begin) for library in libraries}
    result, path = begin_result(args, header, processes)
    rows = {}
    for code, row in measure(processes, chosen, ended, end, args):
        rows[code] = row
        if len(rows) % ROWS_TO_WRITE == 0:
            write(path, result, rows, libraries[1])
    for process in processes.values():
        process.stop()
    write(path, result, rows, libraries[1])
    print(f"wrote {path}")
    return result


def run(args, header):
    set_defaults(args)
    libraries = ("numloom", PEERS[args.device])
    chosen = choose(args.rows)
    with tempfile.TemporaryDirectory() as directory:
        result = measure_and_write(libraries, chosen, directory, args, header)
    print_rows(result["rows"], libraries[1])
    for group, mean in result["summary"].items():
        print(f"{group:<16}{mean['mean']:8.2f}  ({mean['rows']} rows)")
    own = [row["numloom"] for row in result["rows"].values()]
    return not any("failure" in row or "wrong" in row for row in own)
