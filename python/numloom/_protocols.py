"""NumPy's functions and ufuncs on arrays: NEP 13 and NEP 18.

`numpy.sin(x)` and `numpy.concatenate([x, y])` of arrays are Numloom's, recorded as
such. What Numloom has not raises TypeError: nothing falls back to NumPy.
"""

import functools
import importlib

import numpy as _numpy

from . import _core, _linalg
from . import _ufuncs as uf
from ._core import ndarray

_HANDLERS = (_numpy.ndarray.__array_ufunc__, ndarray.__array_ufunc__)

# Ufuncs of NumPy's on matrices and vectors are functions here.
_MATRIX_UFUNCS = ("matmul", "matvec", "vecdot", "vecmat")


def _find_ufuncs():
    """Our function for each ufunc of NumPy's."""
    found = {getattr(_numpy, name): getattr(uf, name) for name in uf.__all__}
    for name in _MATRIX_UFUNCS:
        if function := getattr(_numpy, name, None):
            found[function] = getattr(_linalg, name)
    return found


_UFUNCS = _find_ufuncs()


def _is_handled(x):
    """Whether `x` leaves ufuncs to others: all but arrays of other libraries."""
    return getattr(type(x), "__array_ufunc__", _HANDLERS[0]) in _HANDLERS


def array_ufunc(args, kwargs):
    """What `ndarray.__array_ufunc__` does with keywords, methods and other types.

    NotImplemented, which makes NumPy raise TypeError, for ufuncs and methods that
    Numloom has not, for arrays of other libraries, and for outputs of NumPy's
    beside inputs on a GPU.
    """
    numpy_ufunc, method, *inputs = args
    kwargs = kwargs or {}
    outs = kwargs.get("out", ())
    function = _UFUNCS.get(numpy_ufunc)
    if function is not None and method != "__call__":
        function = getattr(function, method, None)
    if function is None or not all(map(_is_handled, (*inputs, *outs))):
        return NotImplemented
    if not any(isinstance(out, _numpy.ndarray) for out in outs):
        return function(*inputs, **kwargs)
    if any(isinstance(x, ndarray) and x.device != "cpu" for x in inputs):
        return NotImplemented
    return _fill_outputs(function, inputs, kwargs)


def _fill_outputs(function, inputs, kwargs):
    """Calls `function` on copies of outputs of NumPy's and writes them back."""
    outs = kwargs["out"]
    copies = tuple(
        _core.asarray(out, None, True, "cpu")
        if isinstance(out, _numpy.ndarray)
        else out
        for out in outs
    )
    results = function(*inputs, **{**kwargs, "out": copies})
    results = [
        _fill(out, result)
        for out, result in zip(
            outs, results if len(outs) > 1 else (results,), strict=True
        )
    ]
    return results[0] if len(outs) == 1 else tuple(results)


def _fill(out, result):
    if not isinstance(out, _numpy.ndarray):
        return result
    _numpy.copyto(out, _numpy.asarray(result))
    return out


@functools.cache
def _find_function(function):
    """Our function for a public one of NumPy's; None if there is none."""
    package, _, path = function.__module__.partition(".")
    if package != "numpy":
        return None
    owner, ours = _numpy, importlib.import_module(__package__)
    for name in path.split(".") if path else ():
        owner, ours = getattr(owner, name, None), getattr(ours, name, None)
    if getattr(owner, function.__name__, None) is not function:
        return None
    return getattr(ours, function.__name__, None)


def _copy_to_numpy(dst, src, casting="same_kind", where=True):
    """numpy.copyto into an array of NumPy's; not from a GPU, as nowhere else."""
    if any(isinstance(x, ndarray) and x.device != "cpu" for x in (src, where)):
        return NotImplemented
    return _numpy.copyto(dst, _numpy.asarray(src), casting, _numpy.asarray(where))


def array_function(self, func, types, args, kwargs):
    """NumPy's functions on arrays: Numloom's function of the same name.

    NotImplemented, which makes NumPy raise TypeError, where there is none, and
    beside arrays of other libraries.
    """
    if not all(issubclass(t, (ndarray, _numpy.ndarray)) for t in types):
        return NotImplemented
    if func is _numpy.copyto and isinstance(args[0], _numpy.ndarray):
        return _copy_to_numpy(*args, **kwargs)
    function = _find_function(func)
    if function is None:
        return NotImplemented
    return function(*args, **kwargs)


def attach():
    """Gives the extension's ndarray its part in NumPy's protocols."""
    ndarray.__array_function__ = array_function
    _core.set_numpy_ufuncs(_UFUNCS)
    _core.set_hook("array_ufunc", array_ufunc)
