"""Elements to and from devices."""

import copy
import io
import pickle

import numpy as np
import pytest

import numloom as nl
from numloom import cuda

VALUES = np.arange(12.0).reshape(3, 4)


def test_there_and_back():
    x = nl.asarray(VALUES)
    assert x.device == "cuda:0"
    np.testing.assert_array_equal(nl.asnumpy(x), VALUES)
    np.testing.assert_array_equal(np.asarray(x), VALUES)
    assert x.tolist() == VALUES.tolist()
    assert x.item(5) == 5
    assert repr(x) == repr(VALUES)


def test_copies_are_writable_and_apart():
    x = nl.asarray(VALUES)
    y = nl.asnumpy(x)
    y[0, 0] = 100
    assert x.get()[0, 0] == 0
    assert np.array(x).flags.writeable
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        np.asarray(x, copy=False)


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.T,
        lambda x: x[::2],
        lambda x: x[:, ::-1],
        lambda x: x[1],
        lambda x: x[1:1],
        lambda x: nl.broadcast_to(x, (2, 3, 4)),
    ],
)
def test_views(view):
    np.testing.assert_array_equal(
        view(nl.asarray(VALUES)).get(),
        np.asarray(view(nl.asarray(VALUES, device="cpu"))),
    )


def test_get_into_an_array():
    x = nl.asarray(VALUES)
    out = np.empty_like(VALUES)
    assert x.get(out=out) is out
    np.testing.assert_array_equal(out, VALUES)
    fortran = np.empty_like(VALUES, order="F")
    np.testing.assert_array_equal(nl.asnumpy(x, out=fortran), VALUES)
    assert x.get(order="F").flags.f_contiguous
    with pytest.raises(ValueError, match="Shape mismatch"):
        x.get(out=np.empty(3))
    with pytest.raises(TypeError, match="float32 array cannot be obtained"):
        x.get(out=np.empty((3, 4), "f4"))
    with pytest.raises(TypeError, match=r"Only numpy\.ndarray"):
        x.get(out=[1])


def test_set():
    x = nl.asarray(VALUES)
    x.set(VALUES + 1)
    np.testing.assert_array_equal(x.get(), VALUES + 1)
    assert x.device == "cuda:0"
    x.set(VALUES, cuda.Stream())
    np.testing.assert_array_equal(x.get(cuda.Stream()), VALUES)
    with pytest.raises(ValueError, match="Shape mismatch"):
        x.set(np.ones(3))
    with pytest.raises(TypeError, match="int64 array cannot be set to float64"):
        x.set(np.ones((3, 4), "int64"))


def test_between_devices():
    x = nl.asarray(VALUES)
    y = x.to_device(cuda.Device(1))
    assert y.device == "cuda:1"
    np.testing.assert_array_equal(y.get(), VALUES)
    assert x.to_device("cuda:0") is x
    assert nl.asarray(y).device == "cuda:1"
    assert nl.asarray(y, device="cpu").device == "cpu"
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        nl.asarray(y, device="cpu", copy=False)


def test_numpy_memory_is_never_shared():
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        nl.asarray(VALUES, copy=False)


def test_files_and_pickles():
    x = nl.asarray(VALUES)
    file = io.BytesIO()
    nl.save(file, x)
    file.seek(0)
    np.testing.assert_array_equal(nl.load(file).get(), VALUES)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(x)).get(), VALUES)
    assert copy.deepcopy(x).device == "cuda:0"


def test_pinned_arrays():
    x = nl.empty_pinned((3, 4))
    x[...] = VALUES
    np.testing.assert_array_equal(nl.asarray(x).get(), VALUES)
    assert not nl.zeros_pinned(5, "f4").any()
    assert nl.empty_like_pinned(VALUES.T).flags.f_contiguous
    assert nl.zeros_like_pinned(VALUES, "i2").dtype == "i2"
    assert nl.zeros_like_pinned(VALUES, shape=7).shape == (7,)
