"""Fixtures of the Python tests."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def quiet_numpy():
    """NumPy's floating-point warnings are no part of what is compared."""
    with np.errstate(all="ignore"):
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(20240917)
