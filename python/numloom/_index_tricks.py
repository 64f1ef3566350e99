"""`r_`, `c_`: arrays joined in brackets; `s_`, `index_exp`: indices as objects."""

from numpy import index_exp, s_

from . import _ops as ops
from ._core import result_type
from ._creation import as_operands
from ._joining import concatenate
from ._manipulation import swapaxes
from ._ranges import ogrid


def _parse_directive(text, axis, ndmin, trans1d):
    """The numbers of a string such as '0,2,1', defaults for those left out."""
    try:
        given = [int(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"unknown special directive {text!r}") from None
    if len(given) > 3:
        raise ValueError(f"unknown special directive {text!r}")
    return (*given, *(axis, ndmin, trans1d)[len(given) :])


def _raise_rank(x, ndmin, trans1d):
    """`x` with `ndmin` axes; those it has stand at `trans1d` among them."""
    new = ndmin - x.ndim
    if new <= 0:
        return x
    wide = ops.reshape(x, (1,) * new + x.shape)
    if trans1d == -1:
        return wide
    at = trans1d if trans1d >= 0 else trans1d + new + 1
    axes = list(range(ndmin))
    return ops.transpose(wide, axes[:at] + axes[new:] + axes[at:new])


def _raise_range(x, ndmin, trans1d):
    """A range with `ndmin` axes, itself along `trans1d`."""
    if ndmin <= 1:
        return x
    wide = ops.reshape(x, (1,) * (ndmin - 1) + x.shape)
    return wide if trans1d == -1 else swapaxes(wide, -1, trans1d)


class _Joiner:
    """`r_[...]` and `c_[...]`: joins arrays, scalars and ranges given as slices.

    A string first names the axis, the least number of axes, and where the axes of
    arrays with fewer stand among them: `r_['0,2', a, b]`.
    """

    def __init__(self, axis, ndmin, trans1d):
        self._defaults = axis, ndmin, trans1d

    def __getitem__(self, key):
        items = list(key) if isinstance(key, tuple) else [key]
        axis, ndmin, trans1d = self._defaults
        if items and isinstance(items[0], str):
            if items[0] in ("r", "c"):
                raise NotImplementedError("numloom has no matrices")
            axis, ndmin, trans1d = _parse_directive(items.pop(0), *self._defaults)
        if any(isinstance(item, str) for item in items):
            raise ValueError("special directives must be the first entry.")
        if not items:
            raise ValueError("need at least one array to concatenate")
        return _join(items, axis, ndmin, trans1d)


def _join(items, axis, ndmin, trans1d):
    parts = [ogrid[x] if isinstance(x, slice) else x for x in items]
    arrays = as_operands(parts)
    # Python's numbers promote weakly.
    numbers = (bool, int, float, complex)
    dtype = result_type(
        *(x if isinstance(x, numbers) else a for x, a in zip(parts, arrays))
    )
    raised = []
    for item, array in zip(items, arrays):
        lift = _raise_range if isinstance(item, slice) else _raise_rank
        raised.append(lift(ops.cast(array, dtype), ndmin, trans1d))
    return concatenate(raised, axis)


r_ = _Joiner(0, 1, -1)
c_ = _Joiner(-1, 2, 0)

__all__ = ["c_", "index_exp", "r_", "s_"]
