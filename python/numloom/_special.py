"""Functions of analysis and of signals: i0, sinc, unwrap; windows are beside them."""

import functools
import math

import numpy as _numpy
from numpy.lib.array_utils import normalize_axis_index

from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._creation import asarray
from ._dtypes import FLOAT64, as_dtype, kind, result_type
from ._elementwise import diff, finfo

# Chebyshev coefficients, c[0] + c[1] T1(t) + ..., worked out with 50 digits:
# exp(-x) I0(x) on [0, 8] with t = x / 4 - 1,
_I0_SMALL = (
    0.338397637204738042,
    -0.304682672343198399,
    0.171620901522208775,
    -0.0949010970480476444,
    0.0493052842396707085,
    -0.0237374148058994688,
    0.0105464603945949983,
    -0.00432430999505057594,
    0.0016394756169413358,
    -0.000576375574538582366,
    0.000188502885095841656,
    -5.7541950100821037e-5,
    1.64484480707288971e-5,
    -4.41673835845875056e-6,
    1.11738753912010372e-6,
    -2.67079385394061173e-7,
    6.04699502254191895e-8,
    -1.30002500998624804e-8,
    2.65982372468238665e-9,
    -5.18979560163526291e-10,
    9.67580903537323691e-11,
    -1.72682629144155571e-11,
    2.95505266312963983e-12,
    -4.85644678311192946e-13,
    7.67618549860493562e-14,
    -1.16853328779934517e-14,
    1.71539128555513303e-15,
    -2.43127984654795469e-16,
    3.3307945188222381e-17,
    -4.41534164647933938e-18,
)
# and exp(-x) sqrt(x) I0(x) on [8, inf) with t = 16 / x - 1.
_I0_LARGE = (
    0.402245205507054416,
    0.00336911647825569409,
    6.88975834691682398e-5,
    2.89137052083475648e-6,
    2.04891858946906374e-7,
    2.26666899049817806e-8,
    3.39623202570838635e-9,
    4.94060238822496959e-10,
    1.18891471078464383e-11,
    -3.14991652796324136e-11,
    -1.32158118404477131e-11,
    -1.79417853150680612e-12,
    7.18012445138366623e-13,
    3.8527783827421427e-13,
    1.54008621752140983e-14,
    -4.15056934728722209e-14,
    -9.55484669882830765e-15,
    3.81168066935262242e-15,
    1.77256013305652638e-15,
    -3.42548561967721913e-16,
    -2.82762398051658348e-16,
    3.46122286769746109e-17,
    4.46562142029676e-17,
    -4.83050448594418207e-18,
    -7.23318048787475395e-18,
    9.9214754121736986e-19,
    1.19365089084598209e-18,
)


def _sum_chebyshev(t, coefficients):
    """The series at `t` by Clenshaw's recurrence."""
    last, previous = 0.0, 0.0
    for c in reversed(coefficients[1:]):
        last, previous = uf.add(uf.subtract(t * (2.0 * last), previous), c), last
    return uf.add(uf.subtract(uf.multiply(t, last), previous), coefficients[0])


def i0(x):
    """The modified Bessel function of the first kind of order 0, element-wise.

    Integers are taken as float64. Raises TypeError for complex numbers.
    """
    x = asarray(x)
    if kind(x.dtype) == "c":
        raise TypeError("i0 not supported for complex values")
    x = uf.absolute(x if kind(x.dtype) == "f" else ops.cast(x, FLOAT64))
    is_small = uf.less_equal(x, 8.0)
    small = _sum_chebyshev(uf.subtract(uf.divide(x, 4.0), 1.0), _I0_SMALL)
    inverse = uf.divide(16.0, uf.maximum(x, 8.0))
    large = _sum_chebyshev(uf.subtract(inverse, 1.0), _I0_LARGE)
    large = uf.divide(large, uf.sqrt(uf.maximum(x, 8.0)))
    return uf.multiply(uf.exp(x), ops.select(is_small, small, large))


def sinc(x):
    """`sin(pi x) / (pi x)`, element-wise; 1 at 0."""
    x = uf.multiply(math.pi, asarray(x))
    tiny = ops.as_array(_get_tiny(x.dtype), x.dtype, x)
    x = ops.record("where", (uf.equal(x, 0), tiny, x), x.shape, x.dtype)
    return uf.divide(uf.sin(x), x)


@functools.cache
def _get_tiny(dtype):
    """Whose sine is itself; a zero of float16 becomes a number with an inverse."""
    return float(finfo(dtype).eps) if kind(dtype) == "f" else 1e-20


def unwrap(p, discont=None, axis=-1, *, period=2 * math.pi):
    """`p` with jumps of more than `discont` along `axis` reduced by whole periods.

    `discont` is `period / 2` unless it is larger. Integers stay integers if
    `period` is one. Raises ValueError for an array without axes.
    """
    p = asarray(p)
    if p.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = normalize_axis_index(axis, p.ndim)
    step = diff(p, axis=axis)
    dtype = result_type(step, period)
    discont = period / 2 if discont is None else discont
    is_integer = kind(dtype) in "iu"
    high = period // 2 if is_integer else period / 2
    low = -high
    wrapped = uf.add(uf.remainder(uf.subtract(step, low), period), low)
    if not is_integer or period % 2 == 0:
        # Half a period is both limits: the sign of the step decides.
        is_limit = uf.logical_and(uf.equal(wrapped, low), uf.greater(step, 0))
        limit = ops.as_array(high, wrapped.dtype, p)
        wrapped = ops.select(is_limit, limit, wrapped)
    change = uf.subtract(wrapped, step)
    is_small = uf.less(uf.absolute(step), discont)
    change = ops.select(is_small, ops.as_array(0, change.dtype, p), change)
    first = ops.cast(ops.take(p, axis, 0, 1), dtype)
    rest = uf.add(ops.take(p, axis, 1), uf.add.accumulate(change, axis))
    return ops.concatenate([first, ops.cast(rest, dtype)], axis)


def real_if_close(a, tol=100):
    """The real part of `a` if all imaginary parts are smaller than `tol` epsilons.

    A `tol` of 1 and less is that limit itself. Computes `a`, on which the dtype of
    the result depends.
    """
    a = asarray(a)
    if kind(a.dtype) != "c":
        return a
    limit = tol * float(_numpy.finfo(a.dtype).eps) if tol > 1 else tol
    is_close = red.all(uf.less(uf.absolute(a.imag), limit))
    return a.real if is_close else a


def iscomplex(x):
    """Whether the imaginary part is not 0, element-wise."""
    return uf.not_equal(asarray(x).imag, 0)


def isreal(x):
    """Whether the imaginary part is 0, element-wise."""
    return uf.equal(asarray(x).imag, 0)


def asarray_chkfinite(a, dtype=None, order=None):
    """`a` as an array; ValueError if it holds an infinity or NaN.

    Computes `a`.
    """
    a = asarray(a, None if dtype is None else as_dtype(dtype), order)
    if kind(a.dtype) in "fc" and not red.all(uf.isfinite(a)):
        raise ValueError("array must not contain infs or NaNs")
    return a
