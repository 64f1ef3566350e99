"""Printing: NumPy's, on the evaluated array."""

import numpy as _numpy

from ._creation import asarray, asnumpy


def array_repr(arr, max_line_width=None, precision=None, suppress_small=None):
    """The text of `arr` with its dtype: `array([1., 2.], dtype=float32)`."""
    return _numpy.array_repr(
        asnumpy(asarray(arr)), max_line_width, precision, suppress_small
    )


def array_str(a, max_line_width=None, precision=None, suppress_small=None):
    """The text of the elements of `a`: `[1. 2.]`."""
    return _numpy.array_str(
        asnumpy(asarray(a)), max_line_width, precision, suppress_small
    )


def array2string(a, *args, **kwargs):
    """The text of the elements of `a`; arguments are NumPy's."""
    return _numpy.array2string(asnumpy(asarray(a)), *args, **kwargs)


def represent(a):
    """What `repr(a)` gives: `np.float64(1.5)` of what NumPy has as a scalar."""
    if a._is_scalar and a.dtype.isbuiltin == 1:
        return repr(asnumpy(a)[()])
    return array_repr(a)


def format_array(a, spec):
    """What `format(a, spec)` gives: only a 0-d array takes a format."""
    return format(a.item() if spec and a.ndim == 0 else asnumpy(a), spec)
