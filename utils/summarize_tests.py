"""Sums the JUnit reports of lit, gtest and pytest into one closing line."""

import argparse
import sys
from xml.etree import ElementTree


def count(path):
    """Returns (passed, failed) of one report file."""
    passed = failed = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        outcomes = {child.tag for child in case}
        if outcomes & {"failure", "error"}:
            failed += 1
        elif "skipped" not in outcomes and case.get("status") != "notrun":
            passed += 1
    return passed, failed


def main():
    """Prints `N passed, N failed`; a broken runner counts as one failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="*")
    parser.add_argument("--broken", type=int, default=0)
    args = parser.parse_args()
    passed, failed = 0, args.broken
    for path in args.reports:
        try:
            counts = count(path)
        except (OSError, ElementTree.ParseError):
            counts = (0, 1)
        passed += counts[0]
        failed += counts[1]
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
