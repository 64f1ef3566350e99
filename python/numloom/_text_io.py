"""Numbers in text files, strings and raw files, read and written on the host."""

import numpy as _numpy

from ._creation import asarray, asnumpy
from ._dtypes import as_dtype


def savetxt(fname, X, *args, **kwargs):
    """Writes the 1-D or 2-D `X`, evaluated, as text; arguments are NumPy's."""
    _numpy.savetxt(fname, asnumpy(asarray(X)), *args, **kwargs)


def loadtxt(fname, dtype=float, *args, **kwargs):
    """An array out of a text file; with `unpack`, its columns.

    Arguments are NumPy's; structured dtypes raise TypeError.
    """
    return asarray(_numpy.loadtxt(fname, as_dtype(dtype), *args, **kwargs))


def genfromtxt(fname, dtype=float, *args, **kwargs):
    """An array out of a text file with missing values; arguments are NumPy's.

    Structured dtypes, also those that NumPy would find, raise TypeError.
    """
    dtype = None if dtype is None else as_dtype(dtype)
    return asarray(_numpy.genfromtxt(fname, dtype, *args, **kwargs))


def fromfile(file, dtype=float, count=-1, sep="", offset=0, *, like=None):
    """A 1-D array of the elements in `file`: raw, or, with `sep`, as text."""
    return asarray(_numpy.fromfile(file, as_dtype(dtype), count, sep, offset))


def fromstring(string, dtype=float, count=-1, *, sep, like=None):
    """A 1-D array of the numbers in a text, which `sep` separates."""
    return asarray(_numpy.fromstring(string, as_dtype(dtype), count, sep=sep))


__all__ = ["fromfile", "fromstring", "genfromtxt", "loadtxt", "savetxt"]
