"""Programs on the CPU in which every allocation of the extension fails in turn.

Runs with NumloomFailingNew loaded before all else, whose path is the argument; prints
what is wrong. Compilers need memory: each program was compiled before.
"""

import ctypes
import gc
import sys

import numpy

import numloom as nl

x = nl.asarray(numpy.arange(1000.0))
i = nl.asarray(numpy.arange(1000))
b = nl.asarray(numpy.arange(1000) > 500)
m = nl.asarray(numpy.ones((50, 20), "f4"))
large = nl.asarray(numpy.ones((300, 300)))


def elementwise():
    return nl.sqrt(x * 2 + 1).get(), nl.where(b, x, 0).get()


def reductions():
    return m.mean(0).get(), m.var(1).get(), float(x.max()), nl.cumsum(m, 0).get()


def long_graphs():
    y = x
    for _ in range(100):
        y = y * 1.5 + 0.25
    return y.get()


def sorting():
    order = nl.argsort(m, axis=0)
    return nl.sort(x[::-1]).get(), order.get(), nl.unique(i).get(), nl.median(x).get()


def histograms():
    bins = nl.histogram(x, bins=7)[0]
    return bins.get(), nl.bincount(i).get(), nl.searchsorted(x, m).get()


def selections():
    return x[b].get(), nl.nonzero(x)[0].get(), x[i].get(), m[:, None, ::-2].get()


def updates():
    y = x + 1
    nl.evaluate(y)
    y[1:] = y[:-1] * 2
    nl.evaluate(y)
    y[i[:10]] = 2.0
    y[b] = 3.0
    v = y[10:20]
    v *= 2
    return y.get(), v.get()


def products():
    integers = i.reshape(50, 20) @ i.reshape(20, 50)
    return (large[::2] @ large[:, ::3]).get(), (x @ x).get(), integers.get()


def shapes():
    deep = nl.zeros((1,) * 7 + (2,) * 2) + 1
    joined = nl.concatenate([x, x]), nl.stack([m, m]), nl.pad(m, 1)
    views = m.reshape(20, 50).T, nl.broadcast_to(x, (3, 1000)), deep[..., ::-1]
    return [array.get() for array in joined + views]


def conversions():
    lists = nl.array([[1, 2], [3, 4]]).tolist(), nl.asarray([1, 2.5]).get()
    shared = numpy.from_dlpack(x + 0).copy(), nl.asarray(numpy.arange(1e5)).get()
    return *lists, *shared, x.astype("f4").get(), str(m)


def creation():
    drawn = nl.random.default_rng(3).random(5)
    return nl.arange(10).get(), nl.linspace(0, 1, 5).get(), nl.eye(4).get(), drawn.get()


PROGRAMS = [
    elementwise, reductions, long_graphs, sorting, histograms, selections, updates,
    products, shapes, conversions, creation,
]  # fmt: skip


def are_equal(got, expected):
    if isinstance(got, (tuple, list)):
        return all(are_equal(g, e) for g, e in zip(got, expected, strict=True))
    return numpy.array_equal(got, expected)


def get_used_bytes():
    gc.collect()
    return nl.memory_info()["used_bytes"]


def fail(program, failing):
    """Runs a program until no allocation fails; how many have."""
    for _ in range(3):
        expected = program()
    used, after = get_used_bytes(), 0
    while True:
        where = f"{program.__name__}: allocation {after}"
        failing.numloomFailNew(b"_core.", after)
        error = got = None
        try:
            got = program()
        except Exception as raised:
            error = raised.with_traceback(None)
        has_failed = failing.numloomHasNewFailed()
        failing.numloomFailNew(b"_core.", -1)
        if error and not (has_failed and isinstance(error, MemoryError)):
            print(where, "raises", repr(error))
        if error is None and not are_equal(got, expected):
            print(where, "has wrong results")
        error = got = None
        if not are_equal(program(), expected):
            print(where, "leaves wrong results")
        if (now := get_used_bytes()) != used:
            print(where, "loses memory:", used, now)
            used = now
        if not has_failed:
            return after
        after += 1


def main(library):
    failing = ctypes.CDLL(library)
    failing.numloomFailNew.argtypes = [ctypes.c_char_p, ctypes.c_int64]
    count = sum(fail(program, failing) for program in PROGRAMS)
    print(count, "failures")


if __name__ == "__main__":
    main(*sys.argv[1:])
