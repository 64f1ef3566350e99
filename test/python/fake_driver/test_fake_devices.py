"""Devices: facts, selection, and where arrays lie."""

import threading

import numpy as np
import pytest

import numloom as nl
from numloom import cuda


def test_facts():
    device = cuda.Device(1)
    assert device.compute_capability == "90"
    assert device.mem_info[1] == cuda.runtime.getDeviceProperties(1)["totalGlobalMem"]
    assert cuda.Device.from_pci_bus_id(device.pci_bus_id) == device
    assert cuda.runtime.getDeviceCount() == 2
    assert cuda.runtime.driverGetVersion() >= 12000
    assert device.attributes["ComputeCapabilityMajor"] == 9


def test_identity():
    assert cuda.Device(1) == cuda.Device(1) == "cuda:1"
    assert cuda.Device(0) < cuda.Device(1)
    assert int(cuda.Device(1)) == 1
    assert repr(cuda.Device(1)) == "<CUDA Device 1>"
    assert {cuda.Device(1): 5}["cuda:1"] == 5


def test_with_nests():
    with cuda.Device(1):
        with cuda.Device(0):
            assert cuda.Device() == cuda.Device(0)
        assert nl.asarray([1]).device == "cuda:1"
        assert cuda.runtime.getDevice() == 1
    assert nl.asarray([1]).device == "cuda:0"


def test_a_thread_has_its_own_selection():
    seen = []
    with cuda.Device(1):
        thread = threading.Thread(target=lambda: seen.append(nl.ones(1).device))
        thread.start()
        thread.join()
    assert seen == ["cuda:0"]


def test_selection_on_a_process_of_the_cpu():
    nl.set_default_device("cpu")
    with cuda.Device(1):
        assert nl.ones(1).device == "cuda:1"
    assert nl.ones(1).device == nl.get_default_device() == "cpu"


def test_no_such_device():
    with pytest.raises(cuda.CudaError, match="no device cuda:7") as error:
        cuda.Device(7).use()
    assert error.value.status == 101
    assert isinstance(error.value.name, str)


def test_arrays_on_two_devices_do_not_mix():
    x, y = nl.asarray([1.0], device="cuda:0"), nl.asarray([1.0], device="cuda:1")
    with pytest.raises(ValueError, match="one is on cuda:0 and another on cuda:1"):
        x + y
    with pytest.raises(ValueError, match="one is on cuda:1 and another on cuda:0"):
        nl.where(y > 0, x, y)
    assert (x + y.to_device("cuda:0")).device == "cuda:0"


@pytest.mark.parametrize(
    "call",
    [
        lambda x: x + 1,
        lambda x: 2 * x,
        lambda x: x + [1.0] * 3,
        lambda x: x + nl.asarray(2.0),
        lambda x: nl.where(x > 1, [1, 2, 3], x),
        lambda x: x.mean(),
        lambda x: nl.average(x, weights=[1, 2, 3]),
        lambda x: nl.std(x, where=[True, False, True]),
        nl.imag,
        lambda x: x.imag,
        lambda x: x == None,  # noqa: E711
        lambda x: x @ [1.0, 1.0, 1.0],
        lambda x: nl.concatenate([[1.0] * 3, x]),
        lambda x: nl.outer([1, 2], x),
        lambda x: nl.isclose([1, 2, 3], x),
        lambda x: nl.einsum("i,i", [1, 2, 3], x),
        lambda x: nl.diff(x, prepend=[0.0]),
        nl.tril,
        lambda x: nl.diag(x, 1),
        lambda x: nl.linspace(x, 5, 3),
        lambda x: nl.cumulative_sum(x, include_initial=True),
        nl.zeros_like,
        lambda x: nl.full_like(x, 2),
        lambda x: nl.clip(x, 0, 1),
        nl.nanvar,
        lambda x: x.copy(),
        nl.asarray,
    ],
)
def test_results_stay_with_the_operand(call):
    x = nl.asarray([1.0, 2.0, 3.0], device="cuda:1")
    assert call(x).device == "cuda:1"


def test_outputs_keep_their_device():
    x = nl.asarray([1.0, 2.0], device="cuda:1")
    out = nl.asarray([0.0, 0.0], device="cpu")
    with pytest.raises(ValueError, match="one is on cpu and another on cuda:1"):
        nl.add(x, 1, out=out)
    assert nl.add(x, 1, out=x).device == "cuda:1"
    x *= nl.asarray(2.0, device="cpu")
    assert x.device == "cuda:1"


def test_creation_on_a_device():
    for make in (
        lambda **k: nl.zeros(3, **k),
        lambda **k: nl.ones(3, **k),
        lambda **k: nl.empty(3, **k),
        lambda **k: nl.full(3, 2, **k),
        lambda **k: nl.arange(3, **k),
        lambda **k: nl.linspace(0, 1, 3, **k),
        lambda **k: nl.eye(3, **k),
        lambda **k: nl.asarray([1, 2], **k),
    ):
        assert make(device="cuda:1").device == "cuda:1"
        assert make(device=cuda.Device(1)).device == "cuda:1"
        assert make(device="cpu").device == "cpu"
        assert make().device == "cuda:0"


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64"])
def test_products_are_one_call_of_cublas(dtype):
    """Of halves too: cuBLAS itself adds them up in float32."""
    a, b = (nl.asarray(np.ones((8, 8), dtype)) for _ in range(2))
    report = nl.explain(a @ b)
    assert "kernel 0: matmul" in report
    assert "kernel 1" not in report
