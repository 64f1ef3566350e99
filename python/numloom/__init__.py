# ruff: noqa: F401, F403
"""Numloom: NumPy programs, recorded, fused and compiled to parallel kernels.

`import numloom as np` and go on as with NumPy. Operations are recorded; reading
a value (printing, `float(x)`, `numpy.asarray(x)`) compiles and runs what it needs.
"""

from numpy import (
    False_,
    True_,
    bool,
    bool_,
    complex64,
    complex128,
    complexfloating,
    double,
    dtype,
    e,
    errstate,
    euler_gamma,
    exceptions,
    float16,
    float32,
    float64,
    floating,
    generic,
    get_printoptions,
    geterr,
    half,
    iinfo,
    inexact,
    inf,
    int8,
    int16,
    int32,
    int64,
    int_,
    integer,
    intp,
    isdtype,
    isscalar,
    issubdtype,
    nan,
    newaxis,
    number,
    pi,
    printoptions,
    set_printoptions,
    seterr,
    signedinteger,
    single,
    typecodes,
    uint,
    uint8,
    uint16,
    uint32,
    uint64,
    uintp,
    unsignedinteger,
)

from . import _methods, _namespace, _reduceat, _ufunc_at, _ufunc_methods
from ._config import __version__, evaluate, explain, show_config
from ._core import (
    free_all_blocks,
    get_num_threads,
    memory_info,
    ndarray,
    reset_peak_memory,
    reset_stats,
    set_memory_limit,
    set_num_threads,
    stats,
    ufunc,
)
from ._creation import (
    array,
    asanyarray,
    asarray,
    ascontiguousarray,
    asnumpy,
    copy,
    empty,
    empty_like,
    frombuffer,
    fromiter,
    full,
    full_like,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from ._dtypes import can_cast, min_scalar_type, promote_types, result_type
from ._einsum import einsum
from ._elementwise import (
    allclose,
    angle,
    around,
    array_equal,
    array_equiv,
    astype,
    clip,
    diff,
    finfo,
    fix,
    isclose,
    iscomplexobj,
    isneginf,
    isposinf,
    isrealobj,
    nan_to_num,
    round,
    trapezoid,
    where,
)
from ._io import load, save, savez, savez_compressed
from ._joining import (
    append,
    array_split,
    column_stack,
    concat,
    concatenate,
    dsplit,
    dstack,
    hsplit,
    hstack,
    row_stack,
    split,
    stack,
    unstack,
    vsplit,
    vstack,
)
from ._linalg import (
    cross,
    dot,
    inner,
    kron,
    matmul,
    matvec,
    outer,
    tensordot,
    vdot,
    vecdot,
    vecmat,
)
from ._manipulation import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_arrays,
    broadcast_shapes,
    broadcast_to,
    expand_dims,
    flip,
    fliplr,
    flipud,
    matrix_transpose,
    moveaxis,
    ndim,
    permute_dims,
    repeat,
    reshape,
    roll,
    rollaxis,
    rot90,
    shape,
    size,
    squeeze,
    swapaxes,
    tile,
    transpose,
)
from ._nan_reductions import (
    nanargmax,
    nanargmin,
    nanmax,
    nanmean,
    nanmin,
    nanprod,
    nanstd,
    nansum,
    nanvar,
)
from ._pinned import (
    empty_like_pinned,
    empty_pinned,
    zeros_like_pinned,
    zeros_pinned,
)
from ._printing import array2string, array_repr, array_str
from ._ranges import (
    arange,
    fromfunction,
    geomspace,
    indices,
    linspace,
    logspace,
    meshgrid,
    mgrid,
    ogrid,
)
from ._reductions import (
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    average,
    count_nonzero,
    max,
    mean,
    min,
    prod,
    ptp,
    std,
    sum,
    var,
)
from ._scans import (
    cumprod,
    cumsum,
    cumulative_prod,
    cumulative_sum,
    nancumprod,
    nancumsum,
)
from ._transfer import get_default_device, set_default_device
from ._triangles import (
    diag,
    diagflat,
    eye,
    identity,
    trace,
    tri,
    tril,
    triu,
)
from ._ufuncs import *
from ._views import copyto, diagonal, imag, may_share_memory, ravel, real, shares_memory

_methods.attach()


def _find_bfloat16():
    """The scalar type bfloat16, which NumPy has not; AttributeError without it."""
    try:
        # Only who uses it pays for the import.
        from ml_dtypes import bfloat16  # noqa: PLC0415
    except ImportError:
        raise AttributeError(
            "numloom.bfloat16 needs the package ml_dtypes, which is not installed"
        ) from None
    return bfloat16


def __getattr__(name):
    if name == "bfloat16":
        return _find_bfloat16()
    value = _namespace.find(name)
    if value is not None:
        globals()[name] = value
        return value
    raise _namespace.missing("numloom", name)


def __dir__():
    return sorted({*globals(), *_namespace.SUBMODULES, *_namespace.LAZY_NAMES})
