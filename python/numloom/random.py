"""Random numbers on the default device: NumPy's and CuPy's common names.

The functions draw from one generator for the process, which starts with a seed of
the system's; `seed` restarts it. `default_rng` gives generators of their own. The
numbers are not NumPy's or CuPy's: another algorithm makes them.

Shapes, dtypes and errors are those of the methods of `Generator`.
"""

from ._generator import Generator, default_rng
from ._namespace import missing as _missing

_generator = Generator()

seed = _generator.seed
uniform = _generator.uniform
normal = _generator.normal
standard_normal = _generator.standard_normal
exponential = _generator.exponential
standard_exponential = _generator.standard_exponential
permutation = _generator.permutation
shuffle = _generator.shuffle
choice = _generator.choice


def random(size=None, dtype=float):
    """Uniform float32 or float64 numbers in [0, 1), of shape `size`.

    None gives a 0-d array. Raises TypeError for other dtypes.
    """
    return _generator.random(size, dtype)


random_sample = ranf = sample = random


def rand(*size, dtype=float):
    """Uniform float32 or float64 numbers in [0, 1), of the extents `size`.

    Without extents, a 0-d array. Raises TypeError for other dtypes and for extents
    that are no integers, ValueError for negative ones.
    """
    return _generator.random(size, dtype)


def randn(*size, dtype=float):
    """Normal float32 or float64 numbers of mean 0 and deviation 1.

    Extents and errors as for `rand`.
    """
    return _generator.standard_normal(size, dtype)


def randint(low, high=None, size=None, dtype=int):
    """Uniform integers in [low, high), with one bound in [0, low).

    Raises as `Generator.integers`.
    """
    return _generator.integers(low, high, size, dtype)


__all__ = [
    "Generator",
    "choice",
    "default_rng",
    "exponential",
    "normal",
    "permutation",
    "rand",
    "randint",
    "randn",
    "random",
    "random_sample",
    "ranf",
    "sample",
    "seed",
    "shuffle",
    "standard_exponential",
    "standard_normal",
    "uniform",
]


def __getattr__(name):
    raise _missing("numloom.random", name)
