"""`poly1d`: a polynomial as an object, with arithmetic and calls."""

import functools

import numpy as _numpy

from . import _ops as ops
from . import _ufuncs as uf
from ._creation import asarray, asnumpy, zeros
from ._joining import concatenate
from ._manipulation import atleast_1d


def _functions():
    """The functions on coefficients, which themselves need `poly1d`."""
    from . import _polynomials  # noqa: PLC0415

    return _polynomials


def wraps(function):
    """Makes a function on coefficients give a `poly1d` if it was given one."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        given = any(isinstance(x, poly1d) for x in args[:2])
        result = function(*map(_get_coefficients, args), **kwargs)
        if not given:
            return result
        if isinstance(result, tuple):
            return tuple(poly1d(x) for x in result)
        return poly1d(result)

    return call


def _get_coefficients(x):
    return x.coeffs if isinstance(x, poly1d) else x


def _as_polynomial(x):
    return x if isinstance(x, poly1d) else poly1d(x)


class poly1d:
    """A polynomial in one variable.

    Args:
        c_or_r: The coefficients, the highest power first, or a `poly1d`; with `r`,
            the roots. Leading zeros are left out, for which they are computed.
        variable: The letter that `print` shows, 'x' by default.
    """

    __hash__ = None
    # Operators of arrays leave the work to the polynomial.
    __array_ufunc__ = None

    def __init__(self, c_or_r, r=False, variable=None):
        if isinstance(c_or_r, poly1d):
            self._coeffs = c_or_r._coeffs
            self._variable = variable or c_or_r._variable
            return
        if r:
            c_or_r = _functions().poly(c_or_r)
        coefficients = atleast_1d(asarray(c_or_r))
        if coefficients.ndim > 1:
            raise ValueError("Polynomial must be 1d only.")
        self._coeffs = trim(coefficients)
        self._variable = variable or "x"

    @property
    def coeffs(self):
        """The coefficients, the highest power first."""
        return self._coeffs

    @coeffs.setter
    def coeffs(self, value):
        if value is not self._coeffs:
            raise AttributeError("Cannot set attribute")

    c = coef = coefficients = coeffs

    @property
    def variable(self):
        """The letter that `print` shows."""
        return self._variable

    @property
    def order(self):
        """The degree."""
        return self._coeffs.size - 1

    o = order

    def __call__(self, val):
        """The value at `val`; for a polynomial, the composed one."""
        return _functions().polyval(self._coeffs, val)

    def __array__(self, dtype=None, copy=None):
        return _numpy.array(asnumpy(self._coeffs), dtype=dtype)

    def __len__(self):
        return self.order

    def __iter__(self):
        return iter(self._coeffs)

    def __getitem__(self, power):
        """The coefficient of x**power; 0 for powers that the polynomial has not."""
        if not 0 <= power <= self.order:
            return self._coeffs.dtype.type(0)
        return self._coeffs[self.order - power]

    def __setitem__(self, power, value):
        if power < 0:
            raise ValueError("Does not support negative powers.")
        c = self._coeffs
        value = ops.cast(ops.as_array(value, device=c), c.dtype)
        if power > self.order:
            padding = zeros(power - self.order, c.dtype, device=c)
            c = ops.concatenate([padding, c], 0)
        at = c.size - 1 - power
        parts = [
            ops.take(c, 0, 0, at),
            ops.reshape(value, (1,)),
            ops.take(c, 0, at + 1),
        ]
        self._coeffs = concatenate(parts)

    def __neg__(self):
        return poly1d(uf.negative(self._coeffs))

    def __pos__(self):
        return self

    def __add__(self, other):
        return _functions().polyadd(self, _as_polynomial(other))

    __radd__ = __add__

    def __sub__(self, other):
        return _functions().polysub(self, _as_polynomial(other))

    def __rsub__(self, other):
        return _functions().polysub(_as_polynomial(other), self)

    def __mul__(self, other):
        if _numpy.isscalar(other):
            return poly1d(uf.multiply(self._coeffs, other))
        return _functions().polymul(self, _as_polynomial(other))

    __rmul__ = __mul__

    def __truediv__(self, other):
        if _numpy.isscalar(other):
            return poly1d(uf.divide(self._coeffs, other))
        return _functions().polydiv(self, _as_polynomial(other))

    def __rtruediv__(self, other):
        return _functions().polydiv(_as_polynomial(other), self)

    def __pow__(self, exponent):
        if not _numpy.isscalar(exponent) or int(exponent) != exponent or exponent < 0:
            raise ValueError("Power to non-negative integers only.")
        result = poly1d([1])
        for _ in range(int(exponent)):
            result = self * result
        return result

    def __eq__(self, other):
        if not isinstance(other, poly1d):
            return NotImplemented
        a, b = asnumpy(self._coeffs), asnumpy(other._coeffs)
        return a.shape == b.shape and bool((a == b).all())

    def deriv(self, m=1):
        """The `m`-th derivative."""
        return _functions().polyder(self, m)

    def integ(self, m=1, k=0):
        """The `m`-th antiderivative with constants `k`."""
        return _functions().polyint(self, m, k)

    def __repr__(self):
        return f"poly1d({repr(self._coeffs).removeprefix('array(')}"

    def __str__(self):
        return str(_numpy.poly1d(asnumpy(self._coeffs), variable=self._variable))


def trim(coefficients):
    """`coefficients` without leading zeros; a single 0 for none that is not."""
    nonzero = _numpy.flatnonzero(asnumpy(coefficients))
    if nonzero.size:
        return ops.take(coefficients, 0, int(nonzero[0]))
    return zeros(1, coefficients.dtype, device=coefficients)
