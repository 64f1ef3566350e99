"""The public names."""

import importlib.resources
import sys

import numpy as np
import pytest
from processes import read_output

import numloom as nl
from numloom import _namespace

NAMES = """
abs absolute acos acosh add all allclose amax amin angle any append arange arccos
arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin around array array2string
array_equal array_equiv array_repr array_split array_str asanyarray asarray
ascontiguousarray asin asinh astype atan atan2 atanh atleast_1d atleast_2d atleast_3d
average bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not
bitwise_or bitwise_right_shift bitwise_xor bool bool_ broadcast_arrays
broadcast_shapes broadcast_to can_cast cbrt ceil clip column_stack complex128
complex64 concat concatenate conj conjugate copy copysign cos cosh count_nonzero cross
cumprod cumsum cumulative_prod cumulative_sum deg2rad degrees diag diagflat diagonal
diff divide divmod dot dsplit dstack dtype e einsum empty empty_like equal errstate
euler_gamma exp exp2 expand_dims expm1 eye fabs finfo fix flip fliplr flipud float16
float32 float64 float_power floor floor_divide fmax fmin fmod frexp frombuffer
fromfunction fromiter full full_like gcd geomspace greater greater_equal heaviside
hsplit hstack hypot identity iinfo imag indices inf inner int16 int32 int64 int8
invert isclose iscomplexobj isdtype isfinite isinf isnan isneginf isposinf isrealobj
isscalar issubdtype kron lcm ldexp left_shift less less_equal linspace load log log10
log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor
logspace matmul matrix_transpose matvec max maximum mean meshgrid mgrid min
min_scalar_type minimum mod modf moveaxis multiply nan nan_to_num nanargmax nanargmin
nancumprod nancumsum nanmax nanmean nanmin nanprod nanstd nansum nanvar ndarray ndim
negative newaxis nextafter not_equal ogrid ones ones_like outer permute_dims pi
positive pow power printoptions prod promote_types ptp rad2deg radians ravel real
reciprocal remainder repeat reshape result_type right_shift rint roll rollaxis rot90
round save savez savez_compressed set_printoptions shape show_config sign signbit sin
sinh size spacing split sqrt square squeeze stack std subtract sum swapaxes tan tanh
tensordot tile trace transpose trapezoid tri tril triu true_divide trunc ufunc uint16
uint32 uint64 uint8 unstack var vdot vecdot vecmat vsplit vstack where zeros
zeros_like
"""
OWN = [
    "asnumpy",
    "evaluate",
    "explain",
    "free_all_blocks",
    "get_num_threads",
    "memory_info",
    "reset_peak_memory",
    "reset_stats",
    "set_memory_limit",
    "set_num_threads",
    "stats",
]
METHODS = """
all any argmax argmin astype clip conj conjugate copy cumprod cumsum diagonal dot
dtype flatten imag item itemsize mT max mean min nbytes ndim prod ravel real repeat
reshape round shape size squeeze std strides sum swapaxes T tobytes tolist trace
transpose var
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_names_of_numpy(name):
    assert hasattr(nl, name)
    assert hasattr(np, name)


@pytest.mark.parametrize("name", OWN)
def test_own_names(name):
    assert callable(getattr(nl, name))


@pytest.mark.parametrize("name", METHODS.split())
def test_methods(name):
    assert hasattr(nl.ndarray, name)
    assert hasattr(np.ndarray, name)


def test_every_numeric_ufunc_is_there():
    theirs = {n for n in dir(np) if isinstance(getattr(np, n), np.ufunc)} - {"isnat"}
    assert {n for n in theirs if not hasattr(nl, n)} == set()


def test_lazy_names():
    names = _namespace.LAZY_NAMES
    assert {name for name in names if not hasattr(nl, name)} == set()
    assert set(names) <= set(dir(nl))
    # A name that the package imports itself would never be looked up there.
    program = (
        "import numloom; from numloom import _namespace as n;"
        "print(sorted(set(n.LAZY_NAMES) & set(vars(numloom))))"
    )
    assert read_output(program) == "[]"


def test_functions_are_documented():
    for name in dir(nl):
        value = getattr(nl, name)
        if callable(value) and not name.startswith("_"):
            assert value.__doc__, name


@pytest.mark.parametrize("name", ["ma", "char", "roots", "busday_count"])
def test_missing_functions_are_named(name):
    with pytest.raises(AttributeError, match=f"numloom has no '{name}' yet; numpy has"):
        getattr(nl, name)


@pytest.mark.parametrize("name", ["linalg.eigh", "fft.fft", "random.poisson"])
def test_missing_functions_of_modules_are_named(name):
    module, function = name.split(".")
    text = f"numloom.{module} has no '{function}' yet; numpy.{module} has"
    with pytest.raises(AttributeError, match=text):
        getattr(getattr(nl, module), function)
    with pytest.raises(AttributeError, match="no attribute 'no_such_function'"):
        getattr(nl, module).no_such_function  # noqa: B018


def test_unknown_names():
    with pytest.raises(AttributeError, match="no attribute 'no_such_function'"):
        nl.no_such_function  # noqa: B018
    with pytest.raises(AttributeError, match="byteswap"):
        nl.ones(3).byteswap()


def test_bfloat16():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert nl.bfloat16 is ml_dtypes.bfloat16
    assert nl.zeros(3, dtype=nl.bfloat16).dtype == np.dtype(ml_dtypes.bfloat16)
    assert nl.finfo(nl.bfloat16).bits == 16


def test_types_and_promotion():
    a = nl.zeros(3, dtype="int8")
    assert nl.result_type(a, 3) == np.int8
    assert nl.result_type(a, 3.0) == np.float64
    assert nl.result_type(a, nl.float32) == np.float32
    assert nl.can_cast(a, "int16") and not nl.can_cast(a, "uint8")
    assert nl.min_scalar_type(3) == np.uint8
    assert nl.promote_types("i4", "f4") == np.float64


def test_show_config(capsys):
    nl.show_config()
    assert nl.__version__ in capsys.readouterr().out
    assert nl.show_config(mode="dicts")["numpy"] == np.__version__
    with pytest.raises(ValueError, match="nonsense"):
        nl.show_config(mode="nonsense")


def test_array_namespace():
    assert nl.ones(2).__array_namespace__() is nl


def test_import_brings_no_heavy_modules():
    """What the package imports beyond NumPy is its own, or built into Python."""
    program = (
        "import sys, numpy, numpy.lib.array_utils; before = set(sys.modules);"
        "import numloom; print(*(set(sys.modules) - before))"
    )
    modules = read_output(program).split()
    foreign = {name.split(".")[0] for name in modules} - {"numloom"}
    assert foreign <= {"ml_dtypes", *sys.builtin_module_names}


def test_typed():
    assert importlib.resources.files("numloom").joinpath("py.typed").is_file()
