"""The memory order of results: strides, flags and what aliases, as in NumPy."""

import copy
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import RELAXED, assert_alike, calls, convert, get_steps, wholes

import numloom as nl

BINARY = {
    "add": lambda np, x, y: x + y,
    "scalar": lambda np, x, y: x * 2.5,
    "reflected": lambda np, x, y: 2 - x,
    "compare": lambda np, x, y: x < y,
    "negative": lambda np, x, y: -x,
    "power": lambda np, x, y: x**2,
    "divmod": lambda np, x, y: np.divmod(x, y)[1],
    "modf": lambda np, x, y: np.modf(x)[0],
    "sqrt": lambda np, x, y: np.sqrt(x),
    "dtype": lambda np, x, y: np.add(x, y, dtype="f8"),
    "C": lambda np, x, y: np.add(x, y, order="C"),
    "F": lambda np, x, y: np.add(x, y, order="F"),
    "A": lambda np, x, y: np.add(x, y, order="A"),
    "clip": lambda np, x, y: np.clip(x, 2, 4),
    "round": lambda np, x, y: np.round(x, 1),
    "chain": lambda np, x, y: np.exp(-((x + 1) * y)) + x,
    "complex": lambda np, x, y: np.conj(x + 1j * y),
    "nan_to_num": lambda np, x, y: np.nan_to_num(x),
    "isclose": lambda np, x, y: np.isclose(x, y),
}


@pytest.mark.parametrize("name", BINARY)
@given(call=calls(2))
@settings(RELAXED, max_examples=60)
def test_elementwise(name, call):
    (x, y), (a, b) = call
    assert_alike(BINARY[name](nl, a, b), BINARY[name](np, x, y))


@given(call=calls(3))
@RELAXED
def test_where(call):
    (x, y, z), (a, b, c) = call
    assert_alike(nl.where(a > 3, b, c), np.where(x > 3, y, z))


@given(call=calls(3))
@RELAXED
def test_masked_ufunc(call):
    (x, y, m), (a, b, n) = call
    mask = m > 3
    result = nl.add(a, b, where=n > 3, out=None)
    expected = np.add(x, y, where=mask, out=None)
    zero = np.where(np.broadcast_to(mask, expected.shape), expected, 0)
    assert get_steps(result) == get_steps(expected)
    np.testing.assert_array_equal(nl.asnumpy(result), zero)


@given(
    call=calls(1), order=st.sampled_from("CFAK"), dtype=st.sampled_from(["f8", "i2"])
)
@RELAXED
def test_copies(call, order, dtype):
    (x,), (a,) = call
    assert_alike(a.astype(dtype, order=order), x.astype(dtype, order=order))
    assert_alike(a.copy(order), x.copy(order))
    assert_alike(nl.array(a, order=order), np.array(x, order=order))
    assert_alike(nl.array(x, order=order), np.array(x, order=order))
    assert_alike(nl.array(a, dtype), np.array(x, dtype))
    assert_alike(copy.copy(a), copy.copy(x))
    assert_alike(copy.deepcopy(a), copy.deepcopy(x))
    assert_alike(nl.copy(a + 1), np.copy(x + 1))
    assert_alike(nl.zeros_like(a - 1), np.zeros_like(x - 1))


def test_astype_without_a_copy():
    x = nl.asarray(np.ones((3, 4))).T
    assert x.astype("f8", copy=False) is x
    assert x.astype("f8", order="F", copy=False) is x
    assert x.astype("f8", order="C", copy=False) is not x
    assert x.astype("f4", copy=False).flags.f_contiguous


REDUCTIONS = {
    "sum": lambda np, x, axis: x.sum(axis),
    "keepdims": lambda np, x, axis: x.max(axis, keepdims=True),
    "mean": lambda np, x, axis: x.mean(axis),
    "var": lambda np, x, axis: x.var(axis),
    "any": lambda np, x, axis: (x > 2).any(axis),
    "dtype": lambda np, x, axis: np.prod(x, axis, dtype="f8"),
    "where": lambda np, x, axis: np.sum(x, axis, where=x > 2),
    "reduce": lambda np, x, axis: np.hypot.reduce(x.astype("f8"), axis),
    "nansum": lambda np, x, axis: np.nansum(x, axis),
    "argmax": lambda np, x, axis: x.argmax(axis),
    "median": lambda np, x, axis: np.median(x, axis),
    "quantile": lambda np, x, axis: np.quantile(x, 0.25, axis),
    "cumsum": lambda np, x, axis: x.cumsum(axis),
    "accumulate": lambda np, x, axis: np.maximum.accumulate(x, axis),
    "sort": lambda np, x, axis: np.sort(x, axis),
    "argsort": lambda np, x, axis: np.argsort(x, axis, stable=True),
    "roll": lambda np, x, axis: np.roll(x, 1, axis),
    "diff": lambda np, x, axis: np.diff(x, axis=axis),
    "take": lambda np, x, axis: np.take(x, [0, 1, 0], axis),
    "repeat": lambda np, x, axis: np.repeat(x, 2, axis),
    "reduceat": lambda np, x, axis: np.add.reduceat(x, [0, 1], axis),
}


@pytest.mark.parametrize("name", REDUCTIONS)
@given(call=wholes())
@settings(RELAXED, max_examples=50)
def test_along_an_axis(name, call):
    (x,), (a,), axis = call
    expected = np.asarray(REDUCTIONS[name](np, x, axis))
    assert_alike(REDUCTIONS[name](nl, a, axis), expected)


JOINED = {
    "concatenate": lambda np, x, y, axis: np.concatenate([x, y, x], axis),
    "one": lambda np, x, y, axis: np.concatenate([x], axis),
    "stack": lambda np, x, y, axis: np.stack([x, y], axis),
    "append": lambda np, x, y, axis: np.append(x, y, axis),
    "vstack": lambda np, x, y, axis: np.vstack([x, y]),
    "insert": lambda np, x, y, axis: np.insert(x, 1, 5, axis),
    "delete": lambda np, x, y, axis: np.delete(x, 1, axis),
    "gradient": lambda np, x, y, axis: np.gradient(x, axis=axis),
    "choose": lambda np, x, y, axis: np.choose(x.astype("i8") % 2, [x, y]),
    "select": lambda np, x, y, axis: np.select([x > 2], [y], 0),
    "tril": lambda np, x, y, axis: np.tril(x),
}


@pytest.mark.parametrize("name", JOINED)
@given(call=wholes(2))
@settings(RELAXED, max_examples=50)
def test_joined(name, call):
    (x, y), (a, b), axis = call
    assert_alike(JOINED[name](nl, a, b, axis), JOINED[name](np, x, y, axis))


KEYS = [
    ([0, 1],),
    (slice(None), [0, 1]),
    ([0, 1], [1, 0]),
    ([0, 1], slice(None), [1, 0]),
    (slice(None, None, -1), [1, 0]),
    ([[0, 1], [1, 0]],),
    (slice(None), [[0], [1]]),
    (..., [0, 1]),
    (1, slice(None), [0, 1]),
    (None, [1, 0]),
    (np.array([True, False, True]),),
    (slice(None), np.array([True, False, True])),
]


@pytest.mark.parametrize("key", KEYS, ids=repr)
@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_advanced_subscripts(key, axes):
    x = np.arange(27.0).reshape(3, 3, 3).transpose(axes)
    assert_alike(convert(x)[key], x[key], owns=False)
    assert convert(x)[key].flags.owndata == x[key].flags.owndata


@pytest.mark.parametrize("axes", [(0, 1), (1, 0)])
def test_subscripts_of_repeated_elements(axes):
    x = np.arange(12.0).reshape(3, 4).transpose(axes)
    x = np.broadcast_to(x, (2, *x.shape))
    a = convert(x)
    for key in ([0, 1],), (slice(None), [0, 1]), (..., [2, 0]), (x[..., 0] > 3,):
        assert_alike(a[key], x[key], owns=False)


@pytest.mark.parametrize("axes", [(0, 1), (1, 0)])
def test_products_lie_in_c_order(axes):
    x = np.arange(12.0).reshape((3, 4)).transpose(axes)
    a = convert(x)
    for multiply in (operator.matmul, lambda x, y: x.dot(y)):
        assert_alike(multiply(a, a.T), multiply(x, x.T))
        assert_alike(multiply(a.T, a), multiply(x.T, x))


@given(call=wholes(), order=st.sampled_from("CFAK"))
@RELAXED
def test_what_is_a_view(call, order):
    """Writing to what NumPy makes a view, or a copy, of a result."""
    (x,), (a,), _ = call
    y, b = x + 1, a + 1
    for make in (
        lambda z: z.ravel(order),
        lambda z: z.reshape(-1),
        lambda z: z.T,
        lambda z: z.T.reshape(-1),
        lambda z: z[::-1],
    ):
        view, ours = make(y), make(b)
        assert get_steps(ours) == get_steps(view)
        assert nl.shares_memory(ours, b) == np.shares_memory(view, y)
        assert nl.may_share_memory(ours, a) == np.may_share_memory(view, x)
        view[0], ours[0] = 99, 99
        np.testing.assert_array_equal(nl.asnumpy(b), y)
    np.testing.assert_array_equal(nl.asnumpy(a), x)


@given(call=wholes(2))
@RELAXED
def test_updates(call):
    (x, y), (a, b), axis = call
    y, b = y * 2, b * 2
    y += x
    b += a
    y[0] = 3
    b[0] = 3
    y[..., -1] *= y[..., 0]
    b[..., -1] *= b[..., 0]
    assert_alike(b, y)
    np.add(x, y, out=y, where=y > 3)
    nl.add(a, b, out=b, where=b > 3)
    np.multiply(y.T, 2, out=y.T)
    nl.multiply(b.T, 2, out=b.T)
    assert_alike(b, y)
    y.sort(axis)
    b.sort(axis)
    assert_alike(b, y)


def test_masks_of_permuted_arrays():
    x = np.arange(60.0).reshape(3, 4, 5).transpose(2, 1, 0)
    a = convert(x)
    y, b = x + 1, a + 1
    assert_alike(b[b > 30], y[y > 30])
    y[y > 30] *= -1
    b[b > 30] *= -1
    assert_alike(b, y)


def count_kernels(*arrays):
    nl.reset_stats()
    nl.evaluate(*arrays)
    return nl.stats()["launches"], nl.stats()["bytes_written"]


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_chain_is_one_kernel(axes):
    """On permuted operands, too, and it records what plain ones record."""
    a = nl.asarray(np.ones((20, 30, 40))).transpose(axes)
    b = nl.asarray(np.full((20, 30, 40), 2.0)).transpose(axes)
    nl.evaluate(a, b)
    nl.reset_stats()
    c = nl.sqrt(a * b + 1) - a
    c += b
    c = nl.where(c > 1, c, 0.0)
    # One for each operation and number, and the views of the operands.
    assert nl.stats()["nodes_recorded"] <= 15
    assert count_kernels(c) == (1, 20 * 30 * 40 * 8)
    total = (c * a).sum(1)
    assert count_kernels(total)[0] == 1


def test_updates_stay_in_place():
    y = nl.asarray(np.ones((60, 50))).T + 1
    nl.evaluate(y)
    y[3] = 7
    assert count_kernels(y)[1] == 60 * 8


def test_shape_errors_show_the_shapes():
    a = nl.asarray(np.ones((3, 4))).T
    with pytest.raises(ValueError, match=r"shapes \(4,3\) \(4,4\)"):
        a + nl.asarray(np.ones((4, 4)))


@pytest.mark.cpu  # Arrays on a GPU do not mix with NumPy's.
def test_lists_and_numpy_arrays_take_part():
    x = np.arange(12.0).reshape(3, 4).T
    a = convert(x)
    assert_alike(a + x, x + x)
    assert_alike(a + np.ascontiguousarray(x), x + np.ascontiguousarray(x))
    assert_alike(a + x.tolist(), x + x.tolist())
    assert_alike(np.float64(2) * a, np.float64(2) * x)
    assert_alike(nl.asarray(x), x.copy("K"))


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_zeros_as_imaginary_part_of_real_arrays(dtype):
    x = np.ones((3, 4), dtype)
    a = nl.asarray(x)
    for view in (
        lambda z: z,
        lambda z: z.T,
        lambda z: z[:, ::2],
        lambda z: z[::2].T,
        lambda z: z[:1],
    ):
        assert_alike(view(a).real.imag, view(x).real.imag)


def test_zeros_as_imaginary_part_of_no_axes():
    y = nl.asarray(-10.0).imag
    with pytest.raises(ValueError, match="read-only"):
        y += 1
    assert float(y) == 0
