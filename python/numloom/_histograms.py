"""Counting: bincount and histograms."""

import math
import operator
import warnings

import numpy as _numpy
from numpy import result_type as _result_type

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._core import ndarray
from ._dtypes import FLOAT64, INT64, can_cast, kind, make_cast_error
from ._masks import compress_by
from ._quantiles import percentile
from ._searching import read_range

# What a histogram reads without a conversion.
_DIRECT = frozenset("Bilfd")


def bincount(x, /, weights=None, minlength=0):
    """How often each of 0 .. max(x) occurs in the 1-D `x`, int64; at least
    `minlength` results.

    With `weights`, their sums, float64, the same from run to run. Raises ValueError
    for a negative element, TypeError for one that is no integer.
    """
    home = ops.home((x, weights))
    is_array = isinstance(x, (ndarray, _numpy.ndarray))
    x = ops.as_array(x, device=home)
    if kind(x.dtype) == "u" or not (is_array or kind(x.dtype) == "c"):
        # Those of uint64 that int64 has not become negative.
        x = ops.cast(x, INT64)
    if x.ndim != 1:
        raise ValueError(
            "object of too small depth for desired array"
            if x.ndim == 0
            else "object too deep for desired array"
        )
    if not can_cast(x.dtype, INT64, "safe"):
        raise make_cast_error(x.dtype, INT64)
    minlength = _parse_length(minlength)
    if weights is not None:
        weights = as_weights(weights, x)
    if x.size == 0:
        return ops.constant((minlength,), 0, INT64, x)
    low, high = read_range(x)
    if low < 0:
        raise ValueError("'list' argument must have no negative elements")
    bins = max(minlength, int(high) + 1)
    return _core.bincount(ops.cast(x, INT64), weights, bins)


def _parse_length(minlength):
    if minlength is None:
        raise TypeError("'NoneType' object cannot be interpreted as an integer")
    minlength = operator.index(minlength)
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    return minlength


def as_weights(weights, x):
    """`weights` as float64 in the shape of `x`."""
    weights = ops.as_array(weights, device=x)
    if not can_cast(weights.dtype, FLOAT64, "safe") and kind(weights.dtype) == "c":
        raise make_cast_error(weights.dtype, FLOAT64)
    if weights.shape != x.shape:
        raise ValueError("The weights and list don't have the same length.")
    return ops.cast(weights, FLOAT64)


#
# The widths of bins that the data suggests; host numbers from a few reductions.
#


def _sqrt_width(x, span):
    return span / math.sqrt(x.size)


def _sturges_width(x, span):
    return span / (math.log2(x.size) + 1.0)


def _rice_width(x, span):
    return span / (2.0 * x.size ** (1.0 / 3))


def _scott_width(x, span):
    return (24.0 * math.pi**0.5 / x.size) ** (1.0 / 3.0) * float(red.std(x))


def _stone_width(x, span):
    """The width at which the estimated integrated squared error is least."""
    n = x.size
    if n <= 1 or span == 0:
        return 0

    def estimate_error(bins):
        shares = _numpy.asarray(histogram(x, bins)[0]) / n
        return (2 - (n + 1) * shares.dot(shares)) / (span / bins)

    most = max(100, int(math.sqrt(n)))
    return span / min(range(1, most + 1), key=estimate_error)


def _doane_width(x, span):
    """Sturges's rule with a term for the skewness."""
    n = x.size
    if n <= 2:
        return 0.0
    sigma = float(red.std(x))
    if not sigma > 0.0:
        return 0.0
    skewness = float(red.mean(((x - red.mean(x)) / sigma) ** 3))
    deviation = math.sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3)))
    return span / (1.0 + math.log2(n) + math.log2(1.0 + abs(skewness) / deviation))


def _fd_width(x, span):
    upper, lower = _numpy.asarray(percentile(x, [75, 25]))
    return 2.0 * (upper - lower) * x.size ** (-1.0 / 3.0)


def _auto_width(x, span):
    # Freedman and Diaconis's rule fails where half of the elements are equal.
    wide = max(_fd_width(x, span), _sqrt_width(x, span) / 2)
    return min(wide, _sturges_width(x, span))


_WIDTHS = {
    "stone": _stone_width,
    "auto": _auto_width,
    "doane": _doane_width,
    "fd": _fd_width,
    "rice": _rice_width,
    "scott": _scott_width,
    "sqrt": _sqrt_width,
    "sturges": _sturges_width,
}


def find_outer_edges(x, limits):
    """The first and the last edge: the given ones or those of the elements."""
    if limits is not None:
        first, last = limits
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
        if not (_numpy.isfinite(first) and _numpy.isfinite(last)):
            raise ValueError(f"supplied range of [{first}, {last}] is not finite")
    elif x.size == 0:
        first, last = 0, 1
    else:
        first, last = read_range(x)
        if not (_numpy.isfinite(first) and _numpy.isfinite(last)):
            raise ValueError(f"autodetected range of [{first}, {last}] is not finite")
    if first == last:
        first, last = first - 0.5, last + 0.5
    return first, last


def _subtract(a, b):
    """`a - b` of two host numbers, which may be out of their dtype's range."""
    dtype = _result_type(a, b)
    if dtype.kind == "i":
        return int(a) - int(b)
    return _numpy.subtract(a, b, dtype=dtype)


def _estimate_bins(x, name, limits, weights):
    """The number of bins that the estimator `name` finds, and the outer edges."""
    if name not in _WIDTHS:
        raise ValueError(f"{name!r} is not a valid estimator for `bins`")
    if weights is not None:
        raise TypeError(
            "Automated estimation of the number of bins is not supported for weighted "
            "data"
        )
    first, last = find_outer_edges(x, limits)
    if limits is not None:
        keep = uf.logical_and(x >= first, x <= last)
        (x,) = compress_by(keep, [x])
    if x.size == 0:
        return 1, first, last
    span = _subtract(*read_range(x)[::-1])
    width = _WIDTHS[name](x, span)
    if not width:
        return 1, first, last
    if kind(x.dtype) in "iu" and width < 1:
        width = 1
    return math.ceil(_subtract(last, first) / width), first, last


def _find_edges(x, bins, limits, weights):
    """The edges as a host array, and whether the bins are of one width."""
    if isinstance(bins, str):
        count, first, last = _estimate_bins(x, bins, limits, weights)
    elif _numpy.ndim(bins) == 0:
        try:
            count = operator.index(bins)
        except TypeError as error:
            raise TypeError(
                "`bins` must be an integer, a string, or an array"
            ) from error
        if count < 1:
            raise ValueError("`bins` must be positive, when an integer")
        first, last = find_outer_edges(x, limits)
    elif _numpy.ndim(bins) == 1:
        edges = _numpy.asarray(bins)
        if (edges[:-1] > edges[1:]).any():
            raise ValueError("`bins` must increase monotonically, when an array")
        return edges, False
    else:
        raise ValueError("`bins` must be 1d, when an array")
    dtype = _result_type(first, last, x.dtype)
    if dtype.kind in "iu":
        dtype = _result_type(dtype, float)
    edges = _numpy.linspace(first, last, count + 1, dtype=dtype)
    if (edges[:-1] >= edges[1:]).any():
        raise ValueError(
            f"Too many bins for data range. Cannot create {count} finite-sized bins."
        )
    return edges, True


def _flatten(a, weights):
    """The elements and the weights, 1-D; bools count as integers, with a warning."""
    home = ops.home((a, weights))
    x = ops.as_array(a, device=home)
    if kind(x.dtype) == "b":
        warnings.warn(
            f"Converting input from {x.dtype} to {_numpy.uint8} for compatibility.",
            RuntimeWarning,
            stacklevel=3,
        )
        x = ops.cast(x, _numpy.dtype("uint8"))
    if weights is not None:
        weights = ops.as_array(weights, device=home)
        if weights.shape != x.shape:
            raise ValueError("weights should have the same shape as a.")
        weights = ops.reshape(weights, (weights.size,))
    return ops.reshape(x, (x.size,)), weights


def histogram_bin_edges(a, bins=10, range=None, weights=None):
    """The edges of the bins that `histogram` would count in."""
    x, weights = _flatten(a, weights)
    edges, _ = _find_edges(x, bins, range, weights)
    return _core.asarray(edges, None, None, x)


def histogram(a, bins=10, range=None, density=None, weights=None):
    """How many elements lie in each bin, and the edges of the bins.

    `bins` is their number over `range` (that of the elements), NumPy's name of an
    estimator, or the ascending edges. Bins hold their lower edge, the last one both.
    With `weights`, sums of these; with `density`, shares per width, float64.
    """
    x, weights = _flatten(a, weights)
    edges, is_uniform = _find_edges(x, bins, range, weights)
    counts = _count(x, edges, is_uniform, weights)
    if density:
        widths = _core.asarray(_numpy.diff(edges).astype(FLOAT64), None, None, x)
        counts = counts / widths / red.sum(counts)
    return counts, _core.asarray(edges, None, None, x)


def _count(x, edges, is_uniform, weights):
    if len(edges) < 2:
        return ops.constant((0,), 0, INT64 if weights is None else weights.dtype, x)
    if x.dtype.char not in _DIRECT:
        x = ops.cast(x, FLOAT64)
    on_device = _core.asarray(edges.astype(FLOAT64), None, None, x)
    if weights is None:
        return _core.count_histogram(x, on_device, is_uniform)
    bins = _core.find_bins(x, on_device, is_uniform)
    return _sum_weights(bins, weights, len(edges))[:-1]


def _sum_weights(bins, weights, count):
    """The sums of the weights of each bin, in the dtype of the weights."""
    if kind(weights.dtype) != "c":
        sums = _core.bincount(bins, ops.cast(weights, FLOAT64), count)
        return ops.cast(sums, weights.dtype)
    real, imag = (
        _core.bincount(bins, ops.cast(part, FLOAT64), count)
        for part in (weights.real, weights.imag)
    )
    return ops.cast(real + imag * 1j, weights.dtype)
