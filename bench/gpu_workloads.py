"""What the GPU benchmark times: programs with inputs that fill a GPU.

`bytes` is what a program has to move at least: every input read once, every result
written once.
"""

import dataclasses
import functools
import math

import gpu_programs
import numpy
import workloads


@dataclasses.dataclass(frozen=True)
class Workload:
    """A program with its inputs.

    `function` names the program, `shapes` the inputs' extents, `ranges` the
    intervals that their elements are drawn from. `kind` is what bounds it:
    memory, arithmetic, library (matrix products) or latency. `result_bytes` says
    what it writes when that is not as much as its first input.
    """

    name: str
    function: str
    kind: str
    shapes: tuple
    dtype: str = "f4"
    ranges: tuple = ((0.0, 1.0),)
    result_bytes: int | None = None
    tolerance: float = 1e-5

    @property
    def bytes(self):
        sizes = [math.prod(shape) for shape in self.shapes]
        item = numpy.dtype(self.dtype).itemsize
        written = sizes[0] * item if self.result_bytes is None else self.result_bytes
        return sum(sizes) * item + written

    def make(self):
        return [
            draw(shape, self.dtype, *self.ranges[i % len(self.ranges)], i)
            for i, shape in enumerate(self.shapes)
        ]


@functools.lru_cache(maxsize=4)
def draw(shape, dtype, low, high, seed):
    """Uniform in [low, high); kept, as neighbouring rows share inputs."""
    rng = numpy.random.default_rng(seed)
    # float32 would draw no more than 16.8 million different integers.
    real = numpy.float32 if dtype in ("f4", "f2") else numpy.float64
    values = rng.random(shape, dtype=real)
    values *= high - low
    values += low
    return values.astype(dtype, copy=False)


N = 50_000_000
MATRIX = (8192, 4096)
SIGNED = ((-1.0, 1.0),)


def indexed(name, result_bytes=None):
    """A program on an array and as many places in it as a fifth of its size."""
    return Workload(
        name,
        name,
        "memory",
        ((N,), (N // 5,)),
        "i8",
        ((0.0, 4e7),),
        result_bytes,
        tolerance=0.0,
    )


WORKLOADS = [
    Workload("vector_add", "vector_add", "memory", ((N,), (N,))),
    Workload("fused_10m", "fused_expression", "memory", ((N // 5,),) * 2),
    Workload("fused_50m", "fused_expression", "memory", ((N,),) * 2),
    Workload("polynomial_chain", "polynomial_chain", "memory", ((N,),) * 2),
    Workload("gelu_f16", "gelu", "memory", ((N,),), "f2", SIGNED, tolerance=4e-3),
    Workload(
        "black_scholes",
        "black_scholes",
        "memory",
        ((N,),) * 3,
        ranges=((10.0, 50.0), (10.0, 50.0), (1.0, 2.0)),
        result_bytes=8 * N,
        tolerance=2e-3,
    ),
    Workload("wave_f64", "wave", "arithmetic", ((N // 5,),) * 2, "f8", ((0.0, 6.0),)),
    Workload(
        "equation_of_state",
        "equation_of_state",
        "arithmetic",
        ((4_194_304,),) * 3,
        "f8",
        ((30.0, 40.0), (0.0, 30.0), (0.0, 4000.0)),
    ),
    Workload("sum", "total", "memory", ((N,),), result_bytes=4),
    Workload("sum_of_squares", "sum_of_squares", "memory", ((N,),), result_bytes=4),
    Workload("dot_product", "dot_product", "memory", ((N,),) * 2, result_bytes=4),
    Workload("moments", "moments", "memory", ((N,),), result_bytes=16, tolerance=1e-4),
    Workload("sum_axis_0", "sum_axis_0", "memory", (MATRIX,), result_bytes=4 * 4096),
    Workload("sum_axis_1", "sum_axis_1", "memory", (MATRIX,), result_bytes=4 * 8192),
    Workload(
        "sum_short_rows",
        "sum_axis_1",
        "memory",
        ((1_048_576, 32),),
        result_bytes=4 * 1_048_576,
    ),
    Workload("row_norms", "row_norms", "memory", (MATRIX,), result_bytes=4 * 8192),
    Workload("var_axis_0", "var_axis_0", "memory", (MATRIX,), result_bytes=4 * 4096),
    Workload("var_axis_1", "var_axis_1", "memory", (MATRIX,), result_bytes=4 * 8192),
    Workload("softmax", "softmax", "memory", (MATRIX,)),
    Workload("softmax_f16", "softmax", "memory", (MATRIX,), "f2", tolerance=4e-3),
    Workload("softmax_long_rows", "softmax", "memory", ((256, 200_000),)),
    Workload("log_sum_exp", "log_sum_exp", "memory", (MATRIX,), result_bytes=4 * 8192),
    Workload("standardise", "standardise", "memory", (MATRIX,)),
    Workload("transpose", "transpose", "memory", (MATRIX,)),
    Workload("add_transposed", "add_transposed", "memory", (MATRIX, MATRIX[::-1])),
    Workload("cumsum", "cumulative_sum", "memory", ((N,),), tolerance=1e-4),
    Workload("cumsum_rows", "cumulative_sum_rows", "memory", (MATRIX,)),
    Workload(
        "cumsum_of_squares",
        "cumulative_sum_of_squares",
        "memory",
        ((N,),),
        tolerance=1e-4,
    ),
    Workload("compress", "compress", "memory", ((N,),), "f4", SIGNED, 2 * N),
    Workload("masked_sum", "masked_sum", "memory", ((N,),), "f4", SIGNED, 4, 1e-4),
    Workload("masked_update", "masked_update", "memory", ((N,),), "f4", SIGNED),
    Workload("jacobi_step", "jacobi_step", "memory", ((4096, 4096),)),
    Workload("sobel", "sobel_filter", "memory", ((8192, 8192),), tolerance=1e-3),
    Workload("gaussian", "gaussian_filter", "memory", ((8192, 8192),)),
    Workload(
        "pairwise",
        "pairwise_distances",
        "arithmetic",
        ((8000, 16),),
        result_bytes=4 * 8000 * 8000,
        tolerance=1e-3,
    ),
    Workload("matmul_f32", "matmul", "library", ((5000, 5000),) * 2, tolerance=1e-3),
    Workload("matmul_f64", "matmul", "library", ((5000, 5000),) * 2, "f8"),
    Workload(
        "matmul_f16", "matmul", "library", ((8192, 8192),) * 2, "f2", tolerance=4e-3
    ),
    Workload(
        "matmul_batched", "matmul", "library", ((4096, 64, 64),) * 2, tolerance=1e-3
    ),
    Workload("matvec", "matmul", "library", ((8192, 8192), (8192,)), tolerance=1e-3),
    Workload(
        "dense_layer",
        "dense_layer",
        "library",
        ((4096, 4096), (4096, 4096), (4096,)),
        tolerance=1e-3,
    ),
    Workload("sort_f32", "sort", "library", ((N,),), tolerance=0.0),
    Workload("sort_f64", "sort", "library", ((N,),), "f8", tolerance=0.0),
    Workload(
        "sort_i32", "sort", "library", ((N,),), "i4", ((0.0, 1e9),), tolerance=0.0
    ),
    Workload("sort_rows", "sort", "library", (MATRIX,), tolerance=0.0),
    Workload(
        "argsort",
        "argsort",
        "library",
        ((N // 5,),),
        "f8",
        result_bytes=8 * N // 5,
        tolerance=0.0,
    ),
    Workload(
        "unique", "unique", "library", ((N,),), "i4", ((0.0, 1e6),), 4_000_000, 0.0
    ),
    Workload(
        "unique_10m",
        "unique",
        "library",
        ((N // 5,),),
        "i4",
        ((0.0, 1e6),),
        4_000_000,
        0.0,
    ),
    Workload(
        "unique_rows",
        "unique_rows",
        "library",
        ((1_000_000, 10),),
        "i4",
        ((0.0, 3.0),),
        tolerance=0.0,
    ),
    Workload(
        "bincount", "bincount", "library", ((N,),), "i8", ((0.0, 1e3),), 8000, 0.0
    ),
    indexed("gather", result_bytes=8 * N // 5),
    indexed("gather_fused", result_bytes=8 * N // 5),
    indexed("scatter"),
    indexed("scatter_fresh"),
    indexed("scatter_last"),
    indexed("scatter_add"),
    Workload(
        "histogram", "histogram", "library", ((N,),), result_bytes=800, tolerance=1e-3
    ),
    Workload(
        "searchsorted",
        "searchsorted",
        "library",
        ((N,),),
        result_bytes=8 * N,
        tolerance=0.0,
    ),
    Workload("median", "median", "library", ((N + 1,),), result_bytes=4),
    Workload("median_10m", "median", "library", ((N // 5 + 1,),), result_bytes=4),
    Workload(
        "median_rows",
        "median_rows",
        "library",
        ((8192, 4095),),
        result_bytes=4 * 8192,
    ),
    Workload("quartiles", "quartiles", "library", ((N // 5,),), "f8", result_bytes=16),
    Workload("partition", "split_at_middle", "library", ((N // 5,),), tolerance=0.0),
    Workload("twenty_ops_1000", "twenty_ops", "latency", ((1000,),), tolerance=1e-4),
]


# The rows that stand for the rest: measured first, and all that is compiled with
# torch.compile, which takes some ten seconds a program.
LEADING = (
    "vector_add",
    "fused_10m",
    "fused_50m",
    "black_scholes",
    "sum",
    "sum_of_squares",
    "sum_axis_0",
    "sum_axis_1",
    "softmax",
    "var_axis_1",
    "transpose",
    "cumsum",
    "jacobi_step",
    "matmul_f32",
    "matmul_f64",
    "matmul_f16",
    "matmul_batched",
    "twenty_ops_1000",
    "small_op_issue",
    "host_to_device_200mb",
    "device_to_host_200mb",
)


def load(library):
    """The programs with `np` bound to `library`, by name."""
    names = {w.function for w in WORKLOADS} | {"small_op"}
    return workloads.load(library, names, vars(gpu_programs))
