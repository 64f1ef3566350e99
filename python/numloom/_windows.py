"""Window functions of signal processing."""

import math

import numpy as _numpy

from . import _ops as ops
from . import _ufuncs as uf
from ._dtypes import FLOAT64
from ._ranges import arange
from ._special import i0


def _window(M, function):
    """`function(n, M - 1)` at M points n, 2 apart and symmetric to 0; of one, 1."""
    if type(M) is not int:
        M = _numpy.asarray(M).item()
    if M == 1:
        return ops.constant((1,), 1, FLOAT64)
    return function(arange(1.0 - M, M, 2.0), M - 1.0)


def bartlett(M):
    """The triangular window of `M` points, 0 at its ends; float64."""

    def triangle(n, width):
        rising = uf.add(1.0, uf.divide(n, width))
        falling = uf.subtract(1.0, uf.divide(n, width))
        return ops.select(uf.less_equal(n, 0), rising, falling)

    return _window(M, triangle)


def _cosine(n, width, factor):
    return uf.cos(uf.divide(uf.multiply(factor * math.pi, n), width))


def blackman(M):
    """The Blackman window of `M` points; float64."""
    return _window(
        M,
        lambda n, width: uf.add(
            uf.add(0.42, uf.multiply(0.5, _cosine(n, width, 1.0))),
            uf.multiply(0.08, _cosine(n, width, 2.0)),
        ),
    )


def hamming(M):
    """The Hamming window of `M` points, 0.08 at its ends; float64."""
    return _window(
        M, lambda n, width: uf.add(0.54, uf.multiply(0.46, _cosine(n, width, 1.0)))
    )


def hanning(M):
    """The Hann window of `M` points, 0 at its ends; float64."""
    return _window(
        M, lambda n, width: uf.add(0.5, uf.multiply(0.5, _cosine(n, width, 1.0)))
    )


def kaiser(M, beta):
    """The Kaiser window of `M` points with shape `beta`; float64."""

    def bessel(n, width):
        # The points go from 0 to `width` here.
        center = width / 2.0
        position = uf.divide(uf.subtract(arange(0.0, width + 1), center), center)
        root = uf.sqrt(uf.subtract(1.0, uf.multiply(position, position)))
        return uf.divide(i0(uf.multiply(root, float(beta))), i0(float(beta)))

    return _window(M, bessel)


__all__ = ["bartlett", "blackman", "hamming", "hanning", "kaiser"]
