"""`ndarray(shape, ...)` as a constructor, and the orders of new arrays."""

import numpy as np
import pytest
from support import DTYPES, assert_same

import numloom as nl


def get_steps(x):
    """The strides along which elements lie."""
    return [step for step, n in zip(x.strides, x.shape) if x.size and n > 1]


def is_laid_out_alike(x, a):
    """Whether `a` has the form and the layout of NumPy's `x`."""
    return (
        a.shape == x.shape
        and a.dtype == x.dtype
        and get_steps(a) == get_steps(x)
        and a.flags.c_contiguous == x.flags.c_contiguous
        and a.flags.f_contiguous == x.flags.f_contiguous
        and a.flags.owndata == x.flags.owndata
    )


# --- orders ----------------------------------------------------------------


@pytest.mark.parametrize("order", ["C", "F", "c", "f", None, b"F"])
@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 3, 4), (0, 3), (1, 4), 6])
@pytest.mark.parametrize("name", ["empty", "zeros", "ones"])
def test_creation(name, shape, order):
    x = getattr(np, name)(shape, "float32", order=order)
    a = getattr(nl, name)(shape, "float32", order=order)
    assert is_laid_out_alike(x, a)
    if name != "empty":
        assert_same(x, a)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_full(dtype, order):
    row = np.arange(3).astype(dtype)
    x, a = (m.full((2, 3), row, dtype, order) for m in (np, nl))
    assert is_laid_out_alike(x, a)
    assert_same(x, a)
    assert is_laid_out_alike(
        np.eye(3, 4, 1, dtype, order), nl.eye(3, 4, 1, dtype, order)
    )


@pytest.mark.parametrize("order", ["C", "F", "A", "K", "k"])
@pytest.mark.parametrize(
    "view",
    [
        lambda x: x,
        lambda x: x.T,
        lambda x: x.transpose(2, 0, 1),
        lambda x: x[:, ::2, ::-1].transpose(1, 2, 0),
        lambda x: x[0].T,
        lambda x: x[:, :1],
    ],
)
@pytest.mark.parametrize("shape", [None, (3, 4, 5), (3, 4), (6,)])
def test_like(view, order, shape):
    x = view(np.arange(24.0).reshape(2, 3, 4))
    a = view(nl.arange(24.0).reshape(2, 3, 4))
    for name in ("empty_like", "zeros_like", "ones_like"):
        y = getattr(np, name)(x, order=order, shape=shape)
        b = getattr(nl, name)(a, order=order, shape=shape)
        assert is_laid_out_alike(y, b)
        if name != "empty_like":
            assert_same(y, b)
    y = np.full_like(x, 7, "int8", order, shape=shape)
    b = nl.full_like(a, 7, "int8", order, shape=shape)
    assert is_laid_out_alike(y, b)
    assert_same(y, b)


@pytest.mark.parametrize("order", ["C", "F", "A", "K", "f"])
def test_conversions(order):
    for x in (np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3).T):
        a = nl.arange(6.0).reshape(2, 3)
        a = a if x.shape == (2, 3) else a.T
        assert is_laid_out_alike(np.array(x, order=order), nl.array(a, order=order))
        assert is_laid_out_alike(x.copy(order), a.copy(order))
        assert is_laid_out_alike(np.copy(x, order), nl.copy(a, order))
        assert np.asfortranarray(x).strides == nl.asfortranarray(a).strides


def test_columns_of_fortran_arrays():
    x, a = np.zeros((4, 3), order="F"), nl.zeros((4, 3), order="F")
    for y in (x, a):
        y[:, 1] = [1, 2, 3, 4]
        y.T[2] += 5
        y[1:] *= 2
    assert_same(x, a)
    assert_same(x.ravel("K"), a.ravel("K"))
    assert_same(x.reshape(-1, order="F"), a.reshape(-1, order="F"))
    assert nl.shares_memory(a.T.reshape(-1), a)


@pytest.mark.parametrize("order", ["A", "K", "X", "FORTRAN", 3])
def test_bad_orders(order):
    for name in ("empty", "zeros", "ones"):
        with pytest.raises((ValueError, TypeError)) as error:
            getattr(np, name)((2, 3), order=order)
        with pytest.raises(error.type, match=str(error.value).split("(")[0]):
            getattr(nl, name)((2, 3), order=order)


# --- ndarray() -------------------------------------------------------------


@pytest.mark.parametrize("order", [None, "C", "F", "K"])
@pytest.mark.parametrize("shape", [(), 3, (2, 3), (0, 3), (2, 3, 4)])
def test_new_arrays(shape, order):
    x, a = (m.ndarray(shape, "int16", order=order) for m in (np, nl))
    assert is_laid_out_alike(x, a)
    assert isinstance(a, nl.ndarray)
    a[...] = 3
    assert_same(np.full(shape, 3, "int16"), a)


@pytest.mark.parametrize("strides", [(8, 16), (16, 8), (0, 8), (8, 8)])
def test_new_arrays_with_strides(strides):
    x, a = (m.ndarray((2, 2), strides=strides) for m in (np, nl))
    assert is_laid_out_alike(x, a)


CASES = [
    {"shape": (3,)},
    {"shape": (2,), "offset": 8},
    {"shape": (2, 3), "order": "F"},
    {"shape": (2, 3), "dtype": "int32", "offset": 8},
    {"shape": (2,), "strides": (16,)},
    {"shape": (2,), "strides": (-8,), "offset": 16},
    {"shape": (3, 2), "strides": (8, 8)},
    {"shape": (2,), "strides": (0,)},
    {"shape": (0, 5)},
    {"shape": ()},
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.cpu
def test_buffers(case):
    memory, other = bytearray(range(48)), bytearray(range(48))
    x, a = np.ndarray(buffer=memory, **case), nl.ndarray(buffer=other, **case)
    assert_same(x, a)
    assert get_steps(a) == get_steps(x)
    x[...] = 1
    a[...] = 1
    if x.size:
        nl.evaluate(a)
    assert memory == other
    memory[8:16] = other[8:16] = bytes(8)
    assert_same(x, a)


@pytest.mark.parametrize("case", CASES)
def test_arrays_as_buffers(case):
    x, a = np.arange(6.0), nl.arange(6.0)
    y, b = np.ndarray(buffer=x, **case), nl.ndarray(buffer=a, **case)
    assert_same(y, b)
    y[...] = 1
    b[...] = 1
    assert_same(x, a)
    x += 1
    a += 1
    assert_same(y, b)


def test_fortran_arrays_as_buffers():
    x, a = np.zeros((2, 3), order="F"), nl.zeros((2, 3), order="F")
    for m, y in ((np, x), (nl, a)):
        m.ndarray(6, buffer=y)[:] = range(6)
    assert_same(x, a)


@pytest.mark.cpu
def test_read_only_buffers():
    a = nl.ndarray(3, buffer=bytes(24))
    assert not a.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        a[0] = 1


@pytest.mark.parametrize(
    "case",
    [
        {"shape": (7,)},
        {"shape": (6,), "offset": 8},
        {"shape": (2,), "strides": (64,)},
        {"shape": (2,), "strides": (8, 8)},
        {"shape": (2,), "buffer": 3},
        {"shape": -1, "buffer": None},
        {"shape": (2,), "order": "X"},
        {"shape": (2,), "dtype": "no dtype"},
        {},
    ],
)
@pytest.mark.cpu
def test_bad_arguments(case):
    case = {"buffer": bytearray(48)} | case
    with pytest.raises((ValueError, TypeError)) as error:
        np.ndarray(**case)
    with pytest.raises(error.type):
        nl.ndarray(**case)


@pytest.mark.cpu
def test_places_that_are_no_multiples():
    for case in ({"offset": 2}, {"offset": 4, "strides": (6,)}):
        with pytest.raises(NotImplementedError):
            nl.ndarray((2,), "float32", buffer=nl.zeros(6), **case)
    with pytest.raises(NotImplementedError):
        nl.ndarray((2,), "float32", buffer=bytearray(48), strides=(6,))
