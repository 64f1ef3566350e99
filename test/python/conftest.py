"""Fixtures of the Python tests."""

import numpy as np
import pytest

import numloom as nl


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "cpu: is about the CPU and runs there whatever NUMLOOM_DEVICE says"
    )


def pytest_report_header():
    return f"numloom: default device {nl.get_default_device()}"


@pytest.fixture(autouse=True)
def device_of_the_test(request, monkeypatch):
    """Tests marked `cpu` run there, all others on the default device."""
    if not request.node.get_closest_marker("cpu"):
        yield
        return
    previous = nl.get_default_device()
    nl.set_default_device("cpu")
    monkeypatch.setenv("NUMLOOM_DEVICE", "cpu")
    yield
    nl.set_default_device(previous)


@pytest.fixture(autouse=True)
def quiet_numpy():
    """NumPy's floating-point warnings are no part of what is compared."""
    with np.errstate(all="ignore"):
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(20240917)
