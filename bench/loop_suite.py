"""The benchmark of programs that loop over views and update in place.

Numloom against NumPy on the CPU, against CuPy on a GPU, each library in a
process of its own.
"""

import json
import pathlib
import subprocess
import sys

import gpu_suite
from gpu_report import geometric_mean

HERE = pathlib.Path(__file__).parent
PEERS = {"cpu": "numpy", "gpu": "cupy"}
SCALES = {"cpu": 1, "gpu": 4}


def add_arguments(parser):
    parser.add_argument("--device", choices=PEERS, default="cpu")
    parser.add_argument("--seconds", type=float, default=1.0, help="per program")
    parser.add_argument("--scale", type=int, help="factor along two axes")
    parser.add_argument("--rows", default="*", help="names or patterns, by commas")


def measure(library, args, scale):
    command = [sys.executable, HERE / "loop_measure.py", library]
    command += ["--device", args.device, "--seconds", str(args.seconds)]
    command += ["--scale", str(scale), "--rows", args.rows]
    if library == "numloom":
        command.append("--check")
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = [json.loads(line) for line in output.stdout.splitlines()]
    return {row["workload"]: row for row in rows}


def print_row(name, own, peer):
    if "failure" in own:
        print(f"{name:<24}failed: {own['failure']}")
        return
    line = f"{name:<24}{own['seconds'] * 1e3:10.2f} ms"
    if "seconds" in peer:
        line += f"{peer['seconds'] / own['seconds']:10.2f}x"
    if not own.get("correct", True):
        line += f"  WRONG: error {own['error']:.1e}"
    print(line)


def run(args, header):
    peer = PEERS[args.device]
    scale = args.scale or SCALES[args.device]
    rows = {library: measure(library, args, scale) for library in ("numloom", peer)}
    print(f"{'program':<24}{'numloom':>13}{peer:>11}")
    for name, own in rows["numloom"].items():
        print_row(name, own, rows[peer].get(name, {}))
    ratios = [
        rows[peer][name]["seconds"] / own["seconds"]
        for name, own in rows["numloom"].items()
        if "seconds" in own and "seconds" in rows[peer].get(name, {})
    ]
    mean, count = geometric_mean(ratios)
    print(f"geometric mean over {peer}: {mean:.2f}x ({count} programs)")
    device = gpu_suite.describe_device() if args.device == "gpu" else "cpu"
    result = {**header, "device": device, "scale": scale, "rows": rows}
    path = args.results / f"loops-{args.device}-{header['date']}.json"
    path.write_text(json.dumps({**result, "mean": mean}, indent=1) + "\n")
    print(f"wrote {path}")
    return all(row.get("correct", False) for row in rows["numloom"].values())
