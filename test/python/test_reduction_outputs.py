"""`out=` and `dtype=` of reductions: what is stored, and what is refused."""

import warnings

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, pair

import numloom as nl

OUTPUTS = ["bool", "int8", "int64", "float16", "float32", "float64", "complex128"]


@pytest.mark.parametrize("name", ["sum", "prod", "max", "mean", "var", "median"])
@pytest.mark.parametrize("target", OUTPUTS)
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
def test_outputs_of_all_dtypes(name, target, dtype):
    x, a = pair((3, 4), dtype)
    out = np.zeros(4, target)
    result = nl.asarray(out)
    getattr(np, name)(x, axis=0, out=out)
    assert getattr(nl, name)(a, axis=0, out=result) is result
    assert_same(out, result, tolerance=2e-3 if target == "float16" else 1e-6)


def test_roots_are_not_stored_in_integers():
    x, a = pair((3, 4), "int64")
    out = nl.full(4, 9)
    assert_raises_alike(lambda xp: xp.std(xp.asarray(x), axis=0, out=xp.full(4, 9)))
    with pytest.raises(TypeError, match="Cannot cast"):
        nl.std(a, axis=0, out=out)
    assert out.tolist() == [9] * 4


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_outputs_of_positions(name):
    x, a = pair((3, 4), "float32")
    for target in ("int8", "int64", "bool"):
        out = np.zeros(4, target)
        result = nl.asarray(out)
        getattr(np, name)(x, 0, out)
        getattr(nl, name)(a, 0, result)
        assert_same(out, result)
    for target in ("float32", "complex64", "uint64"):
        assert_raises_alike(
            lambda xp, target=target: getattr(xp, name)(
                xp.asarray(x), 0, xp.zeros(4, target)
            )
        )


@pytest.mark.parametrize("name", ["sum", "max", "all", "mean", "std", "argmax", "ptp"])
def test_flags_and_masks_have_a_type(name):
    x = np.arange(6.0).reshape(2, 3)

    def call(xp, **kwargs):
        return getattr(xp, name)(xp.asarray(x), **kwargs)

    assert_same(call(np, keepdims=1), call(nl, keepdims=1))
    for keepdims in (None, "a", 0.5) if name != "argmax" else ():
        assert_raises_alike(lambda xp, keepdims=keepdims: call(xp, keepdims=keepdims))
    assert_raises_alike(lambda xp: call(xp, axis=0, out=[1, 2, 3]))
    if name in ("sum", "all", "mean", "std"):
        assert_same(
            call(np, axis=0, where=[[1], [0]]), call(nl, axis=0, where=[[1], [0]])
        )
        for mask in (x, np.int8(1), np.array(1)):
            assert_raises_alike(lambda xp, mask=mask: call(xp, where=xp.asarray(mask)))


def test_lost_imaginary_parts_warn():
    a = nl.asarray([1 + 2j, 3])
    for call in (
        lambda: nl.sum(a, dtype=float),
        lambda: nl.sum(a, out=nl.zeros(())),
        lambda: a.astype(float),
        lambda: nl.astype(a, int),
        lambda: nl.asarray(a, "float32"),
        lambda: nl.full(2, 1j, float),
        lambda: nl.add.at(nl.zeros(2), [0], 1j),
    ):
        with pytest.warns(np.exceptions.ComplexWarning, match="Casting complex"):
            call()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert a.astype(bool).tolist() == [True, True]


@pytest.mark.parametrize("dtype", ["int8", "int16", "int64", "uint8", "bool"])
@pytest.mark.parametrize("source", ["int64", "float32", "complex64", "bool"])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_integer_dtypes(dtype, source, axis):
    if (dtype, source) == ("bool", "bool"):
        pytest.skip("there is no difference of bools")
    x = np.arange(12).reshape(3, 4) * 1.7
    x = (x + 2j * x if source == "complex64" else x).astype(source)
    a = nl.asarray(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for ddof in (0, 1):
            assert_same(
                np.var(x, axis, dtype, ddof=ddof), nl.var(a, axis, dtype, ddof=ddof)
            )
        if axis is None:
            assert_same(np.std(x, dtype=dtype), nl.std(a, dtype=dtype))
        else:
            assert_raises_alike(lambda xp: xp.std(xp.asarray(x), axis, dtype))


@pytest.mark.parametrize("name", ["var", "nanvar"])
def test_real_dtypes_of_complex_numbers(name):
    x = np.array([1 + 2j, 3 - 1j, 0.5j])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = getattr(np, name)(x, dtype="float64")
        result = getattr(nl, name)(nl.asarray(x), dtype="float64")
    assert_same(expected, result, ulp=4)
