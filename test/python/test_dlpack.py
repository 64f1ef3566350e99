"""Exchange of memory by DLPack: from and to NumPy and JAX, and what is refused."""

import gc
import inspect
import weakref

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, assert_same, make, pair, view_pair

import numloom as nl

CPU = (1, 0)
VERSION = (1, 0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.cpu
def test_to_numpy(layout, dtype):
    x, y = view_pair(layout, dtype)
    result = np.from_dlpack(y)
    assert result.dtype == x.dtype
    np.testing.assert_array_equal(result, x)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"zero_d"}))
def test_from_numpy(layout, dtype):
    x = LAYOUTS[layout](make((6, 8), dtype))
    y = nl.from_dlpack(x)
    assert y.device == "cpu"
    assert_same(x, y)
    assert_same(x.T, y.T)
    if dtype != "bool":
        assert_same(x + x, y + y)


@pytest.mark.cpu
def test_0d_arrays():
    x = np.array(2.5)
    assert_same(x, nl.from_dlpack(x))
    np.testing.assert_array_equal(np.from_dlpack(nl.asarray(2.5)), x)
    np.testing.assert_array_equal(np.from_dlpack(nl.arange(4).sum()), 6)


@pytest.mark.cpu
def test_empty_arrays():
    x = np.zeros((0, 3), "float32")
    assert_same(x, nl.from_dlpack(x))
    assert np.from_dlpack(nl.zeros((0, 3), "float32")).shape == (0, 3)


@pytest.mark.cpu
def test_pending_arrays_are_computed():
    x, y = pair((100,), "float64")
    np.testing.assert_array_equal(np.from_dlpack(y * 2 + 1), x * 2 + 1)


@pytest.mark.cpu
def test_memory_is_shared_both_ways():
    x = make((50,), "float64")
    y = nl.from_dlpack(x)
    assert np.shares_memory(np.from_dlpack(y), x)
    z = nl.arange(5.0) + 1
    assert np.shares_memory(np.from_dlpack(z), np.from_dlpack(z))


@pytest.mark.cpu
def test_updates_show_on_both_sides():
    y = nl.arange(6.0) + 0
    x = np.from_dlpack(y)
    y[2] = 50
    y[3:] *= 2
    np.testing.assert_array_equal(x, [0, 1, 50, 6, 8, 10])
    x[0] = -1
    assert_same(x, y)
    assert_same(x.reshape(2, 3).T, y.reshape(2, 3).T)
    y[:] = nl.zeros(6)
    np.testing.assert_array_equal(x, 0)


@pytest.mark.cpu
def test_updates_of_foreign_memory():
    x = np.arange(6.0).reshape(2, 3)
    y = nl.from_dlpack(x)
    y[1] = 7
    y[:, ::2] += 1
    np.testing.assert_array_equal(x, [[1, 1, 3], [8, 7, 8]])
    x[0] = 0
    assert_same(x, y)


@pytest.mark.cpu
def test_views_of_shared_memory():
    y = nl.arange(10.0) + 0
    part = np.from_dlpack(y[1::3])
    part[:] = 9
    assert_same(np.array([0.0, 9, 2, 3, 9, 5, 6, 9, 8, 9])[:8], y[:8])
    z = y[2:]
    y[1:] = 0
    np.testing.assert_array_equal(part, 0)
    assert_same(np.zeros(8), z)


@pytest.mark.cpu
def test_results_keep_what_they_read():
    """Neither pending nor stored results see what others write later."""
    y = nl.arange(4.0) + 0
    before = y.copy()
    x = np.from_dlpack(y)
    double, same, stored = y * 2, y.copy(), nl.zeros(4)
    stored[...] = y
    part = y[1:] + 0
    x[:] = 99
    for result in (before, same, stored):
        assert_same(np.arange(4.0), result)
    assert_same(2 * np.arange(4.0), double)
    assert_same(np.arange(1.0, 4), part)
    assert_same(np.full(4, 99.0), y)


@pytest.mark.cpu
def test_pending_results_before_an_export():
    y = nl.arange(4.0) + 0
    nl.evaluate(y)
    triple = y * 3
    x = np.from_dlpack(y)
    x[:] = 1
    assert_same(3 * np.arange(4.0), triple)
    assert_same(np.ones(4), y)


@pytest.mark.cpu
def test_memory_is_private_again_without_its_consumer():
    y = nl.arange(4.0) + 0
    x = np.from_dlpack(y)
    x[0] = 5
    del x
    y[1] = 6
    assert_same(np.array([5.0, 6, 2, 3]), y)


@pytest.mark.cpu
def test_read_only_arrays():
    y = nl.broadcast_to(nl.arange(3.0), (2, 3))
    x = np.from_dlpack(y)
    assert not x.flags.writeable
    with pytest.raises(BufferError, match="read-only"):
        y.__dlpack__()
    z = nl.from_dlpack(x)
    with pytest.raises(ValueError, match="read-only"):
        z[0] = 1


@pytest.mark.cpu
def test_strided_foreign_memory_is_read_only():
    y = nl.from_dlpack(np.arange(6.0).reshape(2, 3).T)
    with pytest.raises(ValueError, match="read-only"):
        y[0] = 1
    z = y.copy()
    z[0] = 1
    assert_same(np.array([1.0, 1]), z[0])


@pytest.mark.cpu
def test_foreign_memory_goes_on_as_it_came():
    x = np.arange(24.0).reshape(4, 6)
    for view in (x.T, x[::-2, 1::2]):
        y = nl.from_dlpack(view)
        assert np.shares_memory(np.from_dlpack(y), x)
        assert np.shares_memory(np.from_dlpack(y[1:]), x)
        np.testing.assert_array_equal(np.from_dlpack(y[1:]), view[1:])


@pytest.mark.cpu
def test_parts_of_complex_numbers_are_copies():
    y = nl.asarray([1 + 2j, 3 + 4j])
    np.testing.assert_array_equal(np.from_dlpack(y.imag), [2, 4])


@pytest.mark.cpu
def test_copies():
    x = make((50,), "float64")
    y = nl.from_dlpack(x, copy=True)
    expected = x.copy()
    x[:] = 0
    assert_same(expected, y)
    copied = np.from_dlpack(y, copy=True)
    assert not np.shares_memory(copied, np.from_dlpack(y))
    np.testing.assert_array_equal(copied, expected)
    assert_same(expected[::2], nl.from_dlpack(expected[::2], copy=True))


@pytest.mark.cpu
def test_memory_lives_as_long_as_it_is_used():
    x = make((1000,), "float64")
    expected, alive = x.copy(), weakref.ref(x)
    y = nl.from_dlpack(x)
    tail = y[500:]
    del x, y
    gc.collect()
    assert alive() is not None
    assert_same(expected[500:], tail)
    del tail
    gc.collect()
    assert alive() is None


@pytest.mark.cpu
def test_results_live_as_long_as_they_are_used():
    x, y = pair((1000,), "float64")
    result = np.from_dlpack(y + 1)
    del y
    gc.collect()
    nl.evaluate(nl.zeros(1000) + 7)  # would take the memory over
    np.testing.assert_array_equal(result, x + 1)


@pytest.mark.parametrize("version", [None, (0, 8), VERSION, (2, 0)])
@pytest.mark.cpu
def test_unused_capsules_free_their_memory(version):
    y = nl.arange(1000.0) + 1
    nl.evaluate(y)
    capsule = y.__dlpack__(max_version=version)
    name = "dltensor" if version in (None, (0, 8)) else "dltensor_versioned"
    assert f'"{name}"' in repr(capsule)
    used = nl.memory_info()["used_bytes"]
    del y, capsule
    assert nl.memory_info()["used_bytes"] < used


class Producer:
    """Hands out capsules of a NumPy array as a library of DLPack 0.x does."""

    def __init__(self, array):
        self.array = array

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __dlpack__(self, stream=None):
        return self.array.__dlpack__()


@pytest.mark.cpu
def test_libraries_without_versions():
    x = make((3, 4), "float32")
    assert_same(x, nl.from_dlpack(Producer(x)))
    copied = nl.from_dlpack(Producer(x), copy=True)
    expected = x.copy()
    x[:] = 0
    assert_same(expected, copied)


@pytest.mark.cpu
def test_a_capsule_serves_once():
    class Repeats(Producer):
        def __dlpack__(self, **request):
            return self.capsule

    producer = Repeats(make((3,), "float64"))
    producer.capsule = producer.array.__dlpack__(max_version=VERSION)
    nl.from_dlpack(producer)
    with pytest.raises(ValueError, match="unused DLPack capsule"):
        nl.from_dlpack(producer)


@pytest.mark.cpu
def test_the_own_kind():
    x, y = pair((3, 4), "int16")
    assert_same(x, nl.from_dlpack(y))
    assert_same(x, nl.from_dlpack(y, copy=True))
    assert_same(x, nl.from_dlpack(y, device="cpu"))


@pytest.mark.cpu
def test_bfloat16():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    jnp = pytest.importorskip("jax.numpy")
    x = np.arange(6).reshape(2, 3).astype(bfloat16)
    assert_same(x, nl.from_dlpack(jnp.asarray(x)))
    np.testing.assert_array_equal(np.asarray(jnp.from_dlpack(nl.asarray(x))), x)


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "complex64"])
@pytest.mark.cpu
def test_jax(dtype):
    jnp = pytest.importorskip("jax.numpy")
    x, y = pair((3, 4), dtype)
    np.testing.assert_array_equal(np.asarray(jnp.from_dlpack(y)), x)
    assert_same(x, nl.from_dlpack(jnp.asarray(x)))


def test_signatures():
    y = nl.ones(3)
    assert str(inspect.signature(y.__dlpack__)) == (
        "(*, stream=None, max_version=None, dl_device=None, copy=None)"
    )
    assert str(inspect.signature(nl.from_dlpack)) == (
        "(x, /, *, device=None, copy=None)"
    )


@pytest.mark.cpu
def test_devices():
    assert nl.ones(3).__dlpack_device__() == CPU
    assert not hasattr(nl.ones(3), "__cuda_array_interface__")


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"stream": 1}, ValueError),
        ({"dl_device": (9, 0)}, BufferError),
        ({"dl_device": (2, 99)}, BufferError),
        ({"dl_device": 1}, TypeError),
        ({"max_version": 1}, TypeError),
        ({"max_version": (1, 0, 0)}, TypeError),
        ({"nonsense": 1}, TypeError),
    ],
)
@pytest.mark.cpu
def test_bad_requests(request_, error):
    with pytest.raises(error):
        nl.ones(3).__dlpack__(**request_)


@pytest.mark.cpu
def test_bad_producers():
    with pytest.raises(AttributeError):
        nl.from_dlpack([1.0, 2.0])

    class Elsewhere(Producer):
        def __dlpack_device__(self):
            return (10, 0)  # kDLROCM

        def __dlpack__(self, *, dl_device=None, **request):
            if dl_device != CPU:
                raise BufferError("on another device")
            return self.array.__dlpack__(max_version=VERSION)

    x = make((3,), "float64")
    with pytest.raises(BufferError):
        nl.from_dlpack(Elsewhere(x))
    assert_same(x, nl.from_dlpack(Elsewhere(x), device="cpu"))


@pytest.mark.skipif(nl.get_default_device() == "cpu", reason="needs a GPU")
def test_copy_false_between_devices():
    with pytest.raises(ValueError, match="copy"):
        nl.from_dlpack(np.ones(3), device="cuda", copy=False)
    with pytest.raises(BufferError, match="copy"):
        nl.ones(3).__dlpack__(dl_device=CPU, copy=False)


@pytest.mark.cpu
def test_selections_of_shared_memory_are_made_at_once():
    x = np.arange(-5.0, 5.0)
    y = nl.from_dlpack(x)
    mask = y > 0
    chosen = y[mask]
    scaled = y[mask] * 2
    by_shared = nl.arange(10.0)[nl.from_dlpack(x > 0)]
    expected = x[x > 0].copy()
    x[:] = 100
    assert_same(expected, chosen)
    assert_same(2 * expected, scaled)
    assert_same(np.arange(6.0, 10.0), by_shared)


@pytest.mark.cpu
def test_selections_by_a_shared_mask():
    mask = np.arange(6) % 2 == 0
    chosen = nl.arange(6.0)[nl.from_dlpack(mask)]
    total = nl.arange(6.0)[nl.from_dlpack(mask)].sum()
    mask[:] = True
    assert_same(np.arange(0.0, 6.0, 2), chosen)
    assert_same(np.float64(6.0), total)


@pytest.mark.cpu
def test_numpy_shares_memory_on_demand():
    y = nl.arange(6.0) + 0
    snapshot = np.asarray(y)
    x = np.asarray(y, copy=False)
    y[2] = 50
    x[0] = -1
    np.testing.assert_array_equal(x, [-1, 1, 50, 3, 4, 5])
    assert_same(x, y)
    np.testing.assert_array_equal(snapshot, np.arange(6.0))
    part = np.asarray(y[::2], copy=False)
    part[:] = 7
    assert_same(np.array([7.0, 1, 7, 3, 7, 5]), y)
    assert not np.asarray(nl.broadcast_to(y, (2, 6)), copy=False).flags.writeable
    with pytest.raises(ValueError, match="copy"):
        np.asarray((y * 1j).real, copy=False)
    assert np.asarray(nl.zeros((0, 3)), copy=False).shape == (0, 3)


def test_views_of_what_is_updated_in_the_same_program():
    for update in (lambda a: a[3:5].fill(0), lambda a: a[1:].__iadd__(a[:-1])):
        x, y = np.arange(10.0) + 1, nl.arange(10.0) + 1
        views = []
        for a in (x, y):
            if a is y:
                nl.evaluate(a)
            view = a[2:8]
            doubled, shown = view * 2, a[1:9:2].reshape(2, 2).T + 0
            update(a)
            views.append((doubled, shown, view))
        for expected, got in zip(*views):
            assert_same(expected, got)
        assert_same(x, y)
