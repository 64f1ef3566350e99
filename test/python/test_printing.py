"""Text of arrays."""

import numpy as np
import pytest
from support import DTYPES, LAYOUTS, pair, view_pair

import numloom as nl


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype):
    x, a = pair((2, 3), dtype)
    assert repr(a) == repr(x)
    assert str(a) == str(x)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    x, a = view_pair(layout, "float32")
    assert str(a) == str(np.asarray(x))
    assert repr(a) == repr(x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_scalars(dtype):
    x, a = pair((2, 3), dtype)
    assert repr([a[0, 1], a.max()]) == repr([x[0, 1], x.max()])
    assert repr(a[0, 1, ...]) == repr(x[0, 1, ...])
    assert str(a[0, 1]) == str(x[0, 1])
    assert repr(nl.asarray(x[0, 1])) == repr(np.asarray(x[0, 1]))


def test_bfloat16_scalars():
    pytest.importorskip("ml_dtypes")
    assert repr(nl.ones(2, nl.bfloat16)[0]) == "array(1, dtype=bfloat16)"


def test_unevaluated():
    assert repr(nl.arange(3) * 2) == "array([0, 2, 4])"


def test_long_arrays_are_summarised():
    assert str(nl.arange(5000)) == str(np.arange(5000))


def test_format():
    assert f"{nl.asarray(2.5):.3f}" == "2.500"
    assert f"{nl.arange(3)}" == "[0 1 2]"
    with pytest.raises(TypeError):
        format(nl.arange(3), ".2f")


def test_options():
    x, a = pair(3, "float64")
    with nl.printoptions(precision=2):
        assert repr(a) == repr(x)
    assert nl.array2string(a, precision=1) == np.array2string(x, precision=1)
    assert nl.array_repr(a, precision=1) == np.array_repr(x, precision=1)
    assert nl.array_str(a, precision=1) == np.array_str(x, precision=1)
