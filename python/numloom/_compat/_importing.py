"""Imports: who gets the stand-in for `numpy`, and who the module itself.

A module of the program runs with builtins of its own, whose `__import__` gives the
stand-ins. Everything else, above all packages in `site-packages`, whose extensions
need NumPy's own arrays, imports as ever.
"""

import builtins
import importlib.machinery
import os
import site
import sys
import sysconfig
import types

# A file may be linked from a directory of libraries, or the directory itself.
_FORMS = (os.path.abspath, os.path.realpath)


def _get_library_dirs():
    """Where modules lie that are no part of the program."""
    paths = sysconfig.get_paths()
    found = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    found += [*site.getsitepackages(), site.getusersitepackages()]
    found.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return tuple({f(path) + os.sep for path in found for f in _FORMS})


_LIBRARY_DIRS = _get_library_dirs()
_PACKAGE_DIRS = {"site-packages", "dist-packages"}


def is_user_file(name):
    """Whether `name` is a source file of the program; what has no file is."""
    if name.startswith("<"):
        return not name.startswith("<frozen")
    return not any(_is_library(form(name)) for form in _FORMS)


def _is_library(path):
    if path.startswith(_LIBRARY_DIRS):
        return True
    return not _PACKAGE_DIRS.isdisjoint(path.split(os.sep))


def is_numpy(name):
    """Whether a module is NumPy or one of its own."""
    return name == "numpy" or name.startswith("numpy.")


def make_builtins(modules):
    """The builtins of the program's modules: Python's, with imports of its own."""

    def import_for_program(name, globals=None, locals=None, fromlist=(), level=0):
        if level or not is_numpy(name):
            return builtins.__import__(name, globals, locals, fromlist, level)
        module = modules.get(name)
        if not fromlist:
            return modules.get("numpy")
        for item in fromlist:
            if item != "*" and not hasattr(module, item):
                _import_submodule(f"{name}.{item}", modules)
        return module

    result = types.ModuleType("builtins", builtins.__doc__)
    result.__dict__.update(vars(builtins), __import__=import_for_program)
    return result


def _import_submodule(name, modules):
    """Imports the module that a name in `from package import name` may be."""
    try:
        modules.get(name)
    except ModuleNotFoundError as error:
        # Not a module either: the import statement says so itself.
        if error.name != name:
            raise


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs a module of the program with the program's builtins."""

    def __init__(self, name, path, program_builtins):
        super().__init__(name, path)
        self._builtins = program_builtins

    def exec_module(self, module):
        module.__dict__["__builtins__"] = vars(self._builtins)
        super().exec_module(module)


class _Finder:
    """Finds the program's own modules, before the finders of Python."""

    def __init__(self, program_builtins):
        self._builtins = program_builtins

    def find_spec(self, name, path=None, target=None):
        if is_numpy(name):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if (
            spec is None
            or type(spec.loader) is not importlib.machinery.SourceFileLoader
        ):
            return None
        if not is_user_file(spec.origin):
            return None
        spec.loader = _Loader(name, spec.origin, self._builtins)
        return spec


def install(modules):
    """Has the program's modules import the stand-ins; returns their builtins module."""
    program_builtins = make_builtins(modules)
    sys.meta_path.insert(0, _Finder(program_builtins))
    return program_builtins
