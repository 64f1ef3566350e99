"""Covariance and correlation."""

import warnings

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._dtypes import FLOAT64, as_dtype, kind, real_dtype
from ._joining import concatenate
from ._linalg import dot


def _as_variables(m, y, rowvar, dtype):
    """The observations with a row per variable, in the dtype to compute in."""
    home = ops.home((m, y))
    x = ops.as_array(m, device=home)
    if x.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    others = None if y is None else ops.as_array(y, device=home)
    if others is not None and others.ndim > 2:
        raise ValueError("y has more than 2 dimensions")
    if dtype is None:
        dtypes = [v.dtype for v in (x, others) if v is not None]
        dtype = _core.result_type(*dtypes, FLOAT64)
    dtype = as_dtype(dtype)

    def to_rows(v):
        v = ops.cast(v, dtype)
        if v.ndim < 2:
            return ops.reshape(v, (1, v.size))
        return v if rowvar or v.shape[0] == 1 else v.T

    if x.ndim == 2 and x.shape[0] == 1 and not rowvar and others is None:
        rows = ops.cast(x, dtype).T
    else:
        rows = to_rows(x)
    if others is None:
        return rows
    if rows.shape[0] == 0:
        return rows
    return concatenate([rows, to_rows(others)], 0)


def _parse_weights(fweights, aweights, n, like):
    """The product of both kinds of weights, or None."""
    result = None
    if fweights is not None:
        f = ops.as_array(fweights, device=like)
        if kind(f.dtype) not in "iu":
            f = ops.cast(f, FLOAT64)
            if not red.all(f == uf.rint(f)):
                raise TypeError("fweights must be integer")
        _check_weights(f, n, "fweights")
        result = ops.cast(f, FLOAT64)
    if aweights is None:
        return result
    a = ops.as_array(aweights, FLOAT64, like)
    _check_weights(a, n, "aweights")
    return a if result is None else result * a


def _check_weights(w, n, name):
    if w.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if w.shape[0] != n:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if red.any(w < 0):
        raise ValueError(f"{name} cannot be negative")


def _parse_ddof(ddof, bias):
    if ddof is None:
        return 0 if bias else 1
    if ddof != int(ddof):
        raise ValueError("ddof must be integer")
    return ddof


def cov(
    m,
    y=None,
    rowvar=True,
    bias=False,
    ddof=None,
    fweights=None,
    aweights=None,
    *,
    dtype=None,
):
    """The covariance matrix of variables, one per row of `m` and of `y`.

    With `rowvar` false one per column. Divides by the number of observations less
    `ddof` (1, or 0 with `bias`), which `fweights` repeat and `aweights` weigh.
    """
    ddof = _parse_ddof(ddof, bias)
    x = _as_variables(m, y, rowvar, dtype)
    if x.shape[0] == 0:
        return ops.reshape(_core.empty((0,), FLOAT64, x), (0, 0))
    w = _parse_weights(fweights, aweights, x.shape[1], x)
    factor, mean = _normalise(x, w, ddof, aweights)
    x = x - mean
    weighted = x if w is None else x * ops.cast(w, real_dtype(x.dtype))
    result = dot(x, uf.conj(weighted.T)) / factor
    return ops.reshape(result, ()) if result.size == 1 else result


def _normalise(x, w, ddof, aweights):
    """What the products are divided by, and the mean of each variable."""
    if w is None:
        factor = x.shape[1] - ddof
        mean = red.mean(x, 1, keepdims=True)
    else:
        total = red.sum(w)
        mean = red.sum(x * w, 1, keepdims=True) / total
        if ddof == 0:
            factor = total
        elif aweights is None:
            factor = total - ddof
        else:
            a = ops.as_array(aweights, FLOAT64, x)
            factor = total - ddof * red.sum(w * a) / total
    if w is None and factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        factor = 0
    factor = ops.as_array(factor, real_dtype(x.dtype), x)
    return uf.maximum(factor, 0), ops.cast(mean, x.dtype)


def corrcoef(x, y=None, rowvar=True, *, dtype=None):
    """The matrix of correlation coefficients of variables, as `cov` takes them."""
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    diagonal = ops.as_array(c).diagonal()
    deviation = uf.sqrt(diagonal.real if kind(c.dtype) == "c" else diagonal)
    n = deviation.size
    c = c / ops.reshape(deviation, (n, 1)) / ops.reshape(deviation, (1, n))
    if kind(c.dtype) != "c":
        return uf.minimum(uf.maximum(c, -1), 1)
    real, imag = (uf.minimum(uf.maximum(part, -1), 1) for part in (c.real, c.imag))
    return ops.cast(real + imag * 1j, c.dtype)
