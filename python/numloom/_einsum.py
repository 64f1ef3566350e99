"""einsum, decomposed into products of two operands.

Each product is a matmul where both operands have axes of their own, else a
multiply and a sum. Pairs are contracted cheapest first.
"""

from math import prod

from . import _core
from . import _ops as ops
from . import _reductions as red
from . import _ufuncs as uf
from ._creation import as_operands
from ._dtypes import BOOL, as_dtype, kind
from ._linalg import matrix_product

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(
    subscripts,
    /,
    *operands,
    out=None,
    dtype=None,
    order="K",
    casting="safe",
    optimize=True,
):
    """Sums of products by Einstein's convention: `einsum("ij,jk->ik", a, b)`.

    Also takes `einsum(a, [0, 1], b, [1, 2], [0, 2])`. Raises ValueError for
    subscripts that do not fit the operands.
    """
    if not isinstance(subscripts, str):
        subscripts, operands = _from_lists((subscripts, *operands))
    arrays = as_operands(operands)
    dtype = _core.result_type(*arrays) if dtype is None else as_dtype(dtype)
    terms, output = _parse(subscripts.replace(" ", ""), [x.ndim for x in arrays])
    arrays = [ops.cast(x, dtype) for x in arrays]
    extents = _extents(terms, arrays)
    pairs = [_diagonals(x, term) for x, term in zip(arrays, terms)]
    while len(pairs) > 1:
        i, j = _cheapest_pair(pairs, output, extents)
        right, left = pairs.pop(j), pairs.pop(i)
        needed = set(output).union(*(term for _, term in pairs))
        pairs.append(_contract(left, right, needed))
    ((x, term),) = pairs
    x, term = _sum_out(x, term, set(output))
    result = ops.transpose(x, [term.index(c) for c in output])
    shape = tuple(extents[c] for c in output)
    return ops.store(ops.broadcast(result, shape), out)


def _from_lists(args):
    """The string form of operands that alternate with lists of axis numbers."""
    output = "->" + _letters(args[-1]) if len(args) % 2 else ""
    operands, lists = args[: len(args) // 2 * 2 : 2], args[1::2]
    return ",".join(map(_letters, lists)) + output, operands


def _letters(axes):
    return "".join("..." if axis is Ellipsis else _LETTERS[axis] for axis in axes)


def _parse(subscripts, ranks):
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
    widest = max((n for term, n in zip(terms, hidden) if "..." in term), default=0)
    # Letters beyond ASCII, which _check_terms refuses as subscripts.
    spare = [chr(0x100 + i) for i in range(widest)]
    expanded = [
        term.replace("...", "".join(spare[widest - n :]))
        if n
        else term.replace("...", "")
        for term, n in zip(terms, hidden)
    ]
    if arrow:
        return expanded, _explicit_output(output, "".join(expanded), spare)
    letters = "".join(terms).replace(".", "")
    once = sorted(c for c in set(letters) if letters.count(c) == 1)
    return expanded, "".join(spare + once)


def _check_terms(terms, hidden, ranks):
    for i, (term, extra) in enumerate(zip(terms, hidden)):
        for c in term.replace("...", "", 1):
            if not (c.isascii() and c.isalpha()):
                raise ValueError(
                    f"invalid subscript '{c}' in einstein sum subscripts string, "
                    "subscripts must be letters"
                )
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


def _contract(left, right, needed):
    """The product of two operands, summed over what is not `needed` after it."""
    (x, a), (y, b) = left, right
    x, a = _sum_out(x, a, needed | set(b))
    y, b = _sum_out(y, b, needed | set(a))
    shared = [c for c in a if c in b]
    # An axis of 1 that meets a longer one is no axis of a matrix product.
    stretched = any(x.shape[a.index(c)] != y.shape[b.index(c)] for c in shared)
    summed = [c for c in shared if c not in needed]
    batch = [c for c in shared if c in needed]
    free_a = [c for c in a if c not in b]
    free_b = [c for c in b if c not in a]
    if summed and free_a and free_b and not stretched and kind(x.dtype) in "fc":
        return _matrix_contract((x, a), (y, b), batch, free_a, summed, free_b)
    letters = batch + free_a + free_b + summed
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
