"""Arrays read at places that are functions of the index: padded and rolled ones.

One kernel reads each element where it lies, with no copy for each axis and part. For
GPUs, whose threads read elements one by one at the same speed; CPUs copy rows.
"""

from itertools import chain

from . import _core


def continue_at(x, widths, mode):
    """`x` with a pair of `widths` of what `mode`, one of NumPy's pad, continues."""
    return _core.continue_at(x, _flatten(widths), mode)


def _flatten(widths):
    return tuple(chain.from_iterable(widths))


def surround(x, widths, value):
    """`x` with a pair of `widths` of the 0-d array `value`; None for computed arrays.

    Kernels that compute an array write it where it belongs, which saves a pass.
    """
    return _core.continue_at(x, _flatten(widths), "edge", value, True)


def are_within(shape, widths, mode):
    """Whether `continue_at` can do that."""
    if 0 in shape or not shape:
        return False
    if mode == "edge":
        return True
    longest = [n - (mode == "reflect") for n in shape]
    return all(max(pair) <= n for n, pair in zip(longest, widths))


def roll(x, shifts):
    """`x` with elements moved on by a number, from 0 on, along each axis.

    None for computed arrays, as of `surround`.
    """
    widths = [(shift, -shift) for shift in shifts]
    return _core.continue_at(x, _flatten(widths), "wrap", None, True)
