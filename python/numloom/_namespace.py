"""The public names that are imported when first asked for, by defining module.

`import numloom` takes what nearly every program uses; the rest costs nothing until
a program names it.
"""

import importlib

SUBMODULES = ("cuda", "emath", "fft", "lib", "linalg", "random", "testing")

_MODULES = {
    "_array_api": "__array_api_version__ __array_namespace_info__",
    "_interchange": "from_dlpack",
    "_bits": "base_repr binary_repr packbits unpackbits",
    "_blocks": "block",
    "_functional": "apply_along_axis apply_over_axes broadcast frompyfunc ndenumerate "
    "ndindex vectorize",
    "_host": "ScalarType asfortranarray byte cdouble common_type csingle "
    "einsum_path format_float_positional format_float_scientific getbufsize "
    "geterrcall info intc isfortran iterable little_endian long longlong mintypecode "
    "require sctypeDict setbufsize seterrcall short typename ubyte uintc ulong "
    "ulonglong ushort",
    "_iterators": "nditer nested_iters",
    "_index_tricks": "c_ index_exp r_ s_",
    "_conditions": "piecewise select",
    "_masks": "argwhere compress extract flatnonzero nonzero place putmask",
    "_padding": "pad resize",
    "_polynomials": "poly poly1d polyadd polyder polydiv polyint polymul polysub "
    "polyval vander",
    "_take": "choose fill_diagonal ix_ put put_along_axis ravel_multi_index take "
    "take_along_axis unravel_index",
    "_text_io": "fromfile fromstring genfromtxt loadtxt savetxt",
    "_calculus": "convolve correlate ediff1d gradient interp",
    "_correlation": "corrcoef cov",
    "_editing": "delete insert trim_zeros",
    "_histograms": "bincount histogram histogram_bin_edges",
    "_histograms_dd": "histogram2d histogramdd",
    "_quantiles": "median nanmedian nanpercentile nanquantile percentile quantile",
    "_searching": "digitize searchsorted",
    "_sets": "intersect1d isin setdiff1d setxor1d union1d unique unique_all "
    "unique_counts unique_inverse unique_values",
    "_sorting": "argpartition argsort lexsort partition sort sort_complex",
    "_special": "asarray_chkfinite i0 iscomplex isreal real_if_close sinc unwrap",
    "_triangle_indices": "diag_indices diag_indices_from mask_indices tril_indices "
    "tril_indices_from triu_indices triu_indices_from",
    "_views": "flatiter",
    "_windows": "bartlett blackman hamming hanning kaiser",
    "cuda": "get_default_memory_pool get_default_pinned_memory_pool",
}

LAZY_NAMES = {name: module for module in _MODULES for name in _MODULES[module].split()}


def missing(module, name):
    """The AttributeError for a `name` that Numloom's `module` has not."""
    theirs = importlib.import_module(module.replace(__package__, "numpy", 1))
    if not name.startswith("_") and hasattr(theirs, name):
        return AttributeError(f"{module} has no {name!r} yet; {theirs.__name__} has")
    return AttributeError(f"module {module!r} has no attribute {name!r}")


def find(name):
    """The object that the package calls `name`; None for what is not lazy."""
    package = __package__
    if name in SUBMODULES:
        return importlib.import_module(f"{package}.{name}")
    module = LAZY_NAMES.get(name)
    if module is None:
        return None
    return getattr(importlib.import_module(f"{package}.{module}"), name)
