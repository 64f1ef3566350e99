"""Generates docs/numpy-coverage.md: what of NumPy's namespace Numloom has.

    python utils/generate_numpy_coverage.py [--check]

Writes the page; with --check, fails if the page there is another one. What is there
is looked up in the installed packages; how functions differ and why some are
missing is written down here.
"""

import argparse
import inspect
import pathlib
import sys
import textwrap

import numpy

import numloom

PAGE = pathlib.Path(__file__).parents[1] / "docs" / "numpy-coverage.md"

# Public callables of NumPy that compute with no numbers of Numloom's dtypes.
EXCLUDED = {
    "dates and times": "busday_count busday_offset busdaycalendar datetime_as_string "
    "datetime_data is_busday isnat",
    "matrices": "asmatrix bmat matrix",
    "records": "fromregex recarray",
}

# Functions that compute their arguments at the call, by why they must.
LOOKS = {
    "the result is a Python bool": "allclose array_equal array_equiv",
    "a shape depends on values": "argwhere array_split bincount "
    "flatnonzero intersect1d mask_indices nonzero piecewise polydiv polymul repeat "
    "setdiff1d setxor1d trim_zeros union1d unique unique_all unique_counts "
    "unique_inverse unique_values",
    "a dtype depends on values": "poly real_if_close",
    "an error depends on values": "asarray_chkfinite choose digitize geomspace "
    "nanargmax nanargmin put ravel_multi_index take take_along_axis unravel_index",
    "of 32 and more numbers infinities are handled apart": "convolve correlate",
    "sorting and searching are library calls": "argpartition argsort histogram "
    "histogram2d histogram_bin_edges histogramdd interp isin lexsort median nanmedian "
    "nanpercentile nanquantile partition percentile quantile searchsorted sort "
    "sort_complex",
    "bytes are taken for words": "packbits unpackbits",
    "the host runs over their elements": "frompyfunc nditer nested_iters ndenumerate "
    "vectorize",
}

DIFFERENCES = {
    "empty": "Holds zeros.",
    "empty_like": "Holds zeros.",
    "errstate": "Has no effect.",
    "fromstring": "Text only, as `sep` is required.",
    "frompyfunc": "Results have the dtype that fits them; no results of objects.",
    "genfromtxt": "No structured dtypes.",
    "getbufsize": "Has no effect.",
    "geterr": "Has no effect.",
    "geterrcall": "Has no effect.",
    "nditer": "Elements are NumPy's, no `out=` of Numloom's ufuncs; arrays are "
    "written when the iteration ends.",
    "nested_iters": "As `nditer`.",
    "load": "No structured and object dtypes. `mmap_mode` reads the file at once.",
    "loadtxt": "No structured dtypes.",
    "ndenumerate": "The elements are NumPy's scalars.",
    "poly": "Of roots only: matrices need eigenvalues.",
    "poly1d": "No `roots`: they need eigenvalues.",
    "setbufsize": "Has no effect.",
    "seterr": "Has no effect.",
    "seterrcall": "Has no effect.",
    "vectorize": "Calls the function with NumPy's scalars. No results of objects.",
}

MISSING = {
    "get_include": "There are no C headers.",
    "memmap": "Arrays live in memory; `asarray(numpy.memmap(...))` reads one.",
    "polyfit": "Needs a factorisation.",
    "roots": "Needs eigenvalues.",
    "show_runtime": "`show_config` tells it.",
    "test": "The tests are no part of the package.",
    "linalg": "Needs a factorisation.",
    "fft": "There are no Fourier transforms yet.",
    "random": "[random.md](random.md) says which distributions there are.",
    "ndarray": {
        "byteswap": "Byte order is native.",
        "ctypes": "Memory moves; `numpy.asarray(x).ctypes` is that of one moment.",
        "data": "As for `ctypes`.",
        "getfield": "No structured dtypes.",
        "resize": "Memory has a fixed size; the function `resize` copies.",
        "setfield": "No structured dtypes.",
    },
}

# Arguments that take what a function hands on.
PASSED_ON = ("array2string", "genfromtxt", "load", "loadtxt", "savetxt")


def is_public(name):
    return not name.startswith("_")


def get_functions(module):
    """The public callables of `module` that are no scalar types, by name."""
    found = {}
    for name in sorted(filter(is_public, dir(module))):
        value = getattr(module, name)
        is_scalar = isinstance(value, type) and issubclass(value, numpy.generic)
        if callable(value) and not is_scalar:
            found[name] = value
    return found


def get_parameters(function):
    """The names of its parameters; None where they cannot be known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    positional = inspect.Parameter.POSITIONAL_ONLY
    return {
        p.name for p in parameters if p.kind not in variadic and p.kind != positional
    }


def describe(name, theirs, ours):
    """How Numloom's function differs; an empty string if it does not."""
    parts = [DIFFERENCES[name]] if name in DIFFERENCES else []
    if isinstance(theirs, (type, numpy.ufunc)) or name in PASSED_ON:
        return " ".join(parts)
    wanted, given = get_parameters(theirs), get_parameters(ours)
    if wanted and given is not None and wanted - given:
        names = ", ".join(f"`{x}`" for x in sorted(wanted - given))
        parts.append(f"No argument {names}.")
    return " ".join(parts)


def compare(theirs, ours):
    """The names that are the same, that differ and how, and that are missing."""
    same, different, missing = [], {}, []
    for name, function in theirs.items():
        if not hasattr(ours, name):
            missing.append(name)
        elif how := describe(name, function, getattr(ours, name)):
            different[name] = how
        else:
            same.append(name)
    return same, different, missing


def paragraph(names):
    text = " ".join(f"`{name}`" for name in names)
    return textwrap.fill(text, 80, break_on_hyphens=False, break_long_words=False)


def itemize(groups):
    """A list of reasons, each with its names."""
    items = []
    for reason, names in groups.items():
        text = f"- {reason}: {', '.join(f'`{name}`' for name in names.split())}"
        items.append(textwrap.fill(text, 80, subsequent_indent="  "))
    return "\n".join(items)


def table(head, rows):
    lines = [f"| {head} | |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {text} |" for name, text in rows)])


def describe_namespace():
    excluded = {name for names in EXCLUDED.values() for name in names.split()}
    theirs = {
        name: function
        for name, function in get_functions(numpy).items()
        if name not in excluded
    }
    same, different, missing = compare(theirs, numloom)
    count = len(same) + len(different)
    yield (
        f"Of the {len(theirs)} numeric functions and classes of `numpy` "
        f"{numpy.__version__.rpartition('.')[0]} Numloom has {count}: {len(same)} are "
        f"the same, but for what [differences.md](differences.md) says of all "
        f"functions, {len(different)} differ, {len(missing)} are missing."
    )
    yield "Not counted are scalar types, and functions of:"
    yield itemize(EXCLUDED)
    yield "## The same"
    yield paragraph(same)
    yield "## Different"
    yield table("Function", different.items())
    yield "## Missing"
    yield table("Function", [(name, MISSING.get(name, "")) for name in missing])
    yield "## Computed at the call"
    yield "These compute their arguments when they are called, because"
    yield itemize(LOOKS)


def describe_methods():
    names = [name for name in dir(numpy.ndarray) if is_public(name)]
    there = [name for name in names if hasattr(numloom.ndarray, name)]
    missing = [name for name in names if name not in there]
    yield "## Methods and attributes of arrays"
    yield f"Of {len(names)} public ones of `numpy.ndarray` {len(there)} are there:"
    yield paragraph(there)
    if missing:
        reasons = MISSING["ndarray"]
        yield table("Missing", [(name, reasons.get(name, "")) for name in missing])


def describe_submodule(name):
    theirs = {
        function: value
        for function, value in get_functions(getattr(numpy, name)).items()
        if function in getattr(numpy, name).__all__
    }
    ours = getattr(numloom, name, None)
    there = [function for function in theirs if hasattr(ours, function)]
    missing = [function for function in theirs if function not in there]
    yield f"## `numpy.{name}`"
    yield f"{len(there)} of {len(theirs)}. {MISSING[name]}"
    if there:
        yield f"There: {', '.join(f'`{x}`' for x in there)}."
    if missing:
        yield f"Missing: {', '.join(f'`{x}`' for x in missing)}."


def wrap(text):
    """Paragraphs at 80 columns; tables, lists and headings as they are."""
    if text.startswith(("|", "#", "-", "`")):
        return text
    return textwrap.fill(text, 80, break_on_hyphens=False, break_long_words=False)


def make_page():
    parts = [
        "# NumPy's functions in Numloom",
        "Generated by `utils/generate_numpy_coverage.py`; not to be edited.",
        *describe_namespace(),
        *describe_methods(),
        *describe_submodule("linalg"),
        *describe_submodule("fft"),
        *describe_submodule("random"),
    ]
    return "\n\n".join(map(wrap, parts)) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    page = make_page()
    if not check:
        PAGE.write_text(page)
        return 0
    if not PAGE.exists() or PAGE.read_text() != page:
        print(f"{PAGE} is out of date: run {sys.argv[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
