"""Errors in units in the last place, against NumPy in extended precision."""

import numpy as np

# Of the results of all ufuncs, against the exact value: NumPy's own tests allow 1 to
# 4 in float32 and 1 in most functions of float64. Half types are computed in float32.
LIMITS = {"float16": 0.51, "bfloat16": 0.51, "float32": 2.0, "float64": 1.0}
LIMITS_OF_FUNCTIONS = {("cbrt", "float64"): 2.0, ("tanh", "float64"): 2.0}
# Of complex numbers in units of the larger part: the products and quotients of parts
# that make up a function add their errors. NumPy's are as large.
COMPLEX_LIMIT = 6.0
# logaddexp adds a logarithm to the larger operand, as NumPy's does: the errors of three
# functions, in units of the operand, which a sum near zero may be far below.
LOGADDEXP_LIMIT = 3.0

# Ufuncs with one rounding, or none: of real numbers all bits are NumPy's.
EXACT = frozenset(
    """
    absolute add bitwise_and bitwise_count bitwise_or bitwise_xor ceil conjugate
    copysign deg2rad degrees divide divmod equal fabs floor floor_divide fmax fmin
    fmod frexp gcd greater greater_equal heaviside invert isfinite isinf isnan lcm
    ldexp left_shift less less_equal logical_and logical_not logical_or logical_xor
    maximum minimum modf multiply negative nextafter not_equal positive rad2deg
    radians reciprocal remainder right_shift rint sign signbit spacing sqrt square
    subtract trunc
    """.split()
)


def get_limit(name, dtype):
    """How many units the results of ufunc `name` may be off."""
    if dtype.kind == "c":
        return COMPLEX_LIMIT
    if name.startswith("logaddexp"):
        return LOGADDEXP_LIMIT
    return LIMITS_OF_FUNCTIONS.get((name, dtype.name), LIMITS[dtype.name])


def finfo(dtype):
    """Limits of the floating-point `dtype`, bfloat16 included."""
    if dtype.char == "E":
        import ml_dtypes  # noqa: PLC0415

        return ml_dtypes.finfo(dtype)
    return np.finfo(dtype)


def widen(x):
    """`x` in long double, or in the complex numbers of it; integers as they are."""
    if x.dtype.kind in "biu":
        return x
    return x.astype(np.clongdouble if x.dtype.kind == "c" else np.longdouble)


def measure(name, operands, actual, exact):
    """Errors of the ufunc's results in the units that its limit is meant in."""
    if not name.startswith("logaddexp"):
        return count_ulps(actual, exact)
    size = np.max(np.abs(np.broadcast_arrays(exact, *map(widen, operands))), axis=0)
    return count_ulps(actual, exact, size)


def call_extended(name, *operands):
    """NumPy's ufunc `name` in long double."""
    return getattr(np, name)(*(widen(x) for x in operands))


def get_unit(x, dtype):
    """One unit in the last place of `dtype` at the finite long doubles `x`."""
    info = finfo(dtype)
    _, exponent = np.frexp(np.abs(x))
    # The leading bit is one below frexp's exponent, whose mantissa is below 1.
    exponent = np.maximum(exponent - 1, info.minexp) - info.nmant
    return np.ldexp(np.longdouble(1), exponent)


def count_ulps(actual, exact, size=None):
    """|actual - exact| in units in the last place of actual's dtype, element-wise.

    `exact` is long double. The unit is that of `exact` or, where given, of `size`.
    Infinities count as the power of two that follows the largest number; NaN is no
    error where both are, else an infinite one. Errors of complex numbers are in units
    of the larger part, the larger of both parts' errors.
    """
    if actual.dtype.kind != "c":
        return _count_of_part(actual, exact, exact if size is None else size)
    size = np.fmax(np.abs(exact.real), np.abs(exact.imag))
    return np.maximum(
        _count_of_part(actual.real, exact.real, size),
        _count_of_part(actual.imag, exact.imag, size),
    )


def _count_of_part(actual, exact, size):
    dtype = actual.dtype
    largest = np.ldexp(np.longdouble(1), finfo(dtype).maxexp)
    actual, exact, size = (
        np.clip(widen(x), -largest, largest) for x in (actual, exact, size)
    )
    unit = get_unit(np.where(np.isnan(size), 1, size), dtype)
    error = np.where(np.isnan(actual) & np.isnan(exact), 0, np.abs(actual - exact))
    return np.where(np.isnan(error), np.inf, error / unit).astype("f8")
