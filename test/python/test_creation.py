"""Arrays out of data, values and shapes."""

import array as buffers
import collections

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_raises_alike, assert_same, make, pair

import numloom as nl

OBJECTS = [
    3,
    2.5,
    1 + 2j,
    True,
    [1, 2, 3],
    [[1, 2.5], [3, 4]],
    (),
    [[]],
    [True, 2],
    np.float32(1.5),
    np.int8(3),
    range(4),
    [1, 2j],
    [1.5, -0.0, float("nan"), float("inf")],
    (1.0, 2.0),
    [1.0, 2],
    [1, True],
    [1, 2.5],
    [2**63 - 1, -(2**63)],
    [2**63],
    [1, 2**64 - 1],
    [1.0, [2.0]][:1],
    [np.float64(1.5), 2.5],
]


@pytest.mark.parametrize("obj", OBJECTS, ids=repr)
def test_asarray_of_objects(obj):
    assert_same(np.asarray(obj), nl.asarray(obj))
    assert_same(np.asarray(obj), nl.array(obj))


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "float32", "float64"])
@pytest.mark.parametrize("obj", [[1, 0, 3], [1.5, 0.0], (2, 1.0)], ids=repr)
def test_asarray_of_numbers_by_dtype(obj, dtype):
    assert_same(np.asarray(obj, dtype), nl.asarray(obj, dtype))


def test_asarray_of_many_numbers():
    for numbers in (range(5000), map(float, range(5000))):
        numbers = list(numbers)
        assert_same(np.asarray(numbers), nl.asarray(numbers))
        numbers[4000] = 1j
        assert_same(np.asarray(numbers), nl.asarray(numbers))


def test_asarray_of_named_tuples():
    both = collections.namedtuple("both", "x, y")
    assert_same(np.ones((2, 3)), nl.asarray(both(nl.ones(3), nl.ones(3))))
    assert_same(np.array([1.0, 2.0]), nl.asarray(both(1.0, 2.0)))


class ListOfItsOwn(list):
    """A list that says by itself which array it is."""

    def __array__(self, dtype=None, copy=None):
        return np.array([7, 8, 9])


class IterableOfItsOwn(tuple):
    def __iter__(self):
        return iter([5.0])


def test_asarray_of_subclasses_of_sequences():
    for obj in (
        ListOfItsOwn([1, 2]),
        ListOfItsOwn([1.0]),
        IterableOfItsOwn((1.0, 2.0)),
    ):
        assert_same(np.asarray(obj), nl.asarray(obj))
        assert_same(np.array(obj, "float64"), nl.array(obj, "float64"))


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_asarray_keeps_dtype_and_elements(dtype):
    x, a = pair((3, 5), dtype, special=True)
    assert_same(x, a)
    assert a.ndim == 2 and a.size == 15 and a.nbytes == x.nbytes
    assert a.itemsize == x.itemsize and a.strides == x.strides


@pytest.mark.parametrize("layout", LAYOUTS)
def test_asarray_of_strided_arrays(layout):
    x = LAYOUTS[layout](make((6, 8), "float32"))
    assert_same(x, nl.asarray(x))
    assert_same(x + 1, nl.asarray(x) + 1)


def test_asarray_of_broadcast_and_swapped_arrays():
    x = np.broadcast_to(np.arange(3.0), (4, 3))
    assert_same(x * 2, nl.asarray(x) * 2)
    swapped = np.arange(3, dtype=">i4")
    assert_same(swapped.astype("=i4"), nl.asarray(swapped))
    packed = np.zeros(4, [("flag", "i1"), ("value", "f8")])["value"]
    assert_same(packed, nl.asarray(packed))


def test_asarray_of_buffers():
    data = buffers.array("d", [1.0, 2.0])
    assert_same(np.asarray(data), nl.asarray(data))
    assert_same(np.frombuffer(b"\1\2\3", "uint8"), nl.frombuffer(b"\1\2\3", "uint8"))
    assert_same(np.fromiter(range(3), "i4"), nl.fromiter(range(3), "i4"))


def test_asarray_of_arrays():
    a = nl.arange(3)
    assert nl.asarray(a) is a
    assert nl.array(a) is not a
    assert_same(np.array([[0, 1, 2], [0, 2, 4]]), nl.asarray([a, a * 2]))
    assert_same(np.array([1.0, 2.0]), nl.asarray([nl.asarray(1), 2.0]))
    assert_same(np.array([1, 2], ndmin=3), nl.array([1, 2], ndmin=3))
    assert_same(np.arange(3, dtype="f4"), nl.asarray(a, dtype="f4"))


def test_array_is_unchanged_when_its_source_changes():
    x = np.zeros(4)
    a = nl.array(x)
    b = nl.array(x) + 1
    x[:] = 7
    assert_same(np.zeros(4), a)
    assert_same(np.ones(4), b)


@pytest.mark.parametrize("obj", [object(), "text", ["a"], None, {1: 2}], ids=type)
def test_asarray_refuses_what_is_no_array(obj):
    with pytest.raises(TypeError):
        nl.asarray(obj)


@pytest.mark.parametrize("dtype", ["datetime64[s]", "U3", "O", "longdouble"])
def test_dtypes_that_numloom_has_not(dtype):
    with pytest.raises(TypeError, match=np.dtype(dtype).name.split("[")[0]):
        nl.zeros(3, dtype=dtype)


def test_ragged_sequences():
    assert_raises_alike(lambda xp: xp.asarray([[1, 2], [3]]), "inhomogeneous")
    with pytest.raises(ValueError, match="inhomogeneous"):
        nl.asarray([nl.ones(2), nl.ones(3)])


@pytest.mark.parametrize("shape", [(), 3, (2, 3), (0,), (2, 0, 3), (1,)], ids=repr)
@pytest.mark.parametrize("dtype", [None, "bool", "int8", "float16", "complex64"])
def test_filled(shape, dtype):
    assert_same(np.zeros(shape, dtype), nl.zeros(shape, dtype))
    assert_same(np.ones(shape, dtype), nl.ones(shape, dtype))
    assert_same(np.full(shape, 7, dtype), nl.full(shape, 7, dtype))
    assert nl.empty(shape, dtype).shape == np.empty(shape, dtype).shape


@pytest.mark.parametrize("dtype", [None, "int16"])
@pytest.mark.parametrize("shape", [None, (2, 2)])
def test_like(dtype, shape):
    x, a = pair((3, 4), "float32")
    for name in ("zeros_like", "ones_like"):
        assert_same(
            getattr(np, name)(x, dtype, shape=shape),
            getattr(nl, name)(a, dtype, shape=shape),
        )
    assert_same(
        np.full_like(x, 3, dtype, shape=shape), nl.full_like(a, 3, dtype, shape=shape)
    )
    assert nl.empty_like(a, dtype).dtype == np.empty_like(x, dtype).dtype


def test_full_broadcasts():
    assert_same(np.full((2, 3), [1, 2, 3]), nl.full((2, 3), [1, 2, 3]))


@pytest.mark.parametrize("number", [1, 2.5, 1j, True])
def test_elements_beside_numbers(number):
    """Unlike in arithmetic, the numbers count as int64 to complex128."""
    for dtype in ("bool", "int8", "float32", "complex64"):
        x, a = pair(3, dtype)
        assert_same(np.array([x[0], number, x[2]]), nl.array([a[0], number, a[2]]))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 2, 3, 15, 16, 20])
def test_elements_of_one_dtype(n, dtype):
    x, a = pair(20, dtype, special=True)
    assert_same(np.array(list(x[:n])), nl.array(list(a[:n])))
    assert_same(np.array(tuple(x[:n][::-1])), nl.asarray(tuple(a[:n][::-1])))
    if not dtype.startswith("complex"):
        with np.errstate(all="ignore"):
            want = np.array(list(x[:n]), "complex128")
        assert_same(want, nl.array(list(a[:n]), "complex128"))


def test_elements_of_other_dtypes_and_ranks():
    x, a = pair(4, "float32")
    k = nl.arange(3)
    assert_same(np.array([x[0], np.arange(3)[1]]), nl.array([a[0], k[1]]))
    assert_same(np.array([x[0], x.max() * 2]), nl.array([a[0], a.max() * 2]))
    with pytest.raises(ValueError, match="inhomogeneous"):
        nl.array([a[0], a])


def test_bad_shapes():
    assert_raises_alike(lambda xp: xp.zeros(-1))
    assert_raises_alike(lambda xp: xp.zeros((2, 1.5)))
    assert_raises_alike(lambda xp: xp.zeros((1,) * 65), "65")
    assert_raises_alike(lambda xp: xp.full(True, 1), "sequence of integers")
    assert_raises_alike(lambda xp: xp.full((2, 3), [1, 2]))
    assert_raises_alike(lambda xp: xp.zeros(3, device="gpu"), "gpu")
    assert_raises_alike(lambda xp: xp.asarray(300, dtype="uint8"), "300")


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (np.nan, "int64"),
        (-np.inf, "int32"),
        (1e300, "float32"),
        (2.7, "int8"),
        ([np.nan, 3], "int64"),
        ([300, 2], "uint8"),
        (np.int64(300), "uint8"),
        (np.float32(1.5), "int16"),
        (2, "complex64"),
        (True, "float32"),
    ],
)
def test_full_converts_as_casts_do(value, dtype):
    with np.errstate(all="ignore"):
        expected = np.full(2, value, dtype)
    assert_same(expected, nl.full(2, value, dtype))
    assert_same(expected, nl.full_like(nl.zeros(2, dtype), value))


def test_full_of_an_integer_that_does_not_fit():
    for value in (300, -1):
        assert_raises_alike(lambda xp, value=value: xp.full(2, value, "uint8"))


def test_astype_of_no_array():
    assert_raises_alike(lambda xp: xp.astype([1, 2], "float64"))
    assert_same(
        np.astype(np.float32(2.5), "int64"), nl.astype(np.float32(2.5), "int64")
    )
