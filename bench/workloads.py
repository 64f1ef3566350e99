"""The programs that the demo runs and the benchmark times.

NumPy source, with `np` bound by `load` to the library under test: the same
text runs under NumPy, Numloom and JAX. Inputs are NumPy arrays made from a
fixed seed; shapes and dtypes stand in WORKLOADS.
"""

import dataclasses
import types
from collections.abc import Callable


def vector_add(a, b):
    return a + b


def fused_expression(x, y):
    return (2.0 * x + 3.0 * y) / (x + y + 1.0)


def polynomial_chain(x, y):
    """Sixteen additions and multiplications."""
    p = ((((x * 0.5 + 1.0) * x - 2.0) * x + 0.25) * x - 0.125) * x + 3.0
    q = (((y * 1.5 - 0.5) * y + 2.0) * y - 1.0) * y
    return p * q - x * y


def sum_of_squares(x):
    return np.sum(x**2)


def normal_cdf(x):
    """Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17."""
    k = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    tail = k * (
        0.319381530
        + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429)))
    )
    density = 0.3989422804014327 * np.exp(-0.5 * x * x)
    return np.where(x >= 0.0, 1.0 - density * tail, density * tail)


def black_scholes(spot, strike, years):
    """Call and put prices at 2 % interest and 30 % volatility.

    Black and Scholes, Journal of Political Economy 81 (1973).
    """
    rate, volatility = 0.02, 0.30
    deviation = volatility * np.sqrt(years)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / deviation
    d2 = d1 - deviation
    discounted = strike * np.exp(-rate * years)
    call = spot * normal_cdf(d1) - discounted * normal_cdf(d2)
    put = call - spot + discounted
    return call, put


def softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def log_sum_exp(x):
    m = np.max(x, axis=1, keepdims=True)
    return np.log(np.sum(np.exp(x - m), axis=1)) + m[:, 0]


def standardise(x):
    mean = np.mean(x, axis=1, keepdims=True)
    return (x - mean) / np.std(x, axis=1, keepdims=True)


def moments(x):
    """Mean, variance, skewness and kurtosis."""
    mean = np.mean(x)
    d = x - mean
    variance = np.mean(d * d)
    skewness = np.mean(d * d * d) / variance**1.5
    kurtosis = np.mean(d * d * d * d) / (variance * variance)
    return mean, variance, skewness, kurtosis


def wave(x, y):
    """Transcendental functions in float64."""
    return np.sin(x) * np.exp(-y) + np.cos(x) * np.log(y + 1.0) + np.sqrt(x * y)


def equation_of_state(salinity, temperature, pressure):
    """A polynomial of 120 terms in three variables, by Horner's rule.

    The shape of seawater's polynomial equations of state (Roquet et al., Ocean
    Modelling 90, 2015) with more terms; coefficients fall off by degree.
    """
    s, t, p = 0.025 * salinity, 0.025 * temperature, 1e-4 * pressure
    density = 0.0
    for i in range(7, -1, -1):
        in_t = 0.0
        for j in range(7 - i, -1, -1):
            in_p = 0.0
            for k in range(7 - i - j, -1, -1):
                in_p = in_p * p + (-1.0) ** (i + k) * 10.0 / (1 + i + 2 * j + 3 * k)
            in_t = in_t * t + in_p
        density = density * s + in_t
    return density


def gaussian_filter(image):
    """A 5x5 binomial blur by shifted slices."""
    rows = (
        image[:-4]
        + 4.0 * image[1:-3]
        + 6.0 * image[2:-2]
        + 4.0 * image[3:-1]
        + image[4:]
    )
    return (
        rows[:, :-4]
        + 4.0 * rows[:, 1:-3]
        + 6.0 * rows[:, 2:-2]
        + 4.0 * rows[:, 3:-1]
        + rows[:, 4:]
    ) / 256.0


def sobel_filter(image):
    """The gradient's magnitude by shifted slices."""
    dx = (
        image[:-2, 2:]
        - image[:-2, :-2]
        + 2.0 * (image[1:-1, 2:] - image[1:-1, :-2])
        + image[2:, 2:]
        - image[2:, :-2]
    )
    dy = (
        image[2:, :-2]
        - image[:-2, :-2]
        + 2.0 * (image[2:, 1:-1] - image[:-2, 1:-1])
        + image[2:, 2:]
        - image[:-2, 2:]
    )
    return np.sqrt(dx * dx + dy * dy)


def pairwise_distances(points):
    d = points[:, None, :] - points[None, :, :]
    return np.sqrt(np.sum(d * d, axis=2))


def matmul(a, b):
    return a @ b


def sort(x):
    return np.sort(x)


def argsort(x):
    return np.argsort(x)


def unique(x):
    return np.unique(x)


def bincount(x):
    return np.bincount(x)


def histogram(x):
    return np.histogram(x, 100)[0]


def searchsorted(edges, x):
    return np.searchsorted(edges, x)


def median(x):
    return np.median(x)


@dataclasses.dataclass(frozen=True)
class Workload:
    """A program with its input.

    `make(rng)` returns the NumPy inputs; `kind` groups the rows that have a
    bound of their own: arithmetic, transcendental, reduction, library.
    """

    name: str
    kind: str
    make: Callable
    tolerance: float = 1e-5


def _uniform(rng, shape, dtype, low=0.0, high=1.0):
    return rng.uniform(low, high, shape).astype(dtype)


def _photograph():
    from skimage import data

    return data.astronaut().mean(axis=2).astype("float32")


def _large_photograph():
    import numpy

    return numpy.tile(_photograph(), (6, 6))


WORKLOADS = [
    Workload(
        "vector_add",
        "memory",
        lambda rng: [_uniform(rng, 20_000_000, "f4") for _ in range(2)],
    ),
    Workload(
        "fused_expression",
        "arithmetic",
        lambda rng: [_uniform(rng, 10_000_000, "f4") for _ in range(2)],
    ),
    Workload(
        "polynomial_chain",
        "arithmetic",
        lambda rng: [_uniform(rng, 5_000_000, "f8") for _ in range(2)],
    ),
    Workload(
        "sum_of_squares",
        "reduction",
        lambda rng: [_uniform(rng, 10_000_000, "f8")],
    ),
    Workload(
        "black_scholes",
        "transcendental",
        lambda rng: [
            _uniform(rng, 10_000_000, "f4", 10, 50),
            _uniform(rng, 10_000_000, "f4", 10, 50),
            _uniform(rng, 10_000_000, "f4", 1, 2),
        ],
        2e-3,
    ),
    Workload("softmax", "reduction", lambda rng: [_uniform(rng, (8192, 4096), "f4")]),
    Workload(
        "log_sum_exp", "reduction", lambda rng: [_uniform(rng, (4096, 4096), "f4")]
    ),
    Workload(
        "standardise",
        "reduction",
        lambda rng: [_uniform(rng, (4096, 2048), "f8")],
    ),
    Workload(
        "moments", "reduction", lambda rng: [_uniform(rng, 5_000_000, "f8")], 1e-4
    ),
    Workload(
        "wave",
        "transcendental",
        lambda rng: [_uniform(rng, 4_000_000, "f8", 0.0, 6.0) for _ in range(2)],
    ),
    Workload(
        "equation_of_state",
        "arithmetic",
        lambda rng: [
            _uniform(rng, 1_000_000, "f8", 30, 40),
            _uniform(rng, 1_000_000, "f8", 0, 30),
            _uniform(rng, 1_000_000, "f8", 0, 4000),
        ],
    ),
    Workload("gaussian_filter", "arithmetic", lambda rng: [_large_photograph()]),
    Workload("sobel_filter", "arithmetic", lambda rng: [_large_photograph()], 1e-3),
    Workload(
        "pairwise_distances",
        "reduction",
        lambda rng: [_uniform(rng, (3000, 16), "f4")],
        1e-3,
    ),
    Workload(
        "matmul",
        "library",
        lambda rng: [_uniform(rng, (1500, 1500), "f4") for _ in range(2)],
        1e-3,
    ),
    Workload("sort", "library", lambda rng: [rng.standard_normal(10_000_000)], 0.0),
    Workload("argsort", "library", lambda rng: [rng.standard_normal(10_000_000)], 0.0),
    Workload("unique", "library", lambda rng: [rng.integers(0, 10**7, 10**7)], 0.0),
    Workload("bincount", "library", lambda rng: [rng.integers(0, 1000, 10**7)], 0.0),
    Workload("histogram", "library", lambda rng: [rng.standard_normal(10**7)], 0.0),
    Workload(
        "searchsorted",
        "library",
        lambda rng: [_uniform(rng, 10**4, "f8").cumsum(), 5e3 * rng.random(10**7)],
        0.0,
    ),
    Workload("median", "library", lambda rng: [rng.standard_normal(10**7)], 1e-15),
]

# The size of their results is known only when they have run: they cannot be
# traced.
DYNAMIC = ("unique", "bincount")


def load(library, names=None, source=None):
    """The workloads' functions with `np` bound to `library`, by name.

    `names` and `source`, a module's dictionary, say which functions; without them
    those of WORKLOADS here.
    """
    source = globals() if source is None else source
    names = [w.name for w in WORKLOADS] if names is None else names
    namespace = {
        "np": library,
        "__builtins__": __builtins__,
        "__name__": source["__name__"],
    }
    for name, value in source.items():
        if isinstance(value, types.FunctionType):
            namespace[name] = types.FunctionType(value.__code__, namespace, name)
    return {name: namespace[name] for name in names}
