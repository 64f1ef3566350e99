"""NumPy's methods of arrays, attached to the extension's ndarray."""

import math
import types

import numpy as _numpy

from . import (
    _array_api,
    _constructor,
    _core,
    _elementwise,
    _interchange,
    _io,
    _linalg,
    _manipulation,
    _masks,
    _ops,
    _orders,
    _printing,
    _protocols,
    _reductions,
    _scans,
    _searching,
    _sorting,
    _subscripts,
    _take,
    _transfer,
    _triangles,
    _views,
)
from . import _ufuncs as uf
from ._core import ndarray
from ._dtypes import as_dtype, can_cast, kind, make_cast_error

# Functions whose first argument is the array.
_FUNCTIONS = (
    _linalg.dot,
    _manipulation.repeat,
    _manipulation.squeeze,
    _manipulation.swapaxes,
    _triangles.trace,
    _views.diagonal,
    _views.fill,
    _views.ravel,
    _views.setflags,
    _views.view,
    _reductions.all,
    _reductions.any,
    _reductions.argmax,
    _reductions.argmin,
    _reductions.max,
    _reductions.mean,
    _reductions.min,
    _reductions.prod,
    _reductions.ptp,
    _reductions.std,
    _reductions.sum,
    _reductions.var,
    _elementwise.round,
    _masks.nonzero,
    _take.choose,
    _take.put,
    _take.take,
    _scans.cumprod,
    _scans.cumsum,
    _searching.searchsorted,
    _sorting.argpartition,
    _sorting.argsort,
    _sorting.partition_in_place,
    _sorting.sort_in_place,
)


def reshape(self, *shape, order="C", copy=None):
    """The elements in row-major order with another shape."""
    if not shape:
        raise TypeError("reshape() takes exactly 1 argument (0 given)")
    if len(shape) == 1:
        (shape,) = shape
    return _manipulation.reshape(self, shape, order, copy=copy)


def transpose(self, *axes):
    """The array with its axes reversed, or permuted."""
    if not axes or axes == (None,):
        return _manipulation.transpose(self)
    if len(axes) == 1 and not hasattr(axes[0], "__index__"):
        (axes,) = axes
    return _manipulation.transpose(self, axes)


def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
    """The array converted to `dtype`, in `order`; TypeError if `casting` forbids it.

    Without `copy` the array itself if it is of that dtype and order.
    """
    dtype = as_dtype(dtype)
    if casting != "unsafe" and not can_cast(self.dtype, dtype, casting):
        raise make_cast_error(self.dtype, dtype, casting)
    if order != "K" or not copy or _core.copy_order(self) is not None:
        return _orders.convert(self, dtype, order, copy)
    result = _ops.convert(self, dtype)
    return self.__copy__() if result is self else result


def clip(self, min=None, max=None, out=None, **kwargs):
    """The array limited to `[min, max]`."""
    return _elementwise.clip(self, min, max, out, **kwargs)


def copy(self, order="C"):
    """A copy of the array whose elements lie in `order`."""
    return _orders.copy_in_order(self, order)


def flatten(self, order="C"):
    """A 1-D copy of the elements in `order`."""
    return _ops.own(_views.ravel(self, order))


def conj(self, out=None):
    """The complex conjugate, element-wise; of real numbers the array itself."""
    return uf.conj(self, out=out) if kind(self.dtype) == "c" else _ops.store(self, out)


def tobytes(self, order="C"):
    """The evaluated elements as bytes."""
    return _numpy.asarray(self).tobytes(order)


def as_bytes(self):
    """What `bytes(x)` gives: of an integer scalar so many zeros, as of an int."""
    if self._is_scalar and self.dtype.kind in "iu":
        return bytes(int(self))
    return tobytes(self)


def round_number(self, ndigits=None):
    """What `round(x)` and `round(x, ndigits)` give of a 0-d array."""
    if self.ndim:
        raise TypeError("type numloom.ndarray doesn't define __round__ method")
    return round(self.item()) if ndigits is None else self.round(ndigits)


def truncate(self):
    """What `math.trunc(x)` gives of a 0-d array."""
    return math.trunc(self.item())


def contains(self, value):
    """Whether any element equals `value`, broadcast; computes the array."""
    return bool(_reductions.any(uf.equal(self, value)))


def compress(self, condition, axis=None, out=None):
    """The entries along `axis` where the 1-D `condition` is not zero."""
    return _masks.compress(condition, self, axis, out)


_METHODS = {
    "reshape": reshape,
    "transpose": transpose,
    "astype": astype,
    "clip": clip,
    "compress": compress,
    "copy": copy,
    "flatten": flatten,
    "conj": conj,
    "conjugate": conj,
    "tobytes": tobytes,
    "__bytes__": as_bytes,
    "tofile": _io.tofile,
    "dump": _io.dump,
    "dumps": _io.dumps,
    "__contains__": contains,
    "__class_getitem__": classmethod(types.GenericAlias),
    "get": _transfer.get,
    "set": _transfer.set,
    "to_device": _transfer.move_to_device,
    "data": property(_interchange.get_memory),
    "toDlpack": _interchange.to_capsule,
    "flat": _views.flat,
    "mT": property(_manipulation.matrix_transpose),
    "__repr__": _printing.represent,
    "__round__": round_number,
    "__trunc__": truncate,
    "__str__": _printing.array_str,
    "__format__": _printing.format_array,
    "__array_namespace__": _array_api.array_namespace,
}


def attach():
    """Gives the extension's ndarray its methods and the operator @."""
    for function in _FUNCTIONS:
        setattr(ndarray, function.__name__, function)
    for name, method in _METHODS.items():
        setattr(ndarray, name, method)
    _core.set_hook("matmul", _linalg.matmul)
    _core.set_hook("construct", _constructor.construct_from)
    _subscripts.attach()
    _protocols.attach()
