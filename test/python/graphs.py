"""Random programs that run on NumPy and on Numloom alike.

A graph is a list of steps, each a recorded call on values before it. It is grown on
NumPy: a step that NumPy refuses, or whose value is too large, is left out.
"""

from dataclasses import dataclass

import numpy as np

SHAPES = [(), (1,), (6,), (4, 6), (1, 6), (4, 1), (3, 4, 6), (0,), (4, 0), (70,)]
DTYPES = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64"]
LARGEST_SIZE = 5000

# `x` and `y` are operands, `k` is a small free parameter.
ARITHMETIC = {
    "add": lambda xp, x, y, k: xp.add(x, y),
    "subtract": lambda xp, x, y, k: xp.subtract(x, y),
    "multiply": lambda xp, x, y, k: xp.multiply(x, y),
    "negative": lambda xp, x, y, k: xp.negative(x),
    "absolute": lambda xp, x, y, k: xp.absolute(x),
    "maximum": lambda xp, x, y, k: xp.maximum(x, y),
    "minimum": lambda xp, x, y, k: xp.minimum(x, y),
    "scalar": lambda xp, x, y, k: 3 - x * k,
    "rint": lambda xp, x, y, k: xp.rint(x),
    "clip": lambda xp, x, y, k: xp.clip(x, 1, k + 2),
    "less": lambda xp, x, y, k: xp.less(x, y),
    "equal": lambda xp, x, y, k: xp.equal(x, k),
    "where": lambda xp, x, y, k: xp.where(xp.greater(x, k), x, y),
    "where_scalar": lambda xp, x, y, k: xp.where(xp.less(x, y), k, x),
    "bits": lambda xp, x, y, k: xp.bitwise_xor(x, y),
    "logic": lambda xp, x, y, k: xp.logical_and(x, xp.logical_not(y)),
    "astype": lambda xp, x, y, k: x.astype(DTYPES[k]),
    "divmod": lambda xp, x, y, k: xp.divmod(x, k + 1)[k % 2],
}
ROUNDED = {
    "divide": lambda xp, x, y, k: xp.divide(x, y),
    "square_root": lambda xp, x, y, k: xp.sqrt(xp.absolute(x)),
    "scale": lambda xp, x, y, k: x * (k + 0.3) + 1,
    "floor_divide": lambda xp, x, y, k: xp.floor_divide(x, y),
    "reciprocal": lambda xp, x, y, k: 1 / (xp.square(x) + 1),
}
FUNCTIONS = {
    "exp": lambda xp, x, y, k: xp.exp(-xp.absolute(x)),
    "log": lambda xp, x, y, k: xp.log1p(xp.absolute(x)),
    "tanh": lambda xp, x, y, k: xp.tanh(x),
    "sin": lambda xp, x, y, k: xp.sin(x),
    "hypot": lambda xp, x, y, k: xp.hypot(x, y),
    "power": lambda xp, x, y, k: xp.power(xp.absolute(x), 0.5 + k),
}
VIEWS = {
    "transpose": lambda xp, x, y, k: x.T,
    "swap": lambda xp, x, y, k: xp.swapaxes(x, 0, -1),
    "flip": lambda xp, x, y, k: xp.flip(x, axis=k % x.ndim),
    "slice": lambda xp, x, y, k: x[..., k % 2 :: 1 + k % 3],
    "backward": lambda xp, x, y, k: x[:: -1 - k % 2],
    "index": lambda xp, x, y, k: x[k % len(x)],
    "expand": lambda xp, x, y, k: xp.expand_dims(x, k % (x.ndim + 1)),
    "squeeze": lambda xp, x, y, k: xp.squeeze(x),
    "ravel": lambda xp, x, y, k: xp.ravel(x),
    "reshape": lambda xp, x, y, k: xp.reshape(x, (2, -1)),
    "diagonal": lambda xp, x, y, k: xp.diagonal(x),
    "broadcast": lambda xp, x, y, k: xp.broadcast_to(x, (2, *x.shape)),
    "roll": lambda xp, x, y, k: xp.roll(x, k),
    "repeat": lambda xp, x, y, k: xp.repeat(x, 2, axis=-1),
    "concatenate": lambda xp, x, y, k: xp.concatenate([x, y], axis=0),
    "stack": lambda xp, x, y, k: xp.stack([x, y], axis=k % (x.ndim + 1)),
    "lower": lambda xp, x, y, k: xp.tril(x, k - 2),
    "outer": lambda xp, x, y, k: xp.expand_dims(x, -1) + y,
}
REDUCTIONS = {
    "sum": lambda xp, x, y, k: xp.sum(x, axis=k % x.ndim),
    "sum_all": lambda xp, x, y, k: xp.sum(x),
    "sum_kept": lambda xp, x, y, k: xp.sum(x, axis=-1, keepdims=True),
    "max": lambda xp, x, y, k: xp.max(x, axis=k % x.ndim, keepdims=True),
    "min": lambda xp, x, y, k: xp.min(x, axis=k % x.ndim),
    "any": lambda xp, x, y, k: xp.any(x, axis=0),
    "all": lambda xp, x, y, k: xp.all(x, axis=-1, keepdims=True),
    "count": lambda xp, x, y, k: xp.count_nonzero(x, axis=0),
    "argmax": lambda xp, x, y, k: xp.argmax(x, axis=k % x.ndim),
    "argmin": lambda xp, x, y, k: xp.argmin(x),
    "cumsum": lambda xp, x, y, k: xp.cumsum(x, axis=k % x.ndim),
}
MEANS = {
    "mean": lambda xp, x, y, k: xp.mean(x, axis=0, keepdims=True),
    "mean_row": lambda xp, x, y, k: xp.mean(x, axis=-1, keepdims=True),
    "var": lambda xp, x, y, k: xp.var(x, axis=k % x.ndim),
}
OPS = ARITHMETIC | ROUNDED | FUNCTIONS | VIEWS | REDUCTIONS | MEANS


@dataclass
class Step:
    """One op on two of the values before it."""

    op: str
    left: int
    right: int
    k: int

    def apply(self, xp, values):
        return OPS[self.op](xp, values[self.left], values[self.right], self.k)


@dataclass
class Graph:
    """Arrays, steps on them, and which values are asked for."""

    arrays: list[np.ndarray]
    steps: list[Step]
    outputs: list[int]
    expected: list[np.ndarray]

    @staticmethod
    def grow(seed, size, ops, make_leaf, accept=lambda step, operands, value: True):
        """A graph of `size` steps out of `ops`, as `seed` has it.

        `make_leaf(rng, shape)` makes arrays; `accept` may refuse steps by their value.
        """
        rng = np.random.default_rng(seed)
        shapes = [SHAPES[i] for i in rng.integers(len(SHAPES), size=2)]
        values = [make_leaf(rng, shape) for shape in shapes]
        graph = Graph(list(values), [], [], [])
        names = sorted(ops)
        for _ in range(8 * size):
            if len(graph.steps) == size:
                break
            count = len(values)
            # The newest values first, so that chains grow.
            left = count - 1 - min(int(rng.geometric(0.6)) - 1, count - 1)
            step = Step(
                names[rng.integers(len(names))],
                left,
                int(rng.integers(count)),
                int(rng.integers(7)),
            )
            value = _try(step, values)
            operands = (values[step.left], values[step.right])
            if value is not None and accept(step, operands, value):
                graph.steps.append(step)
                values.append(value)
        last = len(values) - 1
        others = rng.integers(len(values), size=rng.integers(3))
        graph.outputs = sorted({last, *map(int, others)})
        graph.expected = [values[i] for i in graph.outputs]
        return graph

    def run(self, xp, evaluate_each=None):
        """The outputs, recorded; `evaluate_each` is called with every value."""
        values = [xp.asarray(x) for x in self.arrays]
        for step in self.steps:
            values.append(step.apply(xp, values))
            if evaluate_each:
                evaluate_each(values[-1])
        return [values[i] for i in self.outputs]


def _try(step, values):
    """The step's value in NumPy; None where NumPy refuses it or it is too large."""
    try:
        value = np.asarray(step.apply(np, values))
    except (IndexError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return value if value.ndim <= 5 and value.size <= LARGEST_SIZE else None
