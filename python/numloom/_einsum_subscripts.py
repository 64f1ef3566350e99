"""The subscripts of einsum: strings such as "ij,jk->ik", or lists of axis numbers."""

import functools
import operator

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def split_arguments(arguments):
    """The subscripts as a string without spaces, and the operands."""
    if not arguments:
        raise ValueError(
            "must specify the einstein sum subscripts string and at least one operand, "
            "or at least one operand and its corresponding subscripts list"
        )
    subscripts, *operands = arguments
    if isinstance(subscripts, bytes):
        subscripts = subscripts.decode()
    if not isinstance(subscripts, str):
        subscripts, operands = _from_lists(arguments)
    elif not operands:
        raise ValueError(
            "must specify the einstein sum subscripts string and at least one operand"
        )
    return subscripts.replace(" ", ""), operands


def _from_lists(arguments):
    """The string form of operands that alternate with lists of axis numbers."""
    if len(arguments) < 2:
        raise ValueError("must provide at least an operand and a subscripts list")
    has_output = len(arguments) % 2
    output = "->" + _letters(arguments[-1]) if has_output else ""
    operands, lists = arguments[: len(arguments) - has_output : 2], arguments[1::2]
    return ",".join(map(_letters, lists)) + output, operands


def _letters(axes):
    return "".join("..." if axis is Ellipsis else _letter(axis) for axis in axes)


def _letter(axis):
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(
            "each subscript must be either an integer or an ellipsis"
        ) from None
    if not 0 <= axis < len(_LETTERS):
        raise ValueError("subscript is not within the valid range [0, 52)")
    return _LETTERS[axis]


@functools.lru_cache(1024)
def parse(subscripts, ranks):
    """One string of axis letters per operand, and that of the result.

    An ellipsis becomes letters of its own, aligned at its last axis.
    """
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        more = "more" if len(ranks) > len(terms) else "fewer"
        raise ValueError(
            f"{more} operands provided to einstein sum function than specified in the "
            "subscripts string"
        )
    hidden = [rank - len(term.replace("...", "")) for term, rank in zip(terms, ranks)]
    _check_terms(terms, hidden, ranks)
    _check_letters(output, "in the output")
    widest = max((n for term, n in zip(terms, hidden) if "..." in term), default=0)
    # Letters beyond ASCII, which _check_letters refuses as subscripts.
    spare = [chr(0x100 + i) for i in range(widest)]
    expanded = [
        term.replace("...", "".join(spare[widest - n :]))
        if n
        else term.replace("...", "")
        for term, n in zip(terms, hidden)
    ]
    if arrow:
        return tuple(expanded), _explicit_output(output, "".join(expanded), spare)
    letters = "".join(terms).replace(".", "")
    once = sorted(c for c in set(letters) if letters.count(c) == 1)
    return tuple(expanded), "".join(spare + once)


def _check_letters(term, where):
    for c in term.replace("...", "", 1):
        if c == ".":
            raise ValueError(
                "einstein sum subscripts string contains a '.' that is not part of an "
                f"ellipsis ('...') {where}"
            )
        if not (c.isascii() and c.isalpha()):
            raise ValueError(
                f"invalid subscript '{c}' in einstein sum subscripts string, "
                "subscripts must be letters"
            )


def _check_terms(terms, hidden, ranks):
    for i, (term, extra) in enumerate(zip(terms, hidden)):
        _check_letters(term, f"in operand {i}")
        if extra < 0:
            raise ValueError(
                "einstein sum subscripts string contains too many subscripts for "
                f"operand {i}"
            )
        if extra > 0 and "..." not in term:
            raise ValueError(
                f"operand has more dimensions ({ranks[i]}) than subscripts given in "
                "einstein sum, but no '...' ellipsis provided to broadcast the extra "
                "dimensions."
            )


def _explicit_output(output, letters, spare):
    if spare and "..." not in output:
        raise ValueError(
            "output has more dimensions than subscripts given in einstein sum, but no "
            "'...' ellipsis provided to broadcast the extra dimensions."
        )
    output = output.replace("...", "".join(spare))
    for c in output:
        if output.count(c) > 1:
            raise ValueError(
                f"einstein sum subscripts string includes output "
                f"subscript '{c}' multiple times"
            )
        if c not in letters:
            raise ValueError(
                f"einstein sum subscripts string included output "
                f"subscript '{c}' which never appeared in an input"
            )
    return output
