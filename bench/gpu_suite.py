"""The GPU benchmark: libraries one after the other, each in its own process.

On the same machine and in the same run come the hand-written limits of
bench/limits, where nvcc is found, and every library's start on an empty and on
a filled kernel cache.
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


def measure_library(name, args):
    command = [sys.executable, HERE / "gpu_measure.py", name, "--rows", args.rows]
    command += ["--seconds", "0.02" if args.quick else "0.1"]
    if name == "numloom" and args.check:
        command.append("--check")
    header, *rows = read_lines(command, args.limit) or [{"version": None}]
    return header["version"], {row["workload"]: row for row in rows}


def build_limits(directory):
    """The path of the built program; None where there is no compiler for it."""
    nvcc = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
    program = directory / "limits"
    sources = sorted((HERE / "limits").glob("*.cu"))
    command = [nvcc, "-std=c++20", "-O3", "-fmad=false", "-arch=native"]
    command += ["--threads", "0", "-o", program, *sources]
    read_lines(command, 300)
    return program if program.exists() else None


def measure_limits(args):
    with tempfile.TemporaryDirectory() as directory:
        program = build_limits(pathlib.Path(directory))
        if not program:
            return {}
        copies = [f"{w.name}={w.bytes}" for w in WORKLOADS if w.kind == "memory"]
        lines = read_lines([program, *copies], args.limit)
    limits = {}
    for line in lines:
        # What moves as many bytes stands in where nothing was written by hand.
        limits.setdefault(line["workload"], line)
    return limits


def measure_cold_start(name, repeats):
    """Median times of starts on an empty and on a filled cache."""
    command = [sys.executable, HERE / "gpu_cold_start.py", name]
    runs = {"cold": [], "warm": []}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as cache:
            environment = {v: f"{cache}/{v}" for v in CACHE_VARIABLES}
            for kind in runs:
                runs[kind] += read_lines(command, 120, **environment)
    return {
        kind: {
            step: sorted(run[step] for run in lines)[len(lines) // 2]
            for step in lines[0]
        }
        for kind, lines in runs.items()
        if lines
    }


def measure_cold_starts(args):
    # The first process reads libraries from disk for all.
    names = ["driver", *(n for n in COLD_LIBRARIES if n in args.libraries)]
    repeats = 1 if args.quick else 3
    return {name: measure_cold_start(name, repeats) for name in names}


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
    parser.add_argument("--rows", default="", help="only rows with this in the name")
    parser.add_argument("--quick", action="store_true", help="fewer calls and starts")
    parser.add_argument("--no-check", dest="check", action="store_false")
    parser.add_argument("--no-limits", dest="limits", action="store_false")
    parser.add_argument("--no-cold", dest="cold", action="store_false")
    parser.add_argument(
        "--limit", type=float, default=300, help="seconds for one library"
    )


def run(args, header):
    result = {**header, "device": describe_device(), "libraries": {}, "rows": {}}
    path = args.results / get_file_name(result)
    result["limits"] = measure_limits(args) if args.limits else {}
    for name in args.libraries:
        version, rows = measure_library(name, args)
        result["libraries"][name], result["rows"][name] = version, rows
        path.write_text(json.dumps(result, indent=1) + "\n")
    result["cold_start"] = measure_cold_starts(args) if args.cold else {}
    add_start_rows(result)
    result["summary"] = gpu_report.summarise(result)
    path.write_text(json.dumps(result, indent=1) + "\n")
    gpu_report.print_report(result)
    print(f"wrote {path}")
    return gpu_report.is_correct(result)
