"""Arguments, attributes and results of ufunc objects."""

import pickle
import warnings

import numpy as np
import pytest
from support import assert_raises_alike

import numloom as nl

BAD_CALLS = {
    "too_few": lambda xp: xp.add(1),
    "too_many": lambda xp: xp.add(1, 2, xp.ones(()), 4),
    "unary_too_many": lambda xp: xp.exp(xp.ones(2), None, 3),
    "keyword": lambda xp: xp.add(1, 2, axis=0),
    "out_twice": lambda xp: xp.add(1, 2, xp.zeros(()), out=xp.zeros(())),
    "out_tuple": lambda xp: xp.add(xp.ones(2), 2, out=(xp.ones(2),) * 2),
    "out_number": lambda xp: xp.add(xp.ones(2), 2, out=3),
    "casting_name": lambda xp: xp.add(1, 2, casting="foo"),
    "casting_type": lambda xp: xp.add(1, 2, casting=3),
    "casting_no": lambda xp: xp.exp(xp.ones(2, dtype="int64"), casting="no"),
    "order": lambda xp: xp.add(1, 2, order="Z"),
    "subok": lambda xp: xp.add(1, 2, subok=3),
    "order_type": lambda xp: xp.add(1, 2, order=0),
    "signature_none": lambda xp: xp.add(1, 2, signature=None),
    "signature_char": lambda xp: xp.add(1, 2, signature="d"),
    "signature_tuple": lambda xp: xp.add(1, 2, signature=("f8", "f8")),
    "two_signatures": lambda xp: xp.add(1, 2, sig="dd->d", signature="dd->d"),
    "signature_and_dtype": lambda xp: xp.add(1, 2, signature="dd->d", dtype="f8"),
    "no_loop": lambda xp: xp.exp(xp.ones(2), signature="q->q"),
    "no_loop_dtype": lambda xp: xp.sin(xp.ones(2), dtype="int64"),
    "no_bits_of_floats": lambda xp: xp.bitwise_and(xp.ones(2), 1),
    "no_bool_subtract": lambda xp: xp.subtract(xp.ones(2, dtype=bool), True),
    "where_dtype": lambda xp: xp.add(xp.ones(2), 1, where=xp.ones(2, dtype="int64")),
    "shapes": lambda xp: xp.add(xp.ones(2), xp.ones(3)),
    "multi_out": lambda xp: xp.modf(xp.ones(2), out=xp.ones(2)),
}


@pytest.mark.filterwarnings("ignore:'where' used without 'out'")
@pytest.mark.parametrize("call", BAD_CALLS.values(), ids=BAD_CALLS)
def test_errors(call):
    with pytest.raises(Exception) as theirs:
        call(np)
    with pytest.raises(Exception) as ours:
        call(nl)
    assert builtin_type(ours.value) is builtin_type(theirs.value)
    assert str(ours.value) == str(theirs.value)


def builtin_type(error):
    """The builtin that the error's type is or derives from."""
    return next(t for t in type(error).__mro__ if t.__module__ == "builtins")


@pytest.mark.parametrize("operand", [object(), "text", {}, None], ids=type)
def test_operands_that_are_no_arrays(operand):
    with pytest.raises(TypeError):
        nl.exp(operand)


def test_ragged_sequences():
    assert_raises_alike(lambda xp: xp.exp([[1], [1, 2]]), "inhomogeneous")


@pytest.mark.parametrize(
    "keywords",
    [
        {"dtype": "float32"},
        {"signature": "ff->f"},
        {"signature": (None, None, "f4")},
        {"sig": "dd->d"},
        {"dtype": "complex128"},
        {"dtype": None},
        {"order": "F"},
        {"subok": False},
        {"casting": "safe"},
        {"out": None},
        {"where": True},
    ],
    ids=str,
)
def test_keywords(keywords):
    expected = np.add(np.arange(3), 2, **keywords)
    actual = nl.add(nl.arange(3), 2, **keywords)
    assert actual.dtype == expected.dtype
    assert actual.tolist() == expected.tolist()


def test_where():
    mask = [True, False, True]
    x = nl.asarray([1.0, 2.0, 3.0])
    out = nl.asarray([7.0, 8.0, 9.0])
    nl.add(x, 1, out=out, where=nl.asarray(mask))
    assert out.tolist() == [2.0, 8.0, 4.0]
    # Without an output the other elements are zeros.
    if x.device == "cpu":
        assert nl.add(x, 1, out=None, where=np.asarray(mask)).tolist() == [
            2.0,
            0.0,
            4.0,
        ]
    assert nl.add(x, 1, out=None, where=mask).tolist() == [2.0, 0.0, 4.0]
    assert nl.add(x, 1, out=None, where=False).tolist() == [0.0, 0.0, 0.0]


def test_where_broadcasts():
    x = nl.asarray([1.0, 2.0, 3.0])
    assert nl.add(x, 1, out=None, where=nl.asarray([[True], [False]])).shape == (2, 3)
    with pytest.raises(ValueError, match="non-broadcastable output"):
        nl.add(x, 1, out=nl.zeros(3), where=nl.ones((2, 1), dtype=bool))


@pytest.mark.parametrize(
    "name",
    [
        "add",
        "exp",
        "maximum",
        "logical_and",
        "bitwise_and",
        "logaddexp",
        "multiply",
        "power",
    ],
)
def test_attributes(name):
    ours, theirs = getattr(nl, name), getattr(np, name)
    for attribute in ["nin", "nout", "nargs", "identity", "signature", "__name__"]:
        assert getattr(ours, attribute) == getattr(theirs, attribute)
    assert ours.ntypes == len(ours.types)
    assert repr(ours) == f"<ufunc '{name}'>"
    assert ours.__doc__
    # NumPy's further signatures are those of dtypes that Numloom has not.
    ours_on_numpy_dtypes = [t for t in ours.types if "E" not in t]
    theirs_in_order = iter(theirs.types)
    assert all(t in theirs_in_order for t in ours_on_numpy_dtypes)


def test_one_object_per_name():
    assert type(nl.add)("add") is nl.add
    with pytest.raises(LookupError):
        type(nl.add)("frobnicate")


def test_pickle():
    assert pickle.loads(pickle.dumps(nl.add)) is nl.add


def test_several_results():
    fraction, whole = nl.modf(nl.asarray([1.5, -2.25]))
    assert fraction.tolist() == [0.5, -0.25]
    assert whole.tolist() == [1.0, -2.0]
    mantissa, exponent = nl.frexp(nl.asarray([8.0, 0.75]))
    assert (mantissa.tolist(), exponent.tolist()) == ([0.5, 0.75], [4, 0])
    quotient, remainder = nl.divmod(nl.asarray([7, -7]), 3)
    assert (quotient.tolist(), remainder.tolist()) == ([2, -3], [1, 2])
    assert nl.modf.nout == 2


def test_several_outputs():
    whole = nl.empty(2)
    fraction, same = nl.modf(nl.asarray([1.5, -2.25]), out=(None, whole))
    assert same is whole
    assert whole.tolist() == [1.0, -2.0]
    assert fraction.tolist() == [0.5, -0.25]


def test_parts_that_outputs_discard():
    with pytest.warns(np.exceptions.ComplexWarning):
        nl.add(nl.ones(2), 1j, out=nl.zeros(2), casting="unsafe")


MASKED = {
    "mask": ({"where": [True, False]}, True),
    "scalar": ({"where": False}, True),
    "true": ({"where": True}, False),
    "out": ({"where": False, "out": None}, False),
    "outs": ({"where": False, "out": (None,)}, False),
}


@pytest.mark.parametrize("keywords, warns", MASKED.values(), ids=MASKED)
def test_masks_without_an_output(keywords, warns):
    """`out=None` says that it is intended."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nl.add(nl.ones(2), 1, **keywords)
    assert bool(caught) == warns
