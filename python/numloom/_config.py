"""What Numloom is made of, and what an evaluation would do."""

import atexit
import os
import sys

import numpy as _numpy

from . import _core

__version__ = _core.build_info()["version"]

# Threads that compile need the interpreter, and no thread survives a fork.
atexit.register(_core.end_background_work)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_core.prepare_fork,
        after_in_parent=_core.finish_fork,
        after_in_child=_core.finish_fork,
    )


def explain(*arrays):
    """The fused program that evaluating `arrays` would run, as text.

    Names each kernel, what it reads and writes in bytes, and why neighbours were not
    fused. Evaluates nothing.
    """
    return _core.explain(list(arrays))


def evaluate(*arrays):
    """Computes `arrays` now, in one program."""
    _core.evaluate(list(arrays))


def show_config(mode="stdout"):
    """Prints versions and settings; returns them as a dict for `mode="dicts"`.

    Raises ValueError for another `mode`.
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f"mode must be 'stdout' or 'dicts', not {mode!r}")
    config = {
        "numloom": __version__,
        "build": _core.build_info(),
        "numpy": _numpy.__version__,
        "python": sys.version.split()[0],
        "threads": _core.get_num_threads(),
        "memory": _core.memory_info(),
        "cuda": _describe_cuda(),
    }
    if mode == "dicts":
        return config
    for name, value in config.items():
        print(f"{name}: {value}")
    return None


def _describe_cuda():
    """The driver's version and the devices, or why there are none."""
    cuda = _core.cuda
    try:
        return {
            "driver": cuda.driver_version(),
            "devices": [cuda.device_name(i) for i in range(cuda.device_count())],
        }
    except _core.CudaError as error:
        return str(error)
