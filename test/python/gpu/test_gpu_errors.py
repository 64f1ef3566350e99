"""Errors of the device: what they say, and what still works afterwards."""

import signal
import subprocess
import sys
import time

import pytest
from processes import read_output

import numloom as nl


def test_errors_name_what_cuda_said():
    never_recorded = nl.cuda.Event()
    with pytest.raises(nl.cuda.CudaError, match="CUDA_ERROR_INVALID_HANDLE") as error:
        nl.cuda.get_elapsed_time(never_recorded, never_recorded)
    assert error.value.name == "CUDA_ERROR_INVALID_HANDLE"
    assert error.value.status == 400


def test_devices_that_are_not_there_are_named():
    with pytest.raises(nl.cuda.CudaError, match="no device cuda:99") as error:
        nl.cuda.Device(99).mem_info  # noqa: B018
    assert error.value.name == "CUDA_ERROR_INVALID_DEVICE"


def test_fork_after_use_is_refused():
    read_output(
        "import os, numloom as nl\n"
        "assert float(nl.ones(10, device='cuda').sum()) == 10\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    try:\n"
        "        float(nl.ones(10, device='cuda').sum())\n"
        "    except nl.cuda.CudaError as error:\n"
        "        os._exit(0 if 'fork' in str(error) else 2)\n"
        "    os._exit(3)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
        "assert float(nl.ones(10, device='cuda').sum()) == 10\n"
    )


def test_fork_before_use_works():
    read_output(
        "import os, numloom as nl\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0 if float(nl.ones(9, device='cuda').sum()) == 9 else 2)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
    )


def test_no_visible_device():
    read_output(
        "import numloom as nl\n"
        "assert not nl.cuda.is_available()\n"
        "assert nl.ones(3).device == 'cpu'\n"
        "try:\n"
        "    nl.ones(3, device='cuda')\n"
        "except nl.cuda.CudaError as error:\n"
        "    assert 'CUDA_VISIBLE_DEVICES' in str(error), error\n"
        "else:\n"
        "    raise AssertionError\n",
        NUMLOOM_DEVICE="",
        CUDA_VISIBLE_DEVICES="",
    )


def test_missing_cublas_is_named():
    """Only when it is used: everything else works without it."""
    read_output(
        "import numloom as nl\n"
        "nl.set_default_device('cuda')\n"
        "assert float(nl.ones(10).sum()) == 10\n"
        "a = nl.ones((40, 40))\n"
        "try:\n"
        "    nl.evaluate(a @ a)\n"
        "except Exception as error:\n"
        "    assert '/nowhere/libcublas.so' in str(error), error\n"
        "else:\n"
        "    raise AssertionError\n"
        "assert float(nl.ones(10).sum()) == 10\n",
        NUMLOOM_CUBLAS="/nowhere/libcublas.so",
    )


FAULT = r"""
import ctypes
import numloom as nl

nl.set_default_device("cuda")
x = nl.ones(10) + 1
nl.evaluate(x)
nl.cuda.Device().synchronize()

# A kernel that writes to address 0, launched past Numloom.
ptx = b'''.version 7.0
.target sm_75
.address_size 64
.visible .entry fault() {
  .reg .b64 %a;
  .reg .b32 %v;
  mov.u64 %a, 0;
  mov.u32 %v, 1;
  st.global.u32 [%a], %v;
  ret;
}
'''
cuda = ctypes.CDLL("libcuda.so.1")
context, module, kernel = (ctypes.c_void_p() for _ in range(3))
assert cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0) == 0
assert cuda.cuCtxSetCurrent(context) == 0
assert cuda.cuModuleLoadData(ctypes.byref(module), ptx) == 0
assert cuda.cuModuleGetFunction(ctypes.byref(kernel), module, b"fault") == 0
assert cuda.cuLaunchKernel(kernel, 1, 1, 1, 1, 1, 1, 0, None, None, None) == 0

for _ in range(3):
    try:
        nl.cuda.Device().synchronize()
        float((nl.ones(10) * 3).sum())
    except nl.cuda.CudaError as error:
        print("error:", str(error).replace("\n", " "))
print("cpu:", float(nl.ones(10, device="cpu").sum()))
"""


def test_lost_context_is_reported():
    """A kernel fault is named once; later calls say that the context is lost."""
    first, *later, cpu = read_output(FAULT).splitlines()
    assert "CUDA_ERROR_ILLEGAL_ADDRESS" in first
    assert len(later) == 2
    assert all("lost" in line for line in later), later
    assert cpu == "cpu: 10.0"


PRODUCTS = """
a = nl.ones((8192, 8192), 'float64') * 1e-4
x = a
for _ in range(300):
    x = x @ a
"""

# One kernel, over 4e12 pairs.
PAIRS = """
p = nl.arange(2e6) * 1e-7
x = nl.sqrt(nl.abs(nl.sin(p[:, None]) * p - nl.cos(p))).sum(1)
"""


@pytest.mark.parametrize("work", [PRODUCTS, PAIRS])
def test_interrupt_ends_a_long_wait(work):
    """Of seconds of work, yet less than the driver's queue takes without a wait."""
    source = f"""
import os
import numloom as nl
nl.set_default_device('cuda')
{work}
nl.evaluate(x)
print('waiting', flush=True)
try:
    nl.cuda.Device().synchronize()
except KeyboardInterrupt:
    print('interrupted', flush=True)
os._exit(0)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "waiting\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
    finally:
        process.kill()
        process.wait()
