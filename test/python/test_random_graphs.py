"""Random expression graphs: fused, op by op and in NumPy.

NUMLOOM_GRAPHS says how many graphs to draw.
"""

import os
from dataclasses import dataclass

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import make, sum_tolerance

import numloom as nl

GRAPHS = int(os.environ.get("NUMLOOM_GRAPHS", "300"))
SHAPES = [(), (6,), (4, 6), (1, 6), (4, 1), (3, 4, 6), (0, 6)]
DTYPES = ["float32", "float64", "int32", "uint8", "bool"]

# Ops that both libraries compute exactly; `k` is a free parameter.
EXACT = {
    "add": lambda xp, x, y, k: xp.add(x, y),
    "subtract": lambda xp, x, y, k: xp.subtract(x, y),
    "multiply": lambda xp, x, y, k: xp.multiply(x, y),
    "divide": lambda xp, x, y, k: xp.divide(x, y),
    "floor_divide": lambda xp, x, y, k: xp.floor_divide(x, y),
    "sqrt": lambda xp, x, y, k: xp.sqrt(xp.abs(x)),
    "square": lambda xp, x, y, k: xp.square(x),
    "negative": lambda xp, x, y, k: xp.negative(x),
    "maximum": lambda xp, x, y, k: xp.maximum(x, y),
    "clip": lambda xp, x, y, k: xp.clip(x, 0, k + 1),
    "rint": lambda xp, x, y, k: xp.rint(x),
    "less": lambda xp, x, y, k: xp.less(x, y),
    "where": lambda xp, x, y, k: xp.where(xp.greater(x, k), x, y),
    "scale": lambda xp, x, y, k: x * (k + 0.5) + 1,
    "astype": lambda xp, x, y, k: x.astype(["float32", "float64"][k % 2]),
    "transpose": lambda xp, x, y, k: x.T,
    "flip": lambda xp, x, y, k: xp.flip(x),
    "slice": lambda xp, x, y, k: x[..., k % 2 :: 1 + k % 3],
    "expand": lambda xp, x, y, k: xp.expand_dims(x, 0),
    "ravel": lambda xp, x, y, k: xp.ravel(x),
    "roll": lambda xp, x, y, k: xp.roll(x, k),
    "concatenate": lambda xp, x, y, k: xp.concatenate([x, y], axis=0),
    "broadcast": lambda xp, x, y, k: xp.broadcast_to(x, (2, *x.shape)),
}
REDUCTIONS = {
    "sum": lambda xp, x, y, k: xp.sum(x, axis=-1),
    "sum_all": lambda xp, x, y, k: xp.sum(x),
    "mean": lambda xp, x, y, k: xp.mean(x, axis=0, keepdims=True),
    "max": lambda xp, x, y, k: xp.max(x, axis=-1, keepdims=True),
    "any": lambda xp, x, y, k: xp.any(x, axis=0),
    "cumsum": lambda xp, x, y, k: xp.cumsum(x, axis=0),
}
OPS = EXACT | REDUCTIONS
# Ops that turn a difference in the last place into a large one.
UNSTABLE = {"subtract", "negative", "less", "where", "rint", "floor_divide", "astype"}


@dataclass
class Step:
    """One op on two of the values so far, counted from the newest."""

    op: str
    left: int
    right: int
    k: int

    def apply(self, xp, values):
        left = values[-1 - self.left % len(values)]
        right = values[-1 - self.right % len(values)]
        return OPS[self.op](xp, left, right, self.k)


leaves = st.lists(
    st.tuples(st.sampled_from(SHAPES), st.sampled_from(DTYPES), st.integers(0, 9)),
    min_size=1,
    max_size=3,
)


def steps(ops):
    return st.lists(
        st.builds(
            Step,
            st.sampled_from(sorted(ops)),
            st.integers(0, 5),
            st.integers(0, 5),
            st.integers(0, 4),
        ),
        min_size=1,
        max_size=12,
    )


def run_numpy(arrays, program):
    """NumPy's values, and the steps that NumPy accepts."""
    values, accepted = list(arrays), []
    for step in program:
        try:
            value = np.asarray(step.apply(np, values))
        except (IndexError, TypeError, ValueError):
            continue
        if value.ndim > 5 or value.size > 5000:
            continue
        values.append(value)
        accepted.append(step)
    return values, accepted


def run_numloom(arrays, program, one_by_one):
    values = [nl.asarray(x) for x in arrays]
    for step in program:
        values.append(step.apply(nl, values))
        if one_by_one:
            nl.evaluate(values[-1])
    nl.evaluate(*values)
    return [np.asarray(x) for x in values]


def draw_arrays(drawn):
    return [make(shape, dtype, seed) for shape, dtype, seed in drawn]


def assert_identical(x, y):
    assert x.dtype == y.dtype and x.shape == y.shape
    np.testing.assert_array_equal(x, y)
    if x.dtype.kind == "f":
        number = ~np.isnan(x)
        np.testing.assert_array_equal(np.signbit(x)[number], np.signbit(y)[number])


checks = settings(
    max_examples=GRAPHS,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@checks
@given(leaves, steps(EXACT))
def test_without_reductions_all_bits_agree(drawn, program):
    arrays = draw_arrays(drawn)
    with np.errstate(all="ignore"):
        expected, program = run_numpy(arrays, program)
    fused = run_numloom(arrays, program, one_by_one=False)
    single = run_numloom(arrays, program, one_by_one=True)
    for want, one, other in zip(expected, fused, single):
        assert_identical(one, other)
        assert one.dtype == want.dtype
        np.testing.assert_array_equal(one, want)


@checks
@given(leaves, steps(OPS))
def test_with_reductions(drawn, program):
    # Sums of positive numbers: no cancellation to magnify another order.
    arrays = [np.abs(x) for x in draw_arrays(drawn)]
    program = [step for step in program if step.op not in UNSTABLE]
    with np.errstate(all="ignore"):
        expected, program = run_numpy(arrays, program)
    fused = run_numloom(arrays, program, one_by_one=False)
    for want, got in zip(expected, fused):
        assert got.dtype == want.dtype and got.shape == want.shape
        tolerance = 64 * sum_tolerance(want.dtype)
        np.testing.assert_allclose(got, want, rtol=tolerance, atol=0)
