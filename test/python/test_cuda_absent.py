"""What the package does where no GPU works."""

import pytest
from processes import read_output

import numloom as nl


def run(source, **environment):
    """Runs a program that sees no device; returns what it printed."""
    return read_output(source, CUDA_VISIBLE_DEVICES="", **environment)


def error_of(expression, **environment):
    """The type and text of the exception that an expression raises."""
    return run(
        "import numloom as nl\n"
        "from numloom import cuda\n"
        f"try: {expression}\n"
        "except Exception as error: print(type(error).__name__, error)",
        **environment,
    )


def test_the_cpu_is_the_default():
    assert (
        run(
            "import numloom as nl\n"
            "print(nl.get_default_device(), nl.ones(3).device, nl.cuda.is_available())",
            NUMLOOM_DEVICE="",
        )
        == "cpu cpu False"
    )


def test_imports_open_no_driver():
    assert (
        run(
            "import numloom, numloom.cuda\n"
            "maps = open('/proc/self/maps').read()\n"
            "print('libcuda' in maps)"
        )
        == "False"
    )


@pytest.mark.parametrize(
    "expression",
    [
        "cuda.Device(0).use()",
        "cuda.Device(0).mem_info",
        "cuda.Device(0).synchronize()",
        "cuda.runtime.getDeviceCount() or cuda.Device(0).use()",
        "cuda.Stream()",
        "cuda.Stream.null.synchronize()",
        "cuda.Event()",
        "cuda.alloc(16)",
        "cuda.malloc_managed(16)",
        "cuda.alloc_pinned_memory(16)",
        "nl.empty_pinned(3)",
        "nl.ones(3, device='cuda')",
        "nl.ones(3).to_device('cuda')",
        "nl.set_default_device('cuda')",
    ],
)
def test_using_a_gpu_is_an_error(expression):
    assert error_of(expression).startswith("CudaError no CUDA d")


def test_an_environment_that_asks_for_a_gpu():
    message = error_of("nl.ones(3)", NUMLOOM_DEVICE="cuda")
    assert message.startswith("CudaError no CUDA d")
    message = error_of("nl.ones(3)", NUMLOOM_DEVICE="tpu")
    assert message.startswith("ValueError Device not understood")


def test_the_environment_names_the_default_device():
    assert run("import numloom as nl; print(nl.ones(2))", NUMLOOM_DEVICE="cpu")


def test_errors_are_of_pythons_types():
    assert issubclass(nl.cuda.CudaError, RuntimeError)
    assert issubclass(nl.cuda.OutOfMemoryError, MemoryError)


def test_arrays_on_the_cpu():
    x = nl.arange(3.0, device="cpu")
    assert x.device == "cpu"
    assert x.to_device("cpu") is x
    assert (x + 1).device == nl.zeros_like(x).device == "cpu"
    assert x.get().tolist() == [0, 1, 2]
    x.set(x.get() + 1)
    assert x.tolist() == [1, 2, 3]


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:-1", "cuda:x", "", 3.5])
def test_devices_that_are_not_understood(device):
    with pytest.raises(ValueError, match="Device not understood"):
        nl.ones(3, device=device)
    with pytest.raises(ValueError, match="Device not understood"):
        nl.set_default_device(device)
