"""Frequencies and shifts of discrete Fourier transforms."""

import operator

from numpy.lib.array_utils import normalize_axis_tuple

from . import _ranges
from . import _ufuncs as uf
from ._dtypes import FLOAT64, as_dtype, kind
from ._joining import concatenate
from ._manipulation import roll
from ._namespace import missing as _missing
from ._ops import as_array


def _as_length(n):
    try:
        return operator.index(n)
    except TypeError:
        raise ValueError("n should be an integer") from None


def _as_frequencies(steps, n, d, dtype):
    """The whole numbers `steps` over `n * d`, in `dtype`."""
    dtype = FLOAT64 if dtype is None else as_dtype(dtype)
    if kind(dtype) != "f":
        raise TypeError(f"frequencies have a floating-point dtype, not {dtype}")
    return uf.multiply(steps, 1.0 / (n * d)).astype(dtype, copy=False)


def fftfreq(n, d=1.0, device=None, *, dtype=None):
    """The frequencies of a transform of `n` samples that lie `d` apart.

    Non-negative ones first, then the negative ones; `(n,)`, float64 by default.
    Raises ValueError if `n` is no integer.
    """
    n = _as_length(n)
    middle = (n - 1) // 2 + 1
    steps = (
        _ranges.arange(0, middle, device=device),
        _ranges.arange(-(n // 2), 0, device=device),
    )
    return _as_frequencies(concatenate(steps), n, d, dtype)


def rfftfreq(n, d=1.0, device=None, *, dtype=None):
    """The frequencies of a transform of `n` real samples that lie `d` apart.

    `(n // 2 + 1,)`, float64 by default. Raises ValueError if `n` is no integer.
    """
    n = _as_length(n)
    return _as_frequencies(_ranges.arange(0, n // 2 + 1, device=device), n, d, dtype)


def _shift(x, axes, direction):
    x = as_array(x)
    axes = range(x.ndim) if axes is None else axes
    axes = normalize_axis_tuple(axes, x.ndim, allow_duplicate=True)
    shifts = tuple(direction(x.shape[axis]) for axis in axes)
    return roll(x, shifts, axes)


def fftshift(x, axes=None):
    """The frequency 0 moved to the middle of `axes`, by default of all.

    Raises AxisError for an axis out of range.
    """
    return _shift(x, axes, lambda n: n // 2)


def ifftshift(x, axes=None):
    """What `fftshift` did, undone."""
    return _shift(x, axes, lambda n: -(n // 2))


__all__ = ["fftfreq", "fftshift", "ifftshift", "rfftfreq"]


def __getattr__(name):
    raise _missing("numloom.fft", name)
