"""einsum, decomposed into products of two operands.

Each product is a matmul where both operands have axes of their own, else a
multiply and a sum. Pairs are contracted cheapest first.
"""

from functools import lru_cache
from itertools import chain
from math import prod
from typing import NamedTuple

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._core import ndarray
from ._creation import as_operands
from ._dtypes import BOOL, as_dtype, can_cast, kind, make_cast_error
from ._einsum_subscripts import parse, split_arguments
from ._linalg import matrix_product, multiply_sum
from ._orders import lay_out, parse_order, settle_order


def einsum(*operands, out=None, dtype=None, order="K", casting="safe", optimize=False):
    """Sums of products by Einstein's convention: `einsum("ij,jk->ik", a, b)`.

    Also takes `einsum(a, [0, 1], b, [1, 2], [0, 2])`. Of one operand without sums the
    result is a view. `optimize` means nothing: a good order is always looked for.
    Raises ValueError for subscripts that do not fit the operands, TypeError for
    dtypes to which `casting` does not convert.
    """
    if out is dtype is None and order == "K" and casting == "safe":
        result = _multiply_known(*operands) if len(operands) == 3 else None
        if result is not None:
            return result
    subscripts, operands = split_arguments(operands)
    arrays = as_operands(operands)
    out, order = ops.as_output(out), parse_order(order)
    terms, output = parse(subscripts, tuple(x.ndim for x in arrays))
    extents = _extents(terms, arrays)
    pairs = [_diagonals(x, term) for x, term in zip(arrays, terms)]
    if out is None and len(pairs) == 1 and set(pairs[0][1]) <= set(output):
        return _transpose_to(*pairs[0], output)
    dtype = _find_dtype(arrays, dtype, out, casting)
    # As the result goes to `out`, its own order does not matter.
    layout = output if out is not None else _find_layout(pairs, output, extents, order)
    pairs = [(ops.cast(x, dtype), term) for x, term in pairs]
    result = _transpose_to(*_contract_all(pairs, layout, extents), output)
    result = ops.broadcast(result, tuple(extents[c] for c in output))
    if out is not None:
        return ops.store_unsafely(result, out)
    return _lay_out(result, [output.index(c) for c in layout])


def _multiply_known(subscripts, x, y):
    """The product of two arrays of one dtype in C order as planned before, or None."""
    is_plain = (
        type(subscripts) is str
        and type(x) is type(y) is ndarray
        and x.dtype == y.dtype
        and _core.keep_order(x) is _core.keep_order(y) is None
    )
    if not is_plain:
        return None
    known = _plan_pair(subscripts, x.shape, y.shape, kind(x.dtype) in "fc")
    if known is None:
        return None
    plan, axes, shape, layout = known
    result = ops.broadcast(ops.transpose(_multiply(plan, x, y), axes), shape)
    return _lay_out(result, layout)


# All that einsum works out of the subscripts takes three times as long as recording.
@lru_cache(1024)
def _plan_pair(subscripts, shape_x, shape_y, is_inexact):
    """The _Plan for two operands in C order, then the axes of `output` in the product,
    its shape and its axes as they lie in memory; None if sums or diagonals of one
    operand go before.
    """
    subscripts = subscripts.replace(" ", "")
    terms, output = parse(subscripts, (len(shape_x), len(shape_y)))
    arrays = [_core.empty(shape, BOOL, "cpu") for shape in (shape_x, shape_y)]
    extents = _extents(terms, arrays)
    layout = _find_layout(list(zip(arrays, terms)), output, extents, "K")
    a, b = terms
    is_summed = not set(layout).issuperset(set(a) ^ set(b))
    if is_summed or any(len(set(term)) < len(term) for term in terms):
        return None
    plan = _plan(a, b, shape_x, shape_y, frozenset(layout), layout, is_inexact)
    axes = [plan.term.index(c) for c in output]
    shape = tuple(extents[c] for c in output)
    return plan, axes, shape, [output.index(c) for c in layout]


def _find_dtype(arrays, dtype, out, casting):
    """The dtype of products and sums, to which `casting` converts the operands."""
    outs = [] if out is None else [out]
    is_one = all(x.dtype == arrays[0].dtype for x in (*arrays, *outs))
    if is_one and dtype is None and casting == "safe":
        return arrays[0].dtype
    common = _core.result_type(*arrays, *outs) if dtype is None else as_dtype(dtype)
    for source, target in [(x.dtype, common) for x in arrays] + [
        (common, x.dtype) for x in outs
    ]:
        if not can_cast(source, target, casting):
            raise make_cast_error(source, target, casting)
    return common


def _transpose_to(x, term, output):
    return ops.transpose(x, [term.index(c) for c in output])


def _find_layout(pairs, output, extents, order):
    """The letters of `output` in the order of their axes in memory, slowest first."""
    order = settle_order(order, [x for x, _ in pairs])
    if order != "K" or len(output) < 2:
        return output[::-1] if order == "F" else output
    arrays, terms = zip(*pairs)
    letters, numbers = _number(terms, output)
    axes = _core.merge_order(len(letters), *chain(*zip(arrays, numbers)))
    if axes is None:
        return output
    return "".join(letters[axis] for axis in axes if axis < len(output))


@lru_cache(1024)
def _number(terms, output):
    """All letters, those of `output` first, and the place there of each term's."""
    letters = output + "".join(sorted(set().union(*terms) - set(output)))
    return letters, [[letters.index(c) for c in term] for term in terms]


def _lay_out(result, axes):
    """`result`, which nobody else has seen, in memory along `axes`."""
    is_there = _core.keep_order(ops.transpose(result, axes)) is None
    return result if is_there or not result.size else lay_out(result, axes)


def _contract_all(pairs, layout, extents):
    """The product of all operands, summed over the letters that `layout` has not."""
    while len(pairs) > 1:
        i, j = _cheapest_pair(pairs, layout, extents)
        right, left = pairs.pop(j), pairs.pop(i)
        needed = set(layout).union(*(term for _, term in pairs))
        pairs.append(_contract(left, right, needed, "" if pairs else layout))
    ((x, term),) = pairs
    return _sum_out(x, term, set(layout))


def _extents(terms, arrays):
    """The extent of each letter; an axis of 1 stretches."""
    extents = {}
    for i, (term, x) in enumerate(zip(terms, arrays)):
        for c, n in zip(term, x.shape):
            if extents.setdefault(c, n) == 1:
                extents[c] = n
            elif n not in (1, extents[c]):
                raise ValueError(
                    "operands could not be broadcast together with remapped shapes "
                    f"[original->remapped]: dimension '{c}' of operand {i} has size "
                    f"{n}, expected {extents[c]}"
                )
    return extents


def _diagonals(x, term):
    """An operand with repeated letters replaced by the diagonal."""
    for c in dict.fromkeys(term):
        while term.count(c) > 1:
            first = term.index(c)
            second = term.index(c, first + 1)
            n, m = x.shape[first], x.shape[second]
            if n != m:
                raise ValueError(
                    f"dimensions in operand for collapsing index '{c}' don't match "
                    f"({n} != {m})"
                )
            # Unlike `diagonal`, one that can be written to.
            x = _core.diagonal(x, (0, first, second))
            term = term[:first] + term[first + 1 : second] + term[second + 1 :] + c
    return x, term


def _cheapest_pair(pairs, output, extents):
    """The pair whose contraction grows the operands least, then costs least."""
    if len(pairs) == 2:
        return 0, 1

    def cost(pair):
        i, j = pair
        others = (term for k, (_, term) in enumerate(pairs) if k not in pair)
        needed = set(output).union(*others)
        involved = set(pairs[i][1]) | set(pairs[j][1])
        result = prod(extents[c] for c in involved & needed)
        removed = sum(x.size for x, _ in (pairs[i], pairs[j]))
        return result - removed, prod(extents[c] for c in involved)

    candidates = [(i, j) for j in range(len(pairs)) for i in range(j)]
    return min(candidates, key=cost)


def _sum_out(x, term, needed):
    """`x` summed over the axes whose letters nobody needs any more."""
    if needed.issuperset(term):
        return x, term
    axes = tuple(i for i, c in enumerate(term) if c not in needed)
    summed = red.any(x, axes) if x.dtype == BOOL else red.sum(x, axes, x.dtype)
    return summed, "".join(c for c in term if c in needed)


class _Plan(NamedTuple):
    """How two operands are multiplied and summed over the letters not needed.

    Each is transposed to `axes` and reshaped to `shapes`. What is no product of
    matrices, which gets the shape `result`, is summed over the last `summed` axes.
    """

    is_swapped: bool
    is_matrix_product: bool
    axes: list
    shapes: list
    summed: int
    result: tuple
    term: str


def _contract(left, right, needed, layout):
    """The product of two operands, summed over what is not `needed` after it.

    Its axes lie in the order of `layout` as far as a matrix product can do it.
    """
    (x, a), (y, b) = left, right
    x, a = _sum_out(x, a, needed.union(b))
    y, b = _sum_out(y, b, needed.union(a))
    is_inexact = kind(x.dtype) in "fc"
    plan = _plan(a, b, x.shape, y.shape, frozenset(needed), layout, is_inexact)
    return _multiply(plan, x, y), plan.term


def _multiply(plan, x, y):
    """The product of two operands by their _Plan."""
    operands = (y, x) if plan.is_swapped else (x, y)
    x, y = map(ops.reshape, map(ops.transpose, operands, plan.axes), plan.shapes)
    if plan.is_matrix_product:
        return ops.reshape(matrix_product(x, y), plan.result)
    if not plan.summed:
        return uf.multiply(x, y)
    return multiply_sum(x, y, *range(-plan.summed, 0))


# Making a plan takes 6 us, half as long as all the rest of recording a product.
@lru_cache(1024)
def _plan(a, b, shape_a, shape_b, needed, layout, is_inexact):
    """The _Plan for operands with the letters `a` and `b`, all of them summed or kept.

    Inexact ones are multiplied as matrices where both have letters of their own.
    """
    shared = [c for c in a if c in b]
    # An axis of 1 that meets a longer one is no axis of a matrix product.
    stretched = any(shape_a[a.index(c)] != shape_b[b.index(c)] for c in shared)
    summed = [c for c in shared if c not in needed]
    batch = sorted((c for c in shared if c in needed), key=layout.find)
    free_a = sorted((c for c in a if c not in b), key=layout.find)
    free_b = sorted((c for c in b if c not in a), key=layout.find)
    if summed and free_a and free_b and not stretched and is_inexact:
        if layout.find(free_b[0]) < layout.find(free_a[0]):
            sides = (b, shape_b, free_b), (a, shape_a, free_a)
            return _plan_matrices(*sides, batch, summed)._replace(is_swapped=True)
        sides = (a, shape_a, free_a), (b, shape_b, free_b)
        return _plan_matrices(*sides, batch, summed)
    kept = sorted(batch + free_a + free_b, key=layout.find)
    sides = (a, shape_a), (b, shape_b)
    views = [_align(term, shape, kept + summed) for term, shape in sides]
    return _Plan(False, False, *zip(*views), len(summed), (), "".join(kept))


def _align(term, shape, letters):
    """The view with one axis per entry of `letters`, of extent 1 where it is new."""
    axes = [term.index(c) for c in letters if c in term]
    return axes, tuple(shape[term.index(c)] if c in term else 1 for c in letters)


def _plan_matrices(left, right, batch, summed):
    """The same for matrices of (letters, shape, letters of its own)."""
    (a, shape_a, rows), (b, shape_b, columns) = left, right
    axes_a = [a.index(c) for c in batch + rows + summed]
    axes_b = [b.index(c) for c in batch + summed + columns]
    extents = [shape_a[axis] for axis in axes_a]
    inner = [shape_b[axis] for axis in axes_b[len(batch) + len(summed) :]]
    outer, k = extents[: -len(summed)], prod(extents[-len(summed) :])
    stack, m, n = outer[: len(batch)], prod(outer[len(batch) :]), prod(inner)
    term = "".join(batch + rows + columns)
    shapes = (*stack, m, k), (*stack, k, n)
    return _Plan(False, True, (axes_a, axes_b), shapes, 0, (*outer, *inner), term)
