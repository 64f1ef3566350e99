"""Assignments to elements, in-place operators and `out=` on views."""

import operator
import warnings

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl

KEYS = [
    3,
    -1,
    slice(None),
    slice(1, 4),
    slice(None, None, -2),
    slice(3, 3),
    (2, 3),
    (slice(1, -1), slice(1, -1)),
    (slice(None), 5),
    (Ellipsis, slice(None, None, 3)),
    (None, 1),
    (slice(4, 0, -1), None, slice(7, None, -3)),
    (),
    Ellipsis,
]
IDS = [str(key) for key in KEYS]


@pytest.mark.parametrize("key", KEYS, ids=IDS)
@pytest.mark.parametrize("is_pending", [False, True])
def test_assignment(key, is_pending):
    x, a = pair((6, 8), "float64")
    if is_pending:
        x, a = x + 1, a + 1
    view, ours = x.T[1:], a.T[1:]
    x[key] = 7
    a[key] = 7
    assert_same(x, a)
    if np.ndim(x[key]):
        value = np.arange(x[key].size, dtype=float).reshape(x[key].shape)
        x[key] = value
        a[key] = nl.asarray(value)
        assert_same(x, a)
        x[key] += x[key] * 2
        a[key] += a[key] * 2
        assert_same(x, a)
    assert_same(view, ours)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("source", SAMPLE)
def test_values_are_converted(dtype, source):
    x, a = pair((6,), dtype)
    value, ours = pair((3,), source, seed=1)
    if dtype.startswith("uint") and value.dtype.kind in "fc":
        value, ours = abs(value), abs(ours)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        x[::2] = value
        x[5] = value[0]
    a[::2] = ours
    a[5] = ours[0]
    assert_same(x, a)


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "float32", "complex64"])
@pytest.mark.parametrize(
    "value",
    [0, 1, -1, 2.7, True, 100, np.float32(2.5), np.int64(-3), np.array(4), [5], (1, 2)],
    ids=repr,
)
def test_numbers_and_sequences(dtype, value):
    x, a = np.zeros((3, 2), dtype), nl.zeros((3, 2), dtype)
    for z in (x, a):
        z[1] = value
    assert_same(x, a)


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8", "float32", "complex64"])
@pytest.mark.parametrize(
    "value",
    [300, -1, 2**70, 1j, float("nan"), "text", None, [1.0], [1, 2], np.ones(1), {}],
    ids=repr,
)
def test_numbers_that_do_not_fit(dtype, value):
    x, a = np.zeros(3, dtype), nl.zeros(3, dtype)
    for key in (1, slice(1, 2)):
        try:
            x[key] = value
        except (TypeError, ValueError, OverflowError) as error:
            with pytest.raises(type(error)):
                a[key] = value
        else:
            a[key] = value
        assert_same(x, a)


def test_shapes_that_do_not_fit():
    def run(shape, key=slice(None)):
        def call(xp):
            xp.zeros((2, 3))[key] = xp.ones(shape)

        return call

    assert_raises_alike(run((4,)), "could not broadcast input array from shape")
    assert_raises_alike(run((2, 2, 3)), "could not broadcast")
    assert_raises_alike(run((0,)), "could not broadcast")
    assert_raises_alike(run((2,), (0, 0)))
    a = nl.zeros((2, 3))
    a[:] = nl.ones((1, 1, 2, 3))
    assert a.tolist() == [[1.0] * 3] * 2


def test_keys_that_do_not_fit():
    for key in (2, (0, 3), (0, 0, 0), "name", 1.5):
        assert_raises_alike(lambda xp, key=key: xp.zeros((2, 3)).__setitem__(key, 1))
    assert_raises_alike(lambda xp: xp.zeros(3).__delitem__(0), "cannot delete")


# Reads of old and new versions.


def test_overlapping_reads():
    x, a = np.arange(8.0), nl.arange(8.0)
    for z in (x, a):
        z[1:] = 2 * z[:-1]
        z[::2] += z[1::2]
        z[:] = z[::-1]
        z[2:6] *= z[3:7] - z[1:5]
    assert_same(x, a)


def test_what_was_computed_before_stays():
    a = nl.arange(4.0)
    doubled = a * 2
    head = a[:2].copy()
    a[:] = 0
    assert doubled.tolist() == [0.0, 2.0, 4.0, 6.0]
    assert head.tolist() == [0.0, 1.0]


def test_copies_are_apart():
    a = nl.arange(4.0)
    b, c = a.copy(), nl.array(a)
    a[0] = 9
    b[1] = 8
    assert a.tolist() == [9.0, 1.0, 2.0, 3.0]
    assert b.tolist() == [0.0, 8.0, 2.0, 3.0]
    assert c.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_numpy_arrays_are_not_written_to():
    x = np.zeros(3)
    a = nl.asarray(x)
    b = nl.asarray(x, copy=False if a.device == "cpu" else None)
    a[0] = 1
    b[1] = 2
    assert x.tolist() == [0.0] * 3


def test_in_a_loop():
    x, a = np.zeros((12, 12)), nl.zeros((12, 12))
    for z in (x, a):
        z[0] = 1
        for _ in range(50):
            z[1:-1, 1:-1] = (
                z[:-2, 1:-1] + z[2:, 1:-1] + z[1:-1, :-2] + z[1:-1, 2:]
            ) / 4
    assert_same(x, a)


def test_sweeps_over_rows():
    x, a = np.ones((40, 5)), nl.ones((40, 5))
    for z in (x, a):
        for i in range(1, 40):
            z[i] = z[i - 1] * 0.5 + i
        for i in range(38, -1, -1):
            z[i] -= z[i + 1]
    assert_same(x, a)


def test_views_of_several_shapes_take_turns():
    x, a = np.arange(24.0), nl.arange(24.0)
    for z in (x, a):
        matrix, cube = z.reshape(4, 6), z.reshape(2, 3, 4)
        for i in range(4):
            matrix[i, 1:] += 1
            cube[:, i % 3, ::2] *= 2
            z[i::5] -= cube[0, 0, i]
            matrix.T[i] = matrix[i, i]
    assert_same(x, a)


def test_many_updates_are_one_program():
    a = nl.zeros(1000)
    for i in range(200):
        a[i : i + 5] = i
    flushes = nl.stats()["flushes"]
    total = a.sum().item()
    assert nl.stats()["flushes"] - flushes <= 1
    x = np.zeros(1000)
    for i in range(200):
        x[i : i + 5] = i
    assert total == x.sum()


# In-place operators and out=.


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize(
    "op", [operator.iadd, operator.imul, operator.ipow, operator.imatmul]
)
def test_augmented_assignment(layout, op):
    x, a = pair((6, 8), "float64")
    if op is operator.imatmul:
        x, a = x[:, :6].copy(), a[:, :6].copy()
        other = (x, a)
    else:
        other = (2, 2)
    view, ours = layout(x)[...], layout(a)[...]
    try:
        op(view, other[0] if op is not operator.imatmul else np.eye(view.shape[-1]))
    except (ValueError, TypeError, IndexError):
        return
    op(ours, other[1] if op is not operator.imatmul else nl.eye(ours.shape[-1]))
    assert_same(x, a)


def test_out_is_a_view():
    x, a = np.zeros((3, 4)), nl.zeros((3, 4))
    for xp, z in ((np, x), (nl, a)):
        xp.add(z[0], 1, out=z[1])
        xp.multiply(z[:, 1], 3, out=z.T[2])
        xp.sum(z, axis=0, out=z[2])
        xp.cumsum(z[1], out=z[0])
        xp.add(z, 1, out=z, where=z > 2)
    assert_same(x, a)


def test_operands_may_be_the_output():
    x, a = np.arange(6.0), nl.arange(6.0)
    for xp, z in ((np, x), (nl, a)):
        xp.subtract(z[1:], z[:-1], out=z[1:])
        z[1:] += z[:-1]
        z += z[::-1]
    assert_same(x, a)


def test_an_update_that_fails_changes_nothing():
    a = nl.asarray([1, 2, 3])
    view = a[1:]
    for update in (
        lambda: a.__iadd__(1.5),
        lambda: view.__iadd__(nl.ones(3)),
        lambda: a.__setitem__(slice(0, 2), [1, 2, 3]),
        lambda: a.__setitem__(0, "x"),
        lambda: nl.copyto(a, 1.5),
        lambda: nl.add(a, 0.5, out=view),
    ):
        with pytest.raises((TypeError, ValueError)):
            update()
    assert a.tolist() == [1, 2, 3]


def test_updates_of_views_cost_nothing_of_a_temporary():
    total = nl.ones((3, 4)) + 1
    row = total[1]
    del total
    row += 1
    assert row.tolist() == [3.0] * 4
    assert row.base.tolist() == [[2.0] * 4, [3.0] * 4, [2.0] * 4]


# What functions return is theirs.


@pytest.mark.parametrize(
    "make",
    [
        lambda xp, x: xp.astype(x, x.dtype),
        lambda xp, x: xp.clip(x, None, None) if xp is nl else x.copy(),
        lambda xp, x: xp.where(True, x, x),
        lambda xp, x: xp.add(x, 0),
        lambda xp, x: xp.sum(x, axis=0, keepdims=True),
        lambda xp, x: xp.full((2, 3), x[0, 0]),
        lambda xp, x: xp.meshgrid(x[0], x[1])[0],
        lambda xp, x: xp.tile(x, (1, 2)),
        lambda xp, x: xp.repeat(x, 2, 1),
        lambda xp, x: xp.triu(x),
        lambda xp, x: xp.stack([x, x]),
        lambda xp, x: xp.matmul(x.T, x),
        lambda xp, x: xp.zeros_like(x),
        lambda xp, x: xp.cumsum(x, axis=0),
        lambda xp, x: xp.array(x, ndmin=4),
    ],
)
def test_results_are_apart_from_operands(make):
    x, a = np.arange(6.0).reshape(2, 3), nl.arange(6.0).reshape(2, 3).copy()
    result, ours = make(np, x), make(nl, a)
    result[...] = -5
    ours[...] = -5
    assert_same(result, ours)
    result[..., :1] += 1
    ours[..., :1] += 1
    assert_same(result, ours)
    assert_same(x, a)


def test_loops_of_updates_are_cut():
    a, b = nl.zeros(100), nl.zeros((10, 10))
    row = b[1]
    flushes = nl.stats()["flushes"]
    for _ in range(5000):
        a += 1
        nl.add(row, 2, out=row)
    assert nl.stats()["flushes"] > flushes
    assert a.tolist() == [5000.0] * 100
    assert b.tolist()[1] == [10000.0] * 10


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a,
        lambda a: a.T,
        lambda a: a.reshape(-1, 10),
        lambda a: a[::-1, ::2],
    ],
)
def test_updates_touch_only_what_they_change(make):
    a = nl.ones((300, 200)) * 2
    view = make(a)
    nl.evaluate(a, view)
    before = nl.stats()["bytes_written"]
    view[1, 2:5] = 7
    view[3, 1] += 1
    nl.evaluate(a, view)
    assert nl.stats()["bytes_written"] - before <= 64
    assert view[1, 2:5].tolist() == [7.0] * 3
    assert view[3, 1].item() == 3.0


def test_one_array_as_two_operands():
    x = np.arange(24.0).reshape(2, 3, 4)
    a = nl.asarray(x)
    for _ in range(20):
        # Leaves the memory in another shape than the array's: each read of the
        # array makes a node.
        for xp, y in ((np, x), (nl, a)):
            xp.add.at(y.transpose(1, 2, 0).reshape(2, -1, 2), ([0],), 3)
        nl.evaluate(a)
        assert_same(x + x, a + a)
        assert_same(x * x - x, a * a - a)
        nl.subtract(a, a, out=a, where=a > 30)
        np.subtract(x, x, out=x, where=x > 30)
        assert_same(x, a)


@pytest.mark.parametrize(
    "value", [[[1, 2]], [[[1], [2]]], ([1, 2], [3, 4]), [(1, 2)]], ids=str
)
def test_lists_nest_no_deeper_than_the_elements(value):
    assert_raises_alike(
        lambda xp: xp.zeros((2, 2)).__setitem__(0, value), "dimension of 1"
    )
    a = nl.zeros(2)
    with pytest.raises(ValueError, match="maximum number of dimension of 1"):
        a[:] = value
    assert a.tolist() == [0.0, 0.0]
    a[:] = nl.asarray([[1, 2]])
    assert a.tolist() == [1.0, 2.0]


def test_lost_imaginary_parts_warn_and_store_nothing():
    a, z = nl.zeros(3), nl.asarray([1 + 2j, 3j, 4])
    for update in (
        lambda: a.__setitem__(0, z[1]),
        lambda: a.__setitem__(slice(None), z),
        lambda: a.__setitem__([0, 1, 2], np.asarray(z)),
        lambda: nl.copyto(a, z, casting="unsafe"),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(np.exceptions.ComplexWarning):
                update()
        assert a.tolist() == [0.0] * 3
        with pytest.warns(np.exceptions.ComplexWarning):
            update()
        a[:] = 0
