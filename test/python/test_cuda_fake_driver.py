"""Runs the tests of fake_driver/ in a process whose CUDA driver is the fake."""

import os
import pathlib
import subprocess
import sys

import pytest

import numloom as nl

DRIVER = pathlib.Path(nl.__file__).parents[2] / "fake-driver"


@pytest.mark.skipif(not DRIVER.exists(), reason="the fake driver is not built")
def test_on_the_fake_driver():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    environment |= {"LD_LIBRARY_PATH": str(DRIVER), "NUMLOOM_DEVICE": "cuda"}
    folder = pathlib.Path(__file__).parent / "fake_driver"
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
