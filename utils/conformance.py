"""Runs data-apis' array-api-tests on Numloom and counts what passes.

    ./dev conformance path/to/array-api-tests [OPTIONS] [-- PYTEST OPTIONS]

The path is that of a checkout with its submodule array-api; without it the
environment variable ARRAY_API_TESTS_DIR names it. Tests that are known to fail are
listed, each with its reason, in test/array-api-xfails.txt. Exits with 1 where
another test fails.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
XFAILS = ROOT / "test/array-api-xfails.txt"
PACKAGE = "array_api_tests"
GROUPS = ("test_has_names", "test_signatures")
# Reasons in the xfail file that say that a function does not exist yet.
ABSENT = "not there yet"


def find_suite(path):
    path = path or os.environ.get("ARRAY_API_TESTS_DIR")
    if not path:
        sys.exit(
            "name a checkout of https://github.com/data-apis/array-api-tests: as "
            "argument or in ARRAY_API_TESTS_DIR"
        )
    suite = pathlib.Path(path).resolve()
    if not (suite / PACKAGE).is_dir():
        sys.exit(f"{suite} is no checkout of array-api-tests")
    if not (suite / "array-api/src").is_dir():
        sys.exit(f"{suite}/array-api is empty: git submodule update --init")
    return suite


def read_absent():
    """The ids of known failures whose reason is that a function is absent."""
    absent = set()
    for paragraph in XFAILS.read_text().split("\n\n"):
        lines = paragraph.splitlines()
        reason = " ".join(line.strip("# ") for line in lines if line.startswith("#"))
        if ABSENT in reason:
            absent.update(line for line in lines if not line.startswith("#"))
    return absent


def run_suite(suite, args, report):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # Else it would be a folder that holds the xfail file, too.
    command += ["--rootdir", str(suite)]
    command += ["--max-examples", str(args.max_examples), "--disable-deadline"]
    command += ["--xfails-file", str(XFAILS), "--junitxml", str(report)]
    command += ["-n", str(args.workers)] if args.workers > 1 else []
    environment = os.environ | {"ARRAY_API_TESTS_MODULE": "numloom"}
    if args.device:
        environment["NUMLOOM_DEVICE"] = args.device
    tests = args.tests or [PACKAGE]
    subprocess.run(
        [*command, *args.options, *tests], cwd=suite, env=environment, check=False
    )


def get_outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    skipped = case.find("skipped")
    if skipped is None:
        return "passed"
    return "xfailed" if skipped.get("type") == "pytest.xfail" else "skipped"


def read_outcomes(report):
    """'passed', 'failed', 'xfailed' or 'skipped' by test id."""
    outcomes = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        module, *classes = case.get("classname").split(".")[1:]
        names = [f"{PACKAGE}/{module}.py", *classes, case.get("name")]
        outcomes["::".join(names)] = get_outcome(case)
    return outcomes


def get_group(test):
    name = test.split("/")[1].split(".py")[0]
    return name if name in GROUPS else "others"


def is_listed(test, ids):
    """Whether an id of the xfail file names the test, as the suite matches them."""
    return test in ids or test.split("[")[0] in ids


def print_summary(outcomes, absent):
    """A line per group: what passes of the tests whose functions exist."""
    for group in (*GROUPS, "others"):
        ran = [test for test in outcomes if get_group(test) == group]
        if not ran:
            continue
        there = [
            t for t in ran if outcomes[t] != "skipped" and not is_listed(t, absent)
        ]
        passed = sum(outcomes[test] == "passed" for test in there)
        share = passed / max(len(there), 1)
        print(
            f"{group:<16}{passed:>5} of {len(there)} pass ({share:.2%}), "
            f"{len(ran) - len(there)} skipped or of functions that are not there"
        )


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="./dev conformance",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", nargs="?", help="the checkout of array-api-tests")
    parser.add_argument("--max-examples", type=int, default=100)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--device", help="cpu, cuda or cuda:1")
    parser.add_argument("--tests", nargs="+", help="the suite's files or ids")
    arguments = sys.argv[1:]
    options = []
    if "--" in arguments:
        split = arguments.index("--")
        arguments, options = arguments[:split], arguments[split + 1 :]
    args = parser.parse_args(arguments)
    args.options = options
    return args


def main():
    args = parse_arguments()
    suite = find_suite(args.path)
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.xml"
        run_suite(suite, args, report)
        if not report.exists():
            sys.exit("the tests ended without a report")
        outcomes = read_outcomes(report)
    print_summary(outcomes, read_absent())
    failed = [test for test, outcome in outcomes.items() if outcome == "failed"]
    for test in failed:
        print(f"failed: {test}")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
