"""The programs that the GPU benchmark times: NumPy source like workloads.py's."""

from workloads import (  # noqa: F401
    argsort,
    bincount,
    black_scholes,
    equation_of_state,
    fused_expression,
    gaussian_filter,
    histogram,
    log_sum_exp,
    matmul,
    median,
    moments,
    normal_cdf,
    pairwise_distances,
    polynomial_chain,
    sobel_filter,
    softmax,
    sort,
    standardise,
    sum_of_squares,
    unique,
    vector_add,
    wave,
)


def gelu(x):
    """The activation by its tanh formula (Hendrycks and Gimpel, 2016)."""
    return 0.5 * x * (1.0 + np.tanh(0.79788456 * (x + 0.044715 * x * x * x)))


def total(x):
    return np.sum(x)


def dot_product(x, y):
    return np.sum(x * y)


def sum_axis_0(x):
    return np.sum(x, axis=0)


def sum_axis_1(x):
    return np.sum(x, axis=1)


def var_axis_0(x):
    return np.var(x, axis=0)


def var_axis_1(x):
    return np.var(x, axis=1)


def row_norms(x):
    return np.sqrt(np.sum(x * x, axis=1))


def transpose(x):
    """Ravelled, as transposing alone is a view in most libraries."""
    return np.ravel(x.T)


def add_transposed(x, y):
    return x + y.T


def cumulative_sum(x):
    return np.cumsum(x, axis=0)


def cumulative_sum_rows(x):
    return np.cumsum(x, axis=1)


def cumulative_sum_of_squares(x):
    return np.cumsum(x * x, axis=0)


def compress(x):
    return x[x > 0]


def masked_sum(x):
    return np.sum(x[x > 0])


def masked_update(x):
    y = x + 1.0
    y[x > 0] *= 2.0
    return y


def jacobi_step(x):
    return 0.25 * (x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:])


def dense_layer(x, weights, bias):
    return np.maximum(x @ weights + bias, 0.0)


def twenty_ops(x):
    y = ((((x + 1.0) * 2.0 - x) * x + 3.0) * x - 1.0) * x + 2.0
    z = ((((y * 0.5 - x) * y + 0.25) * x - y) * 0.125 + x) * 0.5 - 1.0
    return y * z - x


def median_rows(x):
    return np.median(x, axis=1)


def quartiles(x):
    return np.quantile(x, 0.25), np.quantile(x, 0.75)


def split_at_middle(x):
    return np.partition(x, x.shape[0] // 2)[x.shape[0] // 2]


def searchsorted(x):
    return np.searchsorted(np.sort(x[:4096]), x)


def gather(x, index):
    return x[index]


def gather_fused(x, index):
    return x[index + 1] - x[index]


def scatter(x, index):
    y = x + 0
    y[index] = index
    return y


def scatter_fresh(x, index):
    y, index = x + 0, index + 0
    y[index] = index
    return y


def scatter_last(x, index):
    y = x + 0
    y[index] = x[: index.shape[0]]
    return y


def scatter_add(x, index):
    y = x + 0
    np.add.at(y, index, 1)
    return y


def unique_rows(x):
    return np.unique(x, axis=0)


def small_op(x):
    return x + 1.0
