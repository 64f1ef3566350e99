"""Processes that lack what evaluation on the CPU needs: threads, disk, a compiler."""

import os
import pathlib
import shutil

from processes import read_output

import numloom as nl

PACKAGE = pathlib.Path(nl._core.__file__).parent


def run(program, **environment):
    return read_output(program, NUMLOOM_DEVICE="cpu", **environment).splitlines()


def test_fewer_threads_than_asked_for():
    """Stacks find no room in the address space."""
    program = """
import os, resource
import numpy, numloom as nl

x = nl.asarray(numpy.arange(1e6))
(x * 2).get()
nl.set_num_threads(64)
with open("/proc/self/statm") as file:
    size = int(file.read().split()[0]) * resource.getpagesize()
free = resource.RLIM_INFINITY
resource.setrlimit(resource.RLIMIT_AS, (size + (90 << 20), free))
print((x * 2)[5:8].tolist())
print(len(os.listdir("/proc/self/task")) < 64)
resource.setrlimit(resource.RLIMIT_AS, (free, free))
print(float((x * 2)[:5].sum()))
"""
    assert run(program) == ["[10.0, 12.0, 14.0]", "True", "20.0"]


def test_a_disk_that_is_full(tmp_path):
    """What cannot be written whole is not there."""
    program = """
import resource
import numloom as nl

resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
print((nl.arange(3) * 2).tolist())
"""
    tmp_path.chmod(0o700)
    assert run(program, NUMLOOM_CACHE_DIR=str(tmp_path)) == ["[0, 2, 4]"]
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_is_no_directory(tmp_path):
    file = tmp_path / "file"
    file.touch()
    program = "import numloom as nl\nprint((nl.arange(3) * 2).tolist())"
    for path in (file, file / "below", "/dev/full"):
        assert run(program, NUMLOOM_CACHE_DIR=str(path)) == ["[0, 2, 4]"]


def test_no_compiler(tmp_path):
    """The error names the file; what needs no compiler works."""
    copy = tmp_path / "numloom"
    copy.mkdir()
    for entry in pathlib.Path(nl.__file__).parent.iterdir():
        (copy / entry.name).symlink_to(entry.resolve())
    for entry in PACKAGE.glob("*.so"):
        (copy / entry.name).unlink(missing_ok=True)
    extension = pathlib.Path(nl._core.__file__)
    shutil.copy(extension, copy / extension.name)
    program = """
import numloom as nl

for _ in range(2):
    try:
        print((nl.arange(3) * 2).tolist())
    except RuntimeError as error:
        print(error)
print(nl.asarray([3.0, 1.0]).tolist())
"""
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    *errors, last = run(program, PYTHONPATH=path)
    assert len(errors) == 2
    for error in errors:
        assert error.startswith("cannot load the compiler: ")
        assert "libnumloom_compiler.so" in error
    assert last == "[3.0, 1.0]"
