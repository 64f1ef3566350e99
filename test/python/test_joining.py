"""Joining and splitting."""

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_raises_alike, assert_same, pair, view_pair

import numloom as nl

STACKS = ["vstack", "hstack", "dstack", "column_stack"]


def arrays(*shapes, dtype="float32"):
    pairs = [pair(shape, dtype, seed) for seed, shape in enumerate(shapes)]
    return [x for x, _ in pairs], [a for _, a in pairs]


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_concatenate(axis):
    shapes = [[3, 4, 5] for _ in range(3)]
    for n, shape in enumerate(shapes):
        shape[axis] = n + 1
    xs, ys = arrays(*map(tuple, shapes))
    assert_same(np.concatenate(xs, axis), nl.concatenate(ys, axis))
    assert_same(np.concatenate(xs, None), nl.concatenate(ys, None))


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    xs, ys = arrays((2, 3), (1, 3), dtype=dtype)
    assert_same(np.concat(xs), nl.concat(ys))
    assert_same(
        np.concat([xs[0], np.ones((1, 3))]), nl.concat([ys[0], nl.ones((1, 3))])
    )


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"zero_d"}))
def test_layouts(layout):
    x, a = view_pair(layout, "int32")
    assert_same(np.concat([x, x * 2, x]), nl.concat([a, a * 2, a]))
    assert_same(np.stack([x, -x], -1), nl.stack([a, -a], -1))


def test_parts_that_differ():
    """In dtype, in order, in what they are."""
    (x, y), (a, b) = arrays((3, 4), (3, 4))
    for f in (np.float64, np.int8, np.complex64):
        assert_same(np.concat([x, y.astype(f)]), nl.concat([a, b.astype(f)]))
        assert_same(np.stack([x, y.astype(f)], 1), nl.stack([a, b.astype(f)], 1))
    assert_same(np.concat([x.T, y.T], 1), nl.concat([a.T, b.T], 1))
    assert_same(np.stack([x.T, y.T], -1), nl.stack([a.T, b.T], -1))
    assert_same(np.stack([x, y[:, ::-1]], -2), nl.stack([a, b[:, ::-1]], -2))
    assert_same(np.concat([x * 2, y, x[:1]]), nl.concat([a * 2, b, a[:1]]))
    assert_same(np.stack([x, x.tolist()]), nl.stack([a, x.tolist()]))
    assert_same(np.concat(x), nl.concat(a))
    assert_same(np.stack(x, 1), nl.stack(a, 1))
    mask = x > 0
    assert_same(np.concat([x[mask], y[mask]]), nl.concat([a[a > 0], b[a > 0]]))


def test_empty_parts():
    xs, ys = arrays((2, 3), (0, 3), (1, 3))
    assert_same(np.concat(xs), nl.concat(ys))


def test_keywords():
    xs, ys = arrays((2, 3), (1, 3))
    assert_same(np.concat(xs, dtype="f8"), nl.concat(ys, dtype="f8"))
    out = nl.zeros((3, 3))
    assert nl.concat(ys, out=out) is out
    assert_same(np.concat(xs).astype("f8"), out)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_stack(axis):
    xs, ys = arrays((3, 4), (3, 4), (3, 4))
    assert_same(np.stack(xs, axis), nl.stack(ys, axis))


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("shape", [(3,), (3, 2), (3, 2, 2)])
def test_stack_family(name, shape):
    xs, ys = arrays(shape, shape)
    assert_same(getattr(np, name)(xs), getattr(nl, name)(ys))


def test_append():
    xs, ys = arrays((2, 3), (1, 3))
    assert_same(np.append(*xs), nl.append(*ys))
    assert_same(np.append(*xs, axis=0), nl.append(*ys, axis=0))


@pytest.mark.parametrize("sections", [2, [1, 3], [0, 9], 6])
@pytest.mark.parametrize("name", ["split", "array_split", "hsplit", "vsplit"])
def test_split(name, sections):
    x, a = pair((6, 6), "int16")
    want, got = getattr(np, name)(x, sections), getattr(nl, name)(a, sections)
    assert len(want) == len(got)
    for one, other in zip(want, got):
        assert_same(one, other)


def test_uneven_split():
    x, a = pair((7, 2, 4), "int16")
    for one, other in zip(np.array_split(x, 3), nl.array_split(a, 3)):
        assert_same(one, other)
    for one, other in zip(np.dsplit(x, 2), nl.dsplit(a, 2)):
        assert_same(one, other)
    for one, other in zip(np.unstack(x, axis=1), nl.unstack(a, axis=1)):
        assert_same(one, other)


def test_numbers_beside_flattened_arrays():
    """They take the dtype of the arrays, as in arithmetic."""
    x, a = pair((2, 3), "uint16")
    assert_same(np.concatenate((3, x), axis=None), nl.concatenate((3, a), axis=None))
    assert_same(np.concatenate((x, 2.5), None), nl.concatenate((a, 2.5), None))
    assert_same(np.concatenate((1, 2.5), None), nl.concatenate((1, 2.5), None))
    assert_same(np.union1d(3, x), nl.union1d(3, a))
    assert_same(np.append(x, 3), nl.append(a, 3))


BAD = [
    lambda xp: xp.concatenate([]),
    lambda xp: xp.concatenate([xp.ones((2, 3)), xp.ones((2, 4))]),
    lambda xp: xp.concatenate([xp.ones((2, 3)), xp.ones(3)]),
    lambda xp: xp.concatenate([xp.asarray(1), xp.asarray(2)]),
    lambda xp: xp.concatenate([xp.ones(2), xp.ones(2)], axis=1),
    lambda xp: xp.concatenate([xp.ones(2)], dtype=int),
    lambda xp: xp.stack([]),
    lambda xp: xp.stack([xp.ones(2), xp.ones(3)]),
    lambda xp: xp.stack([xp.ones(2)], axis=3),
    lambda xp: xp.split(xp.ones(7), 2),
    lambda xp: xp.array_split(xp.ones(7), 0),
    lambda xp: xp.vsplit(xp.ones(4), 2),
    lambda xp: xp.unstack(xp.asarray(1)),
]


@pytest.mark.parametrize("call", BAD)
def test_errors(call):
    assert_raises_alike(call)


@pytest.mark.parametrize(
    "name", ["stack", "hstack", "vstack", "dstack", "column_stack"]
)
def test_generators_are_refused(name):
    assert_raises_alike(lambda xp: getattr(xp, name)(xp.ones(2) for _ in "ab"), "list")


def breed(xp, rows, generations):
    """Rows joined of two halves, of lengths that are others in each generation."""
    for generation in range(generations):
        children = []
        for i in range(20):
            cut = 1 + (7 * i + 11 * generation * i) % (rows.shape[1] - 1)
            child = xp.concatenate((rows[i, :cut], rows[(i * 3) % 20, cut:])) + 1
            child[(i + generation) % 30] *= -1
            children.append(child)
        rows = xp.vstack(children)
    return rows


@pytest.mark.cpu
def test_small_parts_share_programs():
    x, a = pair((20, 30), "int32")
    assert_same(breed(np, x, 3), breed(nl, a, 3))
    breed(nl, a, 12)._evaluate()
    nl.reset_stats()
    assert_same(breed(np, x, 20), breed(nl, a, 20))
    assert nl.stats()["programs_compiled"] <= 8


@pytest.mark.cpu
@pytest.mark.parametrize("n", [15, 16, 40])
def test_lists_of_results(n):
    x, a = pair((40, 8), "float64")
    assert_same(
        np.array([(row * 2).max() for row in x[:n]]),
        nl.array([(row * 2).max() for row in a[:n]]),
    )


def test_row_stack_is_deprecated():
    x, a = pair((3,), "float32")
    with pytest.warns(DeprecationWarning, match="row_stack"):
        result = nl.row_stack([a, a])
    assert_same(np.vstack([x, x]), result)


def test_number_of_parts_as_float():
    x, a = pair((6, 2), "int64")
    for theirs, ours in zip(np.split(x, 2.0), nl.split(a, 2.0), strict=True):
        assert_same(theirs, ours)
    assert_raises_alike(lambda xp: xp.split(xp.zeros(6), 2.5))
