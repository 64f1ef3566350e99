"""Iterating over several arrays in step: `nditer`, `nested_iters`.

Iterators run on the host, over copies that lie in memory as the arrays do, so that
elements come in NumPy's order. What the program writes to them goes back to the
arrays when the iteration ends, is closed, or `operands` are asked for.
"""

import weakref

import numpy as _numpy

from . import _core
from ._core import ndarray
from ._creation import asarray, asnumpy

_WRITING = {"readwrite", "writeonly"}


def _lay_out(x):
    """A copy of `x` for NumPy with the strides of `x`."""
    reach = [(n - 1) * stride for n, stride in zip(x.shape, x.strides)]
    if x.size == 0:
        copy = _numpy.empty(x.shape, x.dtype)
    else:
        first = -sum(step for step in reach if step < 0)
        span = first + sum(step for step in reach if step > 0) + x.itemsize
        memory = _numpy.zeros(span, _numpy.uint8)
        copy = _numpy.ndarray(x.shape, x.dtype, memory, first, x.strides)
        copy[...] = asnumpy(x)
    copy.flags.writeable = x.flags.writeable
    return copy


class _Operands:
    """What an iterator runs over: what was given, and the copies on the host."""

    def __init__(self, op, op_flags):
        self.given = list(op) if isinstance(op, (tuple, list)) else [op]
        copies = {}
        for x in self.given:
            if isinstance(x, ndarray) and id(x) not in copies:
                copies[id(x)] = _lay_out(x)
        self.hosts = [copies.get(id(x), x) for x in self.given]
        flags = op_flags or [()] * len(self.given)
        if flags and isinstance(flags[0], str):
            flags = [flags] * len(self.given)
        self._written = [
            (x, host)
            for x, host, names in zip(self.given, self.hosts, flags)
            if isinstance(x, ndarray) and _WRITING & set(names)
        ]
        # Since the copies were last stored or loaded.
        self.may_be_written = False
        self._arrays = None

    def store(self):
        """Takes over what was written to the copies."""
        if self.may_be_written:
            for x, host in self._written:
                _core.assign(x, asarray(host))

    def finish(self):
        """The same, after which nothing is written until the next element."""
        self.store()
        self.may_be_written = False

    def to_arrays(self, hosts):
        """The operands up to date; `hosts` are NumPy's, also the allocated ones."""
        if self._arrays is None:
            self._arrays = tuple(
                x if isinstance(x, ndarray) else asarray(host)
                for x, host in zip(self.given, hosts)
            )
            for given, x, host in zip(self.given, self._arrays, hosts):
                if given is None:
                    self._written.append((x, host))
        self.store()
        return self._arrays

    def load(self):
        """Takes over what the program wrote to the arrays that it was handed."""
        if self._arrays is not None:
            for x, host in self._written:
                host[...] = asnumpy(x)


class nditer:
    """NumPy's iterator: arguments, flags, attributes and errors are the same.

    Elements and chunks are NumPy's, in copies of the arrays; `operands` are arrays.
    What was written is there when the iteration has ended, by itself, by `close` or
    at the end of a `with` statement.
    """

    def __init__(
        self,
        op,
        flags=None,
        op_flags=None,
        op_dtypes=None,
        order="K",
        casting="safe",
        op_axes=None,
        itershape=None,
        buffersize=0,
    ):
        operands = _Operands(op, op_flags)
        optional = {"op_axes": op_axes, "itershape": itershape}
        inner = _numpy.nditer(
            operands.hosts,
            flags or [],
            op_flags,
            op_dtypes,
            order,
            casting,
            buffersize=buffersize,
            **{name: x for name, x in optional.items() if x is not None},
        )
        self._start(inner, operands)

    def _start(self, inner, operands, stores=True):
        self._inner, self._operands = inner, operands
        # Of nested iterators only the outermost one knows when all have ended.
        self._stores = stores
        if stores:
            weakref.finalize(self, operands.finish).atexit = False

    @property
    def operands(self):
        """The arrays iterated over, and those that were allocated, up to date."""
        return self._operands.to_arrays(self._inner.operands)

    def _track(self, is_running):
        if is_running:
            self._operands.may_be_written = True
        elif self._stores:
            self._operands.finish()

    def iternext(self):
        """Goes on to the next element; whether there is one."""
        is_running = self._inner.iternext()
        self._track(is_running)
        return is_running

    def reset(self):
        """Goes back to the first element."""
        self._operands.load()
        self._inner.reset()

    def close(self):
        """Ends the iteration; what was written is stored."""
        self._inner.close()
        self._track(False)

    def copy(self):
        """An iterator over the same elements, at the same place."""
        other = object.__new__(nditer)
        other._start(self._inner.copy(), self._operands)
        return other

    def __iter__(self):
        self._operands.load()
        return self

    def __next__(self):
        try:
            element = next(self._inner)
        except StopIteration:
            self._track(False)
            raise
        self._track(True)
        return element

    def __enter__(self):
        self._inner.__enter__()
        return self

    def __exit__(self, *error):
        self.close()

    def __len__(self):
        return len(self._inner)

    @property
    def value(self):
        """The present element or chunk of each operand."""
        self._track(True)
        return self._inner.value

    @property
    def itviews(self):
        """Views of the copies in the order of the iteration."""
        self._track(True)
        return self._inner.itviews

    def __getitem__(self, index):
        self._track(True)
        return self._inner[index]

    def __setitem__(self, index, value):
        self._track(True)
        self._inner[index] = asnumpy(asarray(value))


def _delegate(name):
    """The attribute `name` of NumPy's iterator."""

    def read(self):
        return getattr(self._inner, name)

    def write(self, value):
        setattr(self._inner, name, value)

    return property(read, write, doc=getattr(_numpy.nditer, name).__doc__)


for _name in dir(_numpy.nditer):
    if not hasattr(nditer, _name):
        setattr(nditer, _name, _delegate(_name))


def nested_iters(
    op,
    axes,
    flags=None,
    op_flags=None,
    op_dtypes=None,
    order="K",
    casting="safe",
    buffersize=0,
):
    """Iterators in nested loops, one for each list of `axes`, from the outermost in.

    What was written is there when the outermost one has ended.
    """
    operands = _Operands(op, op_flags)
    inners = _numpy.nested_iters(
        operands.hosts,
        axes,
        flags or [],
        op_flags,
        op_dtypes,
        order,
        casting,
        buffersize,
    )
    iterators = []
    for inner in inners:
        iterators.append(object.__new__(nditer))
        iterators[-1]._start(inner, operands, stores=len(iterators) == 1)
    return tuple(iterators)


__all__ = ["nditer", "nested_iters"]
