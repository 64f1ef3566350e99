"""Reading and writing at integer arrays and masks, mixed with basic indices."""

import array

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_raises_alike, assert_same, make, view_pair

import numloom as nl

SHAPE = (4, 5, 6)

KEYS = [
    ([1, 2],),
    ([],),
    (np.array([[0, -1], [2, 3]]),),
    (np.array([], int), [0]),
    ([1, 2], [3, -4]),
    (range(2),),
    (slice(None), range(4, -1, -2)),
    (range(2), [3, -4]),
    (array.array("q", [0, 1, 2]),),
    ([[1], [2]], [3, 4, 0]),
    ([1, 2], [3, 4], [0, -1]),
    (slice(None), [1, 4, 0]),
    (slice(1, 3), [0, 2]),
    (slice(None, None, -2), slice(1, None, 2), [5, 0]),
    ([0, 1], slice(None), [2, 3]),
    ([0, 1], slice(None, None, -1), [[2], [3]]),
    ([0, 1], slice(None), None),
    ([1, 2], None, [3, 4]),
    (None, [1, 2], slice(2)),
    (Ellipsis, [1, 2]),
    ([1, 2], Ellipsis),
    ([1, 2], Ellipsis, [0, 5]),
    (slice(None), 2, Ellipsis, [0, 5]),
    ([1, 2], Ellipsis, slice(None), [0, 5]),
    (slice(None), [1, 2], Ellipsis, [0, 5]),
    (1, [0, 2]),
    (1, slice(None), [0, 2]),
    (slice(None), 2, [0, 2]),
    (slice(None), [0, 2], 3),
    ([0, 2], slice(1, 4), 3),
    (np.int8(2), [0, 2]),
    (np.array(1), [0, 2], slice(None)),
    (np.array([1, 2], np.uint8),),
    (np.array([1, 2], np.uint64), [0, 1]),
    (True, [0, 1]),
    (np.False_, [0]),
    ([True, False, True, True],),
    (slice(None), [True, False, True, False, True], [0, 1, 2]),
    (np.eye(4, 5, dtype=bool), [0, 1, 2, 3]),
    (slice(None), np.eye(5, 6, dtype=bool)),
    ([0], np.zeros(5, bool)),
]


def key_id(key):
    return repr(key).replace("\n", "")


def ours(key):
    """The key with Numloom's arrays for NumPy's."""
    return tuple(nl.asarray(k) if isinstance(k, np.ndarray) else k for k in key)


@pytest.mark.parametrize("key", KEYS, ids=key_id)
def test_read(key):
    x = make(SHAPE, "float64")
    assert_same(x[key], nl.asarray(x)[key])
    assert_same(x[key], nl.asarray(x)[ours(key)])


@pytest.mark.parametrize("key", KEYS, ids=key_id)
def test_read_of_recorded_arrays(key):
    x = make(SHAPE, "float64")
    assert_same((x * 2 + 1)[key] - 1, (nl.asarray(x) * 2 + 1)[ours(key)] - 1)


@pytest.mark.parametrize("key", KEYS, ids=key_id)
def test_write(key):
    x, value = make(SHAPE, "float64"), make(x_shape(key), "float64", 1)
    a = nl.asarray(x)
    b = nl.asarray(x)
    x[key] = value
    a[key] = nl.asarray(value)
    b[ours(key)] = value
    assert_same(x, a)
    assert_same(x, b)


def x_shape(key):
    return np.zeros(SHAPE)[key].shape


@pytest.mark.parametrize("key", KEYS, ids=key_id)
def test_augmented(key):
    x = make(SHAPE, "float64")
    a = nl.asarray(x)
    x[key] += 1.5
    a[key] += 1.5
    assert_same(x, a)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    x = make((7, 7), dtype, special=True)
    a = nl.asarray(x)
    index = np.array([[6, 0, -3], [2, 2, 1]])
    assert_same(x[index], a[index])
    assert_same(x[:, index], a[:, index])
    value = make((2, 3, 7), dtype, 1)
    x[index] = value
    a[index] = value
    assert_same(x, a)
    x[1, [4, 0]] = x[2, [0, 4]]
    a[1, [4, 0]] = a[2, [0, 4]]
    assert_same(x, a)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float32")
    if x.ndim == 0 or 0 in x.shape:
        pytest.skip("has no entries")
    for axis in range(x.ndim):
        key = (slice(None),) * axis + ([0, -1, 0],)
        assert_same(x[key], a[key])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_write_through_views(layout):
    base = make((6, 8), "float32")
    whole = nl.asarray(base)
    x, a = LAYOUTS[layout](base), LAYOUTS[layout](whole)
    if x.ndim == 0 or 0 in x.shape:
        pytest.skip("has no entries")
    x[[0, -1]] = 5
    a[[0, -1]] = 5
    assert_same(base, whole)


@pytest.mark.parametrize("n", [1, 3, 63, 64, 1000, 70_001])
@pytest.mark.parametrize("dtype", ["int8", "float32", "complex128"])
def test_sizes(n, dtype):
    rng = np.random.default_rng(n)
    x, index = make((997,), dtype), rng.integers(-997, 997, n)
    a = nl.asarray(x)
    assert_same(x[index], a[nl.asarray(index)])
    value = make((n,), dtype, 1)
    x[index] = value
    a[nl.asarray(index)] = nl.asarray(value)
    assert_same(x, a)


@pytest.mark.parametrize("k", [1, 7, 64, 300])
def test_rows(k):
    x, index = make((50, k), "float32"), np.arange(60) * 7 % 50 - 25
    a = nl.asarray(x)
    assert_same(x[index] * 2, a[nl.asarray(index)] * 2)
    assert_same(x[index].sum(1), a[nl.asarray(index)].sum(1), tolerance=1e-6)
    value = make((60, k), "float32", 2)
    x[index] = value
    a[nl.asarray(index)] = value
    assert_same(x, a)


SPARSE = [
    ([5], slice(1, 4)),
    ([5, -1], slice(None, None, -2), 3),
    (slice(2, 4), [7, 0, 7]),
    (slice(None, None, -1), 3, [0, 0]),
    ([1, 2], slice(1, 3), [3, -4]),
    (2, [0, 5]),
    (None, 2, [0, 5], None, slice(2)),
    ([[1], [2]], 4, [0, 5, 5]),
    (slice(1, 3), slice(None), [1], None),
    (-1, slice(None), [True, False] * 6),
    (np.False_, slice(None)),
    (False, [0]),
    (2, []),
]


@pytest.mark.parametrize("key", SPARSE, ids=key_id)
def test_sparse_writes(key):
    x = make((30, 20, 12), "float32")
    a, b = nl.asarray(x), nl.asarray(x)[::-1]
    value = make(x[key].shape, "float32", 3)
    y = x.copy()[::-1]
    for target, ours in ((x, a), (y, b)):
        target[key] = value
        ours[key] = value
        assert_same(target, ours)
        target[key] = value[..., :1]
        ours[key] = value[..., :1]
        assert_same(target, ours)


def test_last_of_repeated_indices_stays():
    x, index = np.zeros(10), np.arange(50_000) % 10
    a = nl.zeros(10)
    x[index] = np.arange(50_000)
    a[nl.asarray(index)] = nl.arange(50_000)
    assert_same(x, a)
    x[index] += 1
    a[index] += 1
    assert_same(x, a)


VIEWS = {
    "whole": lambda x: x,
    "reshaped": lambda x: x.reshape(4, -1),
    "flat": lambda x: x.reshape(-1),
    "transposed": lambda x: x.T,
    "sliced": lambda x: x[1:, ::2],
    "joined": lambda x: x.transpose(1, 2, 0).reshape(2, -1, x.shape[0]),
}


@pytest.mark.parametrize("make_view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("shape", [(2, 3, 4), (8, 60, 4)])
@pytest.mark.parametrize("is_pending", [False, True])
@pytest.mark.parametrize("is_held", [False, True])
def test_repeated_indices_read_old_values(make_view, shape, is_pending, is_held):
    x = make(shape, "float64")
    a = nl.asarray(x) * 1
    index, other = np.array([0, -1, 0, 0, 0, -1]), np.array([-1, 0, 0, 0, -1, -1])
    held = []
    for pending in (index, nl.asarray(index) + 0):
        if is_held:
            held.append((x.copy(), a.copy()))
        if not is_pending:
            nl.evaluate(a)
        v, w = make_view(x), make_view(a)
        v[index] -= 3
        w[pending] -= 3
        v[index] = v[other] * 2
        w[pending] = w[nl.asarray(other)] * 2
        v[..., index] += v[..., other]
        w[..., pending] += w[..., other]
        assert_same(x, a)
    for pair in held:
        assert_same(*pair)


def test_old_values_in_a_chain_of_writes():
    def run(xp):
        index = xp.asarray([0, 0])
        x = xp.arange(5.0) - 10
        x[xp.asarray([4, -5, -3, 0])] = 0
        view = x[None, 1::-1]
        old = view.ravel()[None, ::-2]
        view[index] = view
        view[:, index + 1] = old
        return x, old

    for x, a in zip(run(np), run(nl)):
        assert_same(x, a)


def test_computed_indices():
    x, i = make((100,), "float64"), np.arange(40)
    a, j = nl.asarray(x), nl.arange(40)
    assert_same(x[i * 7 % 100] + x[i + 3], a[j * 7 % 100] + a[j + 3])
    assert_same(x[x.argmax() - i], a[a.argmax() - j])


def test_chains():
    x = np.arange(1000) * 7 % 1000
    a = nl.asarray(x)
    for _ in range(4):
        x, a = x[x], a[a]
    assert_same(x, a)


def test_overlapping_read_and_write():
    x = make((20,), "float64")
    a = nl.asarray(x)
    x[[3, 1, 2]] = x[[1, 2, 3]]
    a[[3, 1, 2]] = a[[1, 2, 3]]
    x[1:] = x[np.arange(19)]
    a[1:] = a[nl.arange(19)]
    assert_same(x, a)


def test_results_are_copies():
    a = nl.arange(10)
    b = a[[1, 2]]
    old = a.copy()
    a[[1, 2]] = 0
    assert b.tolist() == [1, 2]
    assert old.tolist() == list(range(10))
    assert a.tolist() == [0, 0, 0, *range(3, 10)]


@pytest.mark.parametrize("value", [1, 2.5, True, [1, 2], np.float32(3), [[1, 2]]])
def test_values_convert(value):
    x = np.zeros((3, 2), np.int32)
    a = nl.asarray(x)
    x[[0, 2]] = value
    a[[0, 2]] = value
    assert_same(x, a)


BAD_READS = [
    lambda xp: xp.zeros((3, 4))[[3]],
    lambda xp: xp.zeros((3, 4))[:, [-5]],
    lambda xp: xp.zeros((3, 4))[xp.asarray([0, 3])],
    lambda xp: xp.zeros((3, 4))[xp.asarray([0, 1]) * 5],
    lambda xp: xp.zeros((0, 4))[[0]],
    lambda xp: xp.zeros((3, 4))[[0], [0], [0]],
    lambda xp: xp.zeros((3, 4))[[0], 0, 0],
    lambda xp: xp.zeros((3, 4))[[0.5]],
    lambda xp: xp.zeros((3, 4))[xp.zeros(2)],
    lambda xp: xp.zeros((3, 4))[[0, 1], [0, 1, 2]],
    lambda xp: xp.zeros((3, 4))[..., [0], ...],
    lambda xp: xp.zeros((3, 4))[[True, False]],
    lambda xp: xp.zeros((3, 4))[[0], 7],
    lambda xp: xp.zeros(())[[0]],
]


@pytest.mark.parametrize("number", range(len(BAD_READS)))
def test_read_errors(number):
    assert_raises_alike(lambda xp: np.asarray(BAD_READS[number](xp)))


def test_message_of_an_index_out_of_bounds():
    def read(xp):
        return np.asarray(xp.zeros((3, 5))[:, xp.asarray([1, 10])])

    assert_raises_alike(read, "index 10 is out of bounds for axis 1 with size 5")


def assign(xp, key, value):
    a = xp.zeros((3, 4))
    a[key] = value
    return np.asarray(a)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (([3],), 1),
        ((slice(None), [4]), 1),
        (([0, 1],), [1, 2, 3]),
        (([0, 1], [0, 1]), [1, 2, 3]),
        (([0, 1],), np.ones((2, 2, 4))),
        (([0, 1], [0, 1, 2]), 1),
        (([0], [0], [0]), 1),
    ],
)
def test_write_errors(key, value):
    assert_raises_alike(lambda xp: assign(xp, key, value))


def test_nothing_is_written_on_error():
    a = nl.arange(5)
    with pytest.raises(IndexError):
        a[nl.asarray([0, 7])] = 9
        nl.evaluate(a)
        np.asarray(a)
    assert a.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1)])
def test_indices_without_axes_select_copies(axes):
    """As arrays do; what a reduction or a ufunc gave counts as a number."""
    x = make((3, 4, 5), "float64")
    a = nl.asarray(x).transpose(axes)
    x = x.transpose(axes)
    for zero, ours in ((np.array(1), np.array(1)), (np.array(1), nl.asarray(1))):
        for key in (
            lambda i: i,
            lambda i: (slice(None), i),
            lambda i: (i, 0),
            lambda i: (..., i),
        ):
            assert_same(x[key(zero)], a[key(ours)])
            assert not nl.shares_memory(a[key(ours)], a)
    for number in (np.int64(1), nl.argmax(nl.asarray([0, 1])), 1):
        assert nl.shares_memory(a[number], a)
    b = nl.zeros((2, 3))
    b[np.array(1)] += 1
    assert b.tolist() == [[0.0] * 3, [1.0] * 3]
