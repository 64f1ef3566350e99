"""docs/numpy-coverage.md says what is there."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "docs" / "numpy-coverage.md"


def test_page_is_up_to_date():
    version = re.search(r"`numpy`\s+(\d+\.\d+)", PAGE.read_text()).group(1)
    if not np.__version__.startswith(version + "."):
        pytest.skip(f"the page is about NumPy {version}")
    script = ROOT / "utils" / "generate_numpy_coverage.py"
    run = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


def test_most_functions_are_there():
    counts = re.search(r"Of the (\d+) .*?Numloom\s+has (\d+)", PAGE.read_text(), re.S)
    total, there = map(int, counts.groups())
    assert there >= 350 and total <= 400
