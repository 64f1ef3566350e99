"""The ufuncs: one object per entry of the generated table, and NumPy's aliases."""

from . import _core
from ._ufunc_table import UFUNCS

ufunc = _core.ufunc

ALIASES = {
    "abs": "absolute",
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "bitwise_invert": "invert",
    "bitwise_left_shift": "left_shift",
    "bitwise_not": "invert",
    "bitwise_right_shift": "right_shift",
    "conj": "conjugate",
    "mod": "remainder",
    "pow": "power",
    "true_divide": "divide",
}

# Ufuncs of two results, which record an op for each.
_TWO_RESULTS = {
    "divmod": "Quotient and remainder: (x // y, x % y).",
    "frexp": "Mantissa m and int32 exponent e of x = m * 2**e, |m| in [0.5, 1).",
    "modf": "Fractional and integral part, both with the sign of x.",
}

_SIGNATURES = {1: "x", 2: "x, y"}


def _create(name, num_inputs, doc):
    result = _core.ufunc(name)
    result.__doc__ = (
        f"{name}({_SIGNATURES[num_inputs]}, /, out=None, *, where=True, "
        f"casting='same_kind', dtype=None)\n\n{doc}\n\n"
        "Operands broadcast; the dtype is NumPy's for theirs. Raises ValueError for\n"
        "shapes that do not broadcast, TypeError for dtypes without a signature."
    )
    return result


def _create_all():
    """All ufuncs by name, aliases included."""
    ufuncs = {
        name: _create(name, num_inputs, doc)
        for name, (_, num_inputs, _, _, doc) in UFUNCS.items()
    }
    for name, doc in _TWO_RESULTS.items():
        ufuncs[name] = _create(name, 2 if name == "divmod" else 1, doc)
    ufuncs.update({alias: ufuncs[name] for alias, name in ALIASES.items()})
    return ufuncs


_UFUNCS = _create_all()
globals().update(_UFUNCS)
__all__ = list(_UFUNCS)
