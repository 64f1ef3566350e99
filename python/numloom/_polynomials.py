"""Polynomials by their coefficients, the highest power first."""

import operator

import numpy as _numpy

from . import _ops as ops
from . import _ufuncs as uf
from ._calculus import convolve
from ._creation import as_operands, asarray, asnumpy, ones, zeros, zeros_like
from ._dtypes import FLOAT64, INT64, kind, promote_types
from ._joining import concatenate
from ._manipulation import atleast_1d, flip
from ._poly1d import poly1d, trim, wraps
from ._ranges import arange


def _pad_left(x, count):
    """`x` after `count` zeros."""
    return x if count <= 0 else _join([zeros(count, x.dtype, device=x), x])


def _join(parts):
    return ops.concatenate(parts, 0)


def _as_coefficients(*polynomials):
    return as_operands([atleast_1d(asarray(p)) for p in polynomials])


def poly(seq_of_zeros):
    """The coefficients of the monic polynomial with the roots `seq_of_zeros`.

    They are real where complex roots come in conjugate pairs, for which the roots
    are computed. Raises ValueError for what is not 1-D; characteristic polynomials
    of matrices need eigenvalues and raise NotImplementedError.
    """
    roots = atleast_1d(asarray(seq_of_zeros))
    roots = ops.cast(roots, _numpy.dtype(_numpy.mintypecode(roots.dtype.char)))
    if roots.ndim == 2 and roots.shape[0] == roots.shape[1] != 0:
        raise NotImplementedError(
            "poly of a matrix: numloom has no eigenvalues of matrices yet"
        )
    if roots.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if roots.size == 0:
        return asarray(1.0)
    zero = zeros(1, roots.dtype, device=roots)
    result = ones(1, roots.dtype, device=roots)
    for i in range(roots.size):
        shifted = uf.multiply(_join([zero, result]), uf.negative(roots[i]))
        result = uf.add(_join([result, zero]), shifted)
    if kind(roots.dtype) == "c" and _are_conjugate(asnumpy(roots)):
        return ops.own(result.real)
    return result


def _are_conjugate(roots):
    return bool((_numpy.sort(roots) == _numpy.sort(roots.conjugate())).all())


@wraps
def polyadd(a1, a2):
    """The sum of two polynomials, 1-D."""
    a, b = _as_coefficients(a1, a2)
    return uf.add(_pad_left(a, b.size - a.size), _pad_left(b, a.size - b.size))


@wraps
def polysub(a1, a2):
    """The difference of two polynomials, 1-D."""
    a, b = _as_coefficients(a1, a2)
    return uf.subtract(_pad_left(a, b.size - a.size), _pad_left(b, a.size - b.size))


@wraps
def polymul(a1, a2):
    """The product of two polynomials, 1-D, of their coefficients without leading
    zeros, for which these are computed.
    """
    return convolve(*map(trim, _as_coefficients(a1, a2)))


@wraps
def polydiv(u, v):
    """Quotient and remainder of two polynomials, floating-point or complex.

    The remainder has no leading zeros, for which it is computed; 1e-8 counts as 0.
    """
    u, v = (uf.add(x, 0.0) for x in _as_coefficients(u, v))
    dtype = promote_types(u.dtype, v.dtype)
    u, v = ops.cast(u, dtype), ops.cast(v, dtype)
    scale = uf.divide(1.0, v[0])
    quotient, residues, window = [], [], ops.take(u, 0, 0, v.size)
    for k in range(u.size - v.size + 1):
        factor = uf.multiply(scale, window[0])
        window = uf.subtract(window, uf.multiply(factor, v))
        quotient.append(ops.reshape(factor, (1,)))
        residues.append(ops.take(window, 0, 0, 1))
        next_one = ops.take(u, 0, k + v.size, k + v.size + 1)
        window = _join([ops.take(window, 0, 1), next_one])
    if not quotient:
        return zeros(1, dtype, device=u), _without_leading_zeros(u)
    return _join(quotient), _without_leading_zeros(_join([*residues, window]))


def _without_leading_zeros(r):
    """`r` from its first element on that is not close to 0, or the last one."""
    is_small = _numpy.abs(asnumpy(r)) <= 1e-8
    count = r.size if is_small.all() else int(is_small.argmin())
    return ops.take(r, 0, min(count, r.size - 1))


def _as_order(m, name, inverse):
    m = operator.index(m)
    if m < 0:
        raise ValueError(f"Order of {name} must be positive (see {inverse})")
    return m


@wraps
def polyder(p, m=1):
    """The `m`-th derivative of a polynomial."""
    m = _as_order(m, "derivative", "polyint")
    p = asarray(p)
    for _ in range(m):
        degrees = arange(p.size - 1, 0, -1, dtype=INT64, device=p)
        p = uf.multiply(ops.take(p, 0, None, -1), degrees)
    return p


@wraps
def polyint(p, m=1, k=None):
    """The `m`-th antiderivative of a polynomial.

    `k` are the constants of integration, one or `m`, by default 0. Raises
    ValueError for fewer.
    """
    m = _as_order(m, "integral", "polyder")
    p = asarray(p)
    k = zeros(m, device=p) if k is None else atleast_1d(ops.as_array(k, device=p))
    if k.size == 1 and m > 1:
        k = uf.multiply(k[0], ones(m, FLOAT64, device=p))
    if k.size < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for i in range(m):
        degrees = arange(p.size, 0, -1, dtype=INT64, device=p)
        p = concatenate([uf.divide(p, degrees), ops.take(k, 0, i, i + 1)])
    return p


def polyval(p, x):
    """The polynomial with coefficients `p` at `x`, of the shape of `x`.

    For a `poly1d` as `x`, the composed polynomial.
    """
    if isinstance(x, poly1d):
        result = poly1d(0)
        for coefficient in asnumpy(asarray(p)):
            result = result * x + coefficient
        return result
    p, x = as_operands((p, x))
    result = zeros_like(x)
    for i in range(p.shape[0]):
        result = uf.add(uf.multiply(result, x), p[i])
    return result


# Of so few columns threads of a GPU compute all powers, and store one: a single kernel
# that writes whole lines.
_FEW_COLUMNS = 8


def _choose_powers(x, n, increasing):
    """The powers of the 1-D `x` as n columns."""
    shape = (x.size, n)
    column = ops.iota(shape, 1, x)
    if not increasing:
        column = uf.subtract(n - 1, column)
    power = base = ops.broadcast(ops.reshape(x, (x.size, 1)), shape)
    result = ops.constant(shape, 1, x.dtype, x)
    for exponent in range(1, n):
        result = ops.select(uf.equal(column, exponent), power, result)
        power = uf.multiply(power, base)
    return result


def vander(x, N=None, increasing=False):
    """The powers of the 1-D `x` as columns, N of them, the highest first.

    `increasing` puts the lowest first. Integers are at least int64 wide. Raises
    ValueError for other ranks.
    """
    x = asarray(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    n = x.size if N is None else operator.index(N)
    if n < 0:
        raise ValueError("negative dimensions are not allowed")
    x = ops.cast(x, promote_types(x.dtype, INT64))
    if 0 < n <= _FEW_COLUMNS and x.device != "cpu":
        return _choose_powers(x, n, increasing)
    columns = [ops.constant((x.size, min(n, 1)), 1, x.dtype, x)]
    if n > 1:
        wide = ops.broadcast(ops.reshape(x, (x.size, 1)), (x.size, n - 1))
        columns.append(uf.multiply.accumulate(wide, 1))
    powers = ops.concatenate(columns, 1)
    return powers if increasing else ops.own(flip(powers, 1))


__all__ = [
    "poly",
    "poly1d",
    "polyadd",
    "polyder",
    "polydiv",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "vander",
]
