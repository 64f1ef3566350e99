"""nditer and nested_iters."""

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl

LAYOUTS = [
    lambda x: x,
    lambda x: x.T,
    lambda x: x[::-1, 1:],
    lambda x: x[:, ::-2],
    lambda x: x.transpose(1, 2, 0)[::2],
    lambda x: x[1:2],
    lambda x: x[:0],
    lambda x: x[0, 0, 0],
]


def visit(xp, *args, **kwargs):
    """The elements or chunks in the order of the iteration."""
    return [np.array(x).tolist() for x in xp.nditer(*args, **kwargs)]


def assert_visits_alike(*args, **kwargs):
    wanted = visit(np, *(args[0](np), *args[1:]), **kwargs)
    assert visit(nl, *(args[0](nl), *args[1:]), **kwargs) == wanted


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
def test_order_of_elements(layout, order):
    def operand(xp):
        return layout(xp.arange(60).reshape(3, 4, 5))

    flags = ["zerosize_ok"]
    assert_visits_alike(operand, flags, order=order)
    assert_visits_alike(operand, [*flags, "external_loop"], order=order)
    assert_visits_alike(operand, [*flags, "external_loop", "buffered"], order=order)


@pytest.mark.parametrize("dtype", SAMPLE)
def test_several_operands(dtype):
    x, a = pair((3, 4), dtype)
    y, b = pair((4,), "float64")
    wanted = [(u.item(), v.item()) for u, v in np.nditer([x, y])]
    got = [(u.item(), v.item()) for u, v in nl.nditer([a, b])]
    np.testing.assert_equal(got, wanted)
    it = nl.nditer([a, None])
    for u, v in it:
        v[...] = u + u
    assert isinstance(it.operands[1], nl.ndarray)
    assert_same(x + x, it.operands[1])
    it = nl.nditer([a, None, np.ones(4, x.dtype)])
    for u, v, w in it:
        v[...] = u + w
    assert_same(x + np.ones(4, x.dtype), it.operands[1])
    assert it.operands[0] is a


@pytest.mark.parametrize("layout", LAYOUTS[:6])
def test_writing(layout):
    base = np.arange(60.0).reshape(3, 4, 5)
    x, a = base, nl.array(base)
    with np.nditer(layout(x), op_flags=["readwrite"]) as it:
        for u in it:
            u[...] = 2 * u + it.iterindex
    with nl.nditer(layout(a), op_flags=["readwrite"]) as it:
        for u in it:
            u[...] = 2 * u + it.iterindex
    assert_same(x, a)


def test_writing_without_with():
    a = nl.arange(4)
    for u in nl.nditer(a, op_flags=["readwrite"]):
        u[...] = u * u
    assert a.tolist() == [0, 1, 4, 9]
    for u in nl.nditer(a, op_flags=["writeonly"]):
        u[...] = 7
        break
    assert a.tolist() == [7, 1, 4, 9]
    it = nl.nditer(a, op_flags=["readwrite"])
    while not it.finished:
        it[0] = it[0] + nl.ones(())
        it.iternext()
    a += 1
    del it
    assert a.tolist() == [9, 3, 6, 11]


def test_attributes():
    def look(xp):
        it = xp.nditer(
            [xp.arange(6).reshape(2, 3), xp.ones((), "float32")],
            ["multi_index", "c_index"],
        )
        it.iternext()
        facts = [it.multi_index, it.index, it.iterindex, it.ndim, it.nop, it.shape]
        facts += [it.itersize, len(it), it.iterrange, it.dtypes, it.has_index]
        it.multi_index = (1, 2)
        facts += [it.index, [x.item() for x in it.value], it[0].item(), it.finished]
        other = it.copy()
        it.reset()
        facts += [it.iterindex, other.iterindex]
        it.remove_multi_index()
        return [*facts, it.has_multi_index]

    assert look(nl) == look(np)


def test_casting_and_reduction():
    x = np.arange(6.0).reshape(2, 3)
    kwargs = {
        "flags": ["reduce_ok", "external_loop", "buffered", "delay_bufalloc"],
        "op_flags": [["readonly"], ["readwrite", "allocate"]],
        "op_axes": [None, [0, -1]],
    }

    def add_rows(xp):
        it = xp.nditer([xp.asarray(x), None], **kwargs)
        it.operands[1][...] = 0
        it.reset()
        for u, v in it:
            v[...] += u
        return it

    assert_same(add_rows(np).operands[1], add_rows(nl).operands[1])
    assert_visits_alike(
        lambda xp: xp.arange(5),
        ["buffered"],
        op_dtypes=["float32"],
        casting="same_kind",
    )


def test_errors():
    def readonly(xp):
        return xp.broadcast_to(xp.arange(3), (2, 3))

    for call in (
        lambda xp: xp.nditer([]),
        lambda xp: xp.nditer(xp.ones(3), ["no_flag"]),
        lambda xp: xp.nditer(xp.ones(0)),
        lambda xp: xp.nditer([xp.ones(3), xp.ones(4)]),
        lambda xp: xp.nditer(readonly(xp), op_flags=["readwrite"]),
        lambda xp: xp.nditer(xp.ones(3), order="Z"),
        lambda xp: xp.nditer(xp.arange(3.0), ["buffered"], op_dtypes=["int32"]),
        lambda xp: xp.nditer(xp.ones(3)).multi_index,
        lambda xp: next(iter_past_end(xp)),
    ):
        assert_raises_alike(call)


def iter_past_end(xp):
    it = xp.nditer(xp.ones(1))
    next(it)
    return it


def test_nested_iters():
    def visit_nested(xp):
        a = xp.arange(12).reshape(2, 3, 2)
        i, j = xp.nested_iters(a, [[1], [0, 2]], flags=["multi_index"])
        return [(i.multi_index, [j.multi_index + (y.item(),) for y in j]) for _ in i]

    assert visit_nested(nl) == visit_nested(np)


def test_nested_iters_write():
    x, a = np.arange(6.0).reshape(2, 3), nl.arange(6.0).reshape(2, 3)
    for xp, v in ((np, x), (nl, a)):
        outer, inner = xp.nested_iters(v, [[0], [1]], op_flags=["readwrite"])
        for _ in outer:
            for y in inner:
                y[...] = y * y
    assert_same(x, a)


def test_operands_without_iterating():
    x, a = np.zeros(3), nl.zeros(3)
    for xp, v in ((np, x), (nl, a)):
        with xp.nditer(v, op_flags=["writeonly"]) as it:
            it.operands[0][:] = [-1, -2, -3]
        with xp.nditer(v, op_flags=["readwrite"]) as it:
            it.operands[0][:] = 5
            for y in it:
                y[...] = 2 * y
    assert_same(x, a)
