"""Python functions applied to lines, axes and elements."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair, sum_tolerance

import numloom as nl


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
@pytest.mark.parametrize("dtype", SAMPLE)
def test_apply_along_axis(dtype, axis):
    x, a = pair((3, 4, 2), dtype)
    functions = [
        lambda xp: lambda v: v.max() if v.dtype.kind != "c" else v[0],
        lambda xp: lambda v: v[::-1],
        lambda xp: lambda v: xp.stack([v, v]),
        lambda xp: lambda v: v[:0],
        lambda xp: lambda v: 1,
    ]
    for function in functions:
        assert_same(
            np.apply_along_axis(function(np), axis, x),
            nl.apply_along_axis(function(nl), axis, a),
        )


def test_apply_along_axis_arguments():
    x, a = pair((3, 4), "float64")
    assert_same(
        np.apply_along_axis(np.roll, 1, x, 2), nl.apply_along_axis(nl.roll, 1, a, 2)
    )
    assert_same(
        np.apply_along_axis(np.sum, 0, x[0], keepdims=True),
        nl.apply_along_axis(nl.sum, 0, a[0], keepdims=True),
        tolerance=sum_tolerance("float64"),
    )
    assert_raises_alike(lambda xp: xp.apply_along_axis(xp.sum, 1, xp.ones((0, 3))))
    assert_raises_alike(lambda xp: xp.apply_along_axis(xp.sum, 2, xp.ones((2, 3))))


@pytest.mark.parametrize("dtype", SAMPLE)
def test_apply_over_axes(dtype):
    x, a = pair((3, 4, 2), dtype)
    for axes in ([0, 2], 1, [-1], [0, 1, 2]):
        assert_same(
            np.apply_over_axes(np.sum, x, axes),
            nl.apply_over_axes(nl.sum, a, axes),
            tolerance=4 * sum_tolerance(dtype),
        )
    assert_raises_alike(
        lambda xp: xp.apply_over_axes(lambda x, axis: x[0, 0], xp.ones((2, 2, 2)), 0),
        "correct shape",
    )


def test_vectorize():
    x, a = pair((3, 4), "int64")

    def function(x, y=1):
        return x + y if x > 0 else x - y

    assert_same(np.vectorize(function)(x), nl.vectorize(function)(a))
    assert_same(np.vectorize(function)(x, 2.5), nl.vectorize(function)(a, 2.5))
    assert_same(np.vectorize(function)(x, y=x[0]), nl.vectorize(function)(a, y=a[0]))
    assert_same(
        np.vectorize(function, otypes=["f4"])(x[:0]),
        nl.vectorize(function, otypes=["f4"])(a[:0]),
    )
    two = nl.vectorize(lambda x: (x, -x))(a)
    assert_same(x, two[0])
    assert_same(-x, two[1])


def test_vectorize_decorates():
    @nl.vectorize(otypes=[float], excluded={"n"})
    def power(x, n):
        """Repeated products."""
        return x**n

    assert power.__doc__ == "Repeated products."
    assert_same(np.arange(4.0) ** 3, power(nl.arange(4.0), n=3))
    dot = nl.vectorize(np.dot, signature="(n),(n)->()")
    assert_same(np.array([0.0, 3.0]), dot(nl.asarray([[0, 0], [1.0, 2]]), [1, 1]))


@pytest.mark.parametrize("dtype", SAMPLE)
def test_frompyfunc(dtype):
    x, a = pair((3, 4), dtype)
    theirs = np.frompyfunc(lambda x, y: x + y, 2, 1, identity=0)
    ours = nl.frompyfunc(lambda x, y: x + y, 2, 1, identity=0)
    for name in ("nin", "nout", "nargs", "ntypes", "types", "identity", "__name__"):
        assert getattr(ours, name) == getattr(theirs, name), name

    def assert_fits(want, got):
        want = np.asarray(want)
        assert_same(np.array(want.tolist()).reshape(want.shape), got)

    assert_fits(theirs(x, x[0]), ours(a, a[0]))
    assert_fits(theirs.outer(x[0], x[1]), ours.outer(a[0], a[1]))
    for axis in (0, 1):
        assert_fits(theirs.reduce(x, axis), ours.reduce(a, axis))
        assert_fits(theirs.accumulate(x, axis), ours.accumulate(a, axis))
        assert_fits(theirs.reduceat(x, [0, 2], axis), ours.reduceat(a, [0, 2], axis))
    assert_fits(theirs.reduce(x, 0, keepdims=True), ours.reduce(a, 0, keepdims=True))


def test_frompyfunc_results():
    assert nl.frompyfunc(lambda x: x * 2, 1, 1)(3) == 6
    assert nl.frompyfunc(str, 1, 1)(3) == "3"
    assert_raises_alike(lambda xp: xp.frompyfunc(1, 1, 1))
    with pytest.raises(TypeError, match="no numbers"):
        nl.frompyfunc(str, 1, 1)(nl.arange(3))
    a = nl.arange(4)
    quotient, rest = nl.frompyfunc(divmod, 2, 2)(a, 3)
    assert_same(np.arange(4) // 3, quotient)
    assert_same(np.arange(4) % 3, rest)
    out = nl.zeros(4)
    assert nl.frompyfunc(lambda x: x / 2, 1, 1)(a, out=out) is out
    assert_same(np.arange(4) / 2, out)
    assert nl.frompyfunc(lambda x: x / 4, 1, 1)(a, out) is out
    assert_same(np.arange(4) / 4, out)


def test_ndenumerate():
    x, a = pair((2, 3), "float32")
    assert list(nl.ndenumerate(a)) == list(np.ndenumerate(x))
    assert list(nl.ndindex(2, 1)) == [(0, 0), (1, 0)]


def test_broadcast():
    x, a = pair((3, 1), "float64")
    theirs, ours = np.broadcast(x, [1, 2]), nl.broadcast(a, [1, 2])
    for name in ("shape", "size", "nd", "ndim", "numiter", "index"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert next(ours) == next(theirs) and ours.index == theirs.index
    assert list(ours) == list(theirs)
    ours.reset()
    assert len(list(ours)) == 6
    assert list(ours.iters[1]) == [1, 2] * 3
    assert_raises_alike(lambda xp: xp.broadcast(xp.ones(2), xp.ones(3)), "(2,)")
