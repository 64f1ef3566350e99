"""The part of `numpy.lib` that works on arrays: `stride_tricks`."""

from . import stride_tricks

__all__ = ["stride_tricks"]
