"""What functions made of several operations record, and in how many calls.

Counted, not timed: nodes, and the calls that Python makes on the way.
"""

import sys

import numpy
import pytest

import numloom as nl

X = numpy.random.default_rng(3).random((6, 8))
FUNCTIONS = {
    "sum": (lambda np, x: np.sum(x, axis=1), 2),
    "sum_all": (lambda np, x: np.sum(x), 2),
    "sum_keepdims": (lambda np, x: np.sum(x, axis=(0, 1), keepdims=True), 3),
    "max": (lambda np, x: np.max(x, axis=0), 1),
    "mean": (lambda np, x: np.mean(x, axis=1), 3),
    "var": (lambda np, x: np.var(x, axis=1), 7),
    "std": (lambda np, x: np.std(x, axis=-1, keepdims=True), 9),
    "any": (lambda np, x: np.any(x, axis=1), 2),
    "method": (lambda np, x: x.mean(0), 3),
    "where": (lambda np, x: np.where(x, x, 0.0), 2),
    "dot": (lambda np, x: np.dot(x, x[0]), 5),
    "matrix_vector": (lambda np, x: x @ x[0], 5),
    "matrix_matrix": (lambda np, x: np.matmul(x.T, x), 2),
    "masked_read": (lambda np, x: x[x > 0.5] ** 2, 2),
    "masked_sum": (lambda np, x: np.sum(x[x > 0.5]), 4),
    "masked_any": (lambda np, x: np.any(x[x > 0.5]), 4),
    "masked_mean": (lambda np, x: x[x > 0.5].mean(), 8),
}


def count_calls(function, *arguments):
    """How many calls Python sees below the call of `function`."""
    calls = []

    def note(frame, event, argument):
        if event in ("call", "c_call"):
            calls.append(event)

    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    # That of the function itself and that of sys.setprofile.
    return len(calls) - 2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nodes_and_calls(name):
    function, nodes = FUNCTIONS[name]
    x = nl.asarray(X).copy()
    expected = numpy.asarray(function(numpy, X))
    numpy.testing.assert_allclose(nl.asnumpy(function(nl, x)), expected)
    nl.reset_stats()
    result = function(nl, x)
    assert nl.stats()["nodes_recorded"] <= nodes
    del result
    # A function of the package, and one of its extension.
    assert count_calls(function, nl, x) <= 2


def test_several_products_are_one_node():
    left = X[None] * numpy.arange(1, 5)[:, None, None]
    right = numpy.ones((4, X.shape[1], 3)) + X[0, 0]
    x, y = nl.asarray(left), nl.asarray(right)
    nl.reset_stats()
    assert count_calls(nl.matmul, x, y) <= 2
    assert nl.stats()["nodes_recorded"] == 1
    assert count_calls(lambda: x @ y) == 0
    numpy.testing.assert_allclose(nl.asnumpy(x @ y), left @ right)
    # Every matrix with every other.
    numpy.testing.assert_allclose(nl.asnumpy(nl.dot(x, y)), numpy.dot(left, right))


def test_elements_are_stacked_by_one_call():
    a, b, c = nl.asarray(X)[0, :3]
    nl.reset_stats()
    assert count_calls(nl.array, [a, b, c]) <= 24
    assert nl.stats()["nodes_recorded"] <= 4


def write_at_mask(x):
    x[x > 0.5] = 1.0


def update_at_mask(x):
    mask = x > 0.5
    x[mask] = x[mask] * 2.0 + x[mask]


@pytest.mark.parametrize("update, nodes", [(write_at_mask, 2), (update_at_mask, 4)])
def test_updates_at_masks_make_no_call(update, nodes):
    x, expected = nl.array(X), X.copy()
    update(nl.array(X))
    nl.reset_stats()
    assert count_calls(update, x) == 0
    assert nl.stats()["nodes_recorded"] <= nodes
    update(expected)
    numpy.testing.assert_array_equal(nl.asnumpy(x), expected)


@pytest.mark.parametrize("name", ["sum", "prod", "max", "any", "mean", "var", "std"])
@pytest.mark.parametrize("axis", [(1, 0), (-1,), numpy.int64(1), (0, 2), None])
def test_axes_of_any_kind(name, axis):
    x = numpy.random.default_rng(4).random((3, 4, 2)) < 0.5
    for dtype in ("bool", "int32", "float16", "float64", "complex64"):
        y = x.astype(dtype)
        for keepdims in (False, True):
            wanted = getattr(numpy, name)(y, axis, keepdims=keepdims)
            result = getattr(nl, name)(nl.asarray(y), axis, keepdims=keepdims)
            assert result.dtype == wanted.dtype and result.shape == wanted.shape
            numpy.testing.assert_allclose(nl.asnumpy(result), wanted, rtol=2e-3)


@pytest.mark.parametrize("ddof", [0.5, numpy.int64(1), -1, 2])
def test_ddof_of_any_kind(ddof):
    for function in ("var", "std"):
        result = getattr(nl, function)(nl.asarray(X), axis=0, ddof=ddof)
        wanted = getattr(numpy, function)(X, axis=0, ddof=ddof)
        numpy.testing.assert_allclose(nl.asnumpy(result), wanted)


@pytest.mark.parametrize("axis", [(0, 0), 2, (0, -2), 1.0, "0"])
def test_bad_axes(axis):
    for function in ("sum", "mean", "var", "max", "any"):
        with pytest.raises((ValueError, TypeError)) as error:
            getattr(numpy, function)(X, axis=axis)
        with pytest.raises(error.type):
            getattr(nl, function)(nl.asarray(X), axis=axis)
