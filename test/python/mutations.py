"""What random programs that update arrays draw, and how they compare."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

import numloom as nl


def fits(shape, target):
    """Whether an array of `shape` broadcasts to `target`."""
    try:
        return np.broadcast_shapes(shape, target) == target
    except ValueError:
        return False


def is_itself(x, y):
    """Whether assigning `y` to `x` may do nothing."""
    return x.size == 0 or np.may_share_memory(x, y)


def double(pair):
    """Twice a pair, to be computed."""
    x, a = pair
    return x * x.dtype.type(2), a * x.dtype.type(2)


def draw_key(data, shape):
    keys = hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)
    return data.draw(keys, label="key")


def draw_neighbours(data, shape):
    """A box within `shape`, and the same box moved by a little, a few times."""
    margins = [
        data.draw(st.sampled_from([(0, 0), (1, 1), (1, 0), (0, 1), (2, 1)]))
        if n > 3
        else (0, 0)
        for n in shape
    ]

    def make_box(offsets):
        return tuple(
            slice(low + offset, n - high + offset)
            for n, (low, high), offset in zip(shape, margins, offsets)
        )

    moves = st.tuples(*[st.integers(-low, high) for low, high in margins])
    shifts = data.draw(st.lists(moves, min_size=1, max_size=4), label="shifts")
    return make_box([0] * len(shape)), [make_box(shift) for shift in shifts]


def draw_indices(data, shape):
    """A key with index arrays, for NumPy's arrays and for Numloom's."""
    axes = [axis for axis, n in enumerate(shape) if n]
    assume(axes)
    first = data.draw(st.sampled_from(axes), label="axis")
    last = data.draw(st.sampled_from([first, first, axes[-1]]), label="last axis")
    count = data.draw(st.integers(0, 5), label="entries")
    key = [slice(None)] * first
    for axis in range(first, last + 1):
        assume(shape[axis])
        index = st.integers(-shape[axis], shape[axis] - 1)
        if axis in (first, last):
            entries = data.draw(st.lists(index, min_size=count, max_size=count))
            key.append(np.array(entries, np.int64))
        else:
            key.append(data.draw(st.sampled_from([slice(None), slice(1, None), 0])))
    ours = [nl.asarray(k) if isinstance(k, np.ndarray) else k for k in key]
    return tuple(key), tuple(ours)


def get_factorings(size):
    """Shapes of `size` elements, and one that does not fit."""
    shapes = [(-1,), (size, 1), (1, size), (size + 1,)]
    shapes += [(k, -1) for k in (2, 3, 4, 6) if size and size % k == 0]
    shapes += [(2, -1, 2)] if size and size % 4 == 0 else []
    return shapes


def assert_equal(x, a):
    assert a.shape == x.shape, (a.shape, x.shape)
    np.testing.assert_array_equal(np.asarray(a), x, strict=isinstance(x, np.ndarray))
