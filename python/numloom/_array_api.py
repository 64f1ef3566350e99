"""What the package says of itself to programs for any array library.

`numloom` itself is its namespace of the Array API standard, version 2025.12.
"""

import sys

import numpy as _numpy

from . import _core

__array_api_version__ = "2025.12"

_VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12", __array_api_version__)

# The standard's kinds of dtypes and the names of those in them.
_KINDS = {
    "bool": ("bool",),
    "signed integer": ("int8", "int16", "int32", "int64"),
    "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = (
    _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]
)


def _check_device(device):
    """Raises ValueError, or CudaError, for what is no usable device."""
    if device is not None:
        _core.empty((0,), None, device)


class Info:
    """The standard's inspection functions."""

    @staticmethod
    def capabilities():
        """Which optional behaviour of the standard is there: all of it."""
        return {
            "boolean indexing": True,
            "data-dependent shapes": True,
            "max dimensions": 64,
        }

    @staticmethod
    def default_device():
        """Where new arrays lie: 'cpu' or a numloom.cuda.Device."""
        return _core.get_default_device()

    @staticmethod
    def devices():
        """The devices that arrays can lie on: 'cpu' and the GPUs that work."""
        if not _core.cuda.is_available():
            return ("cpu",)
        # Only who has a GPU pays for the import.
        from .cuda import Device  # noqa: PLC0415

        return ("cpu", *map(Device, range(_core.cuda.device_count())))

    @staticmethod
    def default_dtypes(*, device=None):
        """The dtypes of new arrays by kind; the same on all devices."""
        _check_device(device)
        return {
            "real floating": _numpy.dtype("float64"),
            "complex floating": _numpy.dtype("complex128"),
            "integral": _numpy.dtype("int64"),
            "indexing": _numpy.dtype("int64"),
        }

    @staticmethod
    def dtypes(*, device=None, kind=None):
        """The standard's dtypes by name: all, or those of a kind or of several.

        Raises ValueError for an unknown kind.
        """
        _check_device(device)
        kinds = ("bool", "numeric") if kind is None else kind
        names = []
        for one in (kinds,) if isinstance(kinds, str) else kinds:
            if one not in _KINDS:
                raise ValueError(f"unsupported kind: {one!r}")
            names += _KINDS[one]
        return {name: _numpy.dtype(name) for name in names}


def __array_namespace_info__():
    """The standard's inspection functions, as attributes of the result.

    They are `capabilities`, `default_device`, `default_dtypes`, `devices` and
    `dtypes`.
    """
    return Info


def array_namespace(self, /, *, api_version=None):
    """The module whose functions take this array, by the Array API standard.

    Raises ValueError for a version of the standard that is not supported.
    """
    if api_version is not None and api_version not in _VERSIONS:
        raise ValueError(f"unsupported version of the Array API: {api_version!r}")
    return sys.modules[__package__]
