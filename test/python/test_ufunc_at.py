"""ufunc.at and ufunc.reduceat."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, make

import numloom as nl

BINARY = [
    ("add", "float64"),
    ("add", "float32"),
    ("add", "int8"),
    ("add", "complex64"),
    ("add", "bool"),
    ("subtract", "int64"),
    ("subtract", "float32"),
    ("multiply", "uint16"),
    ("multiply", "float64"),
    ("divide", "float64"),
    ("maximum", "float32"),
    ("maximum", "uint8"),
    ("minimum", "int32"),
    ("bitwise_and", "uint32"),
    ("bitwise_or", "int16"),
    ("bitwise_xor", "int64"),
    ("logical_or", "bool"),
    ("power", "float64"),
    ("floor_divide", "int32"),
    ("hypot", "float32"),
]
INDEX = np.array([3, 0, 3, -1, 5, 0, 3])


@pytest.mark.parametrize(("name", "dtype"), BINARY)
def test_at(name, dtype):
    x, values = make((8,), dtype), make((7,), dtype, 1)
    if name in ("power", "divide", "floor_divide"):
        x, values = abs(x) + 1, abs(values) / 8 + 1
        x, values = x.astype(dtype), values.astype(dtype)
    a = nl.asarray(x)
    getattr(np, name).at(x, INDEX, values)
    getattr(nl, name).at(a, nl.asarray(INDEX), nl.asarray(values))
    assert_same(x, a, ulp=8 if name in ("power", "hypot") else 0)


@pytest.mark.parametrize("name", ["negative", "square", "invert"])
def test_unary_at(name):
    x = make((8, 3), "int32")
    a = nl.asarray(x)
    getattr(np, name).at(x, INDEX)
    getattr(nl, name).at(a, INDEX)
    assert_same(x, a)


KEYS = [
    (INDEX,),
    (INDEX, slice(1, 3)),
    (slice(None, None, 2), [0, 2, 2]),
    (slice(2), 1),
    (Ellipsis, [1, 1, 0]),
    (np.arange(8) % 3 == 0,),
    ([0, 0], [1, 1]),
]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_keys(key):
    x = make((8, 3), "float64")
    a = nl.asarray(x)
    for value in (1.5, make(x[key].shape, "float64", 1)):
        np.add.at(x, key, value)
        nl.add.at(a, key, value)
        assert_same(x, a)
        np.copysign.at(x, key, value)
        nl.copysign.at(a, key, value)
        assert_same(x, a, ulp=4)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32", "bool", "complex64"])
@pytest.mark.parametrize("value", [1.5, 2, [300, -7, 2.25]])
def test_results_are_cast(dtype, value):
    x = np.zeros(3, dtype)
    a = nl.asarray(x)
    np.add.at(x, [1, 1, 0], value)
    nl.add.at(a, [1, 1, 0], value)
    assert_same(x, a)


@pytest.mark.parametrize("name", ["add", "maximum", "bitwise_xor"])
@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64"])
@pytest.mark.parametrize("columns", [1, 3, 4, 16])
def test_rows(name, dtype, columns):
    """Each element of a row counts, and each time that the row is named."""
    x, rows = make((5, columns), dtype), make((7, columns), dtype, 1)
    index = np.array([3, 0, 3, -1, 2, 0, 3])
    for values in (np.dtype(dtype).type(3), rows):
        expected, a = x.copy(), nl.asarray(x)
        getattr(np, name).at(expected, index, values)
        getattr(nl, name).at(a, index, values)
        assert_same(expected, a)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
def test_each_step_with_a_number_is_rounded(name, dtype):
    largest = {"float16": 2.0**11 - 1, "float32": 2.0**24 - 1}[dtype]
    x = np.array([largest, 1 / 3, -largest, 0.0], dtype)
    index = np.array([0, 1, 0, 2, 0, 1, 0, 2])
    for number in (3, 0.5, -7.0):
        expected, a = x.copy(), nl.asarray(x)
        getattr(np, name).at(expected, index, number)
        getattr(nl, name).at(a, index, number)
        assert_same(expected, a)


def test_many():
    rng = np.random.default_rng(0)
    index, values = rng.integers(0, 100, 20_000), rng.standard_normal(20_000)
    x, a = np.zeros(100), nl.zeros(100)
    np.add.at(x, index, values)
    nl.add.at(a, index, values)
    assert_same(x, a)
    counts, ours = np.zeros(100, int), nl.zeros(100, int)
    np.add.at(counts, index, 1)
    nl.add.at(ours, index, 1)
    assert_same(counts, ours)


@pytest.mark.parametrize(
    "call",
    [
        lambda xp: xp.add.at(xp.zeros(3), [3], 1),
        lambda xp: xp.add.at(xp.zeros(3), [1, 2], [1, 2, 3]),
        lambda xp: xp.add.at(xp.zeros(3), [1]),
        lambda xp: xp.negative.at(xp.zeros(3), [1], 2),
        lambda xp: xp.divmod.at(xp.zeros(3), [1], 2),
        lambda xp: xp.add.at([1, 2], [1], 2),
        lambda xp: xp.add.reduceat(xp.arange(4), [4]),
        lambda xp: xp.add.reduceat(xp.arange(4), [-1]),
        lambda xp: xp.add.reduceat(xp.arange(4), xp.asarray([0.5])),
        lambda xp: xp.add.reduceat(xp.asarray(4), [0]),
        lambda xp: xp.negative.reduceat(xp.arange(4), [0]),
        lambda xp: xp.add.reduceat(xp.arange(4), 0),
        lambda xp: xp.add.reduceat(xp.arange(4), [[0]]),
        lambda xp: xp.add.at(xp.zeros((1, 3)), 0, xp.ones((1, 3))),
        lambda xp: xp.add.at(xp.zeros(3), [0, 1], xp.ones((1, 2))),
    ],
)
def test_errors(call):
    assert_raises_alike(call)


@pytest.mark.parametrize("indices", [[0], [0, 4, 1, 5, 2, 6, 3, 7], [3, 3, 7], []])
@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "subtract", "hypot"])
def test_reduceat(name, indices):
    x = make((8, 3), "float64")
    theirs = getattr(np, name).reduceat(x, np.array(indices, int))
    ours = getattr(nl, name).reduceat(nl.asarray(x), np.array(indices, int))
    assert_same(theirs, ours, ulp=8)


@pytest.mark.parametrize("dtype", ["int8", "bool", "uint16", "float32"])
def test_reduceat_dtypes(dtype):
    x = make((3, 8), dtype)
    theirs = np.add.reduceat(x, [0, 5, 2], axis=1)
    assert_same(theirs, nl.add.reduceat(x, [0, 5, 2], axis=1), ulp=4)


# Starts of slices of 1000 elements: of one length, shorter at the end, longer and
# shorter, single elements among them, of lengths that differ widely, from a later one.
STARTS = {
    "regular": np.arange(0, 1000, 20),
    "shorter_last": np.arange(0, 1000, 30),
    "irregular": np.cumsum([0] + [20, 31] * 19),
    "backwards": np.array([5, 3, 990, 4, 700, 2]),
    "uneven": np.array([0, 1, 2, 3, 900, 901]),
    "late": np.arange(400, 1000, 50),
    "every": np.arange(1000),
}


@pytest.mark.parametrize("value", [0.125, -3.0, np.nan, np.inf, 5e-324])
@pytest.mark.parametrize("name", ["add", "subtract", "maximum", "minimum"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "complex128"])
def test_one_value_at_many_places(dtype, name, value):
    with np.errstate(under="ignore"):
        value = np.array(value).astype(dtype)
    x = make(40, dtype)
    x[:5] = [np.nan, np.inf, 2.0, 0.0, 3e-308 if dtype == "float64" else 1e-7]
    places = np.random.default_rng(2).integers(-40, 40, 3000)
    for index in (places, places.reshape(60, 50), np.full(500, -1), np.arange(40)):
        theirs, ours = x.copy(), nl.asarray(x)
        with np.errstate(all="ignore"):
            getattr(np, name).at(theirs, index, value)
        getattr(nl, name).at(ours, nl.asarray(index), value)
        assert_same(theirs, ours)


@pytest.mark.parametrize("name", ["add", "maximum"])
def test_one_value_at_rows_and_out_of_bounds(name):
    x, index = make((30, 7), "float64"), np.array([3, 3, -1, 29, 3] * 100)
    ours = nl.asarray(x)
    getattr(np, name).at(x, index, 0.7)
    getattr(nl, name).at(ours, nl.asarray(index), 0.7)
    assert_same(x, ours)
    with pytest.raises(IndexError):
        getattr(nl, name).at(ours, nl.asarray(np.append(index, 30)), 0.7)
        np.asarray(ours)


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize(
    "name",
    ["add", "multiply", "maximum", "fmin", "bitwise_and", "logical_or", "logical_xor"],
)
@pytest.mark.parametrize("dtype", ["float64", "float32", "uint8", "int64", "bool"])
def test_reduceat_of_many_slices(dtype, name, starts):
    if name == "bitwise_and" and dtype.startswith("float"):
        return
    x = make((2, 1000), dtype)
    if name == "multiply" and dtype.startswith("float"):
        x = 1 + x / 1000
    ufunc = getattr(np, name)
    for array, axis in ((x, 1), (np.asfortranarray(x.T), 0), (x[:, ::-1], -1)):
        theirs = ufunc.reduceat(array, starts, axis)
        ours = getattr(nl, name).reduceat(nl.asarray(array), starts, axis)
        tolerance = {"float32": 1e-4, "float64": 1e-12}.get(str(theirs.dtype), 0)
        assert_same(theirs, ours, tolerance=tolerance)


@pytest.mark.parametrize("starts", STARTS.values(), ids=STARTS)
@pytest.mark.parametrize("name", ["add", "maximum", "hypot"])
@pytest.mark.parametrize("dtype", ["int64", "int16", "uint64"])
def test_reduceat_at_starts_in_numloom_arrays(dtype, name, starts):
    x = make((1000,), "float64")
    starts = starts.astype(dtype)
    theirs = getattr(np, name).reduceat(x, starts.astype(int))
    ours = getattr(nl, name).reduceat(nl.asarray(x), nl.asarray(starts))
    assert_same(theirs, ours, tolerance=1e-12)


def test_reduceat_at_wrong_starts_in_numloom_arrays():
    for starts in ([4, 0], [0, 5, 9], [-1]):
        assert_raises_alike(
            lambda xp, starts=starts: xp.add.reduceat(xp.arange(4), xp.asarray(starts))
        )
    x = nl.arange(4)
    assert nl.add.reduceat(x, nl.asarray(np.array([], int))).shape == (0,)


@pytest.mark.parametrize("name", ["add", "maximum", "minimum"])
def test_reduceat_of_special_numbers(name):
    x = np.resize([-0.0, np.inf, np.nan, 1.0, -np.inf, -0.0, -0.0], 60)
    for starts in (np.arange(60), np.arange(0, 60, 3), np.arange(0, 60, 7)):
        with np.errstate(invalid="ignore"):
            theirs = getattr(np, name).reduceat(x, starts)
        assert_same(theirs, getattr(nl, name).reduceat(nl.asarray(x), starts))
