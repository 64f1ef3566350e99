"""NumPy's functions and ufuncs on arrays (NEP 13, NEP 18), and mixing with NumPy's."""

import numpy as np
import pytest
from support import assert_same, pair

import numloom as nl

ON_GPU = nl.get_default_device() != "cpu"
only_cpu = pytest.mark.skipif(ON_GPU, reason="arrays on a GPU do not mix with NumPy's")


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex128"])
def test_ufuncs_of_one_operand(dtype):
    x, y = pair((3, 4), dtype)
    for ufunc in (np.negative, np.square, np.sqrt, np.isnan):
        expected = ufunc(x)
        if dtype == "int32" and ufunc is np.sqrt:
            assert ufunc(y).dtype == expected.dtype
        else:
            assert_same(expected, ufunc(y), ulp=4)


def test_ufuncs_of_two_results():
    x, y = pair((5,), "float64")
    for expected, actual in zip(np.modf(x), np.modf(y), strict=True):
        assert_same(expected, actual)


def test_ufunc_keywords():
    x, y = pair((5,), "float32")
    assert_same(np.add(x, 1, dtype="float64"), np.add(y, 1, dtype="float64"))
    with pytest.raises(TypeError):
        np.add(y, 1, nonsense=2)


@pytest.mark.parametrize("method", ["reduce", "accumulate"])
@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum])
def test_ufunc_reductions(ufunc, method):
    x, y = pair((3, 4), "int64")
    expected = getattr(ufunc, method)(x, axis=1)
    assert_same(expected, getattr(ufunc, method)(y, axis=1))


def test_ufunc_outer():
    x, y = pair((3,), "float64")
    assert_same(np.subtract.outer(x, x), np.subtract.outer(y, y))


@pytest.mark.parametrize("name", ["matmul", "vecdot"])
def test_matrix_ufuncs(name):
    x, y = pair((4, 4), "float64")
    ufunc = getattr(np, name)
    assert_same(ufunc(x, x), ufunc(y, y), tolerance=1e-14)


def test_ufunc_into_our_output():
    x, y = pair((5,), "float64")
    out = nl.zeros(5)
    assert np.add(y, y, out=out) is out
    assert_same(x + x, out)


def test_unknown_ufuncs():
    y = nl.ones(3)
    with pytest.raises(TypeError, match="NotImplemented"):
        np.isnat(y)
    half = np.frompyfunc(lambda x: x, 1, 1)
    with pytest.raises(TypeError, match="NotImplemented"):
        half(y)


def test_ufunc_of_the_same_name():
    """Another library's ufunc that happens to be called like one of NumPy's."""
    y = nl.ones(3)
    other = type("Ufunc", (), {"__name__": "add"})()
    assert y.__array_ufunc__(other, "__call__", y, y) is NotImplemented


@pytest.mark.parametrize("scalar", [np.float64(2), np.float32(2), np.int8(2)])
def test_numpy_scalars(scalar):
    x, y = pair((4,), "float32")
    assert_same(x * scalar, y * scalar)
    assert_same(scalar * x, scalar * y)
    assert_same(np.multiply(scalar, x), np.multiply(scalar, y))


@only_cpu
@pytest.mark.parametrize("dtype", ["bool", "int16", "float64"])
def test_mixed_operands_on_the_cpu(dtype):
    x, y = pair((3, 4), dtype)
    other = np.arange(4, dtype="float32")
    assert_same(x + other, y + other)
    assert_same(other + x, other + y)
    assert_same(np.add(x, other), np.add(y, other))
    assert_same(np.concatenate([x, x]), np.concatenate([x, y]))
    assert_same(other @ x.T, other @ y.T, tolerance=1e-14)


@only_cpu
def test_outputs_of_numpy():
    x, y = pair((3, 4), "float64")
    out = np.zeros((3, 4))
    assert np.add(y, y, out=out) is out
    np.testing.assert_array_equal(out, x + x)
    out += y
    np.testing.assert_array_equal(out, x + x + x)
    np.add.reduce(y, out=out[0])
    np.testing.assert_array_equal(out[0], np.add.reduce(x))
    np.add(y, 1, out=out, where=x > 0)
    np.testing.assert_array_equal(out[x > 0], (x + 1)[x > 0])


@only_cpu
def test_outputs_of_numpy_and_casting():
    out = np.zeros(3, "int64")
    with pytest.raises(TypeError, match="same_kind"):
        np.add(nl.ones(3), 1, out=out)
    np.add(nl.ones(3), 1, out=out, casting="unsafe")
    np.testing.assert_array_equal(out, [2, 2, 2])
    np.copyto(out, nl.asarray([4, 5, 6]))
    np.testing.assert_array_equal(out, [4, 5, 6])


@only_cpu
def test_one_output_of_two():
    x, y = pair((5,), "float64")
    whole = np.zeros(5)
    fraction, same = np.modf(y, out=(None, whole))
    assert same is whole
    assert_same(np.modf(x)[0], fraction)
    np.testing.assert_array_equal(whole, np.modf(x)[1])


@pytest.mark.skipif(not ON_GPU, reason="on the CPU they mix")
@pytest.mark.parametrize(
    "mix",
    [
        lambda x, y: x + y,
        lambda x, y: y + x,
        np.add,
        nl.add,
        lambda x, y: x == y,
        lambda x, y: x @ y,
        lambda x, y: y @ x,
        lambda x, y: nl.concatenate([x, y]),
        lambda x, y: np.concatenate([y, x]),
        lambda x, y: nl.where(x > 0, x, y),
        nl.dot,
        lambda x, y: np.add(x, 1, out=y),
        lambda x, y: np.copyto(y, x),
    ],
)
def test_mixing_on_a_gpu(mix):
    with pytest.raises(TypeError):
        mix(nl.ones(3), np.ones(3))


def test_functions():
    x, y = pair((3, 4), "float64")
    assert_same(np.concatenate([x, x]), np.concatenate([y, y]))
    assert_same(np.stack([x, x], axis=1), np.stack([y, y], axis=1))
    assert_same(np.where(x > 0, x, 0), np.where(y > 0, y, 0))
    assert_same(np.transpose(x), np.transpose(y))
    assert_same(np.linalg.vector_norm(x), np.linalg.vector_norm(y), ulp=4)
    assert np.shape(y) == (3, 4)
    assert np.result_type(y, 1.0) == np.dtype("float64")


def test_functions_with_like():
    y = nl.ones(3)
    assert_same(np.ones((2, 2)), np.ones((2, 2), like=y))
    assert_same(np.asarray([1, 2]), np.asarray([1, 2], like=y))


def test_unknown_functions():
    y = nl.ones((3, 3))
    with pytest.raises(TypeError, match="no implementation found"):
        np.busday_count(y, y)
    with pytest.raises(TypeError, match="no implementation found"):
        np.fft.fft(y)


class Refuses:
    __array_ufunc__ = None

    def __radd__(self, other):
        return "added"

    def __rmatmul__(self, other):
        return "multiplied"


class HasItsOwn:
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return ufunc.__name__

    def __array_function__(self, function, types, args, kwargs):
        return function.__name__

    def __radd__(self, other):
        return "added"


class Subclass(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return ufunc.__name__


def test_other_types_decide():
    y = nl.ones(3)
    assert y + Refuses() == "added"
    assert y @ Refuses() == "multiplied"
    assert y + HasItsOwn() == "added"
    assert np.add(y, HasItsOwn()) == "add"
    assert np.stack([y, HasItsOwn()]) == "stack"
    assert y + np.ones(3).view(Subclass) == "add"
    with pytest.raises(TypeError):
        np.add(y, Refuses())
    with pytest.raises(TypeError):
        y @ object()
    with pytest.raises(TypeError):
        y + object()


def test_array_function_wants_arrays():
    y = nl.ones(3)
    kinds, args = (nl.ndarray, int), ((y,),)
    assert y.__array_function__(np.stack, kinds, args, {}) is NotImplemented
