"""reduce, accumulate and outer of ufuncs."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, make, pair

import numloom as nl

# Enough values to leave the pairs that fold unevenly.
INTEGER = [
    "add",
    "multiply",
    "maximum",
    "minimum",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "gcd",
    "lcm",
    "logical_and",
    "logical_or",
    "logical_xor",
    "subtract",
    "floor_divide",
    "remainder",
    "left_shift",
    "power",
]
FLOAT = [
    "add",
    "multiply",
    "maximum",
    "fmax",
    "fmin",
    "hypot",
    "logaddexp",
    "logaddexp2",
    "subtract",
    "divide",
    "fmod",
    "copysign",
    "nextafter",
    "logical_and",
]


def positive(shape, dtype):
    x = make(shape, dtype)
    return (np.abs(x) % 5 + 1).astype(x.dtype)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", INTEGER)
def test_integers(name, axis):
    x = positive((5, 7), "int32")
    a, ufunc = nl.asarray(x), getattr(np, name)
    assert_same(ufunc.reduce(x, axis), getattr(nl, name).reduce(a, axis))
    assert_same(ufunc.accumulate(x, axis), getattr(nl, name).accumulate(a, axis))


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("name", FLOAT)
def test_floats(name, axis):
    x = positive((5, 7), "float64")
    a, ufunc = nl.asarray(x), getattr(np, name)
    for method in ("reduce", "accumulate"):
        want = getattr(ufunc, method)(x, axis)
        assert_same(want, getattr(getattr(nl, name), method)(a, axis), ulp=32)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "float16", "complex64"])
def test_dtypes(dtype):
    x, a = pair((3, 4), dtype)
    for name in ("add", "maximum", "logical_or"):
        ufunc = getattr(np, name)
        assert_same(ufunc.reduce(x), getattr(nl, name).reduce(a), ulp=4)
        assert_same(ufunc.accumulate(x), getattr(nl, name).accumulate(a), ulp=4)


def test_reduce_keywords():
    x, a = pair((3, 4), "int16")
    assert_same(np.add.reduce(x, axis=(0, 1)), nl.add.reduce(a, axis=(0, 1)))
    assert_same(np.add.reduce(x, keepdims=True), nl.add.reduce(a, keepdims=True))
    assert_same(np.gcd.reduce(x, axis=None), nl.gcd.reduce(a, axis=None))
    assert_same(
        np.multiply.reduce(x, initial=5, dtype="f8"),
        nl.multiply.reduce(a, initial=5, dtype="f8"),
    )
    assert_same(np.hypot.reduce(np.zeros(0)), nl.hypot.reduce(nl.zeros(0)))


@pytest.mark.parametrize("name", ["add", "arctan2", "less", "maximum"])
def test_outer(name):
    x, a = pair((3, 2), "float32")
    y, b = pair(4, "float64", seed=1)
    assert_same(getattr(np, name).outer(x, y), getattr(nl, name).outer(a, b), ulp=4)


def test_errors():
    assert_raises_alike(lambda xp: xp.sin.reduce(xp.ones(3)), "binary")
    assert_raises_alike(lambda xp: xp.sin.accumulate(xp.ones(3)), "binary")
    assert_raises_alike(lambda xp: xp.sin.outer(xp.ones(3), xp.ones(3)), "binary")
    assert_raises_alike(lambda xp: xp.add.reduce(xp.ones(3), axis=1), 1)
    assert_raises_alike(lambda xp: xp.add.accumulate(xp.asarray(1)), "scalar")
    assert_raises_alike(lambda xp: xp.maximum.reduce(xp.ones(0)), "maximum")
    assert_raises_alike(
        lambda xp: xp.subtract.reduce(xp.ones((2, 2)), axis=(0, 1)), "subtract"
    )
    assert_raises_alike(lambda xp: xp.bitwise_and.reduce(xp.ones(3)), "bitwise_and")


def test_axes_of_accumulate():
    x = np.arange(4)
    for axis in (None, (0,), -1):
        want = np.add.accumulate(x, axis)
        np.testing.assert_array_equal(nl.add.accumulate(nl.asarray(x), axis), want)
    for axis in (None, (), (0, 1)):
        assert_raises_alike(lambda xp, axis=axis: xp.add.accumulate(xp.eye(2), axis))
        assert_raises_alike(lambda xp, axis=axis: xp.add.reduceat(xp.eye(2), [0], axis))


ORDERED = ["subtract", "divide", "floor_divide", "remainder"]


@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize("axis", [0, 1])
def test_initial_of_ordered_ufuncs(name, axis):
    x = make((3, 4), "float64") ** 2 + 0.5
    a, mask = nl.asarray(x), x > 2
    theirs, ours = getattr(np, name), getattr(nl, name)
    for kwargs in ({"initial": 3}, {"initial": 3, "where": mask}):
        expected = theirs.reduce(x, axis, **kwargs)
        assert_same(expected, ours.reduce(a, axis, **kwargs), ulp=8)
    assert_raises_alike(
        lambda xp: getattr(xp, name).reduce(xp.asarray(x), axis, where=mask)
    )
    for shape in ((0, 3), (3, 0)):
        if shape[axis]:
            expected = theirs.reduce(np.zeros(shape), axis)
            assert_same(expected, ours.reduce(nl.zeros(shape), axis))
        else:
            assert_raises_alike(
                lambda xp, shape=shape: getattr(xp, name).reduce(xp.zeros(shape), axis)
            )


@pytest.mark.parametrize("name", ["gcd", "hypot", "logaddexp", "lcm", "bitwise_and"])
def test_where_of_ufuncs_with_identity(name):
    dtype = "float64" if name in ("hypot", "logaddexp") else "uint8"
    x = np.arange(1, 13).reshape(3, 4).astype(dtype)
    kwargs = {"axis": 1, "where": x % 3 > 0}
    if name == "lcm":
        kwargs["initial"] = 1
    expected = getattr(np, name).reduce(x, **kwargs)
    assert_same(expected, getattr(nl, name).reduce(nl.asarray(x), **kwargs), ulp=4)


@pytest.mark.parametrize("name", ["equal", "less", "greater_equal"])
def test_comparisons_reduce_bools_alone(name):
    x = np.array([[True, False], [True, True]])
    theirs, ours = getattr(np, name), getattr(nl, name)
    assert_same(theirs.reduce(x), ours.reduce(nl.asarray(x)))
    assert_same(theirs.accumulate(x), ours.accumulate(nl.asarray(x)))
    assert_same(theirs.reduce([1, 0], dtype=bool), ours.reduce([1, 0], dtype=bool))
    for method in ("reduce", "accumulate"):
        assert_raises_alike(
            lambda xp, method=method: getattr(getattr(xp, name), method)(xp.arange(3))
        )


def test_dtype_of_logical_reductions():
    for dtype in ("float64", "int8"):
        assert_raises_alike(
            lambda xp, dtype=dtype: xp.logical_and.reduce(xp.arange(3), dtype=dtype)
        )
    assert bool(nl.logical_or.reduce(nl.arange(3), dtype=bool))


@pytest.mark.parametrize("target", ["bool", "int8", "int64", "float32", "complex64"])
@pytest.mark.parametrize("method", ["reduce", "accumulate"])
def test_dtype_of_the_output_promotes(target, method):
    x = make((3, 4), "float32") * 1.5
    expected = np.zeros(4 if method == "reduce" else (3, 4), target)
    result = nl.asarray(expected)
    getattr(np.add, method)(x, 0, None, expected)
    getattr(nl.add, method)(nl.asarray(x), 0, None, result)
    assert_same(expected, result, tolerance=1e-6)


def test_outputs_of_numpy():
    x = make((3, 4), "float32")
    for target in ("int8", "float64"):
        expected, result = np.zeros(4, target), np.zeros(4, target)
        np.add.reduce(x, 0, out=expected)
        assert np.add.reduce(nl.asarray(x, device="cpu"), 0, out=result) is result
        np.testing.assert_allclose(result, expected, rtol=1e-6)


def test_axes_are_no_bools():
    for call in (
        lambda xp: xp.add.accumulate(xp.zeros((2, 2)), True),
        lambda xp: xp.cumsum(xp.zeros((2, 2)), True),
        lambda xp: xp.cumsum(xp.zeros((2, 2)), (0,)),
        lambda xp: xp.argmax(xp.zeros((2, 2)), True),
        lambda xp: xp.add.accumulate(xp.zeros(()), 1),
        lambda xp: xp.add.reduceat(xp.arange(4), [[0, 2]]),
    ):
        assert_raises_alike(call)


@pytest.mark.parametrize("name", ["gcd", "lcm", "hypot", "logaddexp", "subtract"])
def test_reductions_of_one_element(name):
    """gcd and hypot start from 0, and so lose signs; results are no views."""
    x = np.array([[-3], [4]]).astype("f8" if name in ("hypot", "logaddexp") else "i8")
    for method in (
        lambda xp, a: getattr(xp, name).reduce(a, -1),
        lambda xp, a: getattr(xp, name).reduce(a, -1, keepdims=True),
        lambda xp, a: getattr(xp, name).accumulate(a, -1),
        lambda xp, a: getattr(xp, name).reduceat(a, [0], -1),
    ):
        a = nl.asarray(x)
        result = method(nl, a)
        assert_same(method(np, x), result, ulp=1)
        assert not nl.shares_memory(result, a)


@pytest.mark.parametrize("name", ["subtract", "arctan2", "hypot", "maximum"])
def test_order_of_running_results(name):
    x = np.arange(1.0, 25.0).reshape(2, 3, 4).T
    expected = getattr(np, name).accumulate(x, 1)
    result = getattr(nl, name).accumulate(nl.asarray(x), 1)
    assert result.strides == expected.strides
    assert getattr(nl, name).reduce(nl.asarray(x), ()).strides == x.strides


@pytest.mark.parametrize("name", ["add", "logical_and", "gcd", "hypot"])
def test_reductions_without_their_identity(name):
    """`initial=None` says that there is nothing to start from."""

    def reduce(xp, shape, **keywords):
        dtype = "i8" if name == "gcd" else "f8"
        return getattr(xp, name).reduce(xp.ones(shape, dtype=dtype), **keywords)

    for shape in ((2, 3), (3, 0), (1, 2)):
        want = reduce(np, shape, initial=None)
        assert_same(want, reduce(nl, shape, initial=None), ulp=1)
    assert_raises_alike(lambda xp: reduce(xp, (0, 3), initial=None), "no identity")
    assert_raises_alike(
        lambda xp: reduce(xp, (3,), initial=None, where=xp.ones(3, dtype=bool)), name
    )


BAD = [
    lambda xp: xp.lcm.reduce(xp.ones((2, 3), dtype=int), axis=(0, 1)),
    lambda xp: xp.multiply.reduce(xp.ones((1, 3)), where=xp.ones((2, 3), dtype=bool)),
    lambda xp: xp.max(
        xp.ones((1, 3)), initial=0, where=xp.ones((2, 3), dtype=bool), axis=1
    ),
    lambda xp: xp.sum(xp.ones(3), where=xp.ones((2, 3), dtype=bool)),
    lambda xp: xp.add.reduce(xp.ones(3), initial=xp.ones(3)),
    lambda xp: xp.hypot.reduce(xp.ones(3), dtype="i4"),
    lambda xp: xp.arctan2.accumulate(xp.ones(3), dtype="?"),
    lambda xp: xp.float_power.reduceat(xp.ones(3), [0], dtype="u1"),
    lambda xp: xp.add.reduce(xp.ones(3), out=(None,)),
    lambda xp: xp.sum(xp.ones(3), out=(None,)),
]


@pytest.mark.parametrize("call", BAD)
def test_bad_arguments(call):
    assert_raises_alike(call)


@pytest.mark.parametrize("name", ["logaddexp", "hypot", "gcd"])
@pytest.mark.parametrize("axis", [0, 1])
def test_long_folds(name, axis):
    """Ten rounds of pairs are no one kernel of a thousand calls."""
    x = make((1023, 4) if axis == 0 else (4, 1023), "int64" if name == "gcd" else "f8")
    nl.reset_stats()
    got = getattr(nl, name).reduce(nl.asarray(x), axis)
    assert_same(getattr(np, name).reduce(x, axis), got, tolerance=1e-13)
    assert nl.stats()["compile_ms"] < 10_000
