"""Scatters of the dialect: in order, of unique places, of runs, in parallel."""

import numpy as np
import pytest
from support import assert_same, make

import numloom as nl
from numloom import _repeats
from numloom import _scatters as scatters

COMBINE = {
    scatters.REPLACE: lambda x, v: v,
    scatters.ADD: np.add,
    scatters.MAXIMUM: np.maximum,
    scatters.MINIMUM: np.minimum,
    scatters.MULTIPLY: np.multiply,
    scatters.AND: np.bitwise_and,
    scatters.OR: np.bitwise_or,
    scatters.XOR: np.bitwise_xor,
    scatters.SUBTRACT: np.subtract,
    scatters.DIVIDE: np.divide,
}
DTYPES = ["bool", "int8", "uint16", "int32", "uint64", "float32", "float64"]
FLOATS_ONLY = (scatters.DIVIDE,)
INTEGERS_ONLY = (scatters.AND, scatters.OR, scatters.XOR)


def expect(x, indices, axes, value, combine):
    """One entry after the other, in NumPy."""
    x, rank = x.copy(), indices[0].ndim
    for entry in np.ndindex(indices[0].shape):
        place = [int(i[entry]) for i in indices]
        if any(p < 0 or p >= x.shape[a] for p, a in zip(place, axes)):
            continue
        key = [slice(None)] * x.ndim
        for axis, p in zip(axes, place):
            key[axis] = p
        v = value[(slice(None),) * axes[0] + entry]
        x[tuple(key)] = COMBINE[combine](x[tuple(key)], v)
    assert value.ndim == x.ndim - len(axes) + rank
    return x


def run(x, indices, axes, value, combine, how):
    args = nl.asarray(x), [nl.asarray(i) for i in indices], axes, nl.asarray(value)
    if how == "parallel":
        return _repeats.scatter_in_parallel(*args, combine)
    return scatters.record_scatter(*args, combine, how)


def check(shape, axes, index_shape, dtype, combine, how, unique=False):
    x = make(shape, dtype)
    rng = np.random.default_rng(1)
    count = int(np.prod(index_shape))
    if unique:
        flat = rng.permutation(int(np.prod([shape[a] for a in axes])))[:count]
        indices = np.unravel_index(flat, [shape[a] for a in axes])
    else:
        indices = [rng.integers(-1, shape[a] + 1, count) for a in axes]
    if how == scatters.NEIGHBOURS:
        order = np.lexsort(indices[::-1])
        indices = [i[order] for i in indices]
    indices = [i.reshape(index_shape) for i in indices]
    rest = [n for i, n in enumerate(shape) if i not in axes]
    rest[axes[0] : axes[0]] = index_shape
    value = make(tuple(rest), dtype, 2)
    if combine in (scatters.MULTIPLY, scatters.DIVIDE) and value.dtype.kind == "f":
        value = np.abs(value) / 4 + value.dtype.type(0.5)
    result = run(x, indices, axes, value, combine, how)
    assert_same(expect(x, indices, axes, value, combine), result)


def is_valid(dtype, combine):
    if combine in FLOATS_ONLY:
        return dtype.startswith("float")
    if combine in INTEGERS_ONLY:
        return not dtype.startswith("float")
    return dtype != "bool" or combine != scatters.SUBTRACT


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("combine", COMBINE)
@pytest.mark.parametrize("how", [scatters.ANY, scatters.NEIGHBOURS, "parallel"])
def test_repeats(dtype, combine, how):
    if not is_valid(dtype, combine):
        pytest.skip("no such operation")
    check((11,), (0,), (700,), dtype, combine, how)
    check((5, 9), (0,), (60,), dtype, combine, how)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("combine", COMBINE)
def test_unique_places(dtype, combine):
    if not is_valid(dtype, combine):
        pytest.skip("no such operation")
    check((1000,), (0,), (700,), dtype, combine, scatters.NONE, unique=True)
    check((50, 9), (0,), (30,), dtype, combine, scatters.NONE, unique=True)


LAYOUTS = [
    ((6, 7, 8), (0,), (40,)),
    ((6, 7, 8), (1,), (40,)),
    ((6, 7, 8), (2,), (40,)),
    ((6, 7, 8), (0, 1), (40,)),
    ((6, 7, 8), (0, 2), (40,)),
    ((6, 7, 8), (1, 2), (40,)),
    ((6, 7, 8), (0, 1, 2), (400,)),
    ((6, 1, 70), (1,), (3,)),
    ((1, 70), (0,), (3,)),
    ((70,), (0,), (1,)),
    ((3, 600), (0,), (7,)),
]


@pytest.mark.parametrize(("shape", "axes", "index_shape"), LAYOUTS)
@pytest.mark.parametrize("combine", [scatters.REPLACE, scatters.ADD])
@pytest.mark.parametrize("how", [scatters.ANY, scatters.NEIGHBOURS, "parallel"])
def test_axes(shape, axes, index_shape, combine, how):
    check(shape, axes, index_shape, "float32", combine, how)


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1), (0, 2)])
@pytest.mark.parametrize("combine", [scatters.REPLACE, scatters.ADD])
@pytest.mark.parametrize("how", [scatters.ANY, "parallel"])
def test_indices_of_any_rank(axes, combine, how):
    check((6, 7, 8), axes, (5, 4, 3), "float64", combine, how)
    check((6, 7, 8), axes, (1,), "float64", combine, how)


def test_many_places_for_few_entries():
    check((100_000,), (0,), (500,), "float32", scatters.REPLACE, "parallel")


def test_old_value_stays():
    x = nl.asarray(np.arange(5.0))
    index = nl.asarray([1, 3])
    y = scatters.record_scatter(x, [index], [0], nl.asarray([9.0, 8.0]), 0, 1)
    assert x.tolist() == [0, 1, 2, 3, 4]
    assert y.tolist() == [0, 9, 2, 8, 4]
    assert (x + y).tolist() == [0, 10, 4, 11, 8]


def test_chain_in_one_program():
    x, index = np.zeros(50), np.arange(50) * 3 % 50
    a, place = nl.zeros(50), nl.asarray(index)
    for i in range(20):
        x[index[i : i + 5]] += x[index[i + 1 : i + 6]] + i
        a[place[i : i + 5]] += a[place[i + 1 : i + 6]] + i
    assert_same(x, a)
