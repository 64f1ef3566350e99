"""In-place operators and `out=`: what they change, and what they refuse."""

import numpy as np
import pytest
from support import assert_raises_alike

import numloom as nl


def test_other_names_see_the_update():
    a = nl.asarray([1.0, 2.0])
    b = a
    a += 1
    assert b is a
    assert b.tolist() == [2.0, 3.0]


def test_what_was_recorded_before_stays():
    a = nl.asarray([1.0, 2.0])
    doubled = a * 2
    a *= 10
    assert doubled.tolist() == [2.0, 4.0]


def test_the_dtype_stays():
    a = nl.ones(3, dtype="float32")
    a += nl.ones(3)
    assert a.dtype == np.float32
    a *= np.float64(2)
    assert a.dtype == np.float32


def test_casts_across_kinds_are_refused():
    def run(xp):
        a = xp.ones(3, dtype="int32")
        a += 1.5

    assert_raises_alike(run, "Cannot cast ufunc 'add' output")


def test_true_division_of_integers_is_refused():
    def run(xp):
        a = xp.ones(3, dtype="int32")
        a /= 2

    assert_raises_alike(run, "Cannot cast ufunc 'divide' output")


def test_the_shape_must_not_grow():
    def run(xp):
        a = xp.ones(3)
        a += xp.ones((2, 3))

    assert_raises_alike(run, "non-broadcastable output operand")


def test_shapes_must_broadcast():
    def run(xp):
        a = xp.ones(3)
        a += xp.ones(4)

    assert_raises_alike(run, "could not be broadcast")


def test_a_view_that_outlives_its_base_may_be_updated():
    view = nl.ones((2, 3)).T
    view += 1
    assert view.tolist() == [[2.0, 2.0]] * 3


def test_temporary_views_are_no_obstacle():
    a = nl.asarray([1.0, 2.0, 3.0])
    a += a[::-1]
    assert a.tolist() == [4.0, 4.0, 4.0]


def test_a_copy_is_no_view():
    a = nl.ones(3)
    b = a.copy()
    a += 1
    assert b.tolist() == [1.0] * 3


def test_scalars_are_replaced():
    a = nl.asarray([1.0, 2.0])
    first = a[0]
    before = first
    first += 5
    assert before.item() == 1.0
    assert first.item() == 6.0
    assert a.tolist() == [1.0, 2.0]


def test_0d_arrays_are_updated():
    a = nl.zeros(())
    b = a
    a += 1
    assert b is a and b.item() == 1.0


def test_out():
    x = nl.asarray([1.0, 4.0])
    out = nl.empty(2)
    assert nl.add(x, 1, out=out) is out
    assert out.tolist() == [2.0, 5.0]
    assert nl.multiply(x, 2, out) is out
    assert nl.add(x, x, out=(out,)) is out
    assert out.tolist() == [2.0, 8.0]


def test_out_is_broadcast_to():
    out = nl.empty((2, 2))
    nl.add(nl.asarray([1.0, 2.0]), 1, out=out)
    assert out.tolist() == [[2.0, 3.0]] * 2


def test_out_is_converted_to():
    out = nl.empty(2, dtype="float32")
    nl.add(nl.ones(2), 1, out=out)
    assert out.dtype == np.float32
    assert_raises_alike(
        lambda xp: xp.add(1.5, xp.ones(2), out=xp.empty(2, dtype="int64"))
    )
    whole = nl.empty(2, dtype="int64")
    nl.add(nl.ones(2), 1.5, out=whole, casting="unsafe")
    assert whole.dtype == np.int64


def test_out_must_have_the_shape():
    assert_raises_alike(lambda xp: xp.add(xp.ones(3), 2, out=xp.empty(4)))
    assert_raises_alike(lambda xp: xp.add(xp.ones((2, 3)), 2, out=xp.empty(3)))


def test_out_must_be_an_array():
    assert_raises_alike(lambda xp: xp.add(xp.ones(3), 2, out=3))
    with pytest.raises(TypeError, match="return arrays must be of ArrayType"):
        nl.add(nl.ones(3), 2, out=np.ones(3))
