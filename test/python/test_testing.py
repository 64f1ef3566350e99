"""`numloom.testing`: the assertions of `numpy.testing` on arrays."""

import numpy as np
import pytest

import numloom as nl

X = nl.arange(6).reshape(2, 3)
PASSING = {
    "assert_array_equal": (X, np.arange(6).reshape(2, 3)),
    "assert_allclose": (X * (1 + 1e-12), X),
    "assert_almost_equal": (X.sum(), 15),
    "assert_approx_equal": (X[0, 1], 1),
    "assert_array_almost_equal": (X * 1.0, X),
    "assert_array_almost_equal_nulp": (X * 1.0, X * 1.0),
    "assert_array_max_ulp": (X * 1.0, X * 1.0),
    "assert_array_less": (X, X + 1),
    "assert_equal": ({"a": [X, (X[0, 1], 2)]}, {"a": [X, (1, 2)]}),
}
FAILING = dict.fromkeys(PASSING, (X, X + 1.5)) | {
    "assert_array_less": (X, X),
    "assert_approx_equal": (X[0, 1], 2),
    "assert_almost_equal": (X[0, 1], 2),
    "assert_equal": ({"a": X[0, 1]}, {"a": 2}),
}


@pytest.mark.parametrize("name", PASSING)
def test_assertions(name):
    assertion = getattr(nl.testing, name)
    assertion(*PASSING[name])
    with pytest.raises(AssertionError):
        assertion(*FAILING[name])


def test_keywords_and_other_names():
    nl.testing.assert_allclose(actual=X, desired=X + 1, atol=nl.asarray(2)[()])
    nl.testing.assert_raises(ValueError, nl.zeros, -1)
    with pytest.raises(AttributeError):
        nl.testing.assert_nothing  # noqa: B018
