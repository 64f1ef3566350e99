"""The limits of floating dtypes."""

import numpy as _numpy

from ._dtypes import as_dtype


class finfo:
    """The limits of a floating dtype, bfloat16 included, or of an array's.

    Attributes are those of `numpy.finfo`; numbers are Python's, as the Array API
    standard asks for. Raises ValueError for dtypes that are not floating.
    """

    def __init__(self, dtype):
        dtype = as_dtype(dtype)
        if dtype.char == "E":
            # Only who uses it pays for the import.
            from ml_dtypes import finfo as limits  # noqa: PLC0415
        else:
            limits = _numpy.finfo
        self._limits = limits(dtype)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        value = getattr(self._limits, name)
        if isinstance(value, (_numpy.dtype, str, int)):
            return value
        return float(value)

    def __repr__(self):
        return repr(self._limits)

    def __str__(self):
        return str(self._limits)
