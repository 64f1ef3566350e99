"""pad and resize."""

import numpy as np
import pytest
from support import assert_raises_alike, assert_same, make, pair

import numloom as nl

WIDTHS = [2, (1, 3), 0, 7, {0: (1, 2)}, {-1: 3}]
MODES = {
    "constant": [{}, {"constant_values": (3, 4)}],
    "edge": [{}],
    "linear_ramp": [{}, {"end_values": (1, 2)}],
    "maximum": [{}, {"stat_length": 2}],
    "mean": [{}, {"stat_length": (1, 3)}],
    "minimum": [{}, {"stat_length": 1}],
    "reflect": [{}, {"reflect_type": "odd"}],
    "symmetric": [{}, {"reflect_type": "odd"}],
    "wrap": [{}],
}
# Modes that compute, and the others, which move elements of any dtype.
COMPUTING = ("linear_ramp", "mean")
DTYPES = ["bool", "int8", "float16", "float32", "complex64"]
REFUSED = {("bool", "linear_ramp"), ("bool", "mean"), ("complex64", "linear_ramp")}


def assert_pads_alike(x, width, mode, kwargs, tolerance=0.0):
    assert_same(
        np.pad(x, width, mode, **kwargs),
        nl.pad(nl.asarray(x), width, mode, **kwargs),
        tolerance=tolerance,
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_pad(dtype, mode):
    if (dtype, mode) in REFUSED:
        pytest.skip("NumPy refuses it")
    tolerance = 4e-3 if dtype == "float16" else 2e-6
    for width in WIDTHS if dtype == "float32" else WIDTHS[1:2]:
        for kwargs in MODES[mode]:
            if kwargs.get("reflect_type") == "odd" and dtype != "int8":
                continue
            assert_pads_alike(
                make((3, 4), dtype),
                width,
                mode,
                kwargs,
                tolerance if mode in COMPUTING else 0.0,
            )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(5,), (1, 3), (2, 1, 2)])
def test_pad_shapes(shape, mode):
    for kwargs in MODES[mode]:
        assert_pads_alike(make(shape, "int32"), (1, 4), mode, kwargs)


@pytest.mark.parametrize("mode", ["reflect", "symmetric"])
@pytest.mark.parametrize("dtype", ["float16", "float64", "complex64"])
def test_odd_reflections_round_elsewhere(dtype, mode):
    tolerance = {"float16": 1e-2, "complex64": 1e-5}.get(dtype, 1e-13)
    for width in (2, 7):
        kwargs = {"reflect_type": "odd"}
        assert_pads_alike(make((3, 4), dtype), width, mode, kwargs, tolerance)


@pytest.mark.parametrize("mode", MODES)
def test_pad_several_axes(mode):
    for shape, width in [
        ((3, 4, 5), ((1, 2), (2, 0), (0, 3))),
        ((3, 4, 5), ((1, 1), (0, 0), (2, 2))),
        ((2, 3), ((9, 1), (1, 11))),
        ((2, 2, 2, 2), 1),
    ]:
        for kwargs in MODES[mode]:
            assert_pads_alike(make(shape, "int32"), width, mode, kwargs)
            fortran = np.asfortranarray(make(shape, "int32"))
            assert_pads_alike(fortran, width, mode, kwargs)


def test_pad_pairs_per_axis():
    x = make((2, 3, 4), "float32")
    for width in (((1, 2), (0, 0), (3, 0)), ((2,), (1,), (0,)), ((1, 2),)):
        assert_pads_alike(x, width, "constant", {})
    values = {"constant_values": ((1, 2), (3, 4), (5, 6))}
    assert_pads_alike(x, 1, "constant", values)
    assert_pads_alike(x[:, :0], 2, "constant", {})
    assert nl.pad(nl.ones(3), 2, "empty").shape == (7,)


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_pad_by_medians_and_functions(dtype):
    x = make((3, 4), dtype)
    assert_pads_alike(x, (1, 2), "median", {}, 2e-7)
    assert_pads_alike(x, (1, 2), "median", {"stat_length": 2}, 2e-7)

    def write(vector, widths, axis, kwargs):
        vector[: widths[0]] = kwargs["value"] + axis
        vector[len(vector) - widths[1] :] = vector[widths[0]]

    assert_pads_alike(x, ((1, 2), (0, 3)), write, {"value": 5})


def test_memory_order():
    a = nl.asarray(make((3, 4), "float32"), order="F")
    assert nl.pad(a, 1).flags.fnc and nl.pad(a.T, 1).flags.c_contiguous


def test_pad_is_no_view():
    x = nl.ones(3)
    result = nl.pad(x, 0)
    x += 1
    assert_same(np.ones(3), result)


@pytest.mark.parametrize(
    "arguments",
    [
        (3, 1.5),
        (3, -1),
        (3, ((1, 2), (3, 4))),
        (3, 1, "nope"),
        (3, 1, "edge", {"constant_values": 1}),
        ((0, 3), 1, "edge"),
        (3, 1, "maximum", {"stat_length": 0}),
        (3, 1, "maximum", {"stat_length": -1}),
    ],
)
def test_bad_pads(arguments):
    shape, width, mode, kwargs = (*arguments, *("constant", {})[len(arguments) - 2 :])
    assert_raises_alike(lambda xp: xp.pad(xp.ones(shape), width, mode, **kwargs))


@pytest.mark.parametrize("dtype", DTYPES)
def test_resize(dtype):
    x, a = pair((3, 4), dtype)
    for shape in (7, (0, 3), (5, 5, 5), ()):
        assert_same(np.resize(x, shape), nl.resize(a, shape))
        assert_same(np.resize(x[:0], shape), nl.resize(a[:0], shape))
    assert_raises_alike(lambda xp: xp.resize(xp.ones(3), (2, -1)), "negative")


@pytest.mark.parametrize("value", [300, -1, 2.7, (300, -1), -1.5, np.nan])
def test_constants_are_cast(value):
    x = np.array([3, 250, 7], np.uint8)
    with np.errstate(invalid="ignore"):
        expected = np.pad(x, 1, constant_values=value)
    assert_same(expected, nl.pad(nl.asarray(x), 1, constant_values=value))
