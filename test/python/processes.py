"""Programs that tests run in processes of their own."""

import os
import subprocess
import sys


def run_python(source, **options):
    """Runs a program and gives what became of it."""
    return subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


def read_output(source, **environment):
    """What a program prints that succeeds; `environment` is added to this one's."""
    result = run_python(source, env=os.environ | environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
