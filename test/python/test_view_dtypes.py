"""Views of parts of complex numbers, and of elements as another dtype."""

import numpy as np
import pytest
from support import assert_raises_alike

import numloom as nl


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_parts(dtype):
    x = (np.arange(6) + 1j).astype(dtype).reshape(2, 3)
    a = nl.asarray(x)
    for z in (x, a):
        real, imag = z.real, z.imag
        real[1] = 9
        imag[:, ::2] *= 5
        z.imag[0, 0] = -1
        z.real = z.imag + 1
    np.testing.assert_array_equal(np.asarray(a), x, strict=True)
    assert a.real.strides == x.real.strides
    assert nl.may_share_memory(a.real, a.imag)
    assert not nl.shares_memory(a.real, a.imag)
    assert not a.real.flags.c_contiguous


def test_parts_of_real_arrays():
    a = nl.ones(3)
    assert a.real is a
    assert a.imag.tolist() == [0.0] * 3
    with pytest.raises(ValueError, match="read-only"):
        a.imag[0] = 1
    with pytest.raises(TypeError, match="imaginary"):
        a.imag = 1
    a.real = 4
    assert a.tolist() == [4.0] * 3


def test_bits():
    x = np.array([1.0, -0.0, np.nan, 2.5])
    a = nl.asarray(x)
    bits, expected = a.view("int64"), x.view("int64")
    np.testing.assert_array_equal(np.asarray(bits), expected, strict=True)
    bits[1:3] = expected[1:3] = 0
    np.testing.assert_array_equal(np.asarray(a), x)
    assert a.view("int64").view("float64").tolist() == x.tolist()


@pytest.mark.parametrize(
    ("dtype", "other"),
    [("complex128", "float64"), ("float64", "complex128"), ("int64", "uint8")],
)
def test_views_of_other_item_sizes(dtype, other):
    x = (np.arange(16) - 3).astype(dtype).reshape(4, 4)
    a = nl.asarray(x) + 0
    for part in (slice(None), slice(1, None, 2), (slice(None), slice(2, 4))):
        view, ours = x[part].view(other), a[part].view(other)
        np.testing.assert_array_equal(np.asarray(ours), view, strict=True)
        for z in (x, a, view, ours):
            z[1:] += 1
            z[0] = 2
        np.testing.assert_array_equal(np.asarray(ours), view, strict=True)
        np.testing.assert_array_equal(np.asarray(a), x, strict=True)


@pytest.mark.parametrize(
    ("dtype", "other"),
    [("complex64", "float64"), ("complex64", "uint64"), ("int64", "complex64")],
)
def test_views_of_complex_numbers_as_real_ones(dtype, other):
    x = (np.arange(16) - 3).astype(dtype).reshape(4, 4)
    a = nl.asarray(x) + 0
    for part in (
        lambda z: z[:1, 0],
        lambda z: z.T,
        lambda z: z[::2, ::-1],
        lambda z: z,
    ):
        view, ours = part(x).view(other), part(a).view(other)
        np.testing.assert_array_equal(nl.asnumpy(ours), view, strict=True)
    ours[...] = 0
    assert not a.any()


def test_errors_of_views_of_other_item_sizes():
    assert_raises_alike(lambda xp: xp.zeros(()).view("int8"), "0d array")
    assert_raises_alike(lambda xp: xp.zeros((4, 4)).T.view("int8"), "contiguous")
    assert_raises_alike(lambda xp: xp.zeros(3).view("complex128"), "divisor")


@pytest.mark.parametrize("other", ["uint8", "int8"])
def test_bytes_of_bools(other):
    x = np.array([True, False, True])
    a = nl.asarray(x)
    np.testing.assert_array_equal(np.asarray(a.view(other)), x.view(other), strict=True)
    bits = a.view(other)
    bits[1] = 1
    bits[2] = 0
    assert a.tolist() == [True, True, False]
    back = nl.asarray([0, 1, 1], dtype=other).view(bool)
    assert back.dtype == bool and back.tolist() == [False, True, True]
