"""Ufuncs against NumPy: every loop of every ufunc, on operands of every layout.

All ufuncs that take the same dtypes are evaluated together: fused, they compile in a
fraction of the time.
"""

import numpy as np
import pytest
from samples import draw, get_special_values
from support import DTYPES, dtype_of, kind
from ulp import EXACT, call_extended, get_limit, measure

import numloom as nl
from numloom._ufunc_table import UFUNCS

# Recorded as an op for each result, so without loops in the table.
TWO_RESULTS = {
    "divmod": [c + c for c in "bBhHiIlLefd"],
    "frexp": "eEfd",
    "modf": "eEfd",
}
SIZE = 1000
# From the base of SIZE elements to the first and to the second operand.
LAYOUTS = {
    "contiguous": (lambda x: x, lambda x: x),
    "strided": (lambda x: x[1::3], lambda x: x[2::3]),
    "reversed": (lambda x: x[::-1], lambda x: x[::-1]),
    "mixed": (lambda x: x[::-2], lambda x: x[:500]),
    "transposed": (lambda x: x.reshape(25, 40).T, lambda x: x.reshape(25, 40).T),
    "offset": (
        lambda x: x.reshape(25, 40)[2:, 3:30],
        lambda x: x.reshape(40, 25)[1:28, 1:24].T,
    ),
    "broadcast": (lambda x: x[:25].reshape(25, 1), lambda x: x[100:140]),
    "zero_d": (lambda x: x[3], lambda x: x[5]),
    "one": (lambda x: x[3:4], lambda x: x[5:6]),
    "empty": (lambda x: x[:0], lambda x: x[:0]),
}
# Around the widths of vectors and their tails.
LENGTHS = [2, 7, 8, 63, 64, 65]


def group_by_operands():
    """Names of the ufuncs by the type characters of their operands."""
    groups = {}
    for name, (_, _, loops, _, _) in UFUNCS.items():
        for loop in loops:
            groups.setdefault(loop.split("->")[0], []).append(name)
    for name, loops in TWO_RESULTS.items():
        for operands in loops:
            groups[operands].append(name)
    return groups


GROUPS = group_by_operands()


def get_dtype(char):
    return dtype_of("bfloat16" if char == "E" else char)


def make_operands(chars):
    """Random elements, mixed with all pairs of special values."""
    rng = np.random.default_rng(7)
    dtypes = [get_dtype(char) for char in chars]
    operands = [draw(dtype, SIZE, rng) for dtype in dtypes]
    special = np.meshgrid(*(get_special_values(dtype) for dtype in dtypes))
    order = rng.permutation(special[0].size)[: SIZE // 2]
    places = rng.permutation(SIZE)[: order.size]
    for operand, values in zip(operands, special):
        operand[places] = values.ravel()[order]
    return operands


def adapt(name, operands):
    """Operands where NumPy leaves a value open replaced by others."""
    if name == "power" and kind(operands[0].dtype) in "iu":
        # Negative exponents raise an error.
        return [operands[0], operands[1] & operands[1].dtype.type(0x1F)]
    if name == "ldexp":
        # C takes the exponent as an int.
        return [operands[0], np.clip(operands[1], -3000, 3000)]
    return operands


def flatten(results):
    """Results of ufuncs that have one or two, in a row."""
    return [x for r in results for x in (r if isinstance(r, tuple) else (r,))]


def compute_bfloat16(name, operands):
    """NumPy has no loops for bfloat16: float64's, rounded to it."""
    wide = [x.astype("f8") if x.dtype.char == "E" else x for x in operands]
    results = getattr(np, name)(*wide)
    return tuple(
        r.astype(operands[0].dtype) if r.dtype == "f8" else r
        for r in flatten([results])
    )


def compute_expected(name, operands):
    """NumPy's results of the ufunc, a tuple of arrays."""
    if operands[0].dtype.char == "E" and name not in ("nextafter", "spacing"):
        return compute_bfloat16(name, operands)
    expected = getattr(np, name)(*operands)
    if name == "nextafter" and operands[0].dtype == np.float16:
        # Of equal zeros NumPy gave the first before 2.5, for float16 alone.
        expected = np.where(np.equal(*operands), operands[1], expected)
    return tuple(np.asarray(r) for r in flatten([expected]))


def find_errors(name, operands, expected, actual):
    """Where `actual` is wrong, and what is right there."""
    is_complex = operands[0].dtype.kind == "c"
    if expected.dtype.kind in "biu" or (name in EXACT and not is_complex):
        return find_differences(expected, actual), expected
    reference = call_extended(name, *operands)
    errors = measure(name, operands, actual, reference)
    limit = get_limit(name, operands[0].dtype)
    if is_complex:
        return find_complex_errors(expected, actual, reference, errors, limit)
    zero = (actual == 0) & (reference == 0)
    wrong_sign = zero & (np.signbit(actual) != np.signbit(reference))
    return (errors > limit) | wrong_sign, reference


def find_complex_errors(expected, actual, reference, errors, limit):
    """As find_errors; formulas of complex numbers overflow, and cancel, in NumPy too.

    Where NumPy's result or the exact one is not finite, ours is not either, or right.
    """
    wrong = errors > limit + measure("", (), expected, reference)
    open_value = ~(np.isfinite(expected) & np.isfinite(reference))
    return wrong & ~(open_value & ~np.isfinite(actual)), reference


def find_differences(expected, actual):
    """Where bits differ, any NaN being like any other."""
    if expected.dtype.kind in "biu":
        return expected != actual
    same = (expected == actual) & (np.signbit(expected) == np.signbit(actual))
    return ~(same | (np.isnan(expected) & np.isnan(actual)))


def check(name, operands, result):
    """A line for each result of the ufunc that has wrong elements."""
    operands = adapt(name, operands)
    complaints = []
    for expected, actual in zip(compute_expected(name, operands), result):
        assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape), name
        actual = np.asarray(actual)
        if name == "frexp" and expected.dtype.kind == "i":
            # C leaves the exponent of infinities and NaN open.
            actual = np.where(np.isfinite(operands[0]), actual, expected)
        wrong, right = find_errors(name, operands, expected, actual)
        if wrong.any():
            at = tuple(np.argwhere(wrong)[0])
            inputs = [np.broadcast_to(x, wrong.shape)[at] for x in operands]
            complaints.append(
                f"{name}({', '.join(map(str, inputs))}) = {actual[at]}, "
                f"not {right[at]} ({np.count_nonzero(wrong)} of {wrong.size} wrong)"
            )
    return complaints


def check_group(chars, views):
    """All ufuncs with loops for `chars`, on views of one base."""
    bases = make_operands(chars)
    operands = [view(x) for view, x in zip(views, bases)]
    recorded = {}
    for name in GROUPS[chars]:
        adapted = [nl.asarray(x) for x in adapt(name, bases)]
        result = getattr(nl, name)(*(view(x) for view, x in zip(views, adapted)))
        recorded[name] = result if isinstance(result, tuple) else (result,)
    nl.evaluate(*flatten(recorded.values()))
    complaints = [
        line
        for name, result in recorded.items()
        for line in check(name, operands, result)
    ]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("chars", GROUPS)
def test_layouts(chars, layout):
    check_group(chars, LAYOUTS[layout])


@pytest.mark.parametrize("chars", GROUPS)
def test_lengths(chars):
    for length in LENGTHS:
        check_group(chars, [lambda x, n=length: x[:n]] * 2)


def agree(got, want):
    """Which complex numbers are alike, finite parts within rounding."""
    size = sum(np.abs(np.where(np.isfinite(p), p, 0)) for p in (want.real, want.imag))
    same = True
    for g, w in ((got.real, want.real), (got.imag, want.imag)):
        close = np.abs(g - w) <= 1e-5 * size
        both_zero = (g == 0) & (w == 0)
        close = np.where(both_zero, np.signbit(g) == np.signbit(w), close)
        same &= close | (np.isinf(g) & (g == w)) | (np.isnan(g) & np.isnan(w))
    return same


def compute_complex_special(name, operands):
    """NumPy's result; expm1 has the Array API standard's limits, those of exp."""
    want = getattr(np, name)(*operands)
    if name == "expm1":
        (z,) = operands
        want = np.where(np.isinf(z.real), np.exp(z) - 1, want)
        want.real[z == 0] = 0
        want.imag[z.imag == 0] = z.imag[z.imag == 0]
        want[(z.real == -np.inf) & ~np.isfinite(z.imag)] = -1
    return want


@pytest.mark.parametrize("chars", ["F", "D", "FF", "DD"])
def test_complex_special_values(chars):
    values = get_special_values(get_dtype(chars[0]))
    operands = [x.ravel() for x in np.meshgrid(*[values] * len(chars))]
    arrays = [nl.asarray(x) for x in operands]
    for name in GROUPS[chars]:
        want = compute_complex_special(name, operands)
        got = np.asarray(getattr(nl, name)(*arrays))
        if want.dtype.kind == "b":
            np.testing.assert_array_equal(got, want, name)
            continue
        same = agree(got, want)
        wrong = [x[~same][:3] for x in (*operands, got, want)]
        assert same.all(), (name, wrong)


@pytest.mark.parametrize("char", "eE")
def test_all_half_precision_numbers(char):
    x = np.arange(1 << 16, dtype="u2").view(get_dtype(char))
    a = nl.asarray(x)
    complaints = []
    for name in GROUPS[char]:
        result = getattr(nl, name)(a)
        result = result if isinstance(result, tuple) else (result,)
        complaints += check(name, [x], result)
    assert not complaints, "\n".join(complaints)


def get_range(dtype):
    """Numbers of both signs beside all powers of two, around 1 and 0 and beyond exp's
    limits: where formulas take turns."""
    info = np.finfo(dtype)
    powers = np.ldexp(
        np.ones(1, dtype), np.arange(info.minexp - info.nmant, info.maxexp)
    )
    beside = [np.nextafter(powers, dtype.type(end)) for end in (0, np.inf)]
    near_one = [1 + powers[powers < 1], 1 - powers[powers < 1]]
    steps = np.arange(0, 750, 0.125, dtype)
    x = np.concatenate([powers, *beside, *near_one, steps])
    return np.concatenate([x, -x])


def compare(name, *operands):
    """What the ufunc gets wrong of `operands`, as `check` does."""
    result = getattr(nl, name)(*map(nl.asarray, operands))
    return check(name, list(operands), (result,))


# SLEEF's sinh of float64 is less exact beyond 708.
FUNCTIONS_OF_RANGE = {
    "f": "arccosh arcsinh arctanh cosh expm1 log1p sinh",
    "d": "arccosh arcsinh arctanh cosh expm1 log1p",
}


@pytest.mark.parametrize("char", FUNCTIONS_OF_RANGE)
def test_whole_range(char):
    x = get_range(get_dtype(char))
    for name in FUNCTIONS_OF_RANGE[char].split():
        assert not compare(name, x)


@pytest.mark.parametrize("char", "fd")
def test_lengths_of_legs(char):
    x = get_range(get_dtype(char))
    for ratio in (0, 1e-30, 1e-8, 0.3, 0.75, 1):
        y = (x * ratio).astype(x.dtype)
        assert not compare("hypot", x, y) + compare("hypot", y, x)
        z = np.empty(x.shape, np.result_type(x, 1j))
        z.real, z.imag = x, y
        np.testing.assert_array_equal(np.abs(nl.asarray(z)), nl.hypot(x, y))


@pytest.mark.parametrize("char", "fd")
def test_powers_of_special_values(char):
    whole = [0, 1, 2, 3, 9, 2**23 + 1, 2**24, 2**24 + 2, np.inf]
    values = np.array([*whole, 0.3, 0.5, 1.5, 2.5, 1e-40, np.nan], get_dtype(char))
    values = np.concatenate([values, -values])
    x, y = (a.ravel() for a in np.meshgrid(values, values))
    assert not compare("power", x, y)
    power = np.asarray(nl.power(x, y))
    open_sign = np.isnan(power)
    want = np.where(open_sign, 0, np.signbit(np.power(x, y)))
    np.testing.assert_array_equal(np.where(open_sign, 0, np.signbit(power)), want)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(UFUNCS))
def test_result_dtypes(name, dtype):
    nin = getattr(np, name).nin
    x, a = np.ones(3, dtype), nl.ones(3, dtype=dtype)
    try:
        expected = getattr(np, name)(*[x] * nin).dtype
    except TypeError:
        with pytest.raises(TypeError):
            getattr(nl, name)(*[a] * nin)
        return
    assert getattr(nl, name)(*[a] * nin).dtype == expected


@pytest.mark.parametrize("alias", sorted(nl._ufuncs.ALIASES))
def test_aliases(alias):
    assert getattr(nl, alias) is getattr(nl, nl._ufuncs.ALIASES[alias])
