"""Operands on which ufuncs are tested and their accuracy is measured."""

import numpy as np
from support import kind
from ulp import finfo


def get_special_values(dtype):
    """Values at which functions have limits, poles and jumps."""
    if dtype.kind == "b":
        return np.array([False, True])
    if kind(dtype) in "iu":
        info = np.iinfo(dtype)
        low = [-1, -2, -7] if dtype.kind == "i" else []
        return np.array([0, 1, 2, 3, info.min, info.max, info.max - 1, *low], dtype)
    if dtype.kind == "c":
        parts = np.array([0.0, -0.0, 1.0, -1.5, np.inf, -np.inf, np.nan])
        result = np.empty((parts.size, parts.size), dtype)
        result.real, result.imag = parts[:, None], parts
        return result.ravel()
    info = finfo(dtype)
    limits = [info.max, info.tiny, info.smallest_subnormal, info.eps]
    numbers = [0.0, 0.5, 1.0, 2.5, 3.0, np.inf, *(float(x) for x in limits)]
    return np.array([*numbers, *(-x for x in numbers), np.nan]).astype(dtype)


def draw(dtype, size, rng):
    """Random elements: of all bits, small and near 1, and of moderate size."""
    if dtype.kind == "c":
        real = np.dtype(f"f{dtype.itemsize // 2}")
        magnitude = np.exp(rng.uniform(-12, 5, (2, size))).astype(real)
        signed = np.copysign(magnitude, rng.standard_normal((2, size))).astype(real)
        return (signed[0] + 1j * signed[1]).astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, size).astype(dtype)
    bits = rng.integers(0, 256, size * dtype.itemsize, dtype="u1").view(dtype)
    if kind(dtype) in "iu":
        near_zero = rng.integers(0, 20, size).astype(dtype)
        return np.where(rng.random(size) < 0.5, bits, near_zero)
    # Which of NumPy's loops take signaling NaN for a number differs by the machine.
    bits = np.where(np.isnan(bits), dtype.type(np.nan), bits)
    near_one = rng.uniform(-1.5, 1.5, size).astype(dtype)
    moderate = (10 * rng.standard_normal(size)).astype(dtype)
    return np.choose(rng.integers(0, 3, size), [bits, near_one, moderate])
