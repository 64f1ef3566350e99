"""Runs a script, a module or a string of code as `__main__`, as python does."""

import importlib.util
import io
import os
import sys
import types

_OWN_DIR = os.path.dirname(os.path.abspath(__file__)) + os.sep
_MAIN_FILE = os.path.join(os.path.dirname(_OWN_DIR[:-1]), "__main__.py")
_IMPORT_FILES = (
    "<frozen importlib._bootstrap>",
    "<frozen importlib._bootstrap_external>",
)


class UsageError(Exception):
    """What was to be run cannot be found; the message says why."""


def _run(code, program_builtins, **attributes):
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=program_builtins, **attributes)
    sys.modules["__main__"] = module
    exec(code, module.__dict__)


def _enter(directory):
    """Puts `directory` where python puts the one of the script."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = directory


def run_script(path, arguments, program_builtins):
    """Runs the file, or the `__main__.py` of the directory, `path`."""
    directory = os.path.dirname(os.path.realpath(path))
    file = path
    if os.path.isdir(path):
        directory, file = os.path.realpath(path), os.path.join(path, "__main__.py")
    try:
        with io.open_code(os.path.abspath(file)) as stream:
            source = stream.read()
    except OSError as error:
        raise UsageError(
            f"can't open file {os.path.abspath(file)!r}: [Errno {error.errno}] "
            f"{error.strerror}"
        ) from None
    sys.argv[:] = [path, *arguments]
    _enter(directory)
    code = compile(source, file, "exec", dont_inherit=True)
    _run(code, program_builtins, __file__=file, __cached__=None)


def run_module(name, arguments, program_builtins):
    """Runs the module `name`, or the `__main__` of the package."""
    sys.argv[:] = ["-m", *arguments]
    _enter(os.getcwd())
    spec = _find_module(name)
    code = spec.loader.get_code(spec.name)
    sys.argv[0] = spec.origin
    _run(
        code,
        program_builtins,
        __file__=spec.origin,
        __cached__=spec.cached,
        __loader__=spec.loader,
        __package__=spec.parent,
        __spec__=spec,
    )


def _find_module(name):
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
            if spec is None:
                raise UsageError(
                    f"No module named {name}.__main__; {name!r} is a package and "
                    "cannot be directly executed"
                )
    except ModuleNotFoundError as error:
        raise UsageError(f"Error while finding module specification: {error}") from None
    if spec is None:
        raise UsageError(f"No module named {name}")
    if spec.loader is None or not hasattr(spec.loader, "get_code"):
        raise UsageError(f"No code object available for {name}")
    return spec


def run_code(source, arguments, program_builtins):
    """Runs the string `source`."""
    sys.argv[:] = ["-c", *arguments]
    _enter("")
    code = compile(source, "<string>", "exec", dont_inherit=True)
    _run(code, program_builtins)


def _is_own(frame):
    name = frame.f_code.co_filename
    return name.startswith((_OWN_DIR, "<frozen runpy>")) or name == _MAIN_FILE


def _strip(traceback):
    """`traceback` without the frames that run the program or import for it."""
    kept = []
    while traceback is not None:
        if _is_own(traceback.tb_frame):
            # Python hides its frames of an import unless others lie between them.
            while kept and kept[-1].tb_frame.f_code.co_filename in _IMPORT_FILES:
                kept.pop()
        else:
            kept.append(traceback)
        traceback = traceback.tb_next
    result = None
    for link in reversed(kept):
        frame, last, line = link.tb_frame, link.tb_lasti, link.tb_lineno
        result = types.TracebackType(result, frame, last, line)
    return result


def hide_frames():
    """Has uncaught exceptions show the program's frames, not those around it."""
    show = sys.excepthook

    def show_stripped(kind, error, traceback):
        seen = set()
        link = error
        while link is not None and id(link) not in seen:
            seen.add(id(link))
            link.__traceback__ = _strip(link.__traceback__)
            link = link.__cause__ or link.__context__
        show(kind, error, error.__traceback__)

    sys.excepthook = show_stripped
