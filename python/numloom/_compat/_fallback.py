"""NumPy's functions called with Numloom's arrays."""

import functools

import numpy as _numpy

from .. import _core
from .._creation import asarray
from .._dtypes import SUPPORTED

# The argument into which a function writes, by position.
_WRITTEN = dict.fromkeys(
    "copyto fill_diagonal place put put_along_axis putmask random.shuffle "
    "ndarray.byteswap ndarray.fill ndarray.partition ndarray.put ndarray.setfield "
    "ndarray.sort".split(),
    0,
) | dict.fromkeys(["random.Generator.shuffle", "random.RandomState.shuffle"], 1)


class Fallback:
    """Makes functions that call NumPy in the place of Numloom.

    Args:
        note: Called with the name of each function when it is called.
    """

    def __init__(self, note):
        self._note = note

    def replace(self, function, name):
        """NumPy's `function` on Numloom's arrays; what it returns are such again."""

        @_wraps(function)
        def call(*args, **kwargs):
            self._note(name)
            return from_numpy(call_numpy(function, args, kwargs, _WRITTEN.get(name)))

        return call

    def replace_methods(self, base, name):
        """A class like NumPy's `base` whose methods are replaced as functions are."""
        methods = {
            method: self.replace(getattr(base, method), f"{name}.{method}")
            for method in dir(base)
            if not method.startswith("_") and callable(getattr(base, method))
        }
        return type(base.__name__, (base,), {"__doc__": base.__doc__, **methods})

    def guard(self, ours, theirs, name):
        """Numloom's function, or NumPy's for arguments that Numloom refuses."""
        use_theirs = self.replace(theirs, name)

        @_wraps(ours)
        def call(*args, **kwargs):
            try:
                return ours(*args, **kwargs)
            except (NotImplementedError, TypeError) as error:
                if not is_refusal(error):
                    raise
            return use_theirs(*args, **kwargs)

        return call


def _wraps(function):
    # Built-in functions lack some of the attributes.
    names = ("__module__", "__name__", "__qualname__", "__doc__")
    return functools.wraps(function, [n for n in names if hasattr(function, n)])


def is_refusal(error):
    """Whether Numloom says that it cannot do what NumPy can."""
    return "numloom" in str(error)


def call_numpy(function, args, kwargs, written_position=None):
    """Calls NumPy and takes over what it wrote into one argument and `out`."""
    copies = []

    def make_writable(x):
        if not isinstance(x, _core.ndarray):
            return to_numpy(x)
        copies.append((x, _numpy.array(x)))
        return copies[-1][1]

    kwargs = dict(kwargs)
    out = kwargs.pop("out", None)
    if isinstance(out, tuple):
        kwargs["out"] = tuple(map(make_writable, out))
    elif out is not None:
        kwargs["out"] = make_writable(out)
    args = [
        make_writable(x) if i == written_position else to_numpy(x)
        for i, x in enumerate(args)
    ]
    kwargs = {name: to_numpy(x) for name, x in kwargs.items()}
    result = function(*args, **kwargs)
    for target, copy in copies:
        target[...] = asarray(copy)
    return next((x for x, copy in copies if copy is result), result)


def to_numpy(x):
    """`x` with NumPy's arrays, which are read-only, for Numloom's."""
    if isinstance(x, _core.ndarray):
        return _numpy.asarray(x)
    if type(x) in (list, tuple):
        return type(x)(map(to_numpy, x))
    if type(x) is dict:
        return {name: to_numpy(value) for name, value in x.items()}
    return x


class Vectorized(_numpy.vectorize):
    """NumPy's `vectorize`, which takes and gives Numloom's arrays."""

    def __call__(self, *args, **kwargs):
        result = call_numpy(super().__call__, args, kwargs)
        return result if result is self else from_numpy(result)


class _HostUfunc:
    """A ufunc of Python functions, which NumPy calls for each element."""

    def __init__(self, ufunc):
        self._ufunc = ufunc

    def __call__(self, *args, **kwargs):
        return from_numpy(call_numpy(self._ufunc, args, kwargs))

    def __getattr__(self, name):
        value = getattr(self._ufunc, name)
        if not callable(value):
            return value
        return lambda *args, **kwargs: from_numpy(call_numpy(value, args, kwargs))


def from_numpy(x):
    """`x` with Numloom's arrays for NumPy's of the dtypes that Numloom has."""
    if isinstance(x, _numpy.ufunc):
        return _HostUfunc(x)
    if type(x) is _numpy.ndarray:
        return asarray(x) if x.dtype.char in SUPPORTED else x
    if type(x) in (list, dict):
        convert = {name: from_numpy(value) for name, value in _items(x)}
        return convert if type(x) is dict else list(convert.values())
    if isinstance(x, tuple):
        parts = map(from_numpy, x)
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    return x


def _items(x):
    return x.items() if isinstance(x, dict) else enumerate(x)
