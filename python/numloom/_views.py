"""Views beyond slices and transposes, assignment as a function, and `flat`."""

import operator

import numpy as _numpy

from . import _core
from . import _ops as ops
from ._core import ndarray
from ._creation import asarray
from ._dtypes import as_dtype, can_cast, kind, make_cast_error
from ._orders import is_plain, resolve_order

_NUMBERS = (int, float, complex)


def copyto(dst, src, casting="same_kind", where=True):
    """Stores `src` in `dst`, which it is broadcast to, at the places `where`.

    Raises TypeError if `casting` forbids the conversion, ValueError if a shape does
    not fit or `dst` is read-only; then nothing is stored.
    """
    if not isinstance(dst, ndarray):
        raise TypeError(
            f"copyto() argument 1 must be numloom.ndarray, not {type(dst).__name__}"
        )
    if not dst.flags.writeable:
        raise ValueError("assignment destination is read-only")
    if isinstance(src, (bool, int, float, complex)):
        # As an operation with a Python number of the array's dtype would.
        src = _numpy.asarray(src, _core.result_type(dst, src))
    source = src if isinstance(src, ndarray) else asarray(src, device=dst)
    if not can_cast(source.dtype, dst.dtype, casting):
        what = "scalar" if source.ndim == 0 else "array data"
        raise make_cast_error(source.dtype, dst.dtype, casting, what)
    if where is True:
        dst[...] = source
        return
    mask = ops.as_mask(where, dst)
    # As an assignment does, unit axes in front are ignored.
    shape = source.shape
    while len(shape) > dst.ndim and shape[0] == 1:
        shape = shape[1:]
    value = _core.as_value(dst, _core.reshape(source, shape))
    value = ops.broadcast(value, dst.shape)
    _core.assign(dst, ops.select(ops.broadcast(mask, dst.shape), value, dst))


def fill(self, value):
    """Gives every element the number `value`."""
    if getattr(value, "ndim", 0) or isinstance(value, (list, tuple)):
        # An error for most dtypes; NumPy knows which.
        element = _numpy.zeros((), self.dtype)
        element.fill(_numpy.asarray(value) if isinstance(value, ndarray) else value)
        value = element
    self[...] = value


def setflags(self, write=None, align=None, uic=None):
    """Sets the flag WRITEABLE; the others cannot change."""
    if align is not None and not align:
        raise ValueError("numloom arrays are always aligned")
    if uic:
        raise ValueError("cannot set WRITEBACKIFCOPY flag to True")
    if write is not None:
        self.flags.writeable = write


def view(self, dtype=None, type=None):
    """The elements as they are, or their bytes as elements of another dtype.

    With another item size the last axis shrinks or grows, and the array is computed
    at each update from then on. Raises ValueError where that axis has gaps or does
    not divide.
    """
    if type is None and dtype is not None and dtype is ndarray:
        dtype = None
    if type not in (None, ndarray):
        raise TypeError("numloom arrays have no subclasses")
    if dtype is None:
        return self[...]
    return _reinterpret(self, as_dtype(dtype))


def _reinterpret(a, dtype):
    if dtype == a.dtype:
        return a[...]
    is_complex = kind(a.dtype) == "c" or kind(dtype) == "c"
    if dtype.itemsize == a.dtype.itemsize and not is_complex:
        return _core.view_bits(a, dtype)
    return _core.view_memory(a, dtype)


def diagonal(a, offset=0, axis1=0, axis2=1):
    """The diagonals of the matrices along `axis1` and `axis2`, as the last axis.

    A read-only view, as in NumPy.
    """
    offset = operator.index(offset)
    axes = operator.index(axis1), operator.index(axis2)
    return _core.freeze(_core.diagonal(asarray(a), (offset, *axes)))


def may_share_memory(a, b, max_work=0):
    """Whether the stretches of memory from first to last element overlap."""
    if max_work:
        return shares_memory(a, b)
    return _compare(_core.may_share_memory, a, b)


def shares_memory(a, b, max_work=None):
    """Whether two arrays have an element in common; the answer is exact."""
    return _compare(_core.shares_memory, a, b)


def _compare(compare, a, b):
    if isinstance(a, ndarray) and isinstance(b, ndarray):
        return compare(a, b)
    return False


def ravel(a, order="C"):
    """The elements of `a` in `order`, 1-D.

    A view where they lie in that order without gaps, else a copy.
    """
    a = asarray(a)
    if order == "C" and a.flags.c_contiguous:
        return _core.reshape(a, (a.size,))
    axes = resolve_order(a, order)
    if not is_plain(axes):
        a = _core.transpose(a, axes)
    flat = _core.reshape(a, (a.size,))
    return flat if a.flags.c_contiguous else ops.own(flat)


class flatiter:
    """The elements of an array in C order, for reading and writing by position."""

    def __init__(self, base):
        self._base = base
        self._next = 0

    @property
    def base(self):
        """The array."""
        return self._base

    @property
    def index(self):
        """The position of the next element that iteration gives."""
        return self._next

    @property
    def coords(self):
        """The indices of the next element that iteration gives."""
        indices = _numpy.unravel_index(self._next, self._base.shape)
        return tuple(map(int, indices))

    def _flatten(self):
        return _core.reshape(self._base, (self._base.size,))

    def __len__(self):
        return self._base.size

    def __iter__(self):
        self._next = 0
        return self

    def __next__(self):
        if self._next >= len(self):
            raise StopIteration
        self._next += 1
        return self._flatten()[self._next - 1]

    def __getitem__(self, key):
        result = self._flatten()[_as_flat_key(key)]
        return result if result.base is None else ops.own(result)

    def __setitem__(self, key, value):
        if not self._base.flags.writeable:
            raise ValueError("underlying array is read-only")
        flat = self._flatten()
        key = _as_flat_key(key)
        target = flat[key]
        value = _core.as_value(flat, value)
        if value.size == 0:
            if target.ndim == 0:
                raise ValueError("Error setting single item of array.")
            return
        values = ops.repeat_to(_core.reshape(value, (value.size,)), target.size)
        flat[key] = _core.reshape(values, target.shape)
        if not _core.shares_memory(flat, self._base):
            self._base[...] = _core.reshape(flat, self._base.shape)

    def copy(self):
        """A 1-D copy of the elements."""
        return ops.own(self._flatten())

    def __eq__(self, other):
        return self._flatten() == other

    def __ne__(self, other):
        return self._flatten() != other

    def __lt__(self, other):
        return self._flatten() < other

    def __le__(self, other):
        return self._flatten() <= other

    def __gt__(self, other):
        return self._flatten() > other

    def __ge__(self, other):
        return self._flatten() >= other

    __hash__ = None

    def __array__(self, dtype=None, *, copy=None):
        return self.copy().__array__(dtype)


def _as_flat_key(key):
    """The key of a 1-d array; IndexError for more than one index."""
    if isinstance(key, tuple):
        if len(key) > 1:
            raise IndexError("unsupported iterator index")
        key = key[0] if key else ...
    if key is None:
        raise IndexError("unsupported iterator index")
    if isinstance(key, bool):
        return 0 if key else slice(0)
    return key


def _get_flat(self):
    return flatiter(self)


def _set_flat(self, value):
    flatiter(self)[...] = value


flat = property(_get_flat, _set_flat, doc="The elements in C order, one by one.")


def real(val):
    """The real part: a view of a complex array, `val` itself if it is not one.

    Of a Python number it is one.
    """
    return val.real if isinstance(val, _NUMBERS) else asarray(val).real


def imag(val):
    """The imaginary part: a view of a complex array, zeros for any other.

    Of a Python number it is one.
    """
    return val.imag if isinstance(val, _NUMBERS) else asarray(val).imag
