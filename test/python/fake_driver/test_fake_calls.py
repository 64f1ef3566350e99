"""Every call of the driver, of cuBLAS and of the library that sorts fails in turn."""

import os
import pathlib
import re
import subprocess
import sys

import numloom as nl

SCRIPT = pathlib.Path(__file__).parent / "faults.py"
NO_HOST_MEMORY, UNKNOWN, OUT_OF_MEMORY, ILLEGAL_ADDRESS = "0", "999", "2", "700"
FAILING_NEW = (
    pathlib.Path(nl.__file__).parents[2] / "fake-driver" / "libNumloomFailingNew.so"
)


def run(tmp_path, *arguments, **environment):
    """The last line of what the script prints, which should be the only one."""
    libraries = dict.fromkeys(("NUMLOOM_CUBLAS", "NUMLOOM_CUB"), "libcuda.so.1")
    result = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env=os.environ
        | libraries
        | {"NUMLOOM_FAKE_KERNELS": "1", "NUMLOOM_CACHE_DIR": str(tmp_path)}
        | environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_programs_that_ran_before(tmp_path):
    said = run(tmp_path, "warm", "1", UNKNOWN, OUT_OF_MEMORY)
    assert re.fullmatch(r"\d{4,} failures\n", said), said


def test_programs_that_run_first(tmp_path):
    """Every 109th call: each takes a process."""
    said = run(tmp_path, "cold", "109", UNKNOWN, OUT_OF_MEMORY, ILLEGAL_ADDRESS)
    assert re.fullmatch(r"\d{2,} failures\n", said), said


def test_allocations_of_the_host(tmp_path):
    library = str(FAILING_NEW)
    said = run(tmp_path, "warm", "1", NO_HOST_MEMORY, LD_PRELOAD=library)
    assert re.fullmatch(r"\d{4,} failures\n", said), said
