"""einsum, decomposed into products of two operands.

Each product is a matmul where both operands have axes of their own, else a
multiply and a sum. Pairs are contracted cheapest first.
"""

from itertools import chain
from math import prod

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._creation import as_operands
from ._dtypes import BOOL, as_dtype, can_cast, kind, make_cast_error
from ._einsum_subscripts import parse, split_arguments
from ._linalg import matrix_product
from ._orders import lay_out, parse_order


def einsum(*operands, out=None, dtype=None, order="K", casting="safe", optimize=False):
    """Sums of products by Einstein's convention: `einsum("ij,jk->ik", a, b)`.

    Also takes `einsum(a, [0, 1], b, [1, 2], [0, 2])`. Of one operand without sums the
    result is a view. `optimize` means nothing: a good order is always looked for.
    Raises ValueError for subscripts that do not fit the operands, TypeError for
    dtypes to which `casting` does not convert.
    """
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


def _find_dtype(arrays, dtype, out, casting):
    """The dtype of products and sums, to which `casting` converts the operands."""
    outs = [] if out is None else [out]
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
    if order == "A":
        order = "F" if all(x.flags.f_contiguous for x, _ in pairs) else "C"
    if order != "K" or len(output) < 2:
        return output[::-1] if order == "F" else output
    letters = output + "".join(sorted(extents.keys() - set(output)))
    operands = chain(*((x, [letters.index(c) for c in term]) for x, term in pairs))
    axes = _core.merge_order(len(letters), *operands)
    if axes is None:
        return output
    return "".join(letters[axis] for axis in axes if axis < len(output))


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
    axes = tuple(i for i, c in enumerate(term) if c not in needed)
    if not axes:
        return x, term
    summed = red.any(x, axes) if x.dtype == BOOL else red.sum(x, axes, x.dtype)
    return summed, "".join(c for c in term if c in needed)


def _contract(left, right, needed, layout):
    """The product of two operands, summed over what is not `needed` after it.

    Its axes lie in the order of `layout` as far as a matrix product can do it.
    """
    (x, a), (y, b) = left, right
    x, a = _sum_out(x, a, needed | set(b))
    y, b = _sum_out(y, b, needed | set(a))
    shared = [c for c in a if c in b]
    # An axis of 1 that meets a longer one is no axis of a matrix product.
    stretched = any(x.shape[a.index(c)] != y.shape[b.index(c)] for c in shared)
    summed = [c for c in shared if c not in needed]
    batch = sorted((c for c in shared if c in needed), key=layout.find)
    free_a = sorted((c for c in a if c not in b), key=layout.find)
    free_b = sorted((c for c in b if c not in a), key=layout.find)
    if summed and free_a and free_b and not stretched and kind(x.dtype) in "fc":
        if layout.find(free_b[0]) < layout.find(free_a[0]):
            x, a, free_a, y, b, free_b = y, b, free_b, x, a, free_a
        return _matrix_contract((x, a), (y, b), batch, free_a, summed, free_b)
    letters = sorted(batch + free_a + free_b, key=layout.find) + summed
    product = uf.multiply(_align(x, a, letters), _align(y, b, letters))
    return _sum_out(product, "".join(letters), needed)


def _align(x, term, letters):
    """`x` with one axis per entry of `letters`, of extent 1 where it has none."""
    present = [c for c in letters if c in term]
    x = ops.transpose(x, [term.index(c) for c in present])
    extents = iter(x.shape)
    return ops.reshape(x, tuple(next(extents) if c in term else 1 for c in letters))


def _matrix_contract(left, right, batch, rows, summed, columns):
    (x, a), (y, b) = left, right
    x = ops.transpose(x, [a.index(c) for c in batch + rows + summed])
    y = ops.transpose(y, [b.index(c) for c in batch + summed + columns])
    outer, inner = (
        x.shape[: len(batch) + len(rows)],
        y.shape[len(batch) + len(summed) :],
    )
    shape = outer + inner
    batch_shape, k = outer[: len(batch)], prod(x.shape[len(outer) :])
    x = ops.reshape(x, (*batch_shape, prod(outer[len(batch) :]), k))
    y = ops.reshape(y, (*batch_shape, k, prod(inner)))
    product = ops.reshape(matrix_product(x, y), shape)
    return product, "".join(batch + rows + columns)
