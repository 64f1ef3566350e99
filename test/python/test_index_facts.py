"""What is known of index arrays that were used before, and when it no longer holds."""

import numpy as np
import pytest
from support import assert_same, make

import numloom as nl
from numloom import _core, _index_checks, _repeats
from numloom import _scatters as scatters

PLACES = 1000


@pytest.fixture
def index():
    """Indices in memory, with repeats, of which bounds are known."""
    values = np.random.default_rng(4).integers(0, PLACES, 30_000)
    array = nl.asarray(values).copy()
    use(array, values)
    assert _core.known_range(array) is not None
    return array, values.copy()


def use(array, values):
    """Two updates at the indices, and a read, compared with NumPy's."""
    y, expected = nl.zeros(PLACES), np.zeros(PLACES)
    given = make(values.shape, "float64")
    y[array] = nl.asarray(given)
    expected[values] = given
    assert_same(expected, y)
    y, expected = nl.arange(PLACES), np.arange(PLACES)
    y[array] = array
    expected[values] = values
    assert_same(expected, y)
    assert_same(expected[values], y[array])


def expect_error(array):
    """Updates at the indices raise, now or when something waits, and do nothing."""
    y = nl.zeros(PLACES)
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 1000"):
        y[array] = 1
        np.asarray(y)
    assert_same(np.zeros(PLACES), y)
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 1000"):
        np.asarray(y[array])
    with pytest.raises(IndexError, match="out of bounds for axis 0 with size 1000"):
        nl.add.at(y, array, 1)
        np.asarray(y)
    assert_same(np.zeros(PLACES), y)


def write_item(array):
    array[3] = 10**9


def write_slice(array):
    array[5:7] = -PLACES - 1


def add_in_place(array):
    array += PLACES


def write_through_view(array):
    array[::2].reshape(-1)[1:] += PLACES


def write_through_base(array):
    base = nl.concatenate([array, array]).copy()
    part = base[: array.size]
    use(part, np.asarray(part).copy())
    base[4] = PLACES
    expect_error(part)
    array[...] = part


def write_at_indices(array):
    array[nl.asarray([2, 4])] = PLACES


def write_where(array):
    array[array == array[0]] = PLACES


def write_output(array):
    nl.multiply(array, PLACES, out=array)


def set_from_host(array):
    values = np.asarray(array).copy()
    values[-1] = -PLACES - 1
    array.set(values)


def write_other_bits(array):
    array.view("u8")[0] = 10**9


CHANGES = [
    write_item,
    write_slice,
    add_in_place,
    write_through_view,
    write_through_base,
    write_at_indices,
    write_where,
    write_output,
    set_from_host,
    write_other_bits,
]


@pytest.mark.parametrize("change", CHANGES)
def test_indices_that_changed(index, change):
    array, _ = index
    change(array)
    expect_error(array)


@pytest.mark.parametrize("change", CHANGES)
def test_indices_that_changed_back(index, change):
    array, values = index
    change(array)
    array[...] = nl.asarray(values[::-1].copy())
    use(array, values[::-1])


@pytest.mark.parametrize("waits", [False, True])
def test_indices_that_change_in_a_loop(waits):
    array, values = nl.arange(600) * 7 % PLACES, np.arange(600) * 7 % PLACES
    y, expected = nl.zeros(PLACES), np.zeros(PLACES)
    given = make((600,), "float64")
    for step in range(100):
        y[array] = nl.asarray(given) * step
        expected[values] = given * step
        array, values = (array + 3) % PLACES // 2, (values + 3) % PLACES // 2
        array += 1
        values += 1
        if waits:
            assert float(y[0]) == expected[0]
    assert_same(expected, y)


@pytest.mark.cpu
def test_memory_that_others_write_to(index):
    array, _ = index
    memory = np.from_dlpack(array)
    memory[9] = PLACES
    del memory
    assert _core.known_range(array) is None
    expect_error(array)


class Interface:
    """What has nothing but a CUDA array interface."""

    def __init__(self, array):
        self.__cuda_array_interface__ = array.__cuda_array_interface__


@pytest.mark.skipif(
    nl.get_default_device() == "cpu", reason="asks for the memory of a GPU"
)
@pytest.mark.parametrize("share", [Interface, nl.from_dlpack])
def test_memory_of_a_gpu_that_others_write_to(index, share):
    array, _ = index
    other = nl.asarray(share(array))
    assert _core.known_range(array) is None
    other[9] = PLACES
    nl.evaluate(other)
    expect_error(array)


@pytest.mark.skipif(
    nl.get_default_device() == "cpu", reason="asks for the memory of a GPU"
)
def test_memory_of_a_gpu_whose_address_is_known(index):
    array, _ = index
    assert array.__cuda_array_interface__["data"][0]
    assert _core.known_range(array) is None


def test_views_of_known_indices(index):
    array, values = index
    for key in (slice(None, None, -1), slice(700, 20, -3), slice(0, 1)):
        use(array[key], values[key])
    use(array.reshape(100, 300).T, values.reshape(100, 300).T)


def test_ranges_of_other_extents(index):
    array, values = index
    for extent in (PLACES, PLACES + 5, 7 * PLACES):
        y, expected = nl.zeros(extent), np.zeros(extent)
        y[array] = expected[values] = 5
        assert_same(expected, y)
    small = nl.zeros(int(values.max()))
    with pytest.raises(IndexError, match=f"index {values.max()} is out of bounds"):
        small[array] = 1
        np.asarray(small)


def test_updates_after_some_that_were_called_off(index):
    array, values = index
    for _ in range(2):
        small = nl.zeros(PLACES // 2)
        with pytest.raises(IndexError, match="out of bounds for axis 0 with size 500"):
            small[array] = nl.asarray(make(values.shape, "float64"))
            np.asarray(small)
        assert_same(np.zeros(PLACES // 2), small)
        use(array, values)


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint32", "uint64"])
@pytest.mark.parametrize("low", [-100, 0])
def test_dtypes(dtype, low):
    if low and dtype.startswith("u"):
        pytest.skip("not signed")
    values = np.random.default_rng(4).integers(low, 100, 20_000).astype(dtype)
    array = nl.asarray(values)
    given = make(values.shape, "float32")
    for step in range(4):
        y, expected = nl.zeros(100, "float32"), np.zeros(100, "float32")
        y[array] = nl.asarray(given) + step
        expected[values] = given + np.float32(step)
        assert_same(expected, y)
        y[array] += 1
        expected[values] += 1
        assert_same(expected, y)
        y[array] = array * 2
        expected[values] = values * 2
        assert_same(expected, y)
        assert_same(expected[values], y[array])


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_values_of_any_layout(index, axis):
    array, values = index
    array, values = array[:600].copy(), values[:600] % 40
    array %= 40
    key = (slice(None),) * (axis % 3) + (values,)
    x = make((41, 43, 42), "float64")
    for step in range(3):
        y, expected = nl.asarray(x).copy(), x.copy()
        ours = (slice(None),) * (axis % 3) + (array,)
        value = make(expected[key].shape, "float64") + step
        y[ours] = nl.asarray(value)
        expected[key] = value
        assert_same(expected, y)
        y[ours] = nl.asarray(value[..., :1])
        expected[key] = value[..., :1]
        assert_same(expected, y)
        y[ours] = float("nan") if step else -0.0
        expected[key] = np.nan if step else -0.0
        assert_same(expected, y)


def test_wrong_shapes_and_values(index):
    array, values = index
    y = nl.zeros((PLACES, 3))
    for wrong in (np.zeros(4), np.zeros((5, 3)), np.zeros((1, 1, *values.shape, 2))):
        with pytest.raises(ValueError, match="shape mismatch"):
            y[array] = nl.asarray(wrong)
    with pytest.raises(OverflowError):
        nl.zeros(PLACES, "int8")[array] = 300
    y.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        y[array] = 1


def test_several_index_arrays(index):
    array, values = index
    other, others = array // 2, values // 2
    nl.evaluate(other)
    given = make(values.shape, "float64")
    for step in range(3):
        y, expected = nl.zeros((PLACES, 500)), np.zeros((PLACES, 500))
        y[array, other] = array * 10 + other
        expected[values, others] = values * 10 + others
        assert_same(expected, y)
        y[array, other[:1]] = nl.asarray(given) + step
        expected[values, others[:1]] = given + step
        assert_same(expected, y)


# The parts that are used on GPUs alone, run on whatever device there is.


@pytest.fixture
def reused():
    """Indices, and the names of a scatter that knows them."""
    values = np.random.default_rng(7).integers(0, 50, 400)
    array = nl.asarray(values).copy()
    _core.note_range(array, 0, 49)
    nl.evaluate(array)
    names = scatters.Names()
    bounds = _index_checks.Bounds(50)
    names.add(array, _index_checks.normalize(array, bounds, array), 50)
    assert names.reused is array
    return array, values, names


def test_last_entries(monkeypatch, reused):
    array, values, names = reused
    kept = []

    def note(index, are_last):
        assert index is array
        kept.append(are_last)
        return are_last

    monkeypatch.setattr(_core, "note_last_entries", note)
    monkeypatch.setattr(_core, "last_entries", lambda _: kept[0] if kept else None)
    for seed in range(3):
        given = make(values.shape, "float64", seed)
        x = make((50,), "float64")
        y = _repeats.scatter_in_parallel(
            nl.asarray(x), [array], [0], nl.asarray(given), scatters.REPLACE, names
        )
        x[values] = given
        assert_same(x, y)
    (are_last,) = kept
    expected = [i == max(np.flatnonzero(values == n)) for i, n in enumerate(values)]
    assert_same(np.array(expected), are_last)


def test_noted_entries_are_what_they_were(reused):
    array, values, _ = reused
    are_last = nl.asarray(values % 2 == 0) & nl.asarray(values > 3)
    both = _core.note_last_entries(array, are_last)
    # While somebody computes it nobody else does.
    assert _core.note_last_entries(array, are_last) is are_last
    assert_same((values % 2 == 0) & (values > 3), both)
    x = _core.note_few_repeats(array, nl.asarray(False), nl.asarray(values) + 1)
    assert_same(values + 1, x)


@pytest.mark.parametrize("is_known", [False, True])
def test_few_repeats(monkeypatch, reused, is_known):
    array, values, names = reused
    assert np.bincount(values).max() < 16
    monkeypatch.setattr(_repeats, "is_worth_adding", lambda *_: True)
    monkeypatch.setattr(_core, "has_few_repeats", lambda _: is_known)
    x = make((50,), "int64")
    value = nl.full(values.shape, nl.asarray(3))
    y = _repeats.scatter_in_parallel(
        nl.asarray(x), [array], [0], value, scatters.ADD, names
    )
    np.add.at(x, values, 3)
    assert_same(x, y)


def test_names():
    array = nl.asarray(np.arange(5))
    names = scatters.Names()
    names.add(array, array, 5)
    assert names.reused is None and names.signed == [array]
    array = array + 0
    nl.evaluate(array)
    _core.note_range(array, 0, 4)
    names = scatters.Names()
    names.add(array, array, 5)
    assert names.reused is array and not names.signed
    names.add(array, array, 5)
    assert names.reused is None


def test_indices_that_may_be_left_out_say_nothing_of_others():
    array = nl.asarray(np.arange(5)) + 0
    nl.evaluate(array)
    _core.note_range(array, 0, 4)
    names = scatters.Names()
    names.add(array, array, 4)
    assert names.reused is None and not names.signed


def test_bounds_that_are_noted():
    array = nl.arange(5) + 0
    _core.note_range(array, -3, 10)
    # Nothing is known of what is not in memory.
    assert _core.known_range(array) is None
    nl.evaluate(array)
    assert _core.known_range(array) == (-3, 10)
    _core.note_range(array, -5, 4)
    assert _core.known_range(array) == (-3, 4)
    # A copy is the same value until one of the two changes.
    copy = array.copy()
    array += 1
    assert _core.known_range(array) is None
    assert _core.known_range(copy) == (-3, 4)
    for wrong in (5, None):
        with pytest.raises(TypeError):
            _core.known_range(wrong)
        with pytest.raises(TypeError):
            _core.note_range(wrong, 1, 2)
