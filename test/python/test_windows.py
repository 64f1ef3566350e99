"""Window functions."""

import numpy as np
import pytest
from support import assert_same

import numloom as nl

POINTS = [-3, 0, 1, 2, 3, 10, 51, 7.0]


@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning"])
def test_windows(name, points):
    assert_same(getattr(np, name)(points), getattr(nl, name)(points), tolerance=1e-15)


@pytest.mark.parametrize("beta", [0.0, 5, 14.5])
@pytest.mark.parametrize("points", POINTS)
def test_kaiser(points, beta):
    assert_same(np.kaiser(points, beta), nl.kaiser(points, beta), tolerance=2e-15)
