"""Times Numloom beside its peers: on the CPU or on a GPU.

Each library runs alone in a process of its own. Prints a table and writes a
JSON file into bench/results, or where --results says.

Usage: python bench/run.py cpu [--seconds S]
       python bench/run.py gpu [--quick] [--rows NAME,...] [--libraries NAME...]
       python bench/run.py loops [--device cpu|gpu] [--rows NAME,...]
       python bench/run.py functions [--device cpu|gpu] [--rows PATTERN;...]
"""

import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import subprocess
import sys

import function_suite
import gpu_suite
import loop_suite

HERE = pathlib.Path(__file__).parent
PEERS = ("numpy", "numba", "jax")


def measure(library, seconds):
    """Rows of `library` by workload."""
    command = [sys.executable, HERE / "measure.py", library, "--seconds", str(seconds)]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    lines = [json.loads(line) for line in output.stdout.splitlines()]
    return lines[0], {row["workload"]: row for row in lines[1:]}


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def get_commit():
    command = ["git", "-C", HERE, "describe", "--always", "--dirty"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return result.stdout.strip() or "unknown"


def get_processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def format_time(seconds):
    return f"{seconds * 1e6:.1f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def print_table(rows):
    print(f"{'workload':<20}{'numloom':>12}", *(f"{p:>12}" for p in PEERS), sep="")
    for workload, own in rows["numloom"].items():
        cells = [f"{workload:<20}{format_time(own['seconds']):>12}"]
        for peer in PEERS:
            other = rows[peer].get(workload)
            ratio = f"{other['seconds'] / own['seconds']:.2f}x" if other else ""
            cells.append(f"{ratio:>12}")
        if not own.get("correct", True):
            cells.append(f"  WRONG: error {own['error']:.1e}")
        print("".join(cells))


def summarise(rows):
    """Geometric means of the ratios, over the fused programs."""
    own = {
        name: row
        for name, row in rows["numloom"].items()
        if row["kind"] in ("memory", "arithmetic", "transcendental", "reduction")
    }

    def ratio(name, peers):
        return min(rows[p][name]["seconds"] for p in peers) / own[name]["seconds"]

    summary = {
        "vs_numpy": geometric_mean([ratio(n, ["numpy"]) for n in own]),
        "vs_best_of_numba_and_jax": geometric_mean(
            [ratio(n, ["numba", "jax"]) for n in own]
        ),
    }
    for kind in ("arithmetic", "transcendental", "reduction"):
        names = [n for n in own if own[n]["kind"] == kind]
        summary[f"{kind}_vs_numpy"] = geometric_mean(
            [ratio(n, ["numpy"]) for n in names]
        )
    return summary


def run_cpu(args, header):
    libraries, rows = {}, {}
    for library in ("numloom", *PEERS):
        libraries[library], rows[library] = measure(library, args.seconds)
    print_table(rows)
    summary = summarise(rows)
    for name, value in summary.items():
        print(f"{name:<36}{value:8.2f}")
    result = {
        **header,
        "processor": get_processor(),
        "cores": os.cpu_count(),
        "libraries": {k: v["version"] for k, v in libraries.items()},
        "summary": summary,
        "rows": rows,
    }
    path = args.results / f"cpu-{header['date']}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {path}")
    return True


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    suites = parser.add_subparsers(
        required=True, metavar="cpu | gpu | loops | functions"
    )
    cpu, gpu = suites.add_parser("cpu"), suites.add_parser("gpu")
    cpu.set_defaults(run=run_cpu)
    cpu.add_argument("--seconds", type=float, default=1.0, help="per workload")
    gpu.set_defaults(run=gpu_suite.run)
    gpu_suite.add_arguments(gpu)
    loops = suites.add_parser("loops")
    loops.set_defaults(run=loop_suite.run)
    loop_suite.add_arguments(loops)
    functions = suites.add_parser("functions")
    functions.set_defaults(run=function_suite.run)
    function_suite.add_arguments(functions)
    for suite in (cpu, gpu, loops, functions):
        suite.add_argument("--results", type=pathlib.Path, default=HERE / "results")
        suite.add_argument("--commit", default=get_commit(), help="what is measured")
    return parser.parse_args()


def main():
    args = parse_arguments()
    args.results.mkdir(parents=True, exist_ok=True)
    header = {"date": datetime.date.today().isoformat(), "commit": args.commit}
    return 0 if args.run(args, header) else 1


if __name__ == "__main__":
    sys.exit(main())
