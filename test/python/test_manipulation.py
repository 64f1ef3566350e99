"""Shapes: reshape, axes, broadcasting, flips, tiles and rolls."""

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_raises_alike, assert_same, pair, view_pair

import numloom as nl

# name, arguments; each is called on a (3, 4, 5) array.
CALLS = [
    ("reshape", ((12, 5),)),
    ("reshape", ((-1,),)),
    ("reshape", ((2, -1, 3, 1),)),
    ("reshape", (60,)),
    ("ravel", ()),
    ("transpose", ()),
    ("transpose", ((1, 2, 0),)),
    ("transpose", ((-1, 0, 1),)),
    ("permute_dims", ((2, 0, 1),)),
    ("matrix_transpose", ()),
    ("moveaxis", (0, -1)),
    ("moveaxis", ((0, 1), (2, 0))),
    ("swapaxes", (0, 2)),
    ("rollaxis", (2,)),
    ("rollaxis", (0, 3)),
    ("expand_dims", (1,)),
    ("expand_dims", ((0, -1),)),
    ("flip", ()),
    ("flip", (1,)),
    ("flip", ((0, 2),)),
    ("fliplr", ()),
    ("flipud", ()),
    ("rot90", ()),
    ("rot90", (2,)),
    ("rot90", (3, (1, 2))),
    ("rot90", (-4,)),
    ("tile", (2,)),
    ("tile", ((2, 1, 3),)),
    ("tile", ((2, 1, 1, 1),)),
    ("repeat", (2,)),
    ("repeat", (3, 1)),
    ("roll", (2,)),
    ("roll", (-1, 1)),
    ("roll", ((1, 2), (0, 2))),
    ("roll", (7, (0, 0))),
    ("roll", ((2, -1, 1), (0, 1, 2))),
    ("roll", ((1, 4, -1), (2, 0, 0))),
    ("broadcast_to", ((2, 3, 4, 5),)),
    ("squeeze", ()),
    ("shape", ()),
    ("ndim", ()),
    ("size", ()),
    ("size", (1,)),
    ("atleast_1d", ()),
    ("atleast_3d", ()),
]


@pytest.mark.parametrize("name, args", CALLS, ids=repr)
def test_call(name, args):
    x, a = pair((3, 4, 5), "int16")
    want, got = getattr(np, name)(x, *args), getattr(nl, name)(a, *args)
    if name in ("shape", "ndim", "size"):
        assert want == got
    else:
        assert_same(want, got)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    x, a = pair((3, 4), dtype, special=True)
    assert_same(x.T.reshape(2, 6)[::-1], a.T.reshape(2, 6)[::-1])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float32")
    assert_same(x.ravel(), a.ravel())
    assert_same(x.T, a.T)
    assert_same(np.tile(x, 2), nl.tile(a, 2))
    assert_same(np.roll(x, 3), nl.roll(a, 3))
    assert_same(np.flip(x), nl.flip(a))
    assert_same(np.expand_dims(x, 0), nl.expand_dims(a, 0))


@pytest.mark.parametrize("rank", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("name", ["atleast_1d", "atleast_2d", "atleast_3d"])
def test_atleast(name, rank):
    x, a = pair((2,) * rank, "int8")
    assert_same(getattr(np, name)(x), getattr(nl, name)(a))


def test_atleast_of_several():
    got = nl.atleast_2d(1, [1, 2])
    assert isinstance(got, tuple)
    assert_same(np.array([[1, 2]]), got[1])


def test_squeeze():
    x, a = pair((1, 3, 1, 2), "int8")
    for axis in (None, 0, 2, (0, 2), -2):
        assert_same(np.squeeze(x, axis), nl.squeeze(a, axis))


def test_broadcasting():
    assert nl.broadcast_shapes((3, 1), (1, 4), ()) == (3, 4)
    for x, a in zip(
        np.broadcast_arrays([1, 2], [[3], [4]], 5),
        nl.broadcast_arrays([1, 2], [[3], [4]], 5),
    ):
        assert_same(x, a)


def test_methods():
    x, a = pair((3, 4, 5), "float32")
    assert_same(x.reshape(5, 12), a.reshape(5, 12))
    assert_same(x.reshape([5, -1]), a.reshape([5, -1]))
    assert_same(x.reshape(-1), a.reshape(-1))
    assert_same(x[:1, :1, :1].reshape(()), a[:1, :1, :1].reshape(()))
    assert_same(x.transpose(2, 0, 1), a.transpose(2, 0, 1))
    assert_same(x.transpose((2, 0, 1)), a.transpose((2, 0, 1)))
    assert_same(x.transpose(None), a.transpose(None))
    assert_same(x.mT, a.mT)
    assert_same(x.flatten(), a.flatten())
    assert_same(x.swapaxes(0, 1), a.swapaxes(0, 1))
    assert_same(x[:1].squeeze(), a[:1].squeeze())
    assert_same(x.repeat(2, axis=0), a.repeat(2, axis=0))


@pytest.mark.parametrize("order", ["c", "f", "a", None])
def test_orders_may_be_lower_case(order):
    x, a = pair((3, 4), "int32")
    assert_same(x.T.reshape(6, 2, order=order), a.T.reshape(6, 2, order=order))


BAD = [
    (lambda xp, a: xp.reshape(a, (7, 9)), "(7,9)"),
    (lambda xp, a: xp.reshape(a, (-1, -1)), "unknown"),
    (lambda xp, a: a.reshape(7), "7"),
    (lambda xp, a: a.reshape(60, order="K"), "'K' is not permitted"),
    (lambda xp, a: a.reshape(60, order="Z"), "'Z'"),
    (lambda xp, a: a.reshape(60, order=0), "must be str"),
    (lambda xp, a: xp.transpose(a, (0, 1)), "axes"),
    (lambda xp, a: xp.transpose(a, (0, 1, 1)), "repeated"),
    (lambda xp, a: xp.transpose(a, (0, 1, 3)), "3"),
    (lambda xp, a: xp.moveaxis(a, (0, 1), 0), "same number"),
    (lambda xp, a: xp.swapaxes(a, 0, 5), "5"),
    (lambda xp, a: xp.rollaxis(a, 0, 9), "9"),
    (lambda xp, a: xp.expand_dims(a, (0, 0)), "repeated"),
    (lambda xp, a: xp.squeeze(a, 0), "size"),
    (lambda xp, a: xp.broadcast_to(a, (4, 4, 5)), "(4,4,5)"),
    (lambda xp, a: xp.broadcast_shapes((2,), (3,)), "(3,)"),
    (lambda xp, a: xp.flip(a, 3), "3"),
    (lambda xp, a: xp.fliplr(a[0, 0]), "2"),
    (lambda xp, a: xp.rot90(a, axes=(0, 0)), "different"),
    (lambda xp, a: xp.rot90(a[0, 0], axes=(0, 1)), "different"),
    (lambda xp, a: xp.roll(a, (1, 2, 3), (0, 1)), "broadcast"),
    (lambda xp, a: xp.roll(a, [[1, 2]], (0, 1)), "scalars or 1D"),
    (lambda xp, a: xp.repeat(a, -1), "negative"),
    (lambda xp, a: xp.roll(a, 1, 3), "3"),
    (lambda xp, a: xp.matrix_transpose(a[0, 0]), "2"),
]


@pytest.mark.parametrize("call, named", BAD, ids=[named for _, named in BAD])
def test_errors(call, named):
    assert_raises_alike(lambda xp: call(xp, xp.ones((3, 4, 5))), named)


@pytest.mark.parametrize("axis", [np.uint8(0), np.int64(-3), (np.int8(0),), 0, ()])
def test_squeeze_takes_integers_of_numpy(axis):
    x, a = pair((1, 3, 4), "int32")
    assert_same(np.squeeze(x, axis), nl.squeeze(a, axis))


def test_axes_that_are_bools():
    for call in (
        lambda xp, x: xp.take(x, [0], axis=True),
        lambda xp, x: xp.repeat(x, 2, axis=True),
        lambda xp, x: xp.concatenate([x, x], axis=True),
        lambda xp, x: xp.compress([True], x, axis=True),
        lambda xp, x: xp.packbits(x, axis=True),
    ):
        assert_raises_alike(lambda xp, call=call: call(xp, xp.zeros((2, 3), np.uint8)))


def test_size_along_several_axes():
    x, a = pair((2, 3, 4), "int32")
    for axis in (0, (0, 2), [1, 2], -1, ()):
        assert nl.size(a, axis) == np.size(x, axis)
