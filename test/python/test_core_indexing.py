"""Errors, shapes and kinds of the results of basic indexing."""

import numpy as np
import pytest
from support import assert_raises_alike

import numloom as nl

BAD_KEYS = [
    3,
    -4,
    (0, 5),
    (Ellipsis, 5),
    (0, 0, 0, 0),
    (None, 0, 0, 0, 0),
    "name",
    1.5,
    (Ellipsis, Ellipsis),
    slice(None, None, 0),
    (0, "name"),
    1j,
    2**70,
]


@pytest.mark.parametrize("key", BAD_KEYS, ids=repr)
def test_errors(key):
    if key == 2**70:
        with pytest.raises(IndexError):
            nl.zeros((3, 4, 5))[key]
        return
    assert_raises_alike(lambda xp: xp.zeros((3, 4, 5))[key])


def test_error_of_a_0d_array():
    assert_raises_alike(lambda xp: xp.zeros(())[0], "too many indices")


def test_arrays_as_integers():
    x = np.arange(12).reshape(3, 4)
    a = nl.asarray(x)
    assert a[nl.asarray(1)].tolist() == x[1].tolist()
    assert a[np.int8(2), np.asarray(3)].item() == x[2, 3]
    with pytest.raises(IndexError):
        a[nl.asarray(1.0)]


def test_shapes_on_recorded_arrays():
    x = np.zeros((6, 5, 4))
    a = nl.zeros((6, 5, 4)) + 1
    for key in [
        1,
        (slice(1, None, 2), None),
        (Ellipsis, 0),
        (slice(9, 2), 1),
        slice(None, None, -4),
        (None, Ellipsis, None),
        (),
    ]:
        assert a[key].shape == x[key].shape


def test_many_new_axes():
    a = nl.zeros(2)
    assert a[(None,) * 63].ndim == 64
    with pytest.raises(IndexError):
        a[(None,) * 64]


def test_iteration_ends():
    assert [row.shape for row in nl.zeros((3, 2))] == [(2,)] * 3
    assert list(nl.zeros((0, 2))) == []
