"""Values by conditions: select and piecewise."""

from . import _core
from . import _masks as masks
from . import _ops as ops
from . import _ufuncs as uf
from ._core import ndarray
from ._creation import zeros_like
from ._dtypes import BOOL


def select(condlist, choicelist, default=0):
    """For each element the choice whose condition is the first to hold.

    Conditions are bool arrays, choices are arrays or numbers; all broadcast, and the
    choices and `default` give the dtype. Raises ValueError for lists of different
    lengths or of none, TypeError for a condition of another dtype.
    """
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not len(condlist):
        raise ValueError("select with an empty condition list is not possible")
    home = ops.home((*condlist, *choicelist, default))
    conditions = [ops.as_array(condition, device=home) for condition in condlist]
    for i, condition in enumerate(conditions):
        if condition.dtype != BOOL:
            raise TypeError(f"invalid entry {i} in condlist: should be boolean ndarray")
    choices = [
        x if isinstance(x, (int, float, complex)) else ops.as_array(x, device=home)
        for x in (*choicelist, default)
    ]
    *choices, result = ops.as_choices(choices)
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        result = ops.select(condition, choice, result)
    return ops.to_c_order(result)


def piecewise(x, condlist, funclist, *args, **kw):
    """For each element of `x` what the function of the last condition to hold gives.

    A function gets the elements where its condition holds, 1-D, and is not called
    for none; it may be a number. With one function more than conditions the last one
    is for the rest; elsewhere the result is 0. The shape and dtype are those of `x`.
    Raises ValueError for another number of functions.
    """
    x = ops.as_array(x)
    conditions = _as_conditions(condlist, x)
    n = len(conditions)
    if n == len(funclist) - 1:
        held = conditions[0]
        for condition in conditions[1:]:
            held = uf.logical_or(held, condition)
        conditions.append(uf.logical_not(held))
    elif n != len(funclist):
        raise ValueError(
            f"with {n} condition(s), either {n} or {n + 1} functions are expected"
        )
    shape = x.shape
    x = ops.reshape(x, shape or (1,))
    result = zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        mask = ops.broadcast(ops.reshape(condition, condition.shape or (1,)), x.shape)
        if not callable(function):
            masks.write(result, mask, function)
        elif _core.count(mask):
            masks.write(result, mask, function(masks.read(x, mask), *args, **kw))
    return ops.reshape(result, shape)


def _as_conditions(condlist, x):
    """The conditions as bool arrays; one of them may stand for itself."""
    is_one = not isinstance(condlist, (list, tuple, ndarray)) or (
        isinstance(condlist, (list, tuple))
        and not isinstance(condlist[0], (list, tuple))
        and not hasattr(condlist[0], "dtype")
        and x.ndim != 0
    )
    if is_one or (isinstance(condlist, ndarray) and condlist.ndim <= 1 and x.ndim):
        condlist = [condlist]
    return [ops.to_bool(ops.as_array(c, device=x)) for c in condlist]
