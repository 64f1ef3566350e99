"""The GPU benchmark: libraries one after the other, each in its own process.

On the same machine and in the same run come the hand-written limits of
bench/limits, where nvcc is found, and every library's start on an empty and on
a filled kernel cache. The whole has a bound in time: parts that reach theirs are
stopped and keep the rows that they have.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import gpu_report
from gpu_workloads import WORKLOADS

HERE = pathlib.Path(__file__).parent
LIBRARIES = ("numloom", "cupy", "cupy.fuse", "torch", "inductor", "jax")
COLD_LIBRARIES = ("numloom", "cupy", "torch", "jax")
# The parts of a run in their order, with the share that each may take of the time
# that is left: Numloom and what it is compared with most come first.
SHARES = {
    "limits": 3,
    "numloom": 12,
    "cupy": 8,
    "torch": 4,
    "jax": 4,
    "starts": 3,
    "inductor": 5,
    "cupy.fuse": 1,
}
# Seconds of a row, NumPy's check included, after which it has failed: CuPy's `unique`
# of a million rows takes longer.
ROW_LIMIT = 25
# The variables that say where libraries and the driver cache kernels.
CACHE_VARIABLES = (
    "NUMLOOM_CACHE_DIR",
    "CUPY_CACHE_DIR",
    "CUDA_CACHE_PATH",
    "TORCHINDUCTOR_CACHE_DIR",
    "TRITON_CACHE_DIR",
)


def read_lines(command, limit, **environment):
    """JSON objects that `command` printed before it ended or ran out of time."""
    begin = time.monotonic()
    with tempfile.TemporaryFile("w+") as output:
        try:
            status = subprocess.run(
                command,
                stdout=output,
                timeout=limit,
                env={**os.environ, **environment},
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = f"ran longer than {limit} s"
        except FileNotFoundError as error:
            status = str(error)
        took = f"{time.monotonic() - begin:.0f} s"
        outcome = f"failed: {status}, {took}" if status else took
        print("+", *command[1:], f"({outcome})", file=sys.stderr, flush=True)
        output.seek(0)
        return [json.loads(line) for line in output if line.startswith("{")]


class Budget:
    """The seconds of a run: each part may take its share of what is left.

    What a part does not need is the later ones'.
    """

    def __init__(self, seconds, parts):
        self.deadline = time.monotonic() + seconds
        self.parts = list(parts)

    def begin(self, part):
        """Seconds for the part, which is no longer among those to come."""
        shares = sum(SHARES[p] for p in self.parts)
        self.parts.remove(part)
        left = max(self.deadline - time.monotonic(), 1)
        return left * SHARES[part] / shares


def measure_library(name, args, limit):
    """The library's version and rows.

    Behind a row that takes too long, the rest are another process's.
    """
    deadline = time.monotonic() + limit
    command = [sys.executable, HERE / "gpu_measure.py", name, "--rows", args.rows]
    command += ["--seconds", "0.02" if args.quick else "0.05"]
    command += ["--row-limit", str(ROW_LIMIT)]
    if name == "numloom" and args.check:
        command.append("--check")
    header, rows = {"version": None, "rows": 1}, []
    while len(rows) < header["rows"] and (left := deadline - time.monotonic()) > 0:
        lines = read_lines([*command, "--skip", str(len(rows))], left)
        header = lines[0] if lines else header
        rows += lines[1:]
        if len(lines) < 2:
            break
    return header["version"], {row["workload"]: row for row in rows}


def build_limits(directory, limit):
    """The path of the built program; None where there is no compiler for it."""
    nvcc = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    program = directory / "limits"
    sources = sorted((HERE / "limits").glob("*.cu"))
    command = [nvcc, "-std=c++20", "-O3", "-fmad=false", "-arch=native"]
    command += ["--threads", "0", "-o", program, *sources]
    read_lines(command, limit)
    return program if program.exists() else None


def measure_limits(args, limit):
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        program = build_limits(pathlib.Path(directory), limit)
        if not program:
            return {}
        copies = [f"{w.name}={w.bytes}" for w in WORKLOADS if w.kind == "memory"]
        left = max(limit - (time.monotonic() - begin), 1)
        lines = read_lines([program, *args.rows.split(","), *copies], left)
    limits = {}
    for line in lines:
        # What moves as many bytes stands in where nothing was written by hand.
        limits.setdefault(line["workload"], line)
    return limits


def start_once(name, deadline):
    """Times of a start on an empty and of one on the then filled cache."""
    command = [sys.executable, HERE / "gpu_cold_start.py", name]
    with tempfile.TemporaryDirectory() as cache:
        environment = {v: f"{cache}/{v}" for v in CACHE_VARIABLES}
        return {
            kind: read_lines(
                command, max(deadline - time.monotonic(), 1), **environment
            )
            for kind in ("cold", "warm")
        }


def get_medians(lines):
    return {
        step: sorted(line[step] for line in lines)[len(lines) // 2] for step in lines[0]
    }


def measure_starts(args, limit):
    """Median times of each library's starts, as many as there is time for."""
    deadline = time.monotonic() + limit
    # The first process reads libraries from disk for all.
    names = ["driver", *(n for n in COLD_LIBRARIES if n in args.libraries)]
    runs = {name: {"cold": [], "warm": []} for name in names}
    for _ in range(1 if args.quick else 3):
        for name in names:
            if time.monotonic() < deadline:
                for kind, lines in start_once(name, deadline).items():
                    runs[name][kind] += lines
    return {
        name: {kind: get_medians(lines) for kind, lines in kinds.items() if lines}
        for name, kinds in runs.items()
    }


def add_start_rows(result):
    """Steps of the start that stand in the table beside the programs."""
    rows = {
        "import": ("warm", "import"),
        "first_array": ("warm", "first_array"),
        "first_expression": ("cold", "first_expression"),
        "start_to_result_cold": ("cold", "import_to_result"),
        "start_to_result_warm": ("warm", "import_to_result"),
    }
    for library, kinds in result["cold_start"].items():
        for name, (kind, step) in rows.items():
            if library in result["rows"] and step in kinds.get(kind, {}):
                row = {"workload": name, "kind": "start", "seconds": kinds[kind][step]}
                result["rows"][library][name] = row


def describe_device():
    query = "--query-gpu=name,driver_version,memory.total"
    lines = []
    try:
        command = ["nvidia-smi", query, "--format=csv,noheader"]
        output = subprocess.run(command, capture_output=True, text=True, check=True)
        lines = output.stdout.splitlines()
    except (FileNotFoundError, subprocess.CalledProcessError):
        pass
    return lines[0] if lines else "unknown"


def get_file_name(result):
    device = re.sub(r"\W+", "-", result["device"].split(",")[0]).strip("-").lower()
    return f"gpu-{result['date']}-{device}-{result['commit']}.json"


def add_arguments(parser):
    parser.add_argument("--libraries", nargs="+", default=LIBRARIES, choices=LIBRARIES)
    parser.add_argument("--rows", default="*", help="names or patterns, by commas")
    parser.add_argument("--quick", action="store_true", help="fewer calls and starts")
    parser.add_argument("--no-check", dest="check", action="store_false")
    parser.add_argument("--no-limits", dest="limits", action="store_false")
    parser.add_argument("--no-cold", dest="starts", action="store_false")
    parser.add_argument(
        "--limit", type=float, default=540, help="seconds for the whole"
    )


def get_parts(args):
    chosen = {
        *args.libraries,
        *(["limits"] if args.limits else []),
        *(["starts"] if args.starts else []),
    }
    return [part for part in SHARES if part in chosen]


def measure_part(part, result, args, limit):
    if part == "limits":
        result["limits"] = measure_limits(args, limit)
    elif part == "starts":
        result["cold_start"] = measure_starts(args, limit)
    else:
        version, rows = measure_library(part, args, limit)
        result["libraries"][part], result["rows"][part] = version, rows


def run(args, header):
    result = {**header, "device": describe_device(), "libraries": {}, "rows": {}}
    result |= {"limits": {}, "cold_start": {}}
    path = args.results / get_file_name(result)
    parts = get_parts(args)
    budget = Budget(args.limit, parts)
    for part in parts:
        measure_part(part, result, args, budget.begin(part))
        path.write_text(json.dumps(result, indent=1) + "\n")
    add_start_rows(result)
    result["summary"] = gpu_report.summarise(result)
    path.write_text(json.dumps(result, indent=1) + "\n")
    gpu_report.print_report(result)
    print(f"wrote {path}")
    return gpu_report.is_correct(result)
