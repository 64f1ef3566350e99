"""Programs of all kinds, on arrays whose values do not matter, for faults.py."""

import numpy

import numloom as nl
from numloom import cuda


class Arrays:
    """What programs work on: zeros, as kernels that do nothing leave them."""

    def __init__(self):
        self.x = nl.asarray(numpy.zeros(1000))
        self.i = nl.asarray(numpy.zeros(1000, "i8"))
        self.b = nl.asarray(numpy.zeros(1000, bool))
        self.m = nl.asarray(numpy.zeros((50, 20), "f4"))
        self.large = nl.asarray(numpy.zeros(200000))


def elementwise(a):
    nl.evaluate(a.x * 2 + 1, nl.sqrt(a.x))


def reductions(a):
    nl.evaluate(a.x.sum(), a.m.mean(0), a.m.var(1))
    float(a.x.max())


def scans(a):
    nl.evaluate(nl.cumsum(a.x), nl.cumsum(a.m, 0))


def sorting(a):
    nl.evaluate(nl.sort(a.x), nl.argsort(a.m, axis=0), nl.partition(a.x, 5))
    nl.median(a.x).get()


def unique(a):
    nl.unique(a.x)
    nl.unique(a.i, return_counts=True)


def histograms(a):
    nl.evaluate(nl.histogram(a.x, bins=7, range=(0, 1))[0], nl.bincount(a.i))
    nl.evaluate(nl.searchsorted(a.x, a.m))


def selections(a):
    a.x[a.b].get()
    nl.nonzero(a.x)
    nl.evaluate(a.x[a.i] + 1, nl.take(a.m, a.i[:3], axis=0))


def scatters(a):
    y = a.x + 0
    y[a.i] = 2.0
    y[a.b] = 3.0
    nl.evaluate(y)


def reused_indices(a):
    i, y = a.i + 0, a.x + 0
    nl.evaluate(i)
    for _ in range(3):
        y[i] = a.large[:1000]
        nl.evaluate(y)
        cuda.Device().synchronize()


def products(a):
    square = a.m @ a.m.T
    nl.evaluate(square, a.m @ a.m[0], a.x @ a.x, a.m[::2, ::2] @ a.m[:10])
    nl.evaluate(2 * (a.m @ a.m.T) + a.m[:, :1])
    nl.evaluate(3 * (a.m @ a.m.T) - square)
    nl.evaluate(a.m @ a.m.T + square[0])
    integers = a.i.reshape(50, 20)
    nl.evaluate(integers @ integers.T)


def graphs(a):
    y, w = a.x, a.m
    for _ in range(8):
        y = nl.cumsum(y[::-1]) - a.m.sum()
        w = (w @ (a.m.T @ a.m)) * 0.5
        nl.evaluate(y, w)


def changed_graphs(a):
    for i in range(12):
        sums = nl.cumsum(a.x * float(i)), a.m.sum(0) + float(i)
        nl.evaluate(*sums, nl.cumsum(a.m + i), a.m.var(1))


def updates(a):
    y = a.x + 1
    nl.evaluate(y)
    y[1:] = y[:-1] * 2
    nl.evaluate(y)
    v = y[10:20]
    y += 1
    v += 2
    nl.evaluate(y, v)


def submissions(a):
    y = a.x
    for _ in range(300):
        y = y * 1.5 + 0.25
    cuda.Device().synchronize()
    nl.evaluate(y)


def foreseen(a):
    for i in range(8):
        y = a.x + a.large[:1000]
        for k in range(20):
            y = y * 0.5 + k
        nl.evaluate(y + i // 6)


def transfers(a):
    y = nl.asarray(numpy.zeros(100000))
    y.get()
    numpy.asarray(a.large)
    y[...] = numpy.zeros(100000)
    nl.evaluate(y)
    y.to_device("cpu")
    y.set(numpy.zeros(100000))


def pinned(a):
    source = nl.empty_pinned(5000)
    source[...] = 0
    y = nl.asarray(source)
    y.get(out=nl.empty_pinned(5000))
    cuda.get_default_pinned_memory_pool().free_all_blocks()


def streams(a):
    stream, event = cuda.Stream(), cuda.Event()
    with stream:
        y = nl.cumsum(nl.asarray(numpy.zeros(300))) + a.m.sum()
        nl.evaluate(y)
        event.record()
    cuda.Stream.null.wait_event(event)
    stream.add_callback(lambda *_: None, None)
    event.synchronize()
    stream.synchronize()
    later = cuda.Event()
    later.record()
    cuda.get_elapsed_time(event, later)
    y.get()


def devices(a):
    y = a.x.to_device("cuda:1")
    nl.evaluate(y * 2 + 1)
    y.to_device("cuda:0").get()
    with cuda.Device(1):
        nl.evaluate(nl.cumsum(nl.asarray(numpy.zeros(10))))
        cuda.Device().synchronize()


def hooks(a):
    with cuda.MemoryHook():
        nl.evaluate(a.x * 3, nl.sort(a.x))


def pools(a):
    for pool in (cuda.MemoryPool(cuda.malloc_managed), cuda.MemoryAsyncPool("create")):
        with cuda.using_allocator(pool.malloc):
            nl.evaluate(a.x + 7, nl.cumsum(a.x))
        pool.free_all_blocks()
    memory = cuda.alloc(100)
    memory.memset(3, 100)
    memory.copy_to_host(numpy.zeros(13).ctypes.data, 100)


PROGRAMS = [
    elementwise, reductions, scans, sorting, unique, histograms, selections, scatters,
    reused_indices, products, graphs, changed_graphs, updates, submissions, foreseen,
    transfers, pinned, streams, devices, hooks, pools,
]  # fmt: skip
# All that is raised comes through one call that knows where arrays were recorded.
NAMING_LINES = (elementwise, scans, products, graphs, changed_graphs)
