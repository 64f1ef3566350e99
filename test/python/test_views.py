"""Views: what they share with their bases, and which functions make them."""

import math
from itertools import compress

import numpy as np
import pytest
from support import LAYOUTS, assert_raises_alike

import numloom as nl

SHAPE = (4, 4, 3)

# Each makes a view of a (4, 4, 3) array, or a copy where NumPy copies.
VIEWS = {
    "slice": lambda xp, x: x[1:3, ::-2],
    "element_axis": lambda xp, x: x[..., 1],
    "new_axis": lambda xp, x: x[:, None, 2],
    "zero_d": lambda xp, x: x[1, 2, 1, ...],
    "empty": lambda xp, x: x[2:2],
    "T": lambda xp, x: x.T,
    "mT": lambda xp, x: x.mT,
    "transpose": lambda xp, x: x.transpose(1, 0, 2),
    "permute_dims": lambda xp, x: xp.permute_dims(x, (2, 0, 1)),
    "swapaxes": lambda xp, x: x.swapaxes(0, 2),
    "moveaxis": lambda xp, x: xp.moveaxis(x, 0, -1),
    "rollaxis": lambda xp, x: xp.rollaxis(x, 2),
    "reshape": lambda xp, x: x.reshape(8, 6),
    "reshape_of_slice": lambda xp, x: x[:, 1:3].reshape(4, 6),
    "reshape_that_copies": lambda xp, x: x.T.reshape(-1),
    "reshape_f": lambda xp, x: xp.reshape(x.T, (12, 4), order="F"),
    "reshape_f_copies": lambda xp, x: xp.reshape(x, (16, 3), order="F"),
    "reshape_a": lambda xp, x: xp.reshape(x.T, -1, order="A"),
    "ravel": lambda xp, x: x.ravel(),
    "ravel_of_slice": lambda xp, x: x[:, 0].ravel(),
    "ravel_f": lambda xp, x: x.T.ravel("F"),
    "ravel_k": lambda xp, x: x.T.ravel("K"),
    "ravel_a": lambda xp, x: x.T.ravel("A"),
    "flatten": lambda xp, x: x.flatten(),
    "flip": lambda xp, x: xp.flip(x, 1),
    "flipud": lambda xp, x: xp.flipud(x),
    "rot90": lambda xp, x: xp.rot90(x),
    "expand_dims": lambda xp, x: xp.expand_dims(x, (0, 2)),
    "squeeze": lambda xp, x: x[:, :1].squeeze(),
    "squeeze_axis": lambda xp, x: xp.squeeze(x[:1], 0),
    "diagonal": lambda xp, x: x.diagonal(),
    "diagonal_offset": lambda xp, x: x.diagonal(-1, 1, 0),
    "diag": lambda xp, x: xp.diag(x[..., 0], 1),
    "broadcast_to": lambda xp, x: xp.broadcast_to(x, (2, *x.shape)),
    "view": lambda xp, x: x.view(),
    "view_dtype": lambda xp, x: x.view("int64"),
    "real": lambda xp, x: xp.real(x),
    "split": lambda xp, x: xp.split(x, 2, 1)[1],
    "unstack": lambda xp, x: xp.unstack(x, axis=1)[2],
    "atleast_3d": lambda xp, x: xp.atleast_3d(x[0, 0]),
    "copy": lambda xp, x: x.copy(),
    "copy_f": lambda xp, x: x.copy("F"),
    "copy_k": lambda xp, x: xp.copy(x.T),
    "ascontiguousarray": lambda xp, x: xp.ascontiguousarray(x.T),
    "ascontiguousarray_same": lambda xp, x: xp.ascontiguousarray(x),
    "asarray_f": lambda xp, x: xp.asarray(x, order="F"),
    "asarray_of_f": lambda xp, x: xp.asarray(x.T, order="F"),
    "array_no_copy": lambda xp, x: xp.array(x, copy=None),
    "roll": lambda xp, x: xp.roll(x, 0, 0),
    "tile": lambda xp, x: xp.tile(x, 1),
    "repeat": lambda xp, x: xp.repeat(x, 1, 0),
    "astype": lambda xp, x: x.astype(x.dtype),
    "clip": lambda xp, x: x.clip(None, 1000),
    "round": lambda xp, x: x.round(20),
    "sum_of_none": lambda xp, x: xp.sum(x, axis=()),
    "concatenate": lambda xp, x: xp.concatenate([x]),
    "nan_to_num": lambda xp, x: xp.nan_to_num(x),
    "conj": lambda xp, x: xp.conj(x),
    "positive": lambda xp, x: +x,
}


def make(xp, dtype=float):
    return xp.asarray(np.arange(np.prod(SHAPE)).reshape(SHAPE).astype(dtype))


@pytest.fixture(params=VIEWS.values(), ids=VIEWS.keys())
def pair(request):
    """A NumPy array and a view of it, and the same of Numloom."""
    x, a = make(np), make(nl)
    return x, request.param(np, x), a, request.param(nl, a)


def test_facts_of_views(pair):
    x, view, a, ours = pair
    assert ours.shape == view.shape
    assert ours.dtype == view.dtype
    assert ours.flags.c_contiguous == view.flags.c_contiguous
    assert ours.flags.f_contiguous == view.flags.f_contiguous
    assert ours.flags.writeable == view.flags.writeable
    if view.size:
        significant = [i for i, n in enumerate(view.shape) if n > 1]
        assert [ours.strides[i] for i in significant] == [
            view.strides[i] for i in significant
        ]
    assert nl.shares_memory(a, ours) == np.shares_memory(x, view)
    assert nl.may_share_memory(a, ours) == np.may_share_memory(x, view)
    np.testing.assert_array_equal(np.asarray(ours), view, strict=True)


def test_views_see_updates(pair):
    x, view, a, ours = pair
    ours.tolist()
    for z in (x, a):
        z[1:, ::2] = -7
        z *= 2
    np.testing.assert_array_equal(np.asarray(ours), view, strict=True)
    np.testing.assert_array_equal(np.asarray(a), x, strict=True)


def test_bases_see_updates_of_views(pair):
    x, view, a, ours = pair
    if not view.flags.writeable:
        with pytest.raises(ValueError, match="read-only"):
            ours[...] = 1
        return
    for z in (view, ours):
        z[...] = 5
        z += 1
    np.testing.assert_array_equal(np.asarray(ours), view, strict=True)
    np.testing.assert_array_equal(np.asarray(a), x, strict=True)


def test_base():
    a = nl.zeros((3, 4))
    assert a.base is None
    row = a[1]
    assert row.base is a
    assert row[1:].base is a
    assert a.T.base is a
    assert a.copy().base is None
    assert (a + 1).base is None


def test_the_base_of_a_temporary_lives_on():
    row = nl.asarray(np.arange(6.0).reshape(2, 3))[1]
    assert row.base is not None
    assert row.base.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    row[0] = 9
    assert row.base.tolist()[1] == [9.0, 4.0, 5.0]


def test_elements_are_no_views():
    a = nl.asarray([1.0, 2.0])
    first = a[0]
    a[0] = 5
    assert first.item() == 1.0
    with pytest.raises(TypeError, match="does not support item assignment"):
        first[...] = 3


def test_an_ellipsis_makes_a_view_of_an_element():
    a = nl.asarray([1.0, 2.0])
    first = a[0, ...]
    a[0] = 5
    assert first.item() == 5.0
    first[...] = 7
    assert a.tolist() == [7.0, 2.0]


def test_rows_of_iteration_are_views():
    x, a = np.zeros((3, 2)), nl.zeros((3, 2))
    for z in (x, a):
        for i, row in enumerate(z):
            row += i
    np.testing.assert_array_equal(np.asarray(a), x)


def reverse_columns(z):
    return z.T[..., ::-1] if z.ndim else z


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_views_of_views(layout):
    x = np.arange(48.0).reshape(6, 8)
    a = nl.asarray(x)
    x = x.copy()
    for make_view in (reverse_columns, lambda z: z[None], lambda z: z[...]):
        view, ours = make_view(layout(x)[...]), make_view(layout(a)[...])
        if view.ndim:
            view *= 3
            ours *= 3
        assert ours.strides == view.strides or view.size < 2
    np.testing.assert_array_equal(np.asarray(a), x)


# Shapes in place.


def test_set_shape():
    x, a = np.arange(12.0), nl.arange(12.0)
    view, ours = x[::2], a[::2]
    for z in (x, a):
        z.shape = (3, -1)
        z[1, 1:] = 0
    assert a.shape == x.shape
    np.testing.assert_array_equal(np.asarray(a), x)
    np.testing.assert_array_equal(np.asarray(ours), view)


def test_shapes_that_cannot_be_set():
    def transposed(xp):
        xp.zeros((2, 3)).T.shape = 6

    def larger(xp):
        xp.zeros((2, 3)).shape = 7

    assert_raises_alike(transposed, "in-place")
    assert_raises_alike(larger, "cannot reshape")


# flat.


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_flat(layout):
    base = np.arange(48.0).reshape(6, 8)
    a = nl.asarray(base)
    x, ours = layout(base)[...], layout(a)[...]
    assert len(ours.flat) == len(x.flat)
    assert [float(v) for v in ours.flat] == [float(v) for v in x.flat]
    for key in (slice(None), slice(1, None, 2), slice(None, None, -1), ...):
        np.testing.assert_array_equal(np.asarray(ours.flat[key]), x.flat[key])
        for value in (7.0, [1.0, 2.0, 3.0], []):
            x.flat[key] = value
            ours.flat[key] = value
            np.testing.assert_array_equal(np.asarray(a), base)
    x.flat = [4, 5]
    ours.flat = [4, 5]
    np.testing.assert_array_equal(np.asarray(a), base)


def test_flat_of_one_element():
    a = nl.arange(6.0).reshape(2, 3).T
    assert a.flat[1].item() == 3.0
    a.flat[-1] = 9
    assert a.tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 9.0]]
    assert a.flat[1:3].base is None
    assert a.flat.copy().tolist() == [0.0, 3.0, 1.0, 4.0, 2.0, 9.0]


def test_errors_of_flat():
    assert_raises_alike(lambda xp: xp.zeros((2, 3)).flat[6])
    assert_raises_alike(lambda xp: xp.zeros((2, 3)).flat[0, 0], "unsupported")
    assert_raises_alike(lambda xp: xp.zeros(3).flat.__setitem__(0, []), "single item")
    read_only = nl.zeros(3)
    read_only.setflags(write=False)
    with pytest.raises(ValueError, match="underlying array is read-only"):
        read_only.flat[:] = []


# Orders.


@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 2, 0), (2, 1, 0), (0, 2, 1)])
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 1, 4), (1, 3, 1)])
@pytest.mark.parametrize("stretched", [(), (0,), (1,), (3,), (0, 2), (1, 4)])
def test_kept_orders(axes, shape, stretched):
    def make(xp):
        x = xp.arange(math.prod(shape)).reshape(shape).transpose(axes)
        for axis in stretched:
            x = xp.expand_dims(x, axis)
            x = xp.broadcast_to(x, (*x.shape[:axis], 3, *x.shape[axis + 1 :]))
        return x

    x, a = make(np), make(nl)
    for copy, ours in [(x.copy("K"), a.copy("K")), (np.array(x), nl.array(a))]:
        is_long = [n > 1 for n in x.shape]
        assert list(compress(ours.strides, is_long)) == list(
            compress(copy.strides, is_long)
        )
        np.testing.assert_array_equal(np.asarray(ours), copy)
    np.testing.assert_array_equal(np.asarray(a.ravel("K")), x.ravel("K"))
    np.testing.assert_array_equal(np.asarray(a.flatten("K")), x.flatten("K"))


# Diagonals.


def test_errors_of_diagonals():
    assert_raises_alike(lambda xp: xp.zeros(3).diagonal(), "two dimensions")
    assert_raises_alike(lambda xp: xp.zeros((3, 3)).diagonal(0, 1, 1), "same")
    assert_raises_alike(lambda xp: xp.zeros((3, 3)).diagonal(0, 0, 2))


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3), (2, 3, 4), (0, 3)])
@pytest.mark.parametrize("offset", [-9, -1, 0, 2])
def test_diagonals_are_written_through_the_flag(shape, offset):
    x = np.zeros(shape)
    a = nl.zeros(shape)
    for z in (x, a):
        diagonal = z.diagonal(offset)
        diagonal.flags.writeable = True
        diagonal[...] = 3
        diagonal += 1
    np.testing.assert_array_equal(np.asarray(a), x)


def test_flat_compares_and_takes_odd_keys():
    x = np.arange(6).reshape(2, 3)
    a = nl.asarray(x)
    for compare in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
        expected = getattr(x.flat, compare)(np.full(6, 3))
        result = getattr(a.flat, compare)(nl.full(6, 3))
        assert result.tolist() == expected.tolist()
    assert a.flat[()].tolist() == x.flat[()].tolist()
    with pytest.raises(TypeError, match="unhashable"):
        hash(a.flat)


def test_parts_of_python_numbers():
    for value in (5, 2.5, 1 + 2j, True):
        assert nl.real(value) == np.real(value)
        assert type(nl.real(value)) is type(np.real(value))
        assert type(nl.imag(value)) is type(np.imag(value))
