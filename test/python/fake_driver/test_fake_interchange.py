"""Device memory in other libraries' hands: protocols, streams, refusals."""

import numpy as np
import pytest

import numloom as nl
from numloom import cuda

VALUES = np.arange(12.0).reshape(3, 4)


class Producer:
    """An array of another library: remembers what it was asked for."""

    def __init__(self, array):
        self.array = array

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()

    def __dlpack__(self, **request):
        self.request = request
        return self.array.__dlpack__(**request)


def test_devices():
    x = nl.asarray(VALUES)
    assert x.__dlpack_device__() == (2, 0)
    assert x.to_device("cpu").__dlpack_device__() == (1, 0)


@pytest.mark.parametrize("view", [lambda x: x, lambda x: x.T, lambda x: x[::2, 1:]])
def test_values(view):
    y = nl.from_dlpack(Producer(view(nl.asarray(VALUES))))
    assert y.device == "cuda:0"
    np.testing.assert_array_equal(y.get(), view(VALUES))


def test_host_copies():
    x = nl.asarray(VALUES)
    np.testing.assert_array_equal(np.from_dlpack(x, device="cpu"), VALUES)
    assert nl.from_dlpack(x, device="cpu").device == "cpu"
    assert nl.from_dlpack(VALUES).device == "cpu"
    np.testing.assert_array_equal(nl.from_dlpack(VALUES, device="cuda").get(), VALUES)


def test_copies_that_are_forbidden():
    x = nl.asarray(VALUES)
    with pytest.raises(BufferError, match="copy"):
        x.__dlpack__(dl_device=(1, 0), copy=False)
    with pytest.raises(ValueError, match="copy"):
        nl.from_dlpack(x, device="cpu", copy=False)


def test_consumers_ask_with_their_stream():
    producer = Producer(nl.asarray(VALUES))
    nl.from_dlpack(producer)
    assert producer.request == {"max_version": (1, 0), "stream": 1}
    with cuda.Stream() as stream:
        nl.from_dlpack(producer)
    assert producer.request["stream"] == stream.ptr


@pytest.mark.parametrize("stream", [None, -1, 1])
def test_streams(stream):
    assert nl.asarray(VALUES).__dlpack__(stream=stream) is not None


@pytest.mark.parametrize("stream", [0, -2])
def test_bad_streams(stream):
    with pytest.raises(ValueError, match="stream"):
        nl.asarray(VALUES).__dlpack__(stream=stream)


def test_array_interface():
    x = nl.asarray(VALUES)
    interface = x.__cuda_array_interface__
    assert interface["shape"] == (3, 4)
    assert interface["typestr"] == "<f8"
    assert interface["descr"] == [("", "<f8")]
    assert interface["strides"] is None
    assert interface["version"] == 3
    assert interface["stream"] == 1
    address, read_only = interface["data"]
    assert address and not read_only
    assert x.T.__cuda_array_interface__["strides"] == (8, 32)
    assert x[1:].__cuda_array_interface__["data"][0] == address + 32
    assert nl.zeros((0, 3)).__cuda_array_interface__["data"][0] == 0
    assert not hasattr(x.to_device("cpu"), "__cuda_array_interface__")


class Foreign:
    """An array of another library on a GPU."""

    def __init__(self, array, **changes):
        self.interface = array.__cuda_array_interface__ | changes
        self.array = array

    @property
    def __cuda_array_interface__(self):
        return self.interface


@pytest.mark.parametrize("view", [lambda x: x, lambda x: x.T, lambda x: x[::2, 1:]])
def test_arrays_of_others(view):
    x = nl.asarray(VALUES, device="cuda:1")
    y = nl.asarray(Foreign(view(x)))
    assert y.device == "cuda:1"
    np.testing.assert_array_equal(y.get(), view(VALUES))
    address = view(x).__cuda_array_interface__["data"]
    assert y.__cuda_array_interface__["data"][0] == address[0]


def test_copies_of_arrays_of_others():
    x = nl.asarray(VALUES)
    y = nl.array(Foreign(x[0]))
    address = x.__cuda_array_interface__["data"][0]
    assert y.__cuda_array_interface__["data"][0] != address


def test_empty_arrays_of_others():
    y = nl.asarray(Foreign(nl.zeros((0, 3))))
    assert y.shape == (0, 3)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"data": (VALUES.ctypes.data, False)}, ValueError),
        ({"mask": object()}, TypeError),
        ({"typestr": "<M8[s]"}, TypeError),
        ({"strides": (3, 8)}, ValueError),
        ({"stream": 0}, ValueError),
    ],
)
def test_bad_arrays_of_others(changes, error):
    with pytest.raises(error):
        nl.asarray(Foreign(nl.asarray(VALUES), **changes))


def test_numpy_arrays_do_not_mix():
    x = nl.asarray(VALUES)
    for mix in (
        lambda: x + VALUES,
        lambda: VALUES + x,
        lambda: np.add(VALUES, x),
        lambda: nl.concatenate([x, VALUES]),
        lambda: nl.where(x > 0, x, VALUES),
        lambda: np.add(x, 1, out=VALUES.copy()),
        lambda: np.copyto(VALUES.copy(), x),
    ):
        with pytest.raises(TypeError):
            mix()
    for result in (x * np.float64(2), np.float64(2) * x, x + np.array(1), x + [0] * 4):
        assert result.device == "cuda:0"
