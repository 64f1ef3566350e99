"""Functions with complex results where real arguments leave their real domain.

The dtype depends on the values: arguments are computed at the call.
"""

from . import _ops as ops
from . import _reductions as _red
from . import _ufuncs as uf
from ._creation import asarray as _asarray
from ._dtypes import as_dtype, kind, result_type

__all__ = [
    "arccos",
    "arcsin",
    "arctanh",
    "log",
    "log2",
    "log10",
    "logn",
    "power",
    "sqrt",
]


def _to_complex(x):
    """`x` as complex64 if that holds its dtype, else as complex128."""
    dtype = "complex64" if x.dtype.char in "fbBhHF" else "complex128"
    return ops.cast(x, as_dtype(dtype))


def _is_real(x):
    return kind(x.dtype) != "c"


def _extend(x, leaves_domain):
    """`x`, complex if `leaves_domain` holds of any real element."""
    x = _asarray(x)
    if _is_real(x) and _red.any(leaves_domain(x)):
        return _to_complex(x)
    return x


def _is_negative(x):
    return uf.less(x, 0)


def _is_beyond_one(x):
    return uf.greater(uf.absolute(x), 1)


def sqrt(x):
    """The square root; of negative numbers an imaginary one."""
    return uf.sqrt(_extend(x, _is_negative))


def log(x):
    """The natural logarithm; of negative numbers its principal value."""
    return uf.log(_extend(x, _is_negative))


def log10(x):
    """The logarithm to base 10, as `log`."""
    return uf.log10(_extend(x, _is_negative))


def log2(x):
    """The logarithm to base 2, as `log`."""
    return uf.log2(_extend(x, _is_negative))


def logn(n, x):
    """The logarithm of `x` to base `n`, as `log`."""
    return uf.divide(log(x), log(n))


def power(x, p):
    """`x` to the power `p`, complex for a negative `x`, float for a negative `p`."""
    x, p = _extend(x, _is_negative), _asarray(p)
    if kind(p.dtype) not in "fc" and _red.any(_is_negative(p)):
        p = ops.cast(p, result_type(p, 1.0))
    return uf.power(x, p)


def arccos(x):
    """The inverse cosine, complex beyond [-1, 1]."""
    return uf.arccos(_extend(x, _is_beyond_one))


def arcsin(x):
    """The inverse sine, complex beyond [-1, 1]."""
    return uf.arcsin(_extend(x, _is_beyond_one))


def arctanh(x):
    """The inverse hyperbolic tangent, complex beyond [-1, 1]."""
    return uf.arctanh(_extend(x, _is_beyond_one))
