"""Random graphs: fused they give what they give op by op, and what NumPy gives.

NUMLOOM_GRAPHS is the number of graphs.
"""

import os

import numpy as np
import pytest
from graphs import (
    ARITHMETIC,
    DTYPES,
    FUNCTIONS,
    MEANS,
    REDUCTIONS,
    ROUNDED,
    VIEWS,
    Graph,
)
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from support import dtype_of, sum_tolerance

import numloom as nl

pytestmark = pytest.mark.filterwarnings("ignore:Mean of empty slice")
GRAPHS = int(os.environ.get("NUMLOOM_GRAPHS", "3000"))


def graphs_of(share, most_steps):
    """Runs a test on its share of the graphs; smaller ones are tried on failure."""

    def decorate(test):
        given_graph = given(
            seed=st.integers(0, 2**32 - 1), size=st.integers(1, most_steps)
        )
        return settings(
            max_examples=max(1, int(GRAPHS * share)),
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(given_graph(test))

    return decorate


def make_numbers(rng, shape):
    """Numbers of any dtype, with NaN, infinities and zeros of both signs."""
    dtype = np.dtype(DTYPES[rng.integers(len(DTYPES))])
    values = rng.integers(0, 9, shape)
    if dtype.kind == "f":
        special = rng.choice([0.0, -0.0, np.nan, np.inf, -np.inf], shape)
        values = np.where(rng.random(shape) < 0.1, special, rng.normal(0, 3, shape))
    return np.asarray(values).astype(dtype)


def make_whole_numbers(rng, shape):
    dtype = DTYPES[rng.integers(len(DTYPES))]
    return np.asarray(rng.integers(0, 5, shape)).astype(dtype)


def make_positive_numbers(rng, shape):
    dtype = ["float32", "float64"][rng.integers(2)]
    return np.asarray(rng.uniform(0.5, 2, shape)).astype(dtype)


def casts_in_range(step, operands, value):
    """Refuses casts to integers that do not hold the number: no value is right."""
    source = operands[0]
    if step.op != "astype" or source.dtype.kind != "f" or value.dtype.kind not in "iu":
        return True
    info = np.iinfo(value.dtype)
    return bool(np.all((source >= info.min) & (source <= info.max)))


def sums_are_exact(step, operands, value):
    """Accepts whole numbers that float dtypes hold even when many are added."""
    limit = {"float16": 2.0**8, "float32": 2.0**16}.get(value.dtype.name, 2.0**40)
    finite = np.abs(value.astype("f8")) if value.dtype.kind != "b" else np.zeros(())
    return casts_in_range(step, operands, value) and bool(np.all(finite < limit))


def grow(*arguments):
    """A random graph, which a failing test shows."""
    with np.errstate(all="ignore"):
        graph = Graph.grow(*arguments)
    note(graph)
    return graph


def evaluate(arrays):
    nl.evaluate(*arrays)
    return [np.asarray(x) for x in arrays]


def assert_identical(graph, expected, actual):
    """All bits are equal; any NaN is like any other."""
    for want, got in zip(expected, actual):
        message = f"{want}\nnot\n{got}\nin {graph}"
        assert (got.dtype, got.shape) == (want.dtype, want.shape), message
        same = want == got
        if want.dtype.kind == "f":
            same &= np.signbit(want) == np.signbit(got)
            same |= np.isnan(want) & np.isnan(got)
        assert np.all(same), message


@graphs_of(share=0.4, most_steps=8)
def test_exact_elements(seed, size):
    ops = ARITHMETIC | ROUNDED | VIEWS
    graph = grow(seed, size, ops, make_numbers, casts_in_range)
    assert_identical(graph, graph.expected, evaluate(graph.run(nl)))


@graphs_of(share=0.2, most_steps=6)
def test_fused_elements_equal_single_ones(seed, size):
    ops = ARITHMETIC | ROUNDED | FUNCTIONS | VIEWS
    graph = grow(seed, size, ops, make_numbers, casts_in_range)
    single = evaluate(graph.run(nl, evaluate_each=nl.evaluate))
    assert_identical(graph, single, evaluate(graph.run(nl)))


@graphs_of(share=0.3, most_steps=6)
def test_exact_reductions(seed, size):
    ops = ARITHMETIC | VIEWS | REDUCTIONS
    graph = grow(seed, size, ops, make_whole_numbers, sums_are_exact)
    assert_identical(graph, graph.expected, evaluate(graph.run(nl)))


# Graphs that were wrong once, with what was wrong.
FOUND = {
    "index_along_an_axis_of_one": lambda xp: xp.tril(
        xp.repeat(xp.asarray([[1], [2], [3]]), 2, axis=-1), 4
    )[..., 1::2],
    "scalar_load_before_the_first_element": lambda xp: (
        xp.ones((4, 6)) * xp.asarray([[2.0], [3.0], [4.0], [5.0]])[::-1]
    )[1],
    "sign_of_float64_to_float16": lambda xp: xp.tanh(xp.sin(xp.asarray([True]))),
    "running_sum_of_negative_zeros": lambda xp: xp.cumsum(xp.asarray([-0.0, -0.0])),
    "bfloat16_subnormals": lambda xp: xp.maximum(
        *(xp.asarray(x)[::-1] for x in make_subnormals())
    ).astype("float32"),
    "repeat_of_a_scalar": lambda xp: xp.repeat(xp.asarray(8), 2, axis=-1),
}


def make_subnormals():
    dtype = dtype_of("bfloat16")
    return np.full((2, 70), [[1e-40], [-1e-40]]).astype(dtype)


@pytest.mark.parametrize("function", FOUND.values(), ids=FOUND)
def test_found_graphs(function):
    expected = np.asarray(function(np))
    assert_identical("", [expected], evaluate([function(nl)]))


@pytest.mark.parametrize("name", ["sin", "cos", "exp", "log", "tanh"])
def test_elements_do_not_depend_on_their_neighbours(name):
    x = np.geomspace(1e-3, 60, 1000, dtype="float32")
    special = np.where(np.arange(1000) % 7 == 3, [[1e30], [np.inf], [np.nan]], x)
    together = getattr(nl, name)(nl.asarray(special.astype("f4")))
    alone = np.broadcast_to(np.asarray(getattr(nl, name)(nl.asarray(x))), special.shape)
    usual = special == x
    np.testing.assert_array_equal(np.asarray(together)[usual], alone[usual])


@graphs_of(share=0.1, most_steps=5)
def test_reductions(seed, size):
    # Of positive numbers, and nothing that cancels or jumps.
    smooth = {name: ARITHMETIC[name] for name in ("add", "multiply", "maximum")}
    sums = {name: REDUCTIONS[name] for name in ("sum", "sum_all", "cumsum", "max")}
    means = {name: MEANS[name] for name in ("mean", "mean_row")}
    functions = {name: FUNCTIONS[name] for name in ("log", "hypot", "tanh")}
    ops = smooth | sums | means | functions | VIEWS | {"scale": ROUNDED["scale"]}
    graph = grow(seed, size, ops, make_positive_numbers)
    fused = evaluate(graph.run(nl))
    single = evaluate(graph.run(nl, evaluate_each=nl.evaluate))
    # The coarsest dtype on the way decides, not the result's: a sum of float32, which
    # the two add up in different orders, keeps its error when it joins a float64.
    tolerance = 16 * max(sum_tolerance(x.dtype) for x in graph.arrays)
    for want, one, other in zip(graph.expected, fused, single):
        assert (one.dtype, one.shape) == (want.dtype, want.shape)
        np.testing.assert_allclose(one, want, rtol=tolerance)
        np.testing.assert_allclose(one, other, rtol=tolerance)
