"""Reading and writing at random keys with integer arrays and masks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import assert_same, make

import numloom as nl


@st.composite
def keys(draw, shape):
    """A key for `shape` with at least one index array."""
    items, axis, rank = [], 0, draw(st.integers(0, 2))
    extents = draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    while axis < len(shape):
        n = shape[axis]
        kind = draw(st.sampled_from(["array", "array", "int", "slice", "new", "mask"]))
        if kind == "new":
            items.append(None)
            continue
        if kind == "int":
            items.append(draw(st.integers(-n, n - 1)))
        elif kind == "slice":
            bound = st.none() | st.integers(-n, n)
            step = draw(st.sampled_from([None, 1, 2, -1, -2]))
            items.append(slice(draw(bound), draw(bound), step))
        elif kind == "mask":
            # As many as the arrays have entries, or one: they broadcast.
            count = draw(st.sampled_from([1, min(extents[-1] if extents else 1, n)]))
            where = draw(st.permutations(range(n)))[:count]
            mask = np.zeros(n, bool)
            mask[where] = True
            items.append(mask)
        else:
            own = [draw(st.sampled_from([1, e])) for e in extents]
            own = own[draw(st.integers(0, len(own))) :]
            size = int(np.prod(own))
            index = st.lists(st.integers(-n, n - 1), min_size=size, max_size=size)
            items.append(np.array(draw(index), int).reshape(own))
        axis += 1
    cut = draw(st.integers(0, len(items)))
    if draw(st.booleans()):
        items[cut:] = [Ellipsis, *items[cut:]]
    return tuple(items)


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def read_alike(x, a, key):
    try:
        expected = x[key]
    except IndexError:
        with pytest.raises(IndexError):
            a[key]
        return None
    if isinstance(expected, np.ndarray):
        assert_same(expected, a[key])
    return expected


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_reads(data):
    shape = data.draw(SHAPES)
    x = make(shape, "int32")
    key = data.draw(keys(shape))
    read_alike(x, nl.asarray(x), key)
    read_alike(x.T.copy().T, nl.asarray(x.T.copy()).T, key)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_writes(data):
    shape = data.draw(SHAPES)
    x = make(shape, "int32")
    a = nl.asarray(x)
    key = data.draw(keys(shape))
    selected = read_alike(x, a, key)
    if selected is None:
        return
    extents = [data.draw(st.sampled_from([1, n])) for n in np.shape(selected)]
    value = make(extents[data.draw(st.integers(0, len(extents))) :], "int32", 1)
    x[key] = value
    a[key] = value
    assert_same(x, a)
