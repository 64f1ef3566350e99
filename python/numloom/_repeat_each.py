"""repeat with a count for each element."""

import numpy as _numpy

from . import _ops as ops
from . import _ufuncs as uf
from ._core import ndarray
from ._creation import asnumpy
from ._dtypes import INT64, can_cast, make_cast_error
from ._searching import find_places


def _as_counts(repeats):
    """The counts as int64, of NumPy or of Numloom as they were given."""
    counts = repeats
    if not isinstance(repeats, (ndarray, _numpy.ndarray)):
        counts = _numpy.asarray(repeats, INT64)
    if not can_cast(counts.dtype, INT64, "safe"):
        raise make_cast_error(counts.dtype, INT64)
    if counts.ndim > 1:
        raise ValueError("object too deep for desired array")
    return counts.astype(INT64)


def _read_limits(counts):
    """The smallest count and the sum of all, in one read."""
    if not isinstance(counts, ndarray):
        return int(counts.min(initial=0)), int(counts.sum())
    least = uf.minimum.reduce(counts, initial=0)
    limits = [ops.reshape(x, (1,)) for x in (least, uf.add.reduce(counts))]
    return tuple(asnumpy(ops.concatenate(limits, 0)).tolist())


def repeat_each(a, repeats, axis):
    """Element `i` of `a` along `axis` `repeats[i]` times, for which these are read.

    A single count is that of all elements, and is returned as an integer. Raises
    TypeError for what is no integer, ValueError for negative counts and other shapes.
    """
    counts = _as_counts(repeats)
    if counts.size == 1:
        return int(counts.reshape(()))
    if counts.shape != (a.shape[axis],):
        raise ValueError(
            f"operands could not be broadcast together with shape ({a.shape[axis]},) "
            f"{ops.format_shape(counts.shape)}"
        )
    least, total = _read_limits(counts)
    if least < 0:
        raise ValueError("repeats may not contain negative values.")
    ends = uf.add.accumulate(ops.as_array(counts, INT64, a))
    index = find_places(ends, ops.iota((total,), 0, a), behind_equal=True)
    return ops.gather_along(a, index, axis)
