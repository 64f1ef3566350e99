"""Errors in units in the last place, against NumPy in extended precision."""

import numpy as np

import numloom as nl

# Of the results of all ufuncs, against the exact value: NumPy's own tests allow 1 to
# 4 in float32 and 1 in most functions of float64. Half types are computed in float32.
LIMITS = {"float16": 0.51, "bfloat16": 0.51, "float32": 2.0, "float64": 1.0}
LIMITS_OF_FUNCTIONS = {("tanh", "float64"): 2.0}
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

# What NVIDIA documents of the functions that kernels call on the GPU: "CUDA C++
# Programming Guide" 13, section "Standard Functions", tables "Single-Precision" and
# "Double-Precision Mathematical Standard Library Functions with Maximum ULP Error".
ERRORS_OF_CUDA = {
    "float32": """
        arccos 2 arccosh 4 arcsin 2 arcsinh 3 arctan 2 arctan2 3 arctanh 3 cbrt 1
        cos 2 cosh 2 exp 2 exp2 2 expm1 1 hypot 3 log 1 log10 2 log1p 1 log2 1
        power 4 sin 2 sinh 3 tan 4 tanh 2
    """,
    "float64": """
        arccos 2 arccosh 3 arcsin 2 arcsinh 3 arctan 2 arctan2 2 arctanh 2 cbrt 1
        cos 2 cosh 1 exp 1 exp2 1 expm1 1 hypot 2 log 1 log10 1 log1p 1 log2 1
        power 2 sin 2 sinh 2 tan 2 tanh 1
    """,
}
# Against the exact result, for they are counted from the correctly rounded one.
LIMITS_OF_CUDA = {
    (name, dtype): float(error) + 0.5
    for dtype, words in ERRORS_OF_CUDA.items()
    for name, error in zip(words.split()[::2], words.split()[1::2])
}


def get_limit(name, dtype):
    """How many units the results of ufunc `name` may be off on the default device."""
    if dtype.kind == "c":
        return COMPLEX_LIMIT
    if name.startswith("logaddexp"):
        return LOGADDEXP_LIMIT
    key = name, dtype.name
    if nl.get_default_device() != "cpu" and key in LIMITS_OF_CUDA:
        return LIMITS_OF_CUDA[key]
    return LIMITS_OF_FUNCTIONS.get(key, LIMITS[dtype.name])


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
    wide = [widen(x) for x in operands]
    if name == "log1p" and wide[0].dtype.kind == "c":
        return _log1p_of_complex(wide[0])
    if name == "expm1" and wide[0].dtype.kind == "c":
        return _expm1_of_complex(wide[0])
    return getattr(np, name)(*wide)


def _expm1_of_complex(z):
    """expm1 with the Array API standard's limit at -inf, where NumPy's is NaN."""
    result = np.asarray(np.expm1(z))
    no_angle = (z.real == -np.inf) & ~np.isfinite(z.imag)
    return np.where(no_angle, result.dtype.type(-1), result)


def _log1p_of_complex(z):
    """log1p without the cancellation of NumPy's formula where |1 + z| is near 1."""
    result = np.asarray(np.log1p(z))
    half = np.log1p(z.real * (z.real + 2) + z.imag * z.imag) / 2
    is_near = np.abs(result.real) < np.log(2)
    result.real = np.where(is_near, half, result.real)
    return result


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
