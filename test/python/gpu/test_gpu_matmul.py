"""Matrix products on the device: dtypes, layouts, batches, vectors."""

import numpy as np
import pytest
from support import DTYPES, assert_same, make, sum_tolerance

import numloom as nl

# A base with the same elements, and the view of it that has them in order.
LAYOUTS = {
    "contiguous": (lambda x: x, lambda b: b),
    "transposed": (
        lambda x: np.ascontiguousarray(np.swapaxes(x, -1, -2)),
        lambda b: b.swapaxes(-1, -2),
    ),
    "reversed": (
        lambda x: np.ascontiguousarray(x[..., ::-1, ::-1]),
        lambda b: b[..., ::-1, ::-1],
    ),
    "strided": (lambda x: np.repeat(x, 2, -1), lambda b: b[..., ::2]),
    "padded": (
        lambda x: np.concatenate([x, x], -1),
        lambda b: b[..., : b.shape[-1] // 2],
    ),
}
FLOATS = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128"]


def put(x, layout="contiguous"):
    """`x` on the device in a layout."""
    prepare, view = LAYOUTS[layout]
    return view(nl.asarray(prepare(x)))


def multiply(a, b):
    """NumPy's product, summed in higher precision."""
    if a.dtype.kind in "biu":
        return np.matmul(a, b)
    wide = np.complex128 if a.dtype.kind == "c" else np.float64
    return np.matmul(a.astype(wide), b.astype(wide)).astype(a.dtype)


def check(a, b, layout_a="contiguous", layout_b="contiguous"):
    result = put(a, layout_a) @ put(b, layout_b)
    tolerance = 4 * sum_tolerance(a.dtype)
    assert_same(multiply(a, b), result, tolerance=tolerance)


@pytest.mark.parametrize("dtype", [*DTYPES, "bfloat16"])
@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 7, 3), (64, 16, 64), (130, 100, 67)])
def test_dtypes(dtype, shape):
    m, k, n = shape
    check(make((m, k), dtype, 1), make((k, n), dtype, 2))


@pytest.mark.parametrize("layout_a", LAYOUTS)
@pytest.mark.parametrize("layout_b", LAYOUTS)
@pytest.mark.parametrize("dtype", ["int32", "float32", "complex64"])
def test_layouts(dtype, layout_a, layout_b):
    check(make((33, 20), dtype, 1), make((20, 45), dtype, 2), layout_a, layout_b)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_vectors(dtype, layout):
    a, x, y = make((37, 200), dtype, 1), make(200, dtype, 2), make(37, dtype, 3)
    check(a, x, layout)
    check(y, a, "contiguous", layout)
    check(a[:1], x, layout)
    check(x, a.T, "contiguous", layout)


@pytest.mark.parametrize("dtype", ["int64", *FLOATS])
def test_dot(dtype):
    x, y = make(10_001, dtype, 1), make(10_001, dtype, 2)
    check(x, y)
    assert_same(
        multiply(x[::-1], y[::3].repeat(3)[:10_001]),
        put(x)[::-1] @ put(y[::3].repeat(3)[:10_001]),
        tolerance=4 * sum_tolerance(dtype),
    )


def test_long_dot():
    x = nl.ones(50_000_000, "float32") * 0.5
    nl.evaluate(x)
    assert float(x @ x) == pytest.approx(12_500_000.0, rel=1e-6)


BATCHES = [
    ((4,), (4,)),
    ((4,), ()),
    ((), (4,)),
    ((3, 4), (3, 4)),
    ((3, 1), (1, 4)),
    ((3, 4), (4,)),
    ((2, 3, 4), (3, 1)),
    ((1, 1), (1,)),
    ((0,), (0,)),
]


@pytest.mark.parametrize(("batch_a", "batch_b"), BATCHES)
@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
@pytest.mark.parametrize("layout", ["contiguous", "transposed", "reversed"])
def test_batches(batch_a, batch_b, dtype, layout):
    a, b = make((*batch_a, 9, 6), dtype, 1), make((*batch_b, 6, 5), dtype, 2)
    check(a, b, layout, layout)


def test_batches_in_another_order():
    a, b = make((3, 4, 9, 6), "f4", 1), make((4, 3, 6, 5), "f4", 2)
    result = nl.asarray(a) @ nl.asarray(b).swapaxes(0, 1)
    expected = multiply(a, b.swapaxes(0, 1))
    assert_same(expected, result, tolerance=1e-5)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "float32"])
@pytest.mark.parametrize("shape", [(3, 0, 4), (0, 3, 4), (3, 4, 0), (0, 0, 0)])
def test_empty(dtype, shape):
    m, k, n = shape
    check(make((m, k), dtype), make((k, n), dtype))


def test_fused_around_the_product():
    a, b, bias = (make(s, "f4", i) for i, s in enumerate([(70, 50), (50, 30), 30]))
    x, w, c = nl.asarray(a), nl.asarray(b), nl.asarray(bias)
    result = nl.maximum((x * 2) @ w.T.T + c, 0)
    expected = np.maximum(multiply(a * 2, b) + bias, 0)
    assert_same(expected, result, tolerance=1e-5)


def test_float32_is_not_rounded_to_tf32():
    rng = np.random.default_rng(3)
    a, b = (rng.standard_normal((512, 512)).astype("f4") for _ in range(2))
    result = nl.asnumpy(nl.asarray(a) @ nl.asarray(b))
    exact = a.astype("f8") @ b.astype("f8")
    assert np.abs(result - exact).max() / np.abs(exact).max() < 1e-6


def test_results_repeat():
    a = nl.asarray(make((700, 600), "f4", 1))
    b = nl.asarray(make((600, 500), "f4", 2))
    first = nl.asnumpy(a @ b)
    for _ in range(5):
        np.testing.assert_array_equal(nl.asnumpy(a @ b), first)
