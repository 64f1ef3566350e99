"""The libraries under test behind one face.

Each class has `functions` (workloads by name), `put` (NumPy array to the
library's), `wait` (finish what a result needs) and `get` (result to NumPy).
"""

import importlib.metadata

import workloads


class NumPy:
    name = "numpy"

    def __init__(self):
        import numpy

        self.np = numpy
        self.functions = workloads.load(numpy)
        self.version = numpy.__version__

    def put(self, array):
        return array

    def wait(self, results):
        pass

    def get(self, result):
        return self.np.asarray(result)


class Numloom(NumPy):
    name = "numloom"

    def __init__(self):
        super().__init__()
        import numloom

        self.lib = numloom
        self.functions = workloads.load(numloom)
        self.version = numloom.__version__

    def put(self, array):
        result = self.lib.asarray(array)
        self.lib.evaluate(result)
        return result

    def wait(self, results):
        self.lib.evaluate(*results)


class Numba(NumPy):
    name = "numba"

    def __init__(self):
        super().__init__()
        import numba_workloads

        self.functions = {
            w.name: getattr(numba_workloads, w.name)
            for w in workloads.WORKLOADS
            if hasattr(numba_workloads, w.name)
        }
        self.version = importlib.metadata.version("numba")


class Jax(NumPy):
    name = "jax"

    def __init__(self):
        super().__init__()
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax = jax
        loaded = workloads.load(jax.numpy)
        self.functions = {
            name: f if name in workloads.DYNAMIC else jax.jit(f)
            for name, f in loaded.items()
        }
        self.version = jax.__version__

    def put(self, array):
        return self.jax.block_until_ready(self.jax.numpy.asarray(array))

    def wait(self, results):
        self.jax.block_until_ready(results)


LIBRARIES = {cls.name: cls for cls in (NumPy, Numloom, Numba, Jax)}
