"""take, put and their kin, and the conversions of flat indices."""

import numpy as np
import pytest
from support import DTYPES, assert_raises_alike, assert_same, make

import numloom as nl

MODES = ["raise", "wrap", "clip"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_take(dtype, axis):
    x = make((4, 5), dtype)
    for index in (2, [0, 3, -1], [[1, 1], [0, 2]], [], np.array([1], np.uint8)):
        assert_same(np.take(x, index, axis), nl.take(x, index, axis))
        a = nl.asarray(x)
        assert_same(x.take(index, axis), a.take(nl.asarray(index, np.int64), axis))


@pytest.mark.parametrize("mode", ["wrap", "clip"])
def test_take_modes(mode):
    x = make((4, 5), "float64")
    index = [7, -9, 4, 0, -1]
    assert_same(np.take(x, index, 1, mode=mode), nl.take(x, index, 1, mode=mode))


def test_take_into_out():
    x, out = make((4, 5), "float64"), nl.zeros((4, 2))
    assert nl.take(x, [1, 3], 1, out=out) is out
    assert_same(x[:, [1, 3]], out)


@pytest.mark.parametrize(
    "call",
    [
        lambda xp: xp.take(xp.arange(3), [3]),
        lambda xp: xp.take(xp.arange(3), [-4]),
        lambda xp: xp.take(xp.arange(3), xp.asarray([0.5])),
        lambda xp: xp.take(xp.zeros((0, 2)), [0], 0),
        lambda xp: xp.take(xp.arange(3), [0], 1),
        lambda xp: xp.take(xp.arange(3), [0], mode="no"),
        lambda xp: xp.take_along_axis(xp.zeros((2, 3)), xp.zeros(3, int), 0),
        lambda xp: xp.take_along_axis(xp.zeros((2, 3)), xp.zeros((2, 2)), 0),
        lambda xp: xp.take_along_axis(xp.zeros((2, 3)), xp.full((1, 3), 2), 0),
        lambda xp: xp.take_along_axis(xp.zeros((2, 3)), xp.zeros((5, 5), int), 0),
        lambda xp: xp.put(xp.arange(3), [3], 1),
        lambda xp: xp.put(xp.zeros(0), [0], 1),
        lambda xp: xp.put(xp.zeros(0), [0], []),
        lambda xp: xp.put(xp.zeros(3), xp.asarray([1], dtype="u8"), 1),
        lambda xp: xp.choose(xp.asarray([1], dtype="u8"), [[1], [2]]),
        lambda xp: xp.put([1], [0], 1),
        lambda xp: xp.choose([2], [[1], [2]]),
        lambda xp: xp.choose([-1], [[1], [2]]),
        lambda xp: xp.ix_([[1]]),
        lambda xp: xp.unravel_index([6], (2, 3)),
        lambda xp: xp.unravel_index([-1], (2, 3)),
        lambda xp: xp.unravel_index([0.5], (2, 3)),
        lambda xp: xp.unravel_index([], (2, 3)),
        lambda xp: xp.unravel_index([0], ()),
        lambda xp: xp.unravel_index(1, ()),
        lambda xp: xp.unravel_index(0, (0, 3)),
        lambda xp: xp.unravel_index(0, (2**40, 2**40)),
        lambda xp: xp.ravel_multi_index((0, 0), (2**40, 2**40)),
        lambda xp: xp.ravel_multi_index(([], []), (2, 3)),
        lambda xp: xp.ravel_multi_index(([2], [0]), (2, 3)),
        lambda xp: xp.ravel_multi_index(([0], [0]), (2, 3, 4)),
        lambda xp: xp.fill_diagonal(xp.zeros(3), 1),
        lambda xp: xp.fill_diagonal(xp.zeros((3, 3, 2)), 1),
    ],
)
def test_errors(call):
    assert_raises_alike(call)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_along_axis(axis):
    x = make((3, 4, 5), "float32")
    order = np.argsort(x, axis)
    assert_same(
        np.take_along_axis(x, order, axis),
        nl.take_along_axis(nl.asarray(x), nl.asarray(order), axis),
    )
    first = np.expand_dims(x.argmax(axis), axis)
    assert_same(np.take_along_axis(x, first, axis), nl.take_along_axis(x, first, axis))
    a = nl.asarray(x)
    np.put_along_axis(x, first, 99, axis)
    nl.put_along_axis(a, first, 99, axis)
    assert_same(x, a)


def test_along_flat_axis():
    x, index = make((3, 4), "int16"), np.array([11, 0, -1])
    a = nl.asarray(x)
    assert_same(np.take_along_axis(x, index, None), nl.take_along_axis(a, index, None))
    np.put_along_axis(x, index, [1, 2, 3], None)
    nl.put_along_axis(a, index, [1, 2, 3], None)
    assert_same(x, a)


def test_along_axis_broadcasts():
    x, index = make((3, 1, 5), "int16"), np.array([[[0, 2, 1]], [[4, 4, -1]]])[:1]
    index = np.broadcast_to(index, (1, 4, 3))
    assert_same(np.take_along_axis(x, index, 2), nl.take_along_axis(x, index, 2))


@pytest.mark.parametrize("mode", ["wrap", "clip"])
@pytest.mark.parametrize("values", [7, [1, 2], [1, 2, 3, 4, 5, 6, 7], []])
def test_put(mode, values):
    x, index = make((3, 4), "int32"), [[0, 5, -1], [13, 5, 2]]
    a, b = nl.asarray(x), nl.asarray(x)
    y = x.copy()
    np.put(x, index, values, mode)
    nl.put(a, index, values, mode)
    assert_same(x, a)
    inside = [0, 5, -1, 2]
    y.put(inside, values)
    b.put(inside, values)
    assert_same(y, b)


@pytest.mark.parametrize("mode", MODES)
def test_choose(mode):
    index = np.array([[0, 2, 1], [1, 0, 2]]) + (mode != "raise") * np.array([5, 0, -7])
    choices = [make((3,), "int16"), make((2, 1), "float32"), 3]
    assert_same(
        np.choose(index, choices, mode=mode), nl.choose(index, choices, mode=mode)
    )


def test_ix():
    x = make((4, 5, 6), "float64")
    args = [0, 2], [True, False, True, True, False], np.array([-1, 0])
    for theirs, ours in zip(np.ix_(*args), nl.ix_(*args)):
        assert_same(theirs, ours)
    a = nl.asarray(x)
    assert_same(x[np.ix_(*args)], a[nl.ix_(*args)])
    a[nl.ix_(*args)] += 1
    x[np.ix_(*args)] += 1
    assert_same(x, a)


@pytest.mark.parametrize("order", ["C", "F"])
def test_flat_indices(order):
    shape = (4, 5, 6)
    flat = np.array([[0, 17, 119], [60, 1, 2]])
    theirs = np.unravel_index(flat, shape, order)
    ours = nl.unravel_index(nl.asarray(flat), shape, order)
    for x, a in zip(theirs, ours, strict=True):
        assert_same(x, a)
    assert_same(flat, nl.ravel_multi_index(ours, shape, order=order))
    far = [i + 7 for i in theirs]
    for mode in ("wrap", "clip", ("clip", "wrap", "wrap")):
        assert_same(
            np.ravel_multi_index(far, shape, mode, order),
            nl.ravel_multi_index(far, shape, mode, order),
        )


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (9, 2), (3, 3, 3), (1, 1)])
@pytest.mark.parametrize("value", [4, [1, 2], range(20)])
@pytest.mark.parametrize("wrap", [False, True])
def test_fill_diagonal(shape, value, wrap):
    x = make(shape, "float32")
    a = nl.asarray(x)
    np.fill_diagonal(x, value, wrap)
    nl.fill_diagonal(a, value, wrap)
    assert_same(x, a)


def test_fill_diagonal_of_views():
    x = make((6, 6), "float32")
    a = nl.asarray(x)
    np.fill_diagonal(x[1:5, ::2], 7)
    nl.fill_diagonal(a[1:5, ::2], 7)
    assert_same(x, a)


def test_indices_of_no_axes():
    assert nl.unravel_index(0, ()) == ()
    assert_same(np.ravel_multi_index((), ()), nl.ravel_multi_index((), ()))
    none = np.zeros(0, int)
    assert_same(
        np.unravel_index(none, (2, 3))[1], nl.unravel_index(nl.asarray(none), (2, 3))[1]
    )
    flags = nl.asarray([True, False])
    assert_same(
        np.ravel_multi_index(([True, False], [1, 2]), (2, 3)),
        nl.ravel_multi_index((flags, [1, 2]), (2, 3)),
    )


def test_take_of_no_axes():
    for axis in (None, 0, -1):
        assert_same(np.take(np.array(5), [0, 0], axis), nl.take(5, [0, 0], axis))
        assert_same(np.compress([1], np.array(5), axis), nl.compress([1], 5, axis))
    assert_raises_alike(lambda xp: xp.take(xp.asarray(5), [0], 1))
    assert_raises_alike(lambda xp: xp.compress([True], xp.asarray(5), 1))


@pytest.mark.parametrize("target", ["int8", "int32", "int64", "float64", "uint64"])
def test_outputs_must_convert_safely(target):
    x = np.arange(12).reshape(3, 4)

    def store(xp):
        outs = xp.zeros((2, 4), target), xp.zeros((2, 4), target)
        xp.take(xp.asarray(x), [2, 0], 0, outs[0])
        xp.compress([True, False, True], xp.asarray(x), 0, outs[1])
        return outs

    if np.can_cast(target, "int64"):
        for expected, result in zip(store(np), store(nl), strict=True):
            assert_same(expected, result)
    else:
        # As NumPy up to 2.4, later ones convert.
        with pytest.raises(TypeError, match="Cannot cast"):
            store(nl)


def test_choices_are_named_by_integers():
    assert_raises_alike(lambda xp: xp.choose([0.5], [1, 2]))
    assert_raises_alike(lambda xp: xp.choose([], [1, 2]))
    out, result = np.zeros(2, int), nl.zeros(2, int)
    np.choose([0, 1], [1, 2.5], out)
    nl.choose([0, 1], [1, 2.5], result)
    assert_same(out, result)


@pytest.mark.parametrize("value", [300, -1, 2**40])
def test_choices_wrap(value):
    x = np.array([1, 2, 3], np.uint8)
    a, holds = nl.asarray(x), np.array([True, False, True])
    expected = np.choose([0, 1, 0], [x, value])
    assert_same(expected, nl.choose([0, 1, 0], [a, value]))
    expected = np.select([holds], [x], value)
    assert_same(expected, nl.select([nl.asarray(holds)], [a], value))
