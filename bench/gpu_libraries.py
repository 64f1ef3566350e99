"""The GPU libraries under test behind one face.

Each class has `functions` (programs by name), `put` (NumPy array to the
device), `get` (result to NumPy), `start` (have the device begin to compute
results) and `synchronize` (wait until the device has nothing to do).
"""

import gpu_workloads
import numpy


class NumPy:
    """The reference for results; never timed."""

    name = "numpy"

    def __init__(self):
        self.functions = gpu_workloads.load(numpy)


class Library:
    """What libraries that compute at once have in common."""

    # Whether it has rows beside the workloads'.
    has_special_rows = True

    def runs(self, workload):
        """Whether the library has a row of its own for the workload."""
        return True

    def start(self, results):
        pass


class Numloom(Library):
    name = "numloom"

    def __init__(self):
        import numloom

        self.lib = numloom
        self.functions = gpu_workloads.load(numloom)
        self.version = numloom.__version__
        self.device = numloom.cuda.Device()

    def put(self, array):
        return self.lib.asarray(array)

    def get(self, result):
        return self.lib.asnumpy(result)

    def start(self, results):
        self.lib.evaluate(*results)

    def synchronize(self):
        self.device.synchronize()


class CuPy(Library):
    name = "cupy"

    def __init__(self):
        import cupy

        self.cupy = cupy
        self.functions = gpu_workloads.load(cupy)
        self.version = cupy.__version__
        self.device = cupy.cuda.Device()

    def put(self, array):
        return self.cupy.asarray(array)

    def get(self, result):
        return self.cupy.asnumpy(result)

    def synchronize(self):
        self.device.synchronize()


class FusedCuPy(CuPy):
    """CuPy with `cupy.fuse`, which takes elementwise programs."""

    name = "cupy.fuse"
    has_special_rows = False
    elementwise = (
        "vector_add",
        "fused_expression",
        "polynomial_chain",
        "gelu",
        "wave",
        "twenty_ops",
    )

    def __init__(self):
        super().__init__()
        for name in self.elementwise:
            self.functions[name] = self.cupy.fuse()(self.functions[name])

    def runs(self, workload):
        return workload.function in self.elementwise


class Torch(Library):
    name = "torch"

    def __init__(self):
        import torch
        import torch_numpy

        self.torch = torch
        self.functions = gpu_workloads.load(torch_numpy)
        self.version = torch.__version__

    def put(self, array):
        return self.torch.from_numpy(array).cuda()

    def get(self, result):
        return result.cpu().numpy()

    def synchronize(self):
        self.torch.cuda.synchronize()


class Inductor(Torch):
    """PyTorch with `torch.compile`; products are cuBLAS's in both."""

    name = "inductor"
    has_special_rows = False
    uncompiled = ("vector_add", "matmul", "total", "transpose")

    def __init__(self):
        super().__init__()
        compiled = {
            name: self.torch.compile(function, dynamic=False)
            for name, function in self.functions.items()
        }
        self.functions = compiled

    def runs(self, workload):
        leads = workload.name in gpu_workloads.LEADING
        return leads and workload.function not in self.uncompiled


class Jax(Library):
    name = "jax"

    def __init__(self):
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax = jax
        functions = gpu_workloads.load(jax.numpy)
        self.functions = {name: jax.jit(f) for name, f in functions.items()}
        # One operation at a time is how NumPy's programs are written.
        self.functions["small_op"] = functions["small_op"]
        self.last = ()
        self.version = jax.__version__

    def put(self, array):
        return self.jax.block_until_ready(self.jax.numpy.asarray(array))

    def get(self, result):
        return numpy.asarray(result)

    def start(self, results):
        self.last = results

    def synchronize(self):
        self.jax.block_until_ready(self.last)


LIBRARIES = {
    cls.name: cls for cls in (NumPy, Numloom, CuPy, FusedCuPy, Torch, Inductor, Jax)
}
