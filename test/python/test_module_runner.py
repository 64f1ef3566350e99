"""`python -m numloom`: programs written for NumPy, unchanged."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from processes import run_python

import numloom as nl


def run(*arguments, cwd, path=()):
    """Runs `python -m numloom` and gives what became of it."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(nl.__file__)))
    search = os.pathsep.join([own, *map(str, path)])
    return subprocess.run(
        [sys.executable, "-m", "numloom", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def write(tmp_path):
    """Writes a source file below the test's directory; gives its path."""

    def write_file(name, source):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
        return path

    return write_file


def check(result, expected):
    assert result.returncode == 0, result.stderr
    assert result.stdout.split("\n")[:-1] == expected, result.stdout


def test_script(write, tmp_path):
    write(
        "script.py",
        """\
        import sys
        import numpy as np
        from numpy import linspace, pi
        x = linspace(0, pi, 5)
        print(type(x), np.sin(x).sum().dtype)
        print(round(float(np.sin(x).sum()), 6))
        print(sys.argv, __name__, __file__, sys.path[0] == sys.argv[1])
        """,
    )
    result = run("script.py", tmp_path, "--report", cwd=tmp_path)
    check(
        result,
        [
            "<class 'numloom.ndarray'> float64",
            "2.414214",
            f"['script.py', '{tmp_path}', '--report'] __main__ script.py True",
        ],
    )
    assert result.stderr == ""


def test_own_modules_get_the_stand_in_and_others_do_not(write, tmp_path):
    write("project/helper.py", "import numpy\nKIND = type(numpy.ones(2)).__module__\n")
    write("project/pack/__init__.py", "from .inner import KIND\n")
    write(
        "project/pack/inner.py",
        "from numpy import ones\nKIND = type(ones(2)).__module__",
    )
    write(
        "lib/site-packages/third.py",
        "import numpy\nKIND = type(numpy.ones(2)).__module__",
    )
    script = write(
        "project/script.py",
        """\
        import helper, pack, third, sys
        print(helper.KIND, pack.KIND, third.KIND)
        print(type(sys.modules["numpy"].ones(2)).__module__)
        """,
    )
    path = [tmp_path / "lib" / "site-packages"]
    result = run(script, cwd=tmp_path, path=path)
    check(result, ["numloom numloom numpy", "numpy"])


def test_imports(tmp_path):
    code = """
import numpy
import numpy.linalg
import numpy.linalg as la
import numpy.random as npr
from numpy import linalg, random as r
from numpy.linalg import norm
from numpy import *
assert numpy.linalg is la is linalg and npr is r
assert "numloom" in repr(numpy) and numpy.__name__ == "numpy"
assert type(ones(2)) is numpy.ndarray is ndarray
assert float(norm(ones(4))) == 2.0
assert __import__("numpy") is numpy
def late():
    import numpy as inner
    return inner
assert late() is numpy
for statement in ("import numpy.nope", "from numpy import nope", "numpy.nope"):
    try:
        exec(statement)
    except (ImportError, AttributeError) as error:
        print(type(error).__name__)
"""
    check(
        run("-c", code, cwd=tmp_path),
        ["ModuleNotFoundError", "ImportError", "AttributeError"],
    )


def test_submodules_under_their_other_names(tmp_path):
    code = """
import numpy as np
import numpy.lib.scimath as sm
print(np.emath.sqrt(-4.0), type(sm.log(-1.0)).__module__)
"""
    result = run("--report", "-c", code, cwd=tmp_path)
    check(result, ["2j numloom"])
    assert "nothing was left to NumPy" in result.stderr


def test_fallback(tmp_path):
    code = """
import numpy as np
values = np.linalg.eigvalsh(np.diag([3.0, 1.0, 2.0]))
print(type(values).__module__, values)
names = np.array(["b", "a"])
print(type(names).__module__, np.sort(names))
print(type(np.array([1, None])).__module__)
print(type(np.fft.rfft(np.ones(4))).__module__)
spectrum = np.linalg.eig(np.eye(2))
print(type(spectrum).__name__, type(spectrum.eigenvalues).__module__)
print(np.ones((2, 2)).astype(str)[0])
print(np.arange(4).reshape(2, 2).flatten("F"))
np.testing.assert_allclose(np.ones(2), [1, 1])
print(np.polynomial.Polynomial([1, 2])(np.arange(3)))
print(np.vectorize(str)(np.arange(2)), np.vectorize(abs)(-np.arange(2)).dtype)
"""
    check(
        run("-c", code, cwd=tmp_path),
        [
            "numloom [1. 2. 3.]",
            "numpy ['a' 'b']",
            "numpy",
            "numloom",
            "EigResult numloom",
            "['1.0' '1.0']",
            "[0 2 1 3]",
            "[1. 3. 5.]",
            "['0' '1'] int64",
        ],
    )


def test_packages_take_the_arrays(write, tmp_path):
    write(
        "lib/site-packages/third.py",
        """\
        import numpy
        next_one = numpy.frompyfunc(lambda x: x + 1, 1, 1)
        def spectrum(x):
            return type(numpy.linalg.eigvalsh(x)).__module__
        def stretch(x):
            return numpy.broadcast_arrays(x, [None])[1]
        """,
    )
    code = """
import numpy as np
import third
x = np.ones(2)
print(third.next_one(np.arange(2)), third.spectrum(np.eye(2)), third.stretch(x))
"""
    path = [tmp_path / "lib" / "site-packages"]
    check(
        run("-c", code, cwd=tmp_path, path=path),
        ["[1 2] numpy [None None]"],
    )


def test_random_numbers_repeat(tmp_path):
    code = """
import numpy as np
for draw in range(2):
    np.random.seed(3)
    rng, old = np.random.default_rng(5), np.random.RandomState(7)
    print(np.random.rand(2), np.random.permutation(4), rng.permutation(4),
          rng.random(1), rng.poisson(3, 2), old.rand(1))
print(type(old.rand(2)).__module__, type(rng.permutation(3)).__module__)
"""
    result = run("-c", code, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    first, second, kinds = result.stdout.splitlines()
    assert first == second and kinds == "numloom numloom"


def test_what_numpy_writes_arrives(tmp_path):
    code = """
import numpy as np
x = np.array([3.0, 1.0, 2.0])
np.random.seed(0)
np.random.shuffle(x)
print(sorted(x.tolist()))
out = np.zeros(2)
print(np.linalg.multi_dot([np.eye(2), np.eye(2), np.ones(2)], out=out) is out, out)
"""
    check(run("-c", code, cwd=tmp_path), ["[1.0, 2.0, 3.0]", "True [1. 1.]"])


def test_module(write, tmp_path):
    write("pack/__init__.py", "")
    write(
        "pack/__main__.py",
        "import sys\nfrom . import part\nprint(part.KIND, sys.argv[1:])",
    )
    write("pack/part.py", "import numpy\nKIND = type(numpy.ones(2)).__module__")
    write(
        "single.py", "import numpy, sys\nprint(numpy, __spec__.name, __package__ == '')"
    )
    check(run("-m", "pack", "-x", cwd=tmp_path), ["numloom ['-x']"])
    check(
        run("-m", "single", cwd=tmp_path),
        ["<module 'numpy' served by numloom> single True"],
    )
    write("folder/__main__.py", "import numpy; print(numpy)")
    check(run("folder", cwd=tmp_path), ["<module 'numpy' served by numloom>"])


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("sys.exit()", 0),
        ("sys.exit(7)", 7),
        ("sys.exit('words')", 1),
        ("raise ValueError('boom')", 1),
        ("os._exit(4)", 4),
    ],
)
def test_exit_status(statement, status, tmp_path):
    result = run("-c", f"import os, sys; {statement}", cwd=tmp_path)
    assert result.returncode == status
    same = run_python(f"import os, sys; {statement}")
    assert result.stderr == same.stderr and same.returncode == status


def test_tracebacks_are_those_of_python(write, tmp_path):
    write(
        "helper.py", "import numpy as np\ndef work():\n    return {}['key']\nwork()\n"
    )
    script = write(
        "script.py", "import numpy as np\ndef go():\n    import helper\ngo()\n"
    )
    ours = run(script, cwd=tmp_path)
    theirs = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False
    )
    assert ours.stderr == theirs.stderr
    bad = write("bad.py", "import numpy\nx = = 2\n")
    assert "bad.py" in run(bad, cwd=tmp_path).stderr.splitlines()[0]
    assert "numloom" not in run(bad, cwd=tmp_path).stderr


def test_errors_of_numloom_name_the_line(write, tmp_path):
    script = write("script.py", "import numpy as np\nnp.ones(2) + np.ones(3)\n")
    result = run(script, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.splitlines()[1].endswith('script.py", line 2, in <module>')
    assert result.stderr.splitlines()[-1].startswith("ValueError: operands")


def test_report(write, tmp_path):
    write(
        "script.py",
        """\
        import numpy as np
        x = np.linspace(0, 1, 100)
        for _ in range(3):
            if x.sum() > 1:
                x = x / 2
        def solve():
            return np.linalg.eigvalsh(np.eye(3))
        solve(), solve()
        """,
    )
    result = run("--report", "script.py", cwd=tmp_path)
    assert result.returncode == 0 and result.stdout == ""
    assert "2 calls  linalg.eigvalsh  script.py:7 (2)" in result.stderr
    waits = [line for line in result.stderr.splitlines() if "ms  " in line]
    assert any(w.strip().startswith("3 waits") and "script.py:4" in w for w in waits)
    assert "compiled in" in result.stderr


def test_report_of_nothing(tmp_path):
    result = run("--report", "-c", "import numpy; numpy.ones(3)", cwd=tmp_path)
    assert "nothing was left to NumPy" in result.stderr
    assert "no line waited" in result.stderr


def test_report_after_an_error(tmp_path):
    result = run("--report", "-c", "import numpy; numpy.ones(2)[5]", cwd=tmp_path)
    assert result.returncode == 1
    traceback, _, report = result.stderr.partition("numloom: nothing was left")
    assert "IndexError" in traceback and "no line waited" in report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to run"),
        (["-m"], "argument expected for the -m option"),
        (["-m", "no_such_module"], "No module named no_such_module"),
        (["no_such_file.py"], "can't open file"),
        (["--nope"], "unknown option --nope"),
    ],
)
def test_bad_usage(arguments, message, tmp_path):
    result = run(*arguments, cwd=tmp_path)
    assert result.returncode == 2 and message in result.stderr
    assert result.stdout == ""


def test_help(tmp_path):
    result = run("--help", cwd=tmp_path)
    assert result.returncode == 0 and "usage: python -m numloom" in result.stdout
    check(run("--version", cwd=tmp_path), [f"numloom {nl.__version__}"])


def test_numpy_itself_is_untouched():
    assert type(np.ones(2)).__module__ == "numpy"
