"""Python functions applied to lines, axes and elements of arrays."""

import numpy as _numpy
from numpy import _NoValue, ndindex
from numpy.lib.array_utils import normalize_axis_index

from . import _ops as ops
from ._core import ndarray
from ._creation import asarray, asnumpy
from ._manipulation import broadcast_shapes, expand_dims


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """`func1d(line, *args, **kwargs)` of each 1-D line of `arr` along `axis`.

    The axes of its results stand where `axis` was; their dtype is that of the first
    one. Raises ValueError where there is no line.
    """
    arr = asarray(arr)
    axis = normalize_axis_index(axis, arr.ndim)
    rest = [i for i in range(arr.ndim) if i != axis]
    lines = ops.transpose(arr, [*rest, axis])
    outer = lines.shape[:-1]
    if 0 in outer:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [
        asarray(func1d(lines[index], *args, **kwargs)) for index in ndindex(outer)
    ]
    first = results[0]
    rows = [
        ops.reshape(
            ops.broadcast(ops.cast(x, first.dtype), first.shape), (1, first.size)
        )
        for x in results
    ]
    joined = ops.reshape(ops.concatenate(rows, 0), outer + first.shape)
    order = list(range(len(outer)))
    order[axis:axis] = range(len(outer), joined.ndim)
    return ops.transpose(joined, order)


def apply_over_axes(func, a, axes):
    """`func(a, axis)` for one of `axes` after the other, each on the last result.

    A result with one axis less gets `axis` back with extent 1. Raises ValueError
    for other ranks.
    """
    result = asarray(a)
    ndim = result.ndim
    for axis in [axes] if _numpy.ndim(axes) == 0 else axes:
        axis = axis + ndim if axis < 0 else axis
        value = asarray(func(result, axis))
        if value.ndim != ndim:
            value = expand_dims(value, axis)
        if value.ndim != ndim:
            raise ValueError("function is not returning an array of the correct shape")
        result = value
    return result


class vectorize(_numpy.vectorize):
    """A Python function, called for each element of its broadcast arguments.

    Args:
        pyfunc: Called on the host with NumPy's scalars, for which the arguments are
            computed; with a `signature`, with NumPy's arrays.
        otypes, doc, excluded, cache, signature: As in NumPy.
    """

    def __call__(self, *args, **kwargs):
        args = [_to_host(x) for x in args]
        kwargs = {name: _to_host(x) for name, x in kwargs.items()}
        result = super().__call__(*args, **kwargs)
        if isinstance(result, tuple):
            return tuple(map(asarray, result))
        return result if result is self else asarray(result)


def _to_host(x):
    return asnumpy(x) if isinstance(x, ndarray) else x


class frompyfunc:
    """A Python function of `nin` numbers and `nout` results as a ufunc.

    It is called on the host with Python's numbers, for each element of its broadcast
    arguments. Results have the dtype that fits them, where NumPy's are objects; of
    arguments without axes they are what the function returned. The methods are those
    of ufuncs but for `at`. Raises TypeError for results that are no numbers.
    """

    def __init__(self, func, /, nin, nout, *, identity=None):
        self._function = _numpy.frompyfunc(func, nin, nout, identity=identity)
        self.__name__ = self._function.__name__
        for name in ("identity", "nargs", "nin", "nout", "ntypes", "types"):
            setattr(self, name, getattr(self._function, name))

    def __call__(self, *args, out=None, where=True):
        results = self._function(
            *map(_to_host, args[: self.nin]), where=_to_host(where)
        )
        out = args[self.nin :] or out
        if self.nout == 1:
            return _give(results, _get_single(out))
        outs = out or (None,) * self.nout
        return tuple(_give(x, y) for x, y in zip(results, outs))

    def reduce(self, array, axis=0, out=None, keepdims=False, initial=_NoValue):
        """`array` with `axis` reduced by the function, from left to right."""
        given = {} if initial is _NoValue else {"initial": initial}
        return self._store(out, "reduce", array, axis, keepdims=keepdims, **given)

    def accumulate(self, array, axis=0, out=None):
        """The reductions of all beginnings along `axis`."""
        return self._store(out, "accumulate", array, axis)

    def reduceat(self, array, indices, axis=0, out=None):
        """The reductions of slices along `axis`."""
        return self._store(out, "reduceat", array, _to_host(indices), axis)

    def outer(self, a, b, /):
        """The function of all pairs of elements of `a` and `b`."""
        return _give(self._function.outer(_to_host(a), _to_host(b)), None)

    def _store(self, out, method, array, *args, **kwargs):
        array = _to_host(array)
        result = getattr(self._function, method)(array, *args, **kwargs)
        return _give(result, _get_single(out))

    def __repr__(self):
        return repr(self._function)


def _get_single(out):
    """The array of an `out` argument, which may be a tuple of one."""
    return next(iter(out), None) if isinstance(out, tuple) else out


def _give(results, out):
    """Python's numbers as an array of the dtype that fits them, or in `out`.

    A single one, of arguments without axes, stays as it is.
    """
    if not isinstance(results, _numpy.ndarray):
        return results if out is None else ops.store(asarray(results), out)
    values = _numpy.array(results.tolist()).reshape(results.shape)
    if values.dtype.kind not in "biufc":
        raise TypeError("the function's results are no numbers that an array can hold")
    return ops.store(asarray(values), out)


class ndenumerate:
    """Pairs of index and element of an array, which is computed for it."""

    def __init__(self, arr):
        self._pairs = _numpy.ndenumerate(asnumpy(asarray(arr)))

    def __next__(self):
        return next(self._pairs)

    def __iter__(self):
        return self


class broadcast:
    """The shape to which arrays broadcast, and tuples of their elements.

    Only iterating computes the arrays.
    """

    def __init__(self, *args):
        self._arrays = [asarray(x) for x in args]
        self.shape = broadcast_shapes(*(x.shape for x in self._arrays))
        self._elements = None

    @property
    def ndim(self):
        """The number of axes of the common shape."""
        return len(self.shape)

    nd = ndim

    @property
    def size(self):
        """The number of elements of the common shape."""
        return _numpy.prod(self.shape, dtype=int).item()

    @property
    def numiter(self):
        """The number of arrays."""
        return len(self._arrays)

    @property
    def iters(self):
        """An iterator over the elements of each array, stretched."""
        return tuple(
            iter(asnumpy(ops.broadcast(x, self.shape)).flat) for x in self._arrays
        )

    @property
    def index(self):
        """How many tuples were given."""
        return self._host().index

    def reset(self):
        """Starts from the first tuple again."""
        self._elements = None

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._host())

    def _host(self):
        if self._elements is None:
            self._elements = _numpy.broadcast(*map(asnumpy, self._arrays))
        return self._elements


__all__ = [
    "apply_along_axis",
    "apply_over_axes",
    "broadcast",
    "frompyfunc",
    "ndenumerate",
    "ndindex",
    "vectorize",
]
