"""Programs that fail after they have begun to update arrays in place."""

from processes import read_output

# Products that find no BLAS fail between other steps of a program.
SETUP = """
import numpy, numloom as nl
from numloom import _core

_core.set_library_dir("/nowhere")
m = nl.asarray(numpy.ones((300, 300)))
y = nl.asarray(numpy.arange(1000.0)) + 1
nl.evaluate(y)

def error_of(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
"""


def run(program):
    environment = {"NUMLOOM_OPENBLAS": "", "NUMLOOM_DEVICE": "cpu"}
    return read_output(SETUP + program, **environment).splitlines()


def test_what_was_complete_is_kept():
    """It is not computed again from what it has overwritten."""
    program = """
before = y * 2
y[:500] = y[:500] + 1
failing = m @ m + y[:300]
for _ in range(3):
    print("need OpenBLAS" in error_of(lambda: nl.evaluate(y, before, failing)))
print(numpy.asarray(y)[[0, 499, 500]].tolist())
print(numpy.asarray(before)[[0, 499, 500]].tolist())
y[0] = 7
print((y + 1)[:2].tolist())
"""
    assert run(program) == [
        "True",
        "True",
        "True",
        "[2.0, 501.0, 501.0]",
        "[2.0, 1000.0, 1002.0]",
        "[8.0, 4.0]",
    ]


def test_what_was_begun_is_lost():
    """What was overwritten in part can be computed no more, and is not wrong."""
    program = """
y[:500] = y[:500] + 1
y[500:800] = (m @ m + y[:300])[0] + y[:300]
print("need OpenBLAS" in error_of(lambda: nl.evaluate(y)))
error = error_of(lambda: nl.evaluate(y))
print("contents are lost" in error or "need OpenBLAS" in error)
print((nl.ones(3) + 1).tolist())
"""
    assert run(program) == ["True", "True", "[2.0, 2.0, 2.0]"]


def test_what_was_not_begun_is_as_it_was():
    program = """
y[:300] = (m @ m)[0] + y[:300]
for _ in range(2):
    print("need OpenBLAS" in error_of(lambda: nl.evaluate(y)))
"""
    assert run(program) == ["True", "True"]
