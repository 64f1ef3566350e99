"""Arrays in any memory order, of NumPy and of Numloom alike.

Strides are compared in elements, along axes of more than one: nobody ever steps
along the others.
"""

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import numloom as nl

RELAXED = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def get_steps(a):
    pairs = zip(a.shape, a.strides)
    return [stride // a.itemsize if n > 1 else 0 for n, stride in pairs]


def assert_alike(ours, expected, owns=True):
    """The same elements, in the same order, owned alike."""
    assert ours.shape == expected.shape
    assert ours.dtype == expected.dtype
    np.testing.assert_allclose(nl.asnumpy(ours), expected, rtol=1e-6)
    if expected.size:
        assert get_steps(ours) == get_steps(expected)
    assert ours.flags.c_contiguous == expected.flags.c_contiguous
    assert ours.flags.f_contiguous == expected.flags.f_contiguous
    if owns:
        assert ours.flags.owndata
        assert ours.base is None


def convert(x):
    """An array of Numloom with the elements and the strides of NumPy's `x`."""
    base = x
    while base.base is not None:
        base = base.base
    flat = nl.asarray(base.reshape(-1, copy=False))
    offset = x.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    flat = flat[offset // x.itemsize :] if x.size else flat
    return nl.lib.stride_tricks.as_strided(flat, x.shape, x.strides)


@st.composite
def operands(draw, shape, dtypes=("f8", "f8", "f4", "i4")):
    """A view with permuted, reversed, skipped, stretched or missing axes."""
    shape = list(shape)
    shape = shape[draw(st.sampled_from([0, 0, 0, 0, len(shape) // 2])) :]
    kept = [draw(st.sampled_from([n, n, n, n, 1])) for n in shape]
    axes = draw(st.permutations(range(len(kept))))
    steps = [draw(st.sampled_from([1, 1, 1, 1, 2, -1])) for _ in kept]
    stored = [kept[axis] * abs(steps[axis]) for axis in axes]
    dtype = draw(st.sampled_from(dtypes))
    x = (np.arange(np.prod(stored, dtype=int)) % 7 + 1).astype(dtype).reshape(stored)
    x = x.transpose(np.argsort(axes))[tuple(slice(None, None, s) for s in steps)]
    if draw(st.integers(0, 9)) == 0:
        return np.broadcast_to(x, shape)
    return x


@st.composite
def calls(draw, count, **kwargs):
    """Operands that broadcast, as arrays of NumPy and of Numloom."""
    shape = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    arrays = [draw(operands(shape, **kwargs)) for _ in range(count)]
    return arrays, [convert(x) for x in arrays]


@st.composite
def wholes(draw, count=1):
    """Permuted arrays without axes of one element, and an axis."""
    shape = draw(st.lists(st.integers(2, 5), min_size=2, max_size=4))
    pairs = []
    for _ in range(count):
        axes = draw(st.permutations(range(len(shape))))
        stored = [shape[axis] for axis in axes]
        x = (
            np.random.default_rng(len(pairs))
            .permutation(np.prod(stored))
            .reshape(stored)
        )
        pairs.append(x.astype("f8").transpose(np.argsort(axes)))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    return pairs, [convert(x) for x in pairs], axis
