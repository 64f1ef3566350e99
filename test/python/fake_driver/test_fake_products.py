"""Products that cuBLAS writes, and adds, where they belong."""

from processes import read_output

MULTIPLY = """
import numpy as np, numloom as nl
rng = np.random.default_rng(1)
def make(*shape):
    return rng.integers(-4, 5, shape).astype("f4")
def run(function, *arrays):
    ours = [nl.asarray(x) for x in arrays]
    nl.evaluate(*ours)
    nl.reset_stats()
    function(*ours)
    nl.evaluate(*ours)
    stats = nl.stats()
    function(*arrays)
    same = all((nl.asnumpy(x) == y).all() for x, y in zip(ours, arrays))
    print(same, stats["gemms"], stats["launches"], stats["arena_bytes"])
c, a, b = make(20, 30), make(8, 5), make(5, 9)
"""


def run(program):
    """Runs a program in which cuBLAS alone computes something."""
    environment = {
        "NUMLOOM_FAKE_KERNELS": "1",
        "NUMLOOM_DISK_CACHE": "0",
        "NUMLOOM_CUBLAS": "libcuda.so.1",
    }
    return read_output(MULTIPLY + program, **environment).splitlines()


def test_destinations():
    assert (
        run("""
def assign(c, a, b): c[2:10, 4:13] = a @ b
def every_other_row(c, a, b): c[3:19:2, :9] = a @ b
def transposed(c, a, b): c[2:11, 4:12] = b.T @ a.T
def between(c, a, b): c[2:18:2, 4:13] = c[3:19:2, :5] @ b
run(assign, c, a, b)
run(every_other_row, c, a, b)
run(transposed, c, a, b)
run(between, c, a, b)
c[2:10, 4:13] = np.nan
run(assign, c, a, b)
""")
        == ["True 1 0 0"] * 5
    )


def test_batches():
    assert (
        run("""
a, b, c = make(3, 8, 5), make(3, 5, 9), make(3, 20, 30)
def assign(c, a, b): c[:, 2:10, 4:13] = a @ b
def one(c, a, b): c[1, 2:10, 4:13] = a[2] @ b[1]
def add(c, a, b): c[:, 2:10, 4:13] += a @ b
def parts(c, a, b): c[:, :7, :4] = a[:, 1:, :3] @ b[:, :3, 2:6]
for function in (assign, one, add, parts):
    run(function, c, a, b)
""")
        == ["True 1 0 0"] * 4
    )


def test_updates():
    assert (
        run("""
def add(c, a, b): c[2:10, 4:13] += a @ b
def subtract(c, a, b): c[2:10, 4:13] -= 2 * (a @ b)
def scale(c, a, b): c[2:10, 4:13] = 4 * (a @ b) - 0.5 * c[2:10, 4:13]
for function in (add, subtract, scale):
    run(function, c, a, b)
""")
        == ["True 1 0 0"] * 3
    )


def test_joined():
    assert run("""
x, y = nl.asarray(a), nl.asarray(b)
nl.evaluate(x, y)
nl.reset_stats()
z = nl.concatenate([x @ y, x @ y[:, :4]], 1)
nl.evaluate(z)
stats = nl.stats()
same = (nl.asnumpy(z) == np.concatenate([a @ b, a @ b[:, :4]], 1)).all()
print(same, stats["gemms"], stats["launches"], stats["arena_bytes"])
""") == ["True 2 0 0"]


def test_halves():
    """Where rows of 16-bit floats are not aligned, a buffer is faster."""
    # Which the library that stands for cuBLAS does not multiply.
    lines = run("""
def assign(start):
    def function(c, a, b): c[2:10, start:start + b.shape[1]] = a @ b
    return function
c, a, b, odd = (x.astype("f2") for x in (make(20, 64), a, make(5, 16), b))
for start in (8, 16, 3, 40):
    run(assign(start), c, a, b)
run(assign(3), c, a, odd)
""")
    counts = [line.split()[1:] for line in lines]
    in_place, copied = ["1", "0", "0"], ["1", "1", "512"]
    assert counts == [in_place, in_place, copied, in_place, in_place]


def test_few_long_sums():
    """Few sums over many rows, or along long ones, are a kernel's."""
    lines = run("""
def count(shape, dtype, is_wide=False):
    x, y = nl.zeros(shape, dtype), nl.zeros(shape, dtype)
    nl.evaluate(x, y)
    nl.reset_stats()
    nl.evaluate(x @ y.T if is_wide else x.T @ y)
    print(nl.stats()["gemms"])
for dtype in "f4", "f8", "c16":
    count((20000, 8), dtype)
    count((2, 20000), dtype, True)
count((20000, 9), "f4")
count((3, 20000), "f4", True)
count((20000, 2), "f2")
count((99, 2), "f4")
""")
    assert lines == ["0"] * 6 + ["1"] * 4
