"""Tests of the Python side of CUDA on a driver without kernels.

test_cuda_fake_driver.py runs them; elsewhere they are not collected.
"""

import os

import pytest

import numloom as nl

collect_ignore_glob = []
if "fake-driver" not in os.environ.get("LD_LIBRARY_PATH", ""):
    collect_ignore_glob.append("*")


@pytest.fixture(autouse=True)
def default_device():
    """Each test begins on the first GPU with an empty pool."""
    nl.set_default_device("cuda:0")
    pool = nl.cuda.get_default_memory_pool()
    pool.free_all_blocks()
    yield
    nl.set_default_device("cuda:0")
    pool.set_limit(size=0)


@pytest.fixture
def pool():
    return nl.cuda.get_default_memory_pool()
