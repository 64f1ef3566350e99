"""Devices: what they are, which one arrays lie on, the default."""

import numpy as np
import pytest
from processes import read_output

import numloom as nl


def test_facts_agree_with_each_other(gpu):
    free, total = gpu.mem_info
    assert 0 < free <= total
    assert nl.cuda.runtime.memGetInfo()[1] == total
    assert nl.cuda.runtime.getDeviceCount() >= 1
    properties = nl.cuda.runtime.getDeviceProperties(0)
    major, minor = properties["major"], properties["minor"]
    assert gpu.compute_capability == f"{major}{minor}"
    assert gpu.attributes["MultiProcessorCount"] == properties["multiProcessorCount"]
    assert properties["totalGlobalMem"] == total
    assert properties["warpSize"] == 32


def test_found_by_pci_bus_id(gpu):
    assert nl.cuda.Device.from_pci_bus_id(gpu.pci_bus_id) == gpu


def test_arrays_know_their_device():
    x = nl.ones(3)
    assert x.device == "cuda:0"
    assert (x + 1).device == "cuda:0"
    assert nl.ones(3, device="cpu").device == "cpu"
    assert nl.asarray(np.ones(3)).device == "cuda:0"


def test_default_device_is_the_threads_or_the_processs():
    nl.set_default_device("cpu")
    assert nl.ones(3).device == "cpu"
    with nl.cuda.Device(0):
        assert nl.ones(3).device == "cuda:0"
    assert nl.ones(3).device == "cpu"
    nl.set_default_device("cuda")
    assert nl.ones(3).device == "cuda:0"


def test_to_device_and_back():
    x = nl.arange(10.0)
    y = x.to_device("cpu")
    assert y.device == "cpu"
    assert y.to_device("cuda:0").device == "cuda:0"
    np.testing.assert_array_equal(np.asarray(y), np.arange(10.0))


def test_operands_on_two_devices_are_named():
    with pytest.raises(ValueError, match=r"cuda:0.*cpu|cpu.*cuda:0"):
        nl.ones(3) + nl.ones(3, device="cpu")


@pytest.mark.parametrize("device", ["cuda:99", "gpu", "cuda:-1", "cuda:x"])
def test_no_such_device(device):
    with pytest.raises((ValueError, nl.cuda.CudaError), match=device):
        nl.ones(3, device=device)


def test_no_such_ordinal():
    with pytest.raises(nl.cuda.CudaError), nl.cuda.Device(99):
        pass


def test_numbers_join_any_device():
    assert (2 * nl.ones(3)).tolist() == [2.0, 2.0, 2.0]
    assert (nl.ones(3) + np.float32(1)).device == "cuda:0"


def test_environment_chooses_the_default_device():
    for name in ("cpu", "cuda:0"):
        program = "import numloom; print(numloom.ones(3).device)"
        assert read_output(program, NUMLOOM_DEVICE=name) == name


def test_import_touches_nothing_of_cuda():
    read_output(
        "import numloom\n"
        "maps = open('/proc/self/maps').read()\n"
        "assert 'libcuda' not in maps and 'nvidia' not in maps\n"
    )
