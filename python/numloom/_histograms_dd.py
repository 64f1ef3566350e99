"""Histograms in several dimensions."""

import math
import operator

import numpy as _numpy
from numpy import result_type as _result_type

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._dtypes import FLOAT64, INT64
from ._histograms import as_weights, find_outer_edges
from ._searching import find_places


def _has_length(value):
    try:
        len(value)
    except TypeError:
        return False
    return True


def _as_sample(sample):
    """The columns of a sample of shape (N, D)."""
    if isinstance(sample, (list, tuple)):
        home = ops.home(sample)
        return [ops.reshape(ops.as_array(c, device=home), (-1,)) for c in sample]
    x = ops.as_array(sample)
    if x.ndim < 2:
        x = ops.reshape(x, (x.size, 1))
    return [x[:, i] for i in range(x.shape[1])]


def _find_edges_dd(column, bins, limits, i):
    if _numpy.ndim(bins) == 0:
        if bins < 1:
            raise ValueError(f"`bins[{i}]` must be positive, when an integer")
        first, last = find_outer_edges(column, limits)
        try:
            count = operator.index(bins)
        except TypeError as error:
            raise TypeError(f"`bins[{i}]` must be an integer, when a scalar") from error
        return _numpy.linspace(first, last, count + 1)
    if _numpy.ndim(bins) != 1:
        raise ValueError(f"`bins[{i}]` must be a scalar or 1d array")
    edges = _numpy.asarray(bins)
    if (edges[:-1] > edges[1:]).any():
        raise ValueError(f"`bins[{i}]` must be monotonically increasing, when an array")
    return edges


def _place(column, edges):
    """The bin of each element, counted from 1; 0 and one more are outside."""
    dtype = _result_type(column.dtype, edges.dtype)
    on_device = _core.asarray(edges.astype(dtype), None, None, column)
    column = ops.cast(column, dtype)
    places = find_places(on_device, column, True)
    return places - ops.cast(uf.equal(column, on_device[-1]), INT64)


def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    """The histogram, float64, of N points in D dimensions, and the edges by dimension.

    `sample` has shape (N, D), or is a list of D columns; `bins` and `range` may be
    given by dimension. Raises ValueError where these are not D.
    """
    columns = _as_sample(sample)
    rank = len(columns)
    if not _has_length(bins):
        bins = [bins] * rank
    elif len(bins) != rank:
        raise ValueError(
            "The dimension of bins must be equal to the dimension of the sample x."
        )
    if range is None:
        range = [None] * rank
    elif len(range) != rank:
        raise ValueError("range argument must have one entry per dimension")
    edges = [
        _find_edges_dd(column, bins[i], range[i], i) for i, column in enumerate(columns)
    ]
    counts = _count_dd(columns, edges, weights)
    if density:
        counts = _divide_by_volume(counts, edges)
    return counts, [_core.asarray(e, None, None, columns[0]) for e in edges]


def _count_dd(columns, edges, weights):
    shape = tuple(len(e) + 1 for e in edges)
    first = columns[0]
    places = _place(first, edges[0])
    for column, e in zip(columns[1:], edges[1:]):
        places = places * (len(e) + 1) + _place(column, e)
    if weights is not None:
        weights = as_weights(weights, first)
    if first.size:
        counts = _core.bincount(places, weights, math.prod(shape))
    else:
        counts = ops.constant((math.prod(shape),), 0, FLOAT64, first)
    inner = (slice(1, -1),) * len(edges)
    return ops.cast(ops.reshape(counts, shape), FLOAT64)[inner]


def _divide_by_volume(counts, edges):
    total = red.sum(counts)
    for i, e in enumerate(edges):
        widths = _numpy.diff(e).astype(FLOAT64)
        shape = [1] * len(edges)
        shape[i] = len(widths)
        counts = counts / _core.asarray(widths.reshape(shape), None, None, counts)
    return counts / total


def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    """The histogram of points in the plane, and the edges along x and y.

    `bins` is a number, edges for both axes, or one of either for each axis. Raises
    ValueError unless `x` and `y` have one length.
    """
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    if _has_length(bins) and len(bins) not in (1, 2):
        bins = [_numpy.asarray(bins)] * 2
    counts, (x_edges, y_edges) = histogramdd([x, y], bins, range, density, weights)
    return counts, x_edges, y_edges
