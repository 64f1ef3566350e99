"""Conversions between arrays, NumPy's arrays and Python's numbers."""

import copy
import math
import operator
import pickle
import weakref

import numpy as np
import pytest
from support import DTYPES, assert_raises_alike

import numloom as nl

SCALAR_ERRORS = {
    "bool": lambda xp: bool(xp.ones(2)),
    "bool_of_nothing": lambda xp: bool(xp.ones(0)),
    "int": lambda xp: int(xp.ones(2)),
    "float": lambda xp: float(xp.ones(1)),
    "complex": lambda xp: complex(xp.ones((1, 1))),
    "index_of_float": lambda xp: operator.index(xp.asarray(1.0)),
    "index_of_many": lambda xp: operator.index(xp.ones(1, dtype="int64")),
    "item": lambda xp: xp.ones(3).item(),
    "item_index": lambda xp: xp.ones(3).item(7),
    "item_indices": lambda xp: xp.ones((2, 3)).item(1, 5),
    "length": lambda xp: len(xp.asarray(1)),
    "iteration": lambda xp: iter(xp.asarray(1)),
}


@pytest.mark.parametrize("call", SCALAR_ERRORS.values(), ids=SCALAR_ERRORS)
def test_errors(call):
    with pytest.raises(Exception) as theirs:
        call(np)
    with pytest.raises(type(theirs.value)) as ours:
        call(nl)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("make", [lambda: nl.ones(2), lambda: nl.array(1)])
def test_arrays_are_not_hashable(make):
    with pytest.raises(TypeError, match=r"unhashable type: 'numloom\.ndarray'"):
        hash(make())


@pytest.mark.parametrize("dtype", DTYPES)
def test_scalars_have_the_hash_of_their_value(dtype):
    a = nl.asarray(np.array([0, 1, 1, 3]).astype(dtype))
    assert hash(a[3]) == hash(a[3].item())
    assert {a[1], a[2], 1} == {a[1]}
    counts = {a.item(0): "zero", a.item(1): "one"}
    assert counts[a[0]] == "zero" and counts[a.max() if dtype == "bool" else a[2]]
    assert len(set(a)) == len(set(a.tolist()))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("ndigits", [(), (None,), (0,), (1,), (-1,)])
def test_round_of_scalars(dtype, ndigits):
    if dtype.startswith("complex"):
        with pytest.raises(TypeError):
            round(nl.ones(1, dtype)[0])
        return
    x = np.array([2.5, 17.25]).astype(dtype)
    for theirs, ours in zip(x, nl.asarray(x), strict=True):
        if dtype == "bool":
            theirs = theirs.item()
        expected, result = round(theirs, *ndigits), round(ours, *ndigits)
        assert float(result) == float(expected)
        if not ndigits:
            assert type(result) is int


def test_only_scalars_are_rounded():
    with pytest.raises(TypeError, match="doesn't define __round__ method"):
        round(nl.ones(2))
    with pytest.raises(ValueError, match="size 1"):
        math.trunc(nl.ones(2))


def test_integer_scalars_repeat_sequences():
    x, a = np.array([3, 2]), nl.array([3, 2])
    for theirs, ours in zip(x, a, strict=True):
        for items in ([1, 2], (1, 2), "ab", b"ab"):
            assert items * ours == items * theirs
            assert ours * items == theirs * items
        assert bytes(ours) == bytes(theirs)
    assert ([1.0, 2.0] * a).tolist() == [3.0, 4.0]
    assert ([1, 2] * nl.array(3)).tolist() == [3, 6]
    assert (nl.ones(1)[0] * [1, 2]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("function", [math.floor, math.ceil, math.trunc])
def test_whole_numbers_of_scalars(function):
    for x in (2.5, -1.5, 3.0):
        assert function(nl.asarray([x])[0]) == function(x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_round_trip(dtype):
    x = np.arange(6).reshape(2, 3).astype(dtype)
    for source in [
        x,
        x.T,
        x[::-1, ::2],
        x[:, :0],
        x[0, 1],
        x.newbyteorder(">") if hasattr(x, "newbyteorder") else x,
    ]:
        back = np.asarray(nl.asarray(source))
        assert back.dtype == source.dtype.newbyteorder("=")
        np.testing.assert_array_equal(back, source)


def test_byte_order_is_made_native():
    x = np.arange(3, dtype=">i4")
    a = nl.asarray(x)
    assert a.dtype == np.dtype("int32") and a.dtype.isnative
    assert a.tolist() == [0, 1, 2]


def test_numpy_arrays_are_copied():
    x = np.zeros(3)
    a = nl.asarray(x)
    x[0] = 1
    assert a.tolist() == [0, 0, 0]


@pytest.mark.cpu
def test_memory_is_shared_on_demand():
    x = np.arange(1000.0)
    a = nl.asarray(x, copy=False)
    assert np.shares_memory(np.asarray(a), x)
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        nl.asarray([1, 2], copy=False)
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        nl.asarray(x, dtype="float32", copy=False)
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        nl.asarray(x[::2], copy=False)


@pytest.mark.cpu
def test_shared_memory_outlives_its_array():
    a = nl.asarray(np.arange(1000.0), copy=False)
    assert np.asarray(a).sum() == 499500


def test_asarray_of_an_array():
    a = nl.ones(3)
    assert nl.asarray(a) is a
    assert nl.asarray(a, copy=True) is not a
    assert nl.asarray(a, dtype="float32").dtype == np.float32


def test_asarray_of_an_updated_array():
    a = nl.asarray(np.arange(24.0).reshape(2, 3, 4))
    # An update through a view that is no slice of the array.
    nl.add.at(a.transpose(1, 2, 0).reshape(2, -1, 2), ([0],), 3)
    nl.evaluate(a)
    assert nl.asarray(a) is a
    a.squeeze().fill(0)
    assert not a.any()


IDS = ["object", "dict", "text", "list of objects", "list of None"]


@pytest.mark.parametrize("value", [object(), {}, "text", [object()], [None]], ids=IDS)
def test_objects_that_are_no_arrays(value):
    with pytest.raises(TypeError, match="numloom has no dtype"):
        nl.asarray(value)


def test_numbers_out_of_range():
    assert_raises_alike(lambda xp: xp.asarray(300, dtype="uint8"), "out of bounds")
    assert nl.asarray(2**63).dtype == np.uint64
    assert nl.asarray(2.7, dtype="int64").item() == 2


@pytest.mark.cpu
def test_array_is_read_only_unless_copied():
    a = nl.arange(3)
    view = np.asarray(a)
    assert not view.flags.writeable
    assert np.shares_memory(view, np.asarray(a))
    copied = np.array(a)
    assert copied.flags.writeable and not np.shares_memory(copied, view)
    assert np.asarray(a, dtype="float32").dtype == np.float32
    assert np.asarray(a, copy=False).flags.writeable
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.asarray(a, dtype="float32", copy=False)


def test_what_numpy_sees_does_not_change():
    a = nl.arange(3)
    view = np.asarray(a)
    a += 1
    assert view.tolist() == [0, 1, 2]
    del a
    assert view.tolist() == [0, 1, 2]


def test_numpy_on_the_left():
    x, a = np.float64(2), nl.arange(3.0)
    for result in [x * a, np.exp(a), x < a, np.add.reduce(a), np.add(x, a)]:
        assert isinstance(result, nl.ndarray)
    assert (x - 2 * a).tolist() == [2.0, 0.0, -2.0]


def test_lists_are_operands():
    a = nl.arange(3)
    numbers = [1, 2, 3]
    assert (a + numbers).tolist() == [1, 3, 5]
    assert ((1, 2, 3) - a).tolist() == [1, 1, 1]


def test_pickle():
    a = nl.asarray([[1, 2], [3, 4]], dtype="float32") * 2
    b = pickle.loads(pickle.dumps(a))
    assert isinstance(b, nl.ndarray) and b.dtype == a.dtype
    assert b.tolist() == a.tolist()


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy])
def test_copies(copier):
    a = nl.arange(3)
    b = copier(a)
    a += 1
    assert b.tolist() == [0, 1, 2]


def test_weak_references():
    a = nl.arange(3)
    reference = weakref.ref(a)
    assert reference() is a
    del a
    assert reference() is None


def test_attributes():
    x = np.zeros((3, 4, 5), "complex64")
    a = nl.asarray(x)
    for name in ["shape", "dtype", "ndim", "size", "itemsize", "nbytes", "strides"]:
        assert getattr(a, name) == getattr(x, name)
    assert a.T.shape == x.T.shape
    assert a.T.strides == x.T.strides
    assert a[::2, ::-1].strides == x[::2, ::-1].strides
    assert a.real.dtype == a.imag.dtype == np.float32
    assert a.base is None and a.device == nl.get_default_device()


def test_flags():
    a = nl.asarray(np.zeros((3, 4)))
    assert a.flags.c_contiguous and not a.flags.f_contiguous
    assert a.T.flags.f_contiguous and not a.T.flags["C_CONTIGUOUS"]
    assert a.flags.owndata and a.flags["W"] and a.flags.aligned
    assert not a.T.flags.owndata
    with pytest.raises(KeyError):
        a.flags["Y"]


def test_arrays_cannot_be_made_by_the_type():
    with pytest.raises(TypeError):
        nl.ndarray()
