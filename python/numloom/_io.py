"""Files in NumPy's formats."""

import pickle

import numpy as _numpy

from ._creation import asarray, asnumpy


def save(file, arr, allow_pickle=True):
    """Writes `arr`, evaluated, to a `.npy` file; `file` is a path or a file."""
    _numpy.save(file, asnumpy(asarray(arr)), allow_pickle=allow_pickle)


def savez(file, *args, allow_pickle=True, **kwds):
    """Writes arrays to an uncompressed `.npz` file, positional ones as `arr_0`..."""
    args, kwds = _evaluated(args, kwds)
    _numpy.savez(file, *args, allow_pickle=allow_pickle, **kwds)


def savez_compressed(file, *args, allow_pickle=True, **kwds):
    """Writes arrays to a compressed `.npz` file."""
    args, kwds = _evaluated(args, kwds)
    _numpy.savez_compressed(file, *args, allow_pickle=allow_pickle, **kwds)


def _evaluated(args, kwds):
    arrays = [asnumpy(asarray(x)) for x in args]
    return arrays, {name: asnumpy(asarray(x)) for name, x in kwds.items()}


class NpzFile:
    """The arrays of an `.npz` file by name, read when asked for."""

    def __init__(self, archive):
        self._archive = archive
        self.files = archive.files

    def __getitem__(self, key):
        return asarray(self._archive[key])

    def __iter__(self):
        return iter(self.files)

    def __len__(self):
        return len(self.files)

    def __contains__(self, key):
        return key in self.files

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __repr__(self):
        return f"NpzFile with keys: {', '.join(self.files)}"

    def keys(self):
        """The names of the arrays, in the order of the file."""
        return list(self.files)

    def values(self):
        """The arrays, read one after the other."""
        return [self[key] for key in self.files]

    def items(self):
        """Names and arrays."""
        return [(key, self[key]) for key in self.files]

    def close(self):
        """Closes the file; nothing can be read from then on."""
        self._archive.close()


def load(file, mmap_mode=None, allow_pickle=False, **kwargs):
    """An array out of a `.npy` file, or an `NpzFile` of those in an `.npz` file.

    Raises FileNotFoundError, ValueError for what is in neither format.
    """
    loaded = _numpy.load(file, mmap_mode, allow_pickle, **kwargs)
    if isinstance(loaded, _numpy.lib.npyio.NpzFile):
        return NpzFile(loaded)
    return asarray(loaded)


def tofile(self, fid, sep="", format="%s"):
    """Writes the elements, evaluated, to a file: raw, or, with `sep`, as text."""
    asnumpy(self).tofile(fid, sep, format)


def dumps(self):
    """The array as bytes that `pickle.loads` takes."""
    return pickle.dumps(self)


def dump(self, file):
    """Writes the array to a file, a path or an open one, that `pickle.load` takes."""
    if hasattr(file, "write"):
        pickle.dump(self, file)
        return
    with open(file, "wb") as stream:
        pickle.dump(self, stream)
