"""What the Array API standard asks for beyond the functions of NumPy."""

import inspect

import numpy as np
import pytest
from support import assert_same

import numloom as nl

VERSIONS = ["2021.12", "2022.12", "2023.12", "2024.12", "2025.12"]


@pytest.fixture
def info():
    return nl.__array_namespace_info__()


@pytest.mark.parametrize("version", [None, *VERSIONS])
def test_namespace(version):
    assert nl.ones(3).__array_namespace__(api_version=version) is nl


@pytest.mark.parametrize("version", ["2020.12", "2026.12", "", 2025.12])
def test_unknown_versions(version):
    with pytest.raises(ValueError, match="unsupported version"):
        nl.ones(3).__array_namespace__(api_version=version)


def test_namespace_takes_no_positional_version():
    with pytest.raises(TypeError):
        nl.ones(3).__array_namespace__("2025.12")


def test_version():
    assert nl.__array_api_version__ == "2025.12"


# Keywords that programs for any library pass; `./dev conformance` checks them all.
KEYWORDS = {
    "argsort": "axis descending stable",
    "asarray": "dtype device copy",
    "astype": "copy device",
    "clip": "min max",
    "concat": "axis",
    "count_nonzero": "axis keepdims",
    "cumulative_prod": "axis dtype include_initial",
    "cumulative_sum": "axis dtype include_initial",
    "diff": "axis n prepend append",
    "linspace": "dtype device endpoint",
    "mean": "axis keepdims",
    "repeat": "axis",
    "reshape": "copy",
    "roll": "axis",
    "searchsorted": "side sorter",
    "sort": "axis descending stable",
    "std": "axis correction keepdims",
    "sum": "axis dtype keepdims",
    "take": "axis",
    "tensordot": "axes",
    "tril": "k",
    "var": "axis correction keepdims",
    "vecdot": "axis",
    "zeros_like": "dtype device",
}


@pytest.mark.parametrize("name", KEYWORDS)
def test_signatures_name_the_keywords(name):
    parameters = inspect.signature(getattr(nl, name)).parameters
    for keyword in KEYWORDS[name].split():
        kind = parameters[keyword].kind
        assert kind in (kind.KEYWORD_ONLY, kind.POSITIONAL_OR_KEYWORD), keyword


def test_capabilities(info):
    assert info.capabilities() == {
        "boolean indexing": True,
        "data-dependent shapes": True,
        "max dimensions": 64,
    }
    assert nl.ones((1,) * 64).ndim == 64


def test_devices(info):
    devices = info.devices()
    assert isinstance(devices, tuple)
    assert devices[0] == "cpu"
    assert info.default_device() in devices
    for device in devices:
        assert nl.ones(3, device=device).device == device


def test_default_dtypes(info):
    made = {
        "real floating": nl.zeros(1),
        "complex floating": nl.asarray([1j]),
        "integral": nl.asarray([1]),
        "indexing": nl.argmax(nl.zeros(3)),
    }
    expected = {kind: array.dtype for kind, array in made.items()}
    assert info.default_dtypes() == expected
    assert info.default_dtypes(device="cpu") == expected


def test_dtypes(info):
    assert list(info.dtypes(kind="signed integer")) == [
        "int8",
        "int16",
        "int32",
        "int64",
    ]
    assert info.dtypes(kind="bool") == {"bool": np.dtype("bool")}
    assert len(info.dtypes()) == 13
    assert len(info.dtypes(kind="numeric")) == 12
    assert set(info.dtypes(kind=("bool", "real floating"))) == {
        "bool",
        "float32",
        "float64",
    }


def test_dtypes_of_unknown_kinds_and_devices(info):
    with pytest.raises(ValueError, match="unsupported kind"):
        info.dtypes(kind="floating")
    with pytest.raises(ValueError, match="Device not understood"):
        info.dtypes(device=3)


def test_isdtype():
    assert nl.isdtype(nl.ones(1).dtype, "real floating")
    assert nl.isdtype(nl.int8, ("bool", "integral"))
    assert not nl.isdtype(nl.bool, "numeric")


def test_to_device():
    x = nl.arange(4.0)
    there = x.to_device("cpu")
    assert there.device == "cpu"
    assert_same(np.arange(4.0), there.to_device(x.device))
    assert x.to_device(x.device) is x
    with pytest.raises(ValueError, match="evice"):
        x.to_device("tpu")


def test_astype_on_a_device():
    x = nl.astype(nl.arange(4), nl.float32, device="cpu")
    assert x.device == "cpu"
    assert_same(np.arange(4, dtype="float32"), x)


@pytest.mark.parametrize(
    "create",
    [
        lambda **kw: nl.arange(4, **kw),
        lambda **kw: nl.asarray([1, 2], **kw),
        lambda **kw: nl.empty((2, 2), **kw),
        lambda **kw: nl.eye(3, **kw),
        lambda **kw: nl.full((2,), 3, **kw),
        lambda **kw: nl.linspace(0, 1, 5, **kw),
        lambda **kw: nl.ones(3, **kw),
        lambda **kw: nl.zeros(3, **kw),
        lambda **kw: nl.zeros_like(nl.ones(3), **kw),
        lambda **kw: nl.ones_like(nl.ones(3), **kw),
        lambda **kw: nl.empty_like(nl.ones(3), **kw),
        lambda **kw: nl.full_like(nl.ones(3), 2, **kw),
        lambda **kw: nl.from_dlpack(np.ones(3), **kw),
        lambda **kw: nl.fft.fftfreq(5, **kw),
        lambda **kw: nl.fft.rfftfreq(5, **kw),
    ],
)
def test_creation_on_a_device(create):
    for device in nl.__array_namespace_info__().devices():
        assert create(device=device).device == device


def test_python_scalars_keep_the_dtype():
    x = nl.ones(3, "float32")
    for result in (nl.add(x, 1), nl.maximum(0.5, x), nl.where(x > 0, x, 1.0), x**2):
        assert result.dtype == np.dtype("float32")
    assert nl.result_type(x, 1.0) == np.dtype("float32")


@pytest.mark.parametrize(
    ("convert", "value"),
    [(complex, 1j), (float, 1.5), (int, 3), (bool, True)],
)
def test_conversions_to_python(convert, value):
    assert convert(nl.asarray(value)) == value


def test_index():
    assert [0, 1, 2][nl.asarray(1)] == 1
    with pytest.raises(TypeError):
        [0, 1, 2][nl.asarray(1.0)]


@pytest.mark.parametrize("n", [1, 2, 5, 8])
@pytest.mark.parametrize("d", [1.0, 0.25])
def test_fft_frequencies(n, d):
    assert_same(np.fft.fftfreq(n, d), nl.fft.fftfreq(n, d))
    assert_same(np.fft.rfftfreq(n, d), nl.fft.rfftfreq(n, d=d))
    expected = np.fft.fftfreq(n, d).astype("float32")
    assert_same(expected, nl.fft.fftfreq(n, d, dtype="float32"), ulp=1)


@pytest.mark.parametrize("axes", [None, 0, (1,), (0, 1), [-1, 0], (0, 0), []])
@pytest.mark.parametrize("shape", [(4, 5), (1, 2), (0, 3)])
def test_fft_shifts(shape, axes):
    x = np.arange(np.prod(shape)).reshape(shape)
    y = nl.asarray(x)
    assert_same(np.fft.fftshift(x, axes), nl.fft.fftshift(y, axes))
    assert_same(np.fft.ifftshift(x, axes), nl.fft.ifftshift(y, axes))


def test_fft_bad_input():
    with pytest.raises(ValueError, match="integer"):
        nl.fft.fftfreq(2.5)
    with pytest.raises(TypeError):
        nl.fft.fftfreq(4, dtype="int32")
    with pytest.raises(np.exceptions.AxisError):
        nl.fft.fftshift(nl.ones(3), 1)
