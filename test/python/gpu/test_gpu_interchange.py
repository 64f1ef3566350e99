"""Exchange of GPU memory with CuPy, PyTorch and JAX: values, sharing, streams."""

import gc

import numpy as np
import pytest

import numloom as nl

DTYPES = ["bool", "uint8", "int32", "int64", "float16", "float32", "complex64"]
# Long enough that work on another stream is not done when it is used.
LARGE = 1 << 24


@pytest.fixture
def cupy():
    return pytest.importorskip("cupy")


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parametrize("dtype", DTYPES)
def test_cupy_by_dlpack(cupy, dtype):
    x = np.arange(12).reshape(3, 4).astype(dtype)
    theirs = cupy.from_dlpack(nl.asarray(x))
    np.testing.assert_array_equal(theirs.get(), x)
    ours = nl.from_dlpack(cupy.asarray(x))
    assert ours.device == "cuda:0"
    np.testing.assert_array_equal(ours.get(), x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_cupy_by_array_interface(cupy, dtype):
    x = np.arange(12).reshape(3, 4).astype(dtype)
    ours = nl.asarray(x)
    theirs = cupy.asarray(ours)
    assert theirs.data.ptr == ours.__cuda_array_interface__["data"][0]
    np.testing.assert_array_equal(theirs.get(), x)
    back = nl.asarray(theirs)
    np.testing.assert_array_equal(back.get(), x)


@pytest.mark.parametrize(
    "select", [lambda x: x.T, lambda x: x[::2, 1:], lambda x: x[1], lambda x: x[:, :0]]
)
def test_layouts(cupy, select):
    x = np.arange(12.0).reshape(3, 4)
    theirs = select(cupy.asarray(x))
    np.testing.assert_array_equal(nl.from_dlpack(theirs).get(), select(x))
    np.testing.assert_array_equal(nl.asarray(theirs).get(), select(x))
    ours = select(nl.asarray(x))
    np.testing.assert_array_equal(cupy.from_dlpack(ours).get(), select(x))
    np.testing.assert_array_equal(cupy.asarray(ours).get(), select(x))


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
def test_torch(torch, dtype):
    theirs = torch.arange(12, device="cuda").reshape(3, 4).to(getattr(torch, dtype))
    ours = nl.from_dlpack(theirs)
    back = torch.from_dlpack(ours)
    assert back.data_ptr() == theirs.data_ptr()
    assert torch.equal(back, theirs)
    if dtype != "bool":
        assert torch.equal(torch.from_dlpack(ours + ours), theirs + theirs)


def test_torch_updates_show_on_both_sides(torch):
    theirs = torch.zeros(1000, device="cuda")
    ours = nl.from_dlpack(theirs)
    ours[10:20] = 3
    assert float(theirs.sum()) == 30
    theirs += 1
    double = ours * 2
    theirs.zero_()
    assert float(double.sum()) == 2 * 1030
    assert float(ours.sum()) == 0


def test_torch_streams(torch):
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        theirs = torch.ones(LARGE, device="cuda")
        for _ in range(20):
            theirs = theirs * 1.0 + 1.0
        ours = nl.from_dlpack(theirs)
    assert float(ours.min()) == 21
    y = nl.ones(LARGE, "float32") * 2
    with torch.cuda.stream(side):
        assert float(torch.from_dlpack(y).max()) == 2


def test_streams_of_ours(cupy):
    with nl.cuda.Stream(non_blocking=True):
        y = nl.ones(LARGE, "float32")
        for _ in range(20):
            y = nl.sqrt(y * 4.0) + 1.0
            nl.evaluate(y)
        theirs = cupy.from_dlpack(y)
        by_interface = cupy.asarray(y)
        assert y.__cuda_array_interface__["stream"] > 2
    assert float(theirs.min()) == float(by_interface.max())


def test_jax():
    jax = pytest.importorskip("jax")
    x = np.arange(12, dtype="float32").reshape(3, 4)
    if jax.default_backend() != "gpu":
        pytest.skip("jax has no GPU here")
    np.testing.assert_array_equal(np.asarray(jax.numpy.from_dlpack(nl.asarray(x))), x)
    np.testing.assert_array_equal(nl.from_dlpack(jax.numpy.asarray(x)).get(), x)


def test_lifetimes(cupy):
    y = nl.ones(LARGE, "float32") + 1
    theirs = cupy.from_dlpack(y)
    del y
    gc.collect()
    nl.evaluate(nl.zeros(LARGE, "float32") + 7)  # would take the memory over
    assert float(theirs.min()) == 2
    z = nl.from_dlpack(theirs)
    del theirs
    gc.collect()
    cupy.zeros(LARGE, "float32").fill(9)
    assert float(z.max()) == 2


def test_to_the_host_and_back():
    x = np.arange(6.0)
    y = nl.asarray(x)
    assert y.__dlpack_device__() == (2, 0)
    there = nl.from_dlpack(y, device="cpu")
    assert there.device == "cpu"
    np.testing.assert_array_equal(np.from_dlpack(there), x)
    np.testing.assert_array_equal(np.from_dlpack(y, device="cpu"), x)
    np.testing.assert_array_equal(nl.from_dlpack(x, device="cuda").get(), x)


@pytest.mark.parametrize("stream", [0, -2])
def test_bad_streams(stream):
    with pytest.raises(ValueError, match="stream"):
        nl.ones(3).__dlpack__(stream=stream)


@pytest.mark.parametrize("stream", [None, -1, 1, 2])
def test_default_streams(stream):
    assert nl.ones(3).__dlpack__(stream=stream) is not None


def test_memory_of_arrays():
    y = nl.arange(12, dtype="float32").reshape(3, 4)[1:]
    assert y.data.ptr == y.__cuda_array_interface__["data"][0]
    assert (y.data + 4).ptr == y[:, 1:].data.ptr
    assert y.data.device == y.device


def test_array_interface_in_words():
    y = nl.arange(12, dtype="float32").reshape(3, 4)
    interface = y.__cuda_array_interface__
    assert interface["shape"] == (3, 4)
    assert interface["typestr"] == "<f4"
    assert interface["strides"] is None
    assert interface["version"] == 3
    assert interface["stream"] == 1
    assert not interface["data"][1]
    assert y.T.__cuda_array_interface__["strides"] == (4, 16)
    assert nl.zeros((0, 3)).__cuda_array_interface__["data"][0] == 0
    bfloat16 = getattr(nl, "bfloat16", None)
    assert bfloat16 is None or not hasattr(
        y.astype(bfloat16), "__cuda_array_interface__"
    )


def test_foreign_host_pointers_are_refused():
    class Claims:
        @property
        def __cuda_array_interface__(self):
            address = np.ones(3).ctypes.data
            data = {"data": (address, False), "version": 3}
            return {"shape": (3,), "typestr": "<f8", **data}

    with pytest.raises(ValueError, match="no memory of CUDA"):
        nl.asarray(Claims())
