"""Checks and times a wheel on a machine with a GPU.

Needs the wheel, this repository's test and bench folders, and a Python with
NumPy, pytest and the libraries to compare with; no network, no set-up, no
compiler. The wheel is unpacked into a temporary directory, and kernels are
cached in another, so nothing of the machine is changed. The environment's
variables reach the tests, so NUMLOOM_* and CUDA_* switches can be tried.

Without a selection everything runs: a first program, the tests that the CPU
passes with the GPU as the default device, the tests of what only GPUs have, the
hand-written limits (where nvcc is) and the benchmark. Parts that run out of
time are stopped, report what they have and count as failed.
"""

import argparse
import compileall
import dataclasses
import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from xml.etree import ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ROOT / "test" / "python"
GPU_TESTS = TESTS / "gpu"
PARTS = ("smoke", "tests", "gpu-tests", "bench")
SANITIZERS = ("memcheck", "racecheck", "initcheck", "synccheck")
# Seconds that one test may take, where pytest-timeout is installed.
TEST_LIMIT = 120
# Seconds that one file of GPU tests may take.
FILE_LIMIT = 600
# Seconds that the benchmark gives its libraries, and what it takes besides.
BENCH_LIMIT, BENCH_MARGIN = 540, 15
# Failed tests that the summary names.
MOST_FAILED = 40
# pytest's exit status where a choice of tests leaves none.
NO_TESTS = 5


def find_wheel(directory):
    """The newest wheel in `directory` for the running Python."""
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    wheels = sorted(directory.glob(f"numloom-*-{tag}-*.whl"), key=os.path.getmtime)
    if not wheels:
        there = ", ".join(sorted(p.name for p in directory.glob("*.whl"))) or "none"
        sys.exit(
            f"no wheel for {tag} in {directory} (wheels there: {there}); "
            f"make one with: ./dev wheel {tag[2]}.{tag[3:]}"
        )
    return wheels[-1]


def has_module(name):
    command = [sys.executable, "-c", f"import {name}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Machine:
    """The environment of the commands: an unpacked wheel and an empty cache."""

    def __init__(self, wheel, device, scratch, seconds):
        self.deadline = time.monotonic() + seconds
        site = scratch / "site"
        zipfile.ZipFile(wheel).extractall(site)
        # As installers do: else each start compiles what PYTHONDONTWRITEBYTECODE
        # keeps from being written.
        compileall.compile_dir(site, quiet=1)
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(site),
            "PYTHONUNBUFFERED": "1",
            "NUMLOOM_CACHE_DIR": str(scratch / "cache"),
            "NUMLOOM_DEVICE": device,
        }

    def get_seconds_left(self):
        return self.deadline - time.monotonic()

    def has_time(self):
        return self.get_seconds_left() > 1

    def run(self, command, limit=math.inf):
        """Exit status of `command`; None when it had to be stopped."""
        say(" ".join(map(str, command)))
        process = subprocess.Popen(command, env=self.environment, cwd=ROOT)
        try:
            return process.wait(max(min(self.get_seconds_left(), limit), 1))
        except subprocess.TimeoutExpired:
            # pytest writes its report when it is interrupted.
            process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return None


def say(text):
    print(f"==> {text}", flush=True)


def describe_status(status):
    return "ran out of time" if status is None else f"exit status {status}"


def run_smoke(machine, args):
    start = time.perf_counter()
    status = machine.run([sys.executable, ROOT / "utils/smoke_test.py"])
    seconds = time.perf_counter() - start
    detail = f"{seconds:.1f} s" if status == 0 else describe_status(status)
    return {"part": "smoke", "passed": status == 0, "detail": detail}


@dataclasses.dataclass
class Outcome:
    """What became of tests: messages of the failed, counts of reasons to skip."""

    passed: int = 0
    failed: dict = dataclasses.field(default_factory=dict)
    skipped: dict = dataclasses.field(default_factory=dict)

    def add(self, other):
        self.passed += other.passed
        self.failed |= other.failed
        for reason, count in other.skipped.items():
            self.skipped[reason] = self.skipped.get(reason, 0) + count

    def describe(self):
        skipped = sum(self.skipped.values())
        lines = [f"{self.passed} passed, {len(self.failed)} failed, {skipped} skipped"]
        lines += [f"  skipped {n}: {reason}" for reason, n in self.skipped.items()]
        failed = [f"  failed: {name}: {why}" for name, why in self.failed.items()]
        lines += failed[:MOST_FAILED]
        if len(failed) > MOST_FAILED:
            lines.append(f"  and {len(failed) - MOST_FAILED} more")
        return "\n".join(lines)


def read_report(path):
    """The outcome of a JUnit report."""
    outcome = Outcome()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        failure = case.find("failure")
        failure = case.find("error") if failure is None else failure
        if failure is not None:
            text = failure.get("message") or failure.text or ""
            why = text.strip().split("\n")[0][:160]
            outcome.failed.setdefault(name, why)
        elif (skip := case.find("skipped")) is not None:
            outcome.add(Outcome(skipped={skip.get("message", ""): 1}))
        else:
            outcome.passed += 1
    return outcome


def make_sanitizer_prefix(tool):
    """The command that a test run follows.

    Backtraces of the host keep Python's frames alive, and with them every array
    that a function returns: counters of memory are wrong, and nothing is freed.
    """
    return [
        *("compute-sanitizer", "--tool", tool),
        *("--show-backtrace", "device"),
        *("--target-processes=all", "--error-exitcode=9"),
    ]


def run_pytest(machine, args, name, paths, workers, limit=math.inf):
    """The outcome of a run that writes the report NAME.xml.

    A process that ends before its report, or stops early, is a failure too.
    """
    report = args.results / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-p"]
    command += ["no:cacheprovider", "--junitxml", report, *paths]
    if args.sanitizer:
        command = [*make_sanitizer_prefix(args.sanitizer), *command]
        workers = 1
    if workers > 1 and has_module("xdist"):
        command += ["-n", str(workers)]
    if has_module("pytest_timeout"):
        command += ["--timeout", str(args.test_limit)]
    if args.select:
        command += ["-k", args.select]
    status = machine.run(command, limit)
    outcome = read_report(report) if report.exists() else Outcome()
    if status not in (0, 1, NO_TESTS):
        last = "" if report.exists() else ", no report"
        outcome.failed[name] = describe_status(status) + last
    return outcome


def summarise_tests(part, outcome):
    return {
        "part": part,
        "passed": outcome.passed > 0 and not outcome.failed,
        "detail": outcome.describe(),
        "failed": outcome.failed,
    }


def run_tests(machine, args):
    paths = args.files or [TESTS, f"--ignore={GPU_TESTS}"]
    outcome = run_pytest(machine, args, "tests", paths, args.workers)
    return summarise_tests("tests", outcome)


def run_gpu_tests(machine, args):
    """File by file: a crash, or a lost context, costs one file.

    One after the other: these tests fill the device's memory.
    """
    outcome = Outcome()
    for path in sorted(GPU_TESTS.glob("test_*.py")):
        if machine.has_time():
            outcome.add(run_pytest(machine, args, path.stem, [path], 1, FILE_LIMIT))
        else:
            outcome.failed[path.stem] = "no time left"
    return summarise_tests("gpu-tests", outcome)


def run_bench(machine, args):
    """The benchmark prints its own table."""
    command = [sys.executable, ROOT / "bench/run.py", "gpu", "--results", args.results]
    seconds = min(args.bench_limit, machine.get_seconds_left() - BENCH_MARGIN)
    command += ["--limit", str(int(max(seconds, 1)))]
    if args.rows:
        command += ["--rows", args.rows]
    if args.quick:
        command.append("--quick")
    if args.commit:
        command += ["--commit", args.commit]
    status = machine.run(command)
    detail = "see the table" if status == 0 else describe_status(status)
    return {"part": "bench", "passed": status == 0, "detail": detail}


RUNNERS = dict(
    zip(PARTS, (run_smoke, run_tests, run_gpu_tests, run_bench), strict=True)
)


def get_devices():
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return result.stdout.split("\n")[:-1]


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="./dev gpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for part in PARTS:
        parser.add_argument(
            f"--{part}",
            dest="parts",
            action="append_const",
            const=part,
            help="only this and what else is selected",
        )
    parser.add_argument("--wheel", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument(
        "--results",
        type=pathlib.Path,
        default=ROOT / "build/gpu",
        help="where reports and timings are written",
    )
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1 or cpu")
    parser.add_argument("--quick", action="store_true", help="fewer calls of less")
    parser.add_argument("--rows", help="the benchmark's, by commas")
    parser.add_argument("--bench-limit", type=float, default=BENCH_LIMIT)
    parser.add_argument("--limit", type=float, default=3600, help="seconds in all")
    parser.add_argument("--test-limit", type=int, default=TEST_LIMIT)
    parser.add_argument("--workers", type=int, default=min(12, os.cpu_count() or 1))
    parser.add_argument("-k", dest="select", help="pytest's choice of tests")
    parser.add_argument("--files", nargs="+", type=pathlib.Path, help="test files")
    parser.add_argument("--sanitizer", choices=SANITIZERS)
    parser.add_argument("--commit", help="what the results say was measured")
    return parser.parse_args()


def print_summary(results):
    print()
    for result in results:
        verdict = "ok" if result["passed"] else "FAILED"
        print(f"{result['part']:<10}{verdict:<8}{result['detail']}")


def main():
    args = parse_arguments()
    args.wheel, args.results = args.wheel.resolve(), args.results.resolve()
    wheel = find_wheel(args.wheel) if args.wheel.is_dir() else args.wheel
    args.results.mkdir(parents=True, exist_ok=True)
    devices = get_devices()
    say(f"{wheel.name} on {'; '.join(devices) or 'no GPU'}")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="numloom-gpu-"))
    try:
        machine = Machine(wheel, args.device, scratch, args.limit)
        selected = args.parts or PARTS
        results = [RUNNERS[part](machine, args) for part in PARTS if part in selected]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    summary = {"wheel": wheel.name, "devices": devices, "parts": results}
    (args.results / "gpu-checks.json").write_text(json.dumps(summary, indent=1) + "\n")
    print_summary(results)
    return 0 if all(result["passed"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
