"""`numpy.lib`: views at any strides, and what works on no arrays."""

from numpy.lib import NumpyVersion, array_utils

from . import stride_tricks

__all__ = ["NumpyVersion", "array_utils", "stride_tricks"]
