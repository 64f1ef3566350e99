"""The survey of NumPy's functions: one call a row, worst first.

Numloom beside NumPy on the CPU, beside CuPy on a GPU, each library in a process of
its own; the two take turns, row by row.
"""

import argparse
import fnmatch
import json
import multiprocessing
import sys
import time

import function_measure
import gpu_suite
from function_rows import GROUPS
from gpu_report import geometric_mean

PEERS = {"cpu": "numpy", "gpu": "cupy"}
SCALES = {"cpu": 1, "gpu": 4}
# Seconds after which no further row begins, and those that one answer may take.
LIMITS = {"cpu": 150, "gpu": 55}
ANSWER_LIMIT = 20
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
    parser.add_argument("--limit", type=float, help="seconds for the whole")
    parser.add_argument(
        "--check",
        action=argparse.BooleanOptionalAction,
        help="compare results with NumPy's, as is done on the CPU",
    )


class Process:
    """A library's process, which is started again where a row has ended it."""

    def __init__(self, *arguments):
        self.arguments = arguments
        self.start()

    def start(self):
        # A fork of a process with threads may wait for a lock forever.
        context = multiprocessing.get_context("spawn")
        self.pipe, end = context.Pipe()
        self.process = context.Process(
            target=function_measure.serve, args=(end, *self.arguments), daemon=True
        )
        self.process.start()
        end.close()
        answer = self.receive()
        if "failure" in answer:
            sys.exit(f"{self.arguments[0]} does not start: {answer['failure']}")
        self.version = answer["version"]

    def send(self, *request):
        if not self.process.is_alive():
            self.start()
        self.pipe.send(request)

    def receive(self):
        """The answer, or what kept it from coming."""
        try:
            if self.pipe.poll(ANSWER_LIMIT):
                return self.pipe.recv()
            failure = f"no answer within {ANSWER_LIMIT} s"
        except (EOFError, ConnectionResetError):
            failure = "the process ended"
        self.process.kill()
        self.process.join()
        return {"failure": failure}

    def stop(self):
        if self.process.is_alive():
            self.pipe.send(None)
            self.process.join()


def take_turns(processes, rows, *request):
    """Asks each library whose row has not failed, one after the other."""
    for library, process in processes.items():
        if "failure" not in rows[library]:
            process.send(*request)
            answer = process.receive()
            if "seconds" in rows[library] and "seconds" in answer:
                answer["seconds"] = min(answer["seconds"], rows[library]["seconds"])
            rows[library] |= answer


def measure_row(processes, code, is_product, args):
    """A row of each library: `seconds`, or the `failure`."""
    with_blas = is_product and args.device == "cpu"
    pause, factor = (BLAS_PAUSE, BLAS_FACTOR) if with_blas else (0, 1)
    for process in processes.values():
        process.send("prepare", code)
    rows = {library: process.receive() for library, process in processes.items()}
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


def measure(processes, args):
    """Rows by code, each by library; those begun before the time is over."""
    deadline, result = time.monotonic() + args.limit, {}
    chosen = choose(args.rows)
    for group, code in chosen:
        if time.monotonic() > deadline:
            print(f"out of time: {len(chosen) - len(result)} rows left out")
            break
        row = measure_row(processes, code, group == "products", args)
        result[code] = {"group": group, **row}
    return result


def get_ratio(row, peer):
    """The peer's time over Numloom's; None where one failed."""
    times = [row[library].get("seconds") for library in (peer, "numloom")]
    return times[0] / times[1] if all(times) else None


def format_time(row):
    return f"{row['seconds'] * 1e6:12.1f}" if "seconds" in row else f"{'-':>12}"


def print_rows(rows, peer):
    """Microseconds, least ahead first; failures last."""
    print(f"{'':<52}{'numloom':>12}{peer:>12}{'ratio':>8}")
    ratios = {code: get_ratio(row, peer) for code, row in rows.items()}
    for code in sorted(rows, key=lambda code: ratios[code] or float("inf")):
        row, ratio = rows[code], ratios[code]
        line = f"{code[:50]:<52}{format_time(row['numloom'])}{format_time(row[peer])}"
        line += f"{ratio:8.2f}" if ratio else f"{'-':>8}"
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
    args.limit = args.limit or LIMITS[args.device]
    args.check = on_cpu if args.check is None else args.check


def run(args, header):
    set_defaults(args)
    peer = PEERS[args.device]
    processes = {
        library: Process(library, args.device, args.scale)
        for library in ("numloom", peer)
    }
    rows = measure(processes, args)
    for process in processes.values():
        process.stop()
    print_rows(rows, peer)
    summary = summarise(rows, peer)
    for group, mean in summary.items():
        print(f"{group:<16}{mean['mean']:8.2f}  ({mean['rows']} rows)")
    device = gpu_suite.describe_device() if args.device == "gpu" else "cpu"
    result = {**header, "device": device, "scale": args.scale}
    result["libraries"] = {name: p.version for name, p in processes.items()}
    result |= {"summary": summary, "rows": rows}
    path = args.results / f"functions-{args.device}-{header['date']}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {path}")
    own = [row["numloom"] for row in rows.values()]
    return not any("failure" in row or "wrong" in row for row in own)
