"""Exchange of memory by DLPack: from and to NumPy and JAX, and what is refused."""

import ctypes
import inspect
import threading

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
def test_memory_is_shared():
    x, y = pair((4, 6), "float64")
    part = (y * 2)[::-1, 1:]
    assert isinstance(part.data, memoryview)
    np.testing.assert_array_equal(part.data, (x * 2)[::-1, 1:])
    part.data[0, 0] = 7.0
    assert float(part[0, 0]) == 7.0
    assert nl.asarray(2.5).data[()] == 2.5
    assert nl.zeros((0, 3)).data.shape == (0, 3)


def test_capsules():
    assert "dltensor" in repr(nl.arange(3).toDlpack())


@pytest.mark.cpu
def test_pending_arrays_are_computed():
    x, y = pair((100,), "float64")
    np.testing.assert_array_equal(np.from_dlpack(y * 2 + 1), x * 2 + 1)


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
def test_consumers_let_go_on_any_thread():
    """References are counted while the consumer, without the GIL, drops one."""
    x = nl.arange(8.0)
    capsules = [x.__dlpack__() for _ in range(2000)]
    api, pointer = ctypes.pythonapi, ctypes.c_void_p
    api.PyCapsule_GetPointer.restype = pointer
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    api.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
    used = b"used_dltensor"

    def release():
        for capsule in capsules:
            tensor = api.PyCapsule_GetPointer(capsule, b"dltensor")
            api.PyCapsule_SetName(capsule, used)
            # Behind the tensor (48 bytes) and its owner.
            deleter = pointer.from_address(tensor + 56).value
            ctypes.CFUNCTYPE(None, pointer)(deleter)(tensor)

    thread = threading.Thread(target=release)
    thread.start()
    total = x
    for _ in range(2000):
        total = x + 1
    thread.join()
    capsules.clear()
    np.testing.assert_array_equal(nl.asnumpy(total), np.arange(8.0) + 1)
    x += 1
    np.testing.assert_array_equal(nl.asnumpy(x), np.arange(8.0) + 1)


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
