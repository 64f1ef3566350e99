"""Views of an array at any strides: `as_strided`, `sliding_window_view`."""

from numpy.lib.array_utils import normalize_axis_tuple

from .. import _core
from .._creation import asarray
from .._manipulation import broadcast_arrays, broadcast_shapes, broadcast_to

__all__ = [
    "as_strided",
    "broadcast_arrays",
    "broadcast_shapes",
    "broadcast_to",
    "sliding_window_view",
]


def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """A view of the memory of `x` from its first element on.

    Args:
        x: The array.
        shape: Extents of the view, those of `x` by default.
        strides: Bytes between elements along each axis, those of `x` by default.
        subok: Accepted; there are no subclasses.
        writeable: Whether the view may be written to.

    Raises:
        ValueError: The view reaches elements that the array of which `x` is a view
            does not have, or strides are no multiples of the element size.
    """
    x = asarray(x)
    shape = x.shape if shape is None else shape
    strides = x.strides if strides is None else strides
    view = _core.as_strided(x, tuple(shape), tuple(strides))
    return view if writeable else _core.freeze(view)


def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False):
    """All windows of extents `window_shape` along `axis`, as new last axes.

    A read-only view unless `writeable`. Raises ValueError where window and axes do
    not fit.
    """
    x = asarray(x)
    window = tuple(window_shape) if hasattr(window_shape, "__iter__") else None
    window = (window_shape,) if window is None else window
    if any(n < 0 for n in window):
        raise ValueError("`window_shape` cannot contain negative values")
    if axis is None:
        axes = tuple(range(x.ndim))
        if len(window) != len(axes):
            raise ValueError(
                "Since axis is None, must provide window_shape for all dimensions of "
                f"`x`; got {len(window)} window_shape elements and `x.ndim` is "
                f"{x.ndim}."
            )
    else:
        axes = normalize_axis_tuple(axis, x.ndim, allow_duplicate=True)
        if len(window) != len(axes):
            raise ValueError(
                "Must provide matching length window_shape and axis; got "
                f"{len(window)} window_shape elements and {len(axes)} axes elements."
            )
    shape = list(x.shape)
    for one_axis, extent in zip(axes, window):
        shape[one_axis] -= extent - 1
        if shape[one_axis] < 1:
            raise ValueError("window shape cannot be larger than input array shape")
    strides = x.strides + tuple(x.strides[one_axis] for one_axis in axes)
    return as_strided(x, (*shape, *window), strides, writeable=writeable)
