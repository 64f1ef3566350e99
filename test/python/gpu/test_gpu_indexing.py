"""Index arrays on a GPU: errors that wait, updates that do not depend on threads."""

import numpy as np
import pytest
from support import assert_same

import numloom as nl

BAD = (
    r"index 20 is out of bounds for axis 0 with size 10; recorded at .*indexing\.py:\d+"
)


@pytest.fixture
def index():
    return nl.asarray([1, 20], device="cuda")


@pytest.mark.parametrize(
    "wait",
    [
        np.asarray,
        lambda a: a.tolist(),
        lambda a: float(a.sum()),
        nl.asnumpy,
        lambda a: a.to_device("cpu"),
        lambda a: nl.cuda.Device().synchronize(),
        lambda a: nl.cuda.get_current_stream().synchronize(),
    ],
)
def test_whatever_waits_raises(index, wait):
    a = nl.zeros(10, device="cuda")
    b = a[index] + 1
    with pytest.raises(IndexError, match=BAD):
        wait(b)
    # Once.
    nl.cuda.Device().synchronize()


def test_subscripts_do_not_wait(index):
    a = nl.zeros(10, device="cuda")
    nl.reset_stats()
    b = a[index - 11]
    a[index - 11] = 1
    assert nl.stats()["executions"] == 0
    assert (b + a[:2]).tolist() == [1, 0]


def test_arrays_stay_as_they_were(index):
    a = nl.arange(10.0, device="cuda")
    a[index] = -1
    nl.add.at(a, index, 5)
    with pytest.raises(IndexError, match=BAD):
        nl.cuda.Device().synchronize()
    with pytest.raises(IndexError, match=BAD):
        nl.cuda.Device().synchronize()
    assert a.tolist() == list(range(10))


def test_indices_beyond_32_bits():
    a = nl.arange(10.0, device="cuda")
    index = nl.asarray([2**32 + 3, -(2**40)], device="cuda")
    a[index] = -1
    with pytest.raises(IndexError, match=str(-(2**40))):
        nl.cuda.Device().synchronize()
    a[index[:1]] = -1
    with pytest.raises(IndexError, match=str(2**32 + 3)):
        nl.cuda.Device().synchronize()
    assert a.tolist() == list(range(10))


@pytest.mark.parametrize("places", [7, 1000, 300_000, 40_000_000])
def test_repeats_give_the_same_every_time(places):
    rng = np.random.default_rng(places)
    index, values = rng.integers(0, places, 1_000_000), rng.standard_normal(1_000_000)
    x, y = np.zeros(places), np.zeros(places)
    x[index] = values
    np.add.at(y, index, values)
    place = nl.asarray(index, device="cuda")
    for _ in range(2):
        a, b = nl.zeros(places, device="cuda"), nl.zeros(places, device="cuda")
        a[place] = values
        nl.add.at(b, place, values)
        np.testing.assert_array_equal(np.asarray(a), x)
        np.testing.assert_array_equal(np.asarray(b), y)


@pytest.mark.parametrize("least", [0, -1, -40_000_000])
def test_values_that_are_their_places(least):
    # Only a negative index names a place twice with two values: else what finds the
    # last of them is called off.
    places = 40_000_000
    index = np.random.default_rng(5).integers(max(least, 0), places, 5_000_000)
    if least:
        index[1_000_000:2_000_000] -= places
        index[:3] = places - 1, -1, least
    x = np.zeros(places, "i8")
    x[index] = index
    for _ in range(2):
        a = nl.zeros(places, "i8", device="cuda")
        place = nl.asarray(index, device="cuda") + 0
        a[place] = place
        np.testing.assert_array_equal(np.asarray(a), x)


OUT_OF_BOUNDS = r"out of bounds for axis \d with size"


def out_of_bounds(n):
    return nl.asarray([1, 2, n], device="cuda")


@pytest.mark.parametrize(
    "read",
    [
        lambda a: a[out_of_bounds(10)],
        lambda a: a[out_of_bounds(10) - 21],
        lambda a: a[out_of_bounds(10) + 1] - a[out_of_bounds(9)],
        lambda a: a[out_of_bounds(10)].sum(),
        # What is taken of it is in bounds.
        lambda a: a[out_of_bounds(10)][:2],
        lambda a: a[out_of_bounds(10)] * 0,
        lambda a: nl.where(out_of_bounds(0) > 0, a[out_of_bounds(10)], 0),
        lambda a: a[nl.arange(9, device="cuda")][out_of_bounds(9)],
        lambda a: a.reshape(5, 2)[out_of_bounds(5)],
        lambda a: a.reshape(5, 2)[:, out_of_bounds(2) * 0 + 2],
        lambda a: a.reshape(5, 2)[out_of_bounds(5), 0],
        lambda a: a.reshape(5, 2)[:, :0][out_of_bounds(5)],
        lambda a: nl.take(a, out_of_bounds(10).astype("int32")),
        lambda a: nl.take_along_axis(a, out_of_bounds(10), 0),
        lambda a: nl.take_along_axis(a.reshape(2, 5), out_of_bounds(5)[None], 1),
    ],
)
def test_reads_raise_at_the_next_wait(read):
    result = read(nl.arange(10.0, device="cuda"))
    with pytest.raises(IndexError, match=OUT_OF_BOUNDS):
        np.asarray(result)
    nl.cuda.Device().synchronize()
    result = read(nl.arange(10.0, device="cuda"))
    with pytest.raises(IndexError, match=OUT_OF_BOUNDS):
        nl.cuda.Device().synchronize()
    del result
    read(nl.arange(10.0, device="cuda"))
    with pytest.raises(IndexError, match=OUT_OF_BOUNDS):
        nl.cuda.Device().synchronize()


@pytest.mark.parametrize("dtype", ["i1", "i4", "i8", "u8"])
@pytest.mark.parametrize("shape", [(7,), (7, 2, 3)])
def test_reads_of_entries(dtype, shape):
    x = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    index = np.array([[6, 0, 3, 3], [1, 2, 5, 4]], dtype)
    a, i = nl.asarray(x, device="cuda"), nl.asarray(index, device="cuda")
    for arrange in (
        lambda m, x: x,
        lambda m, x: x[::-1],
        lambda m, x: m.asarray(x.T.copy()).T,
    ):
        for take in (
            lambda i: i,
            lambda i: i[:, ::-2],
            lambda i: i.T,
            lambda i: i[:0],
            lambda i: i[0, 0],
            lambda i: i // 2 + i % 3,
        ):
            assert_same(arrange(np, x)[take(index)], arrange(nl, a)[take(i)])


def test_reads_where_nothing_is():
    a, index = nl.zeros((0, 3), device="cuda"), nl.asarray([0, 1], device="cuda")
    with pytest.raises(IndexError, match="index 0 is out of bounds for axis 0"):
        np.asarray(a[index])
    assert a[index[:0]].shape == (0, 3)
    assert a.T[index].shape == (2, 0)
    with pytest.raises(IndexError, match="too many indices"):
        nl.asarray(1.0, device="cuda")[index]
    with pytest.raises(ValueError, match="cpu"):
        nl.zeros(3, device="cuda")[nl.asarray([0], device="cpu")]


def test_reads_at_places():
    x, index = np.arange(60.0).reshape(3, 4, 5), np.array([[0, -1], [2, 1]])
    a, i = nl.asarray(x, device="cuda"), nl.asarray(index, device="cuda")
    assert_same(x[index, index], a[i, i])
    assert_same(x[index, index + 1, index - 2], a[i, i + 1, i - 2])
    assert_same(x[index, index[0]], a[i, i[0]])
    assert_same(x[index,], a[i,])
    # NumPy looks at one axis after the other.
    result = a[i + 1, i + 2, i + 4]
    with pytest.raises(IndexError, match="index 3 is out of bounds for axis 0"):
        np.asarray(result)
    with pytest.raises(IndexError, match="index 4 is out of bounds for axis 1"):
        np.asarray(result)
    with pytest.raises(IndexError, match="index 6 is out of bounds for axis 2"):
        np.asarray(result)
    with pytest.raises(IndexError, match="too many indices"):
        a[i, i, i, i]


def test_one_check_at_a_time_is_raised():
    a, index = nl.arange(10.0, device="cuda"), out_of_bounds(11)
    b = a[index + 1] - a[index]
    # In the order of the program, which NumPy stops at the first.
    with pytest.raises(IndexError, match="index 12 is out of bounds"):
        np.asarray(b)
    with pytest.raises(IndexError, match="index 11 is out of bounds"):
        np.asarray(b)
    nl.cuda.Device().synchronize()


def test_errors_of_other_types():
    choices = [nl.asarray(x, device="cuda") for x in ([1, 2, 3], [4, 5, 6])]
    chosen = nl.choose(out_of_bounds(0), choices)
    with pytest.raises(ValueError, match="invalid entry in choice array"):
        np.asarray(chosen)


def test_checks_take_no_launch():
    a, index = nl.arange(1000.0, device="cuda"), nl.arange(0, 1000, 7, device="cuda")
    x, i = np.arange(1000.0), np.arange(0, 1000, 7)
    for read in (
        lambda a, i: a[i],
        lambda a, i: a[i - 1000],
        lambda a, i: a[i] - a[i - 1],
        lambda a, i: a[i].sum(),
    ):
        np.asarray(read(a, index))
        nl.reset_stats()
        np.testing.assert_allclose(np.asarray(read(a, index)), read(x, i))
        assert nl.stats()["launches"] == 1


def test_one_of_many_is_found():
    a = nl.zeros(1000, device="cuda")
    for n in (1, 31, 256, 4099, 1_000_003):
        for place in {0, n // 2, n - 1}:
            index = np.arange(n) % 1000
            index[place] = 5000
            result = a[nl.asarray(index, device="cuda")]
            with pytest.raises(IndexError, match="index 5000 is out of bounds"):
                np.asarray(result)
            index[place] = -1001
            result = a[nl.asarray(index, device="cuda")]
            with pytest.raises(IndexError, match="index -1001 is out of bounds"):
                np.asarray(result)
    nl.cuda.Device().synchronize()


def test_the_same_of_several_is_named():
    a = nl.zeros(1000, device="cuda")
    index = np.zeros(300_000, np.int64)
    index[::3] = np.arange(1000, 101_000)
    for named in (100_999, -2000):
        for _ in range(3):
            result = a[nl.asarray(index, device="cuda")]
            with pytest.raises(IndexError, match=f"index {named} is out of bounds"):
                np.asarray(result)
            a[nl.asarray(index, device="cuda")] = 1
            with pytest.raises(IndexError, match=f"index {named} is out of bounds"):
                np.asarray(a)
        index[1::3] = np.arange(-101_999, -1999)


def test_streams_report_when_they_are_done():
    a = nl.arange(10.0, device="cuda")
    stream = nl.cuda.Stream(non_blocking=True)
    with stream:
        b = a[out_of_bounds(10)]
    with pytest.raises(IndexError, match="index 10 is out of bounds"):
        stream.synchronize()
    assert b[:2].tolist() == [1, 2]


def test_long_loops_without_a_wait():
    a, index = nl.arange(100.0, device="cuda"), nl.asarray([1, 2, 3], device="cuda")
    for count in (63, 64, 65, 300):
        total = nl.zeros(3, device="cuda")
        for i in range(count):
            total = total + a[(index * i) % 100]
        x, j = np.arange(100.0), np.array([1, 2, 3])
        np.testing.assert_array_equal(
            np.asarray(total), sum(x[(j * i) % 100] for i in range(count))
        )


def test_replayed_graphs_report():
    a, index = nl.arange(10.0, device="cuda"), nl.asarray([3, 9], device="cuda")
    for i in range(40):
        b = a[index + (i == 39)]
        c = a.reshape(5, 2)[index // 5] + b[:, None]
        d = b.sum() + c.sum(axis=0)
        if i < 39:
            assert d.shape == (2,) and np.asarray(d).shape == (2,)
    with pytest.raises(IndexError, match="index 10 is out of bounds"):
        np.asarray(d)
    assert np.asarray(a[index]).tolist() == [3, 9]
