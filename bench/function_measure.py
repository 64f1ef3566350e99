"""Times one library on rows of function_rows.py, as it is told through a pipe.

Two such processes, one for each library, take turns row by row, so that what else
the machine does meets both.
"""

import ast
import time

import numpy
from function_arrays import MAKERS, Operands
from function_rows import UNORDERED
from loop_measure import Cpu, Gpu

# Results whose dtype is not named are exact.
TOLERANCES = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 1e-4, "complex64": 1e-4}
TOLERANCES |= {"float64": 1e-9, "complex128": 1e-9}
LEAST_CALLS = 3
# Seconds after which slow rows are not called again.
PATIENCE = 0.5
# Calls of a GPU with one wait at the end.
MOST_IN_A_ROW = 50
# The operands that rows may write to.
TARGETS = ("t", "tv", "ts")


def compile_row(code, namespace):
    """(function, names of its operands); updates give their target."""
    tree = ast.parse(code)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names = list(dict.fromkeys(n.id for n in nodes if n.id in MAKERS))
    target = next((name for name in names if name in TARGETS), None)
    body = f"{code}\n return {target}" if target else f"return {code}"
    exec(f"def row({', '.join(names)}):\n {body}", namespace)
    return namespace["row"], names


def flatten(results):
    """The arrays and scalars in nested tuples and lists of results.

    A list of numbers is one result: to go through it would take longer than to make it.
    """
    is_nested = isinstance(results, (tuple, list))
    if not is_nested or (results and isinstance(results[0], (int, float))):
        return [results]
    return [leaf for part in results for leaf in flatten(part)]


def find_difference(got, wanted):
    """What is wrong with a result; None if nothing is."""
    got, wanted = numpy.asarray(got), numpy.asarray(wanted)
    if (got.shape, got.dtype) != (wanted.shape, wanted.dtype):
        return f"{got.dtype}{got.shape} in place of {wanted.dtype}{wanted.shape}"
    tolerance = TOLERANCES.get(wanted.dtype.name)
    if tolerance is None:
        return None if numpy.array_equal(got, wanted) else "other values"
    if wanted.dtype.itemsize < 4:
        got, wanted = got.astype("f4"), wanted.astype("f4")
    scale = numpy.nanmax(numpy.abs(wanted), initial=0.0) or 1.0
    close = numpy.allclose(got, wanted, tolerance, tolerance * scale, equal_nan=True)
    return None if close else "other values"


class Worker:
    """A library, its operands and the row that it was given last."""

    def __init__(self, library, device, scale, directory=None):
        self.device = (Cpu if device == "cpu" else Gpu)(library)
        self.operands = Operands(scale, directory)
        self.put = {}

    def warm(self, code):
        """Runs a row once and gives all of the device's memory back."""
        try:
            return self.prepare(code)
        finally:
            self.result, self.inputs, self.put = None, None, {}
            self.device.module.get_default_memory_pool().free_all_blocks()

    def prepare(self, code):
        """Runs a row for the first time; gives the seconds of that."""
        module = self.device.module
        namespace = {"np": module, "rng": module.random.default_rng(7)}
        self.code = code
        self.row, self.names = compile_row(code, namespace)
        self.inputs = [self.get_input(name) for name in self.names]
        self.device.finish([x for x in self.inputs if hasattr(x, "shape")])
        begin = time.perf_counter()
        self.result = self.call()
        return {"first_call": time.perf_counter() - begin}

    def get_input(self, name):
        """The operand on the device; a new one of a target."""
        operand = self.operands[name]
        if not isinstance(operand, numpy.ndarray):
            return operand
        if name in TARGETS or name not in self.put:
            self.put[name] = self.device.put(operand)
        return self.put[name]

    def compute(self):
        """The results, and those that the device has."""
        results = flatten(self.row(*self.inputs))
        return results, [r for r in results if hasattr(r, "shape")]

    def call(self):
        results, arrays = self.compute()
        self.device.finish(arrays)
        return results

    def check(self):
        """Compares the first call's results with NumPy's."""
        results, self.result = self.result, None
        if any(part in self.code for part in UNORDERED):
            return {}
        row, _ = compile_row(self.code, {"np": numpy})
        inputs = [self.operands[name] for name in self.names]
        copied = zip(self.names, inputs, strict=True)
        inputs = [x.copy() if name in TARGETS else x for name, x in copied]
        got = [self.device.get(r) if hasattr(r, "shape") else r for r in results]
        wanted = flatten(row(*inputs))
        if len(got) != len(wanted):
            return {"wrong": f"{len(got)} results in place of {len(wanted)}"}
        parts = map(find_difference, got, wanted)
        wrong = next((part for part in parts if part), None)
        return {"wrong": wrong} if wrong else {}

    def time(self, seconds):
        """The least seconds of a call; results of one are dropped before the next."""
        self.result, least, calls = None, float("inf"), 0
        # What a first call finds out, of indices, say, changes the program of the next.
        self.call()
        start = now = time.perf_counter()
        while now < start + (PATIENCE if calls < LEAST_CALLS else seconds):
            self.call()
            begin, now = now, time.perf_counter()
            least = min(least, now - begin)
            calls += 1
        if isinstance(self.device, Cpu):
            return {"seconds": least}
        count = max(2, min(MOST_IN_A_ROW, int(seconds / least)))
        return {"seconds": least, "stream_seconds": self.time_in_a_row(count)}

    def time_in_a_row(self, count):
        """Seconds of a call among `count` with one wait at the end.

        The lesser of two rounds: arrays of indices that were used often enough are
        looked at once, by a program of its own.
        """
        return min(self.time_round(count) for _ in range(2))

    def time_round(self, count):
        library, begin = self.device.library, time.perf_counter()
        for _ in range(count):
            _, arrays = self.compute()
            library.start(arrays)
        library.synchronize()
        return (time.perf_counter() - begin) / count


def serve(pipe, *arguments):
    """Answers with a worker's method to its name and arguments, until None."""
    worker = Worker(*arguments)
    pipe.send({"version": worker.device.library.version})
    while request := pipe.recv():
        method, *arguments = request
        try:
            answer = getattr(worker, method)(*arguments)
        except Exception as error:
            answer = {"failure": f"{type(error).__name__}: {error}"[:300]}
        pipe.send(answer)
