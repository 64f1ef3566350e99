"""Nothing is lost, whichever allocation of a process fails."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

import numloom as nl

LIBRARY = (
    pathlib.Path(nl.__file__).parents[2] / "fake-driver" / "libNumloomFailingNew.so"
)


@pytest.mark.skipif(not LIBRARY.exists(), reason="the library is not built")
def test_every_allocation_fails_in_turn():
    script = pathlib.Path(__file__).parent / "allocation_failures.py"
    result = subprocess.run(
        [sys.executable, str(script), str(LIBRARY)],
        env=os.environ | {"LD_PRELOAD": str(LIBRARY), "NUMLOOM_DEVICE": "cpu"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.fullmatch(r"\d{3,} failures\n", result.stdout), result.stdout
