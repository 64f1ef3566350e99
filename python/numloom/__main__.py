"""`python -m numloom`: runs a program written for NumPy, unchanged.

usage: python -m numloom [--report] (SCRIPT | -m MODULE | -c CODE) [ARGUMENT ...]

The program's `import numpy` gives Numloom's functions, and NumPy's for what Numloom
has not. Arguments, exit status and tracebacks are those of python.

  --report    At the end, prints to stderr which functions were left to NumPy and
              which lines waited for a value.
  -h, --help  Prints this text.
  --version   Prints the version.
"""

import atexit
import sys

from . import __version__
from ._compat import _importing, _proxy, _running
from ._compat._dispatch import Dispatch
from ._compat._report import Report


def _fail(message):
    print(f"numloom: {message}", file=sys.stderr)
    sys.exit(2)


def _parse(arguments):
    """Whether to report, how to run what, and the program's own arguments."""
    report = False
    while arguments:
        option, *arguments = arguments
        if option == "--report":
            report = True
        elif option in ("-h", "--help"):
            print(__doc__.split("\n\n", 1)[1].rstrip())
            sys.exit(0)
        elif option == "--version":
            print(f"numloom {__version__}")
            sys.exit(0)
        elif option in ("-m", "-c"):
            if not arguments:
                _fail(f"argument expected for the {option} option")
            run = _running.run_module if option == "-m" else _running.run_code
            return report, run, arguments[0], arguments[1:]
        elif option.startswith("-"):
            _fail(f"unknown option {option}; see python -m numloom --help")
        else:
            return report, _running.run_script, option, arguments
    _fail("nothing to run; see python -m numloom --help")


def _main():
    wants_report, run, program, arguments = _parse(sys.argv[1:])
    report = Report(_importing.is_user_file)
    modules = _proxy.Modules(report.note_fallback)
    modules.complete_methods()
    Dispatch(report.note_fallback, _importing.is_user_file).install()
    program_builtins = _importing.install(modules)
    _running.hide_frames()
    if wants_report:
        report.watch_waits()
        # After what the program itself has registered.
        atexit.register(lambda: print(report.format(), end="", file=sys.stderr))
    try:
        run(program, arguments, program_builtins)
    except _running.UsageError as error:
        _fail(error)


if __name__ == "__main__":
    _main()
