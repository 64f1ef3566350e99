"""The operands of function_rows.py, by name, as NumPy arrays.

Those named `t`, `tv` and `ts` are targets: every row gets copies of its own. `scale`
multiplies the extents of matrices, `scale**2` those of vectors; arrays of the
group "small" keep theirs.
"""

import concurrent.futures
import math
import pathlib

import numpy


def _spread(rng, low, high, shape, dtype):
    """Integers at random; drawing them as floats is a few times as fast."""
    return (rng.random(shape, numpy.float32) * (high - low) + low).astype(dtype)


def _mix(array, rng):
    """A copy in which one element of twenty is NaN."""
    return numpy.where(rng.random(array.shape, numpy.float32) < 0.05, math.nan, array)


def _complex(rng, shape, dtype):
    part = rng.random((2, *shape), numpy.float32) - numpy.float32(0.5)
    return (part[0] + 1j * part[1]).astype(dtype)


def _bfloat16(rng, m):
    import ml_dtypes

    return rng.random((m, m), numpy.float32).astype(ml_dtypes.bfloat16)


def _float(rng, *shape):
    return rng.random(shape)


def _small(rng, m):
    return rng.random(1000)


# (generator, 1000 * scale) -> array; vectors as long as matrices have elements.
MAKERS = {
    # float64 matrices: C order, another, Fortran order, with NaN, three axes.
    "a": lambda rng, m: _float(rng, m, m),
    "b": lambda rng, m: _float(rng, m, m),
    "f": lambda rng, m: numpy.asfortranarray(_float(rng, m, m)),
    "an": lambda rng, m: _mix(_float(rng, m, m), rng),
    "a3": lambda rng, m: _float(rng, m // 10, m // 10, 100),
    # Long vectors, shorter ones, one as long as a row.
    "v": lambda rng, m: _float(rng, m * m),
    "w": lambda rng, m: _float(rng, m * m),
    "x": lambda rng, m: _float(rng, m * m // 10),
    "y": lambda rng, m: _float(rng, m * m // 10),
    "r": _float,
    # Other floats and complex numbers.
    "d": lambda rng, m: rng.random((m, m), numpy.float32),
    "e": lambda rng, m: rng.random((m, m), numpy.float32),
    "h": lambda rng, m: rng.random((m, m), numpy.float32).astype("f2"),
    "bf": _bfloat16,
    "z": lambda rng, m: _complex(rng, (m, m), "c16"),
    "zz": lambda rng, m: _complex(rng, (m, m), "c16"),
    "c": lambda rng, m: _complex(rng, (m, m), "c8"),
    # Integers from 1 on, and bools of which three of ten are true, or none.
    "i": lambda rng, m: _spread(rng, 1, 1000, (m, m), "i8"),
    "j": lambda rng, m: _spread(rng, 1, 100, (m, m), "i8"),
    "k": lambda rng, m: _spread(rng, 1, 1000, (m, m), "i4"),
    "u": lambda rng, m: _spread(rng, 1, 250, (m, m), "u1"),
    "p": lambda rng, m: rng.random((m, m), numpy.float32) < 0.3,
    "q": lambda rng, m: rng.random((m, m), numpy.float32) < 0.3,
    "none": lambda rng, m: numpy.zeros((m, m), bool),
    # Indices: rows of a matrix, which of them to keep, places in `v`, bins,
    # repetitions, starts of segments of `v`, the order along each row.
    "rows": lambda rng, m: rng.integers(0, m, m // 2),
    "keep": lambda rng, m: rng.random(m) < 0.5,
    "far": lambda rng, m: rng.integers(0, m * m, m * m // 2),
    "bins": lambda rng, m: rng.integers(0, 1000, m * m),
    "keys": lambda rng, m: rng.integers(0, 1000, m * m // 10),
    "counts": lambda rng, m: rng.integers(0, 4, m * m),
    "starts": lambda rng, m: numpy.arange(0, m * m, 100),
    "order": lambda rng, m: numpy.argsort(_float(rng, m, m), axis=1),
    "kind": lambda rng, m: _spread(rng, 0, 3, (m, m), "i8"),
    "edges": lambda rng, m: numpy.sort(_float(rng, 1000)),
    "heights": lambda rng, m: _float(rng, 1000),
    # Products: square, of float32, complex and integer; stacks; tall; few rows.
    "sq": lambda rng, m: _float(rng, m // 2, m // 2),
    "sr": lambda rng, m: _float(rng, m // 2, m // 2),
    "sd": lambda rng, m: rng.random((m // 2, m // 2), numpy.float32),
    "sz": lambda rng, m: _complex(rng, (m // 4, m // 4), "c16"),
    "si": lambda rng, m: rng.integers(0, 9, (m // 5, m // 5)),
    "many": lambda rng, m: _float(rng, m * m // 100, 4, 4),
    "batch": lambda rng, m: _float(rng, m * m // 5000, 32, 32),
    "batch_v": lambda rng, m: _float(rng, m * m // 5000, 32),
    "tall": lambda rng, m: _float(rng, m * m // 10, 8),
    "tiny": lambda rng, m: _float(rng, 8, 8),
    "wide": lambda rng, m: _float(rng, 10, m * m // 10),
    "points": lambda rng, m: _float(rng, m * m // 5, 3),
    "kernel": lambda rng, m: _float(rng, 25),
    "block": lambda rng, m: _float(rng, 20, 20),
    "prob": lambda rng, m: numpy.full(8, 0.125),
    # Targets.
    "t": lambda rng, m: _float(rng, m, m),
    "tv": lambda rng, m: _float(rng, m * m),
    # A thousand elements.
    "s1": _small,
    "s2": _small,
    "s_sorted": lambda rng, m: numpy.sort(_small(rng, m)),
    "s_mat": lambda rng, m: _float(rng, 32, 32),
    "s_int": lambda rng, m: rng.integers(0, 1000, 1000),
    "s_bool": lambda rng, m: rng.random(1000) < 0.3,
    "s_list": lambda rng, m: rng.random(1000).tolist(),
    "ts": _small,
}


def make(name, scale):
    rng = numpy.random.default_rng(list(name.encode()))
    return MAKERS[name](rng, 1000 * scale)


def store(directory, scale):
    """Makes all operands at once and writes them; files hold no `bfloat16`."""

    def store_one(name):
        array = make(name, scale)
        if isinstance(array, numpy.ndarray) and array.dtype.kind != "V":
            numpy.save(pathlib.Path(directory, name), array)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(store_one, MAKERS))


class Operands:
    """Operands made, or read, when they are first asked for; equal in every process."""

    def __init__(self, scale, directory=None):
        self.scale, self.directory = scale, directory
        self.made = {}

    def __getitem__(self, name):
        if name not in self.made:
            self.made[name] = self.read(name)
        return self.made[name]

    def read(self, name):
        """Processes share the memory of what was stored."""
        path = pathlib.Path(self.directory, f"{name}.npy") if self.directory else None
        if path and path.exists():
            return numpy.load(path, mmap_mode="r").view(numpy.ndarray)
        return make(name, self.scale)
