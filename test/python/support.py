"""Inputs by dtype and layout, and comparison with NumPy's results."""

import operator

import numpy as np
import pytest

import numloom as nl

BOOL = ["bool"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTEGERS = SIGNED + UNSIGNED
REAL = BOOL + INTEGERS + FLOATS
DTYPES = REAL + COMPLEX
# One of each kind, for tests whose subject is not the dtype.
SAMPLE = [
    "bool",
    "int8",
    "uint32",
    "int64",
    "float16",
    "float32",
    "float64",
    "complex64",
]

ARITHMETIC_OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]
COMPARISON_OPERATORS = [
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
]
BIT_OPERATORS = [operator.and_, operator.or_, operator.xor]

# Views of a (6, 8) base, taken in NumPy and recorded in Numloom alike.
LAYOUTS = {
    "contiguous": lambda x: x,
    "transposed": lambda x: x.T,
    "strided": lambda x: x[::2, 1::3],
    "reversed": lambda x: x[::-1, ::-2],
    "offset": lambda x: x[2:, 3:],
    "row": lambda x: x[1],
    "column": lambda x: x[:, 2:3],
    "zero_d": lambda x: x[3, 4],
    "one": lambda x: x[:1, :1],
    "empty": lambda x: x[:, :0],
    "new_axes": lambda x: x[None, :, None, ::2],
}
BASE_SHAPE = (6, 8)

SPECIAL_FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, np.inf, -np.inf, np.nan]


def dtype_of(name):
    """The dtype called `name`; skips for bfloat16 without ml_dtypes."""
    if name == "bfloat16":
        return np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    return np.dtype(name)


def kind(dtype):
    dtype = dtype_of(dtype) if isinstance(dtype, str) else np.dtype(dtype)
    return "f" if dtype.char == "E" else dtype.kind


def make(shape, dtype, seed=0, special=False):
    """Reproducible elements; with `special`, also the dtype's extreme values."""
    dtype = dtype_of(dtype) if isinstance(dtype, str) else np.dtype(dtype)
    rng = np.random.default_rng(seed)
    size = int(np.prod(shape))
    if kind(dtype) == "b":
        values = rng.integers(0, 2, size).astype(dtype)
    elif kind(dtype) in "iu":
        low = 0 if kind(dtype) == "u" else -20
        values = rng.integers(low, 21, size).astype(dtype)
    else:
        values = (4 * rng.standard_normal(size)).astype(dtype)
        if kind(dtype) == "c":
            values = (values + 4j * rng.standard_normal(size)).astype(dtype)
    if special:
        extremes = special_values(dtype)[:size]
        values[: len(extremes)] = extremes
    return values.reshape(shape)


def special_values(dtype):
    """Values at which arithmetic goes wrong."""
    if kind(dtype) in "iu":
        info = np.iinfo(dtype)
        return np.array([0, 1, info.min, info.max, info.max - 1], dtype)
    if kind(dtype) == "f":
        return np.array(SPECIAL_FLOATS).astype(dtype)
    return np.array([], dtype)


def pair(shape, dtype, seed=0, special=False):
    """The same elements as a NumPy and as a Numloom array."""
    x = make(shape, dtype, seed, special)
    return x, nl.asarray(x)


def view_pair(layout, dtype, seed=0):
    """A view of one base in both libraries."""
    x, y = pair(BASE_SHAPE, dtype, seed)
    return LAYOUTS[layout](x), LAYOUTS[layout](y)


def assert_same(expected, actual, ulp=0, tolerance=0.0):
    """`actual` is a Numloom array equal to NumPy's `expected`.

    Dtype and shape are equal, NaN stand at the same places. With neither `ulp` nor
    `tolerance` all other elements are equal bit for bit, signs of zeros included;
    `ulp` counts units in the last place of `expected`; `tolerance` is a difference
    relative to the largest element, for sums with cancellation.
    """
    assert isinstance(actual, nl.ndarray), type(actual)
    expected = np.asarray(expected)
    assert actual.dtype == expected.dtype, f"{actual.dtype} != {expected.dtype}"
    assert actual.shape == expected.shape, f"{actual.shape} != {expected.shape}"
    got = np.asarray(actual)
    assert got.dtype == expected.dtype and got.shape == expected.shape
    for want_part, got_part in zip(_parts(expected), _parts(got)):
        _assert_part(want_part, got_part, expected, ulp, tolerance)


def _parts(x):
    """Real arrays that compare exactly: bfloat16 as float32, complex as two."""
    if x.dtype.kind == "c":
        return [x.real, x.imag]
    return [x.astype(np.float32) if x.dtype.char == "E" else x]


def _assert_part(want, got, whole, ulp, tolerance):
    if want.dtype.kind != "f":
        np.testing.assert_array_equal(got, want)
        return
    nan = np.isnan(want)
    np.testing.assert_array_equal(np.isnan(got), nan, "NaN at other places")
    want, got, whole = want[~nan], got[~nan], whole[~nan]
    differs = (want != got) | (np.signbit(want) != np.signbit(got))
    if not differs.any():
        return
    assert ulp or tolerance, _describe(want, got, differs)
    error = np.abs(got[differs].astype("f8") - want[differs].astype("f8"))
    limit = ulp * _spacing(whole[differs]) + tolerance * _largest(whole)
    bad = ~(error <= limit)
    assert not bad.any(), _describe(want[differs], got[differs], bad)


def _spacing(x):
    """One unit in the last place of each element's magnitude."""
    if x.dtype.char == "E":
        return np.spacing(np.abs(x.astype(np.float32))).astype("f8") * 2.0**16
    return np.abs(np.spacing(np.abs(x))).astype("f8")


def _largest(x):
    magnitude = np.abs(x.astype("f8") if x.dtype.kind != "c" else x)
    magnitude = magnitude[np.isfinite(magnitude)]
    return float(magnitude.max(initial=0.0))


def _describe(want, got, bad):
    where = np.flatnonzero(bad)[:3]
    return (
        "; ".join(
            f"[{i}] expected {want.flat[i]!r}, got {got.flat[i]!r}" for i in where
        )
        + f" ({np.count_nonzero(bad)} of {bad.size} differ)"
    )


def sum_tolerance(dtype):
    """How far sums in another order may be apart, relative to the largest."""
    name = np.dtype(dtype).name
    return {
        "float16": 4e-3,
        "float32": 2e-6,
        "complex64": 2e-6,
        "float64": 4e-15,
        "complex128": 4e-15,
        "bfloat16": 3e-2,
    }.get(name, 0.0)


def assert_same_sums(expected, actual):
    """`assert_same` of what may be summed in another order than NumPy's."""
    expected = np.asarray(expected)
    assert_same(expected, actual, tolerance=16 * sum_tolerance(expected.dtype))


def assert_raises_alike(function, *names):
    """`function(xp)` raises the same exception type in NumPy and in Numloom.

    The message of Numloom's holds each of `names`.
    """
    with pytest.raises(Exception) as theirs:
        function(np)
    # NumPy's private exception classes stand for their public bases.
    public = next(c for c in theirs.type.__mro__ if "._" not in c.__module__)
    with pytest.raises(public) as ours:
        function(nl)
        # On a GPU, indices out of bounds are found by who waits for it.
        nl.zeros(1).tolist()
    for name in names:
        assert str(name) in str(ours.value), str(ours.value)
