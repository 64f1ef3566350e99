"""Stand-ins for NumPy's modules."""

import functools
import importlib
import types

import numpy as _numpy

import numloom

from .. import _core
from ._fallback import Fallback, Vectorized

# Numloom's module for a module of NumPy's, where it has one.
_MODULES = {
    "numpy": "numloom",
    "numpy.fft": "numloom.fft",
    "numpy.lib.scimath": "numloom.emath",
    "numpy.lib.stride_tricks": "numloom.lib.stride_tricks",
    "numpy.linalg": "numloom.linalg",
    "numpy.random": "numloom.random",
}


class Modules:
    """All stand-ins of one run, made when first imported.

    Args:
        note: Called with the name of each function that is left to NumPy.
    """

    def __init__(self, note):
        self._fallback = Fallback(note)
        self._modules = {}

    def get(self, name):
        """The stand-in for the module `name`; ImportError as for the module."""
        if name not in self._modules:
            theirs = importlib.import_module(name)
            ours = _MODULES.get(name)
            ours = None if ours is None else importlib.import_module(ours)
            self._modules[name] = _Module(theirs, ours, self)
            if name == "numpy.random":
                self.complete_generators()
        return self._modules[name]

    def make(self, theirs, ours, module, name):
        """What the stand-in for `module` gives for `name`.

        `ours` is Numloom's, or None; `theirs` NumPy's.
        """
        if isinstance(theirs, types.ModuleType):
            return self.get(theirs.__name__)
        label = f"{module}.{name}".removeprefix("numpy.")
        if label == "vectorize":
            # Numloom's has no results of text, nor has its `frompyfunc`.
            return Vectorized
        if label == "frompyfunc":
            return self._fallback.replace(theirs, label)
        if label == "random.seed":
            return _seed_both(ours, theirs)
        if label == "random.RandomState":
            return self._fallback.replace_methods(theirs, label)
        if ours is not None:
            if ours is theirs or not _is_function(ours):
                return ours
            return self._fallback.guard(ours, theirs, label)
        return self._fallback.replace(theirs, label) if _is_function(theirs) else theirs

    def complete_methods(self):
        """Gives Numloom's classes the methods that only NumPy's have."""
        self._complete(_core.ndarray, _numpy.ndarray, "ndarray", lambda method: method)

    def complete_generators(self):
        """Gives Numloom's generators of random numbers NumPy's other methods."""
        ours, theirs = numloom.random.Generator, _numpy.random.Generator
        self._complete(ours, theirs, "random.Generator", _draw_by_numpy)

    def _complete(self, ours, theirs, label, adapt):
        for name in dir(theirs):
            method = getattr(theirs, name)
            if name.startswith("_") or not callable(method):
                continue
            own, other = vars(ours).get(name), adapt(method)
            label_of_method = f"{label}.{name}"
            if own is None:
                new = self._fallback.replace(other, label_of_method)
            elif isinstance(own, types.FunctionType):
                new = self._fallback.guard(own, other, label_of_method)
            else:
                continue
            setattr(ours, name, new)


def _is_function(x):
    """Whether `x` is a function: no class, and no ufunc of Numloom's."""
    return callable(x) and not isinstance(x, (type, _core.ufunc))


def _draw_by_numpy(method):
    """`method` of NumPy's generators for Numloom's, each of which gets one."""

    @functools.wraps(method)
    def draw(self, *args, **kwargs):
        if not hasattr(self, "_numpy_generator"):
            # Seeded by its own numbers: equal seeds go on giving equal numbers.
            seed = int(self.integers(2**63))
            self._numpy_generator = _numpy.random.default_rng(seed)
        return method(self._numpy_generator, *args, **kwargs)

    return draw


def _seed_both(ours, theirs):
    """Restarts both generators, for NumPy draws what Numloom cannot."""

    def seed(seed=None):
        """Restarts the generator with `seed`."""
        ours(seed)
        theirs(seed)

    return seed


class _Module(types.ModuleType):
    """A module of NumPy's in which names are looked up in Numloom first."""

    def __init__(self, theirs, ours, modules):
        super().__init__(theirs.__name__, theirs.__doc__)
        self.__dict__.update(
            {
                name: getattr(theirs, name)
                for name in ("__file__", "__path__", "__spec__", "__loader__")
                if hasattr(theirs, name)
            }
        )
        self._theirs, self._ours, self._owner = theirs, ours, modules

    def __getattr__(self, name):
        # NumPy's answer first: it has the right error for what it has not.
        theirs = getattr(self._theirs, name)
        if name.startswith("__"):
            return theirs
        ours = self._find_ours(name, theirs)
        value = self._owner.make(theirs, ours, self.__name__, name)
        self.__dict__[name] = value
        return value

    def _find_ours(self, name, theirs):
        """Numloom's object of that name; None if it has none."""
        if self._ours is not None:
            return getattr(self._ours, name, None)
        if theirs is not None and getattr(_numpy, name, None) is theirs:
            return getattr(numloom, name, None)
        return None

    def __dir__(self):
        return dir(self._theirs)

    def __repr__(self):
        return f"<module {self.__name__!r} served by numloom>"
