"""Generalised ufuncs: what surrounds the products matmul, matvec, vecdot and vecmat.

A product is computed over the last axes of its operands. Where `axes=`, `axis=` and
`keepdims=` put those, and the memory order of the others, are permutations around it.
"""

import re
from itertools import chain

from numpy.exceptions import AxisError
from numpy.lib.array_utils import normalize_axis_tuple

from . import _core
from . import _ops as ops
from ._creation import as_operands
from ._dtypes import as_dtype, can_cast
from ._manipulation import moveaxis
from ._orders import lay_out, settle_order

_KEYWORDS = {
    *("axes", "axis", "casting", "dtype", "keepdims"),
    *("order", "sig", "signature", "subok"),
}


class Product:
    """A ufunc of matrices and vectors: its name, its signature, how it is computed.

    `compute(x, y)` multiplies over the last axes, those that the signature names.
    """

    def __init__(self, name, signature, compute):
        self.name, self.signature, self.compute = name, signature, compute
        self.cores = [
            tuple(filter(None, core.split(",")))
            for core in re.findall(r"\(([^)]*)\)", signature)
        ]

    def find_cores(self, arrays):
        """The core axes of the operands and of the result, without missing ones."""
        cores, missing = self.cores, set()
        if all(x.ndim >= len(core) for x, core in zip(arrays, cores)):
            return cores
        for operand, (x, core) in enumerate(zip(arrays, cores)):
            if x.ndim < len(core):
                missing |= {name for name in core if name.endswith("?")}
            required = sum(name not in missing for name in core)
            if x.ndim < required:
                raise ValueError(
                    f"{self.name}: Input operand {operand} does not have enough "
                    f"dimensions (has {x.ndim}, gufunc core with signature "
                    f"{self.signature} requires {required})"
                )
        return [tuple(name for name in core if name not in missing) for core in cores]

    def check_extents(self, arrays, cores):
        """Raises ValueError where operands differ along one core axis."""
        extents = {}
        for operand, (x, core) in enumerate(zip(arrays, cores)):
            for axis, name in enumerate(core):
                n = x.shape[axis - len(core)]
                if extents.setdefault(name, n) != n:
                    raise ValueError(
                        f"{self.name}: Input operand {operand} has a mismatch in its "
                        f"core dimension {axis}, with gufunc signature "
                        f"{self.signature} (size {n} is different from {extents[name]})"
                    )


def call(product, x1, x2, out, keywords):
    """`product` of `x1` and `x2` with a generalised ufunc's keywords.

    Raises ValueError for core axes that are missing or differ, TypeError for unknown
    keywords and for dtypes to which `casting` does not convert.
    """
    arrays = as_operands((x1, x2))
    cores = product.find_cores(arrays)
    if out is None and not keywords:
        dtype = _core.result_type(*arrays)
        arrays = [ops.cast(x, dtype) for x in arrays]
        product.check_extents(arrays, cores)
        return _compute(product, arrays, cores, "K")
    _check_keywords(product, keywords)
    dtype = _find_dtype(product, arrays, keywords)
    axes = _find_axes(product, cores, keywords)
    is_no_output = isinstance(out, tuple) and len(out) == 1 and out[0] is None
    out = None if is_no_output else ops.as_output(out)
    order = "C" if out is not None else settle_order(keywords.get("order"), arrays)
    arrays = [ops.cast(x, dtype) for x in arrays]
    if axes:
        arrays = [_move_to_end(x, where) for x, where in zip(arrays, axes)]
    product.check_extents(arrays, cores)
    result = _compute(product, arrays, cores, order)
    where = axes[-1] if axes else ()
    if keywords.get("keepdims", False):
        result, where = ops.reshape(result, (*result.shape, 1)), where or (-1,)
    if out is not None:
        return _store(product, result, out, where, keywords)
    return moveaxis(result, range(-len(where), 0), where) if where else result


def _check_keywords(product, keywords):
    for name in keywords:
        if name not in _KEYWORDS:
            raise TypeError(
                f"{product.name}() got an unexpected keyword argument '{name}'"
            )
    for name in ("subok", "keepdims"):
        if not isinstance(keywords.get(name, False), bool):
            raise TypeError(f"'{name}' must be a boolean")
    if keywords.get("keepdims") and product.cores[-1]:
        raise TypeError(
            f"{product.name} does not support keepdims: its signature "
            f"{product.signature} has core dimensions in its output; keepdims can only "
            "be used when all inputs have the same number of core dimensions and all "
            "outputs have no core dimensions."
        )


def _find_dtype(product, arrays, keywords):
    """The dtype of the loop; TypeError where `casting` forbids to convert to it."""
    given = [name for name in ("sig", "signature", "dtype") if name in keywords]
    if len(given) > 1:
        raise TypeError(f"cannot specify both '{given[0]}' and '{given[1]}'")
    demanded = keywords[given[0]] if given else None
    if given and given != ["dtype"]:
        demanded = _parse_signature(product, demanded)
    common = _core.result_type(*arrays)
    dtype = common if demanded is None else as_dtype(demanded)
    casting = keywords.get("casting", "same_kind")
    for i, x in enumerate(arrays):
        _check_cast(product, f"input {i}", x.dtype, dtype, casting)
    return dtype


def _parse_signature(product, signature):
    """The one dtype of a loop "dd->d" or (dtype, dtype, dtype); None for any."""
    if not isinstance(signature, (str, tuple)):
        raise TypeError("the signature object to ufunc must be a string or a tuple.")
    if len(signature) == 1:
        raise TypeError("Use `dtype` or  fill the tuple with more than one 'None'.")
    is_text = isinstance(signature, str)
    if is_text and (len(signature) != 5 or signature[2:4] != "->"):
        raise ValueError(
            f"a type-string for {product.name}, 2 typecode(s) before and 1 "
            "after the -> sign"
        )
    types = signature.replace("->", "") if is_text else signature
    if len(types) != 3:
        raise ValueError(
            f"a type-tuple must be specified of length 3 for ufunc '{product.name}'"
        )
    dtypes = {as_dtype(entry) for entry in types if entry is not None}
    if len(dtypes) > 1:
        raise TypeError(
            "No loop matching the specified signature and casting was found for ufunc "
            f"{product.name}"
        )
    return dtypes.pop() if dtypes else None


def _check_cast(product, what, source, target, casting):
    if not can_cast(source, target, casting):
        raise TypeError(
            f"Cannot cast ufunc '{product.name}' {what} from {source!r} to {target!r} "
            f"with casting rule '{casting}'"
        )


def _find_axes(product, cores, keywords):
    """A tuple of axes per operand and result; None for the last ones."""
    if "axis" in keywords:
        if "axes" in keywords:
            raise TypeError("cannot specify both 'axis' and 'axes'")
        return _repeat_axis(product, keywords["axis"], keywords.get("keepdims"))
    if "axes" not in keywords:
        return None
    axes = keywords["axes"]
    if not isinstance(axes, list):
        raise TypeError("axes should be a list.")
    if len(axes) == 2 and not product.cores[-1]:
        axes = [*axes, (-1,) if keywords.get("keepdims") else ()]
    if len(axes) != 3:
        raise ValueError(
            "axes should be a list with an entry for all 3 inputs and outputs; entries "
            "for outputs can only be omitted if none of them has core axes."
        )
    ranks = [len(core) for core in cores]
    ranks[-1] += keywords.get("keepdims", False)
    return [
        _check_axes(product, operand, where, rank)
        for operand, (where, rank) in enumerate(zip(axes, ranks))
    ]


def _repeat_axis(product, axis, keepdims):
    names = {name for core in product.cores for name in core}
    if len(names) > 1:
        raise TypeError(
            f"{product.name}: axis can only be used with a single shared core "
            f"dimension, not with the {len(names)} distinct ones implied by signature "
            f"{product.signature}."
        )
    if isinstance(axis, bool):
        raise TypeError("an integer is required")
    where = (axis.__index__(),) if hasattr(axis, "__index__") else (axis,)
    return [where, where, where if keepdims else ()]


def _check_axes(product, operand, where, rank):
    """An entry of `axes` as a tuple of `rank` axes; AxisError for another number."""
    if isinstance(where, tuple) and len(where) == rank:
        return where
    if isinstance(where, tuple):
        have = f"{len(where)} dimensions are specified by axes tuple."
    elif rank == 1:
        return (where,)
    else:
        have = "the axes item is a single integer."
    raise AxisError(
        f"{product.name}: operand {operand} has {rank} core dimensions, but {have}"
    )


def _move_to_end(x, axes):
    """`x` with `axes`, in this order, behind the others; ValueError for repeated."""
    axes = list(normalize_axis_tuple(axes, x.ndim))
    return ops.transpose(x, [i for i in range(x.ndim) if i not in axes] + axes)


def _compute(product, arrays, cores, order):
    """The product in memory `order`, 'C', 'F' or 'K', its core axes last."""
    axes = _find_stack_order(arrays, cores) if order == "K" else None
    if axes is not None:
        stacks = [_permute_stack(x, len(c), axes) for x, c in zip(arrays, cores)]
        result = ops.to_c_order(product.compute(*stacks))
        return _core.permuted(result, (*axes, *range(len(axes), result.ndim)))
    result = ops.to_c_order(product.compute(*arrays))
    return lay_out(result, range(result.ndim)[::-1]) if order == "F" else result


def _find_stack_order(arrays, cores):
    """The axes in front of the core axes, slowest first; None for C order."""
    if all(_core.keep_order(x) is None for x in arrays):
        return None
    ranks = [x.ndim - len(core) for x, core in zip(arrays, cores)]
    rank = max(ranks)
    return _core.merge_order(
        rank, *chain(*((x, range(rank - n, rank)) for x, n in zip(arrays, ranks)))
    )


def _permute_stack(x, core_rank, axes):
    """An operand with its stack's axes in this order; a single one stays single."""
    if x.ndim == core_rank:
        return x
    missing = len(axes) + core_rank - x.ndim
    if missing:
        x = _core.expand_dims(x, tuple(range(missing)))
    return ops.transpose(x, (*axes, *range(len(axes), x.ndim)))


def _store(product, result, out, where, keywords):
    """Writes `result` to `out`, whose core axes are `where` if there are any."""
    casting = keywords.get("casting", "same_kind")
    _check_cast(product, "output", result.dtype, out.dtype, casting)
    target = _move_to_end(out, where) if where else out
    if target.ndim > result.ndim:
        result = ops.broadcast(result, target.shape)
    if target is out:
        return ops.store_unsafely(result, out)
    ops.store_unsafely(result, target)
    return out
