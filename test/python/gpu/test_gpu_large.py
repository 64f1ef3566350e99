"""Arrays of more than 2**31 elements.

Elements are functions of their position, so whole arrays are checked on the
device and samples of them against NumPy.
"""

import numpy as np
import pytest

import numloom as nl

N = (1 << 31) + 12_345
# Where an index of 32 bits would go wrong.
PLACES = [0, 1, (1 << 31) - 2, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, N - 1]
ROWS, COLS = 46_400, 46_403


def pattern(n, dtype="int8"):
    """Position modulo 101."""
    x = (nl.arange(n) % 101).astype(dtype)
    nl.evaluate(x)
    return x


@pytest.fixture(scope="module")
def large():
    if not nl.cuda.is_available() or nl.cuda.Device(0).mem_info[0] < 40 << 30:
        pytest.skip("needs a GPU with 40 GiB of memory free")
    with nl.cuda.Device(0):
        yield pattern(N)
    nl.cuda.get_default_memory_pool().free_all_blocks()


@pytest.fixture(scope="module")
def matrix(large):
    with nl.cuda.Device(0):
        yield pattern(ROWS * COLS).reshape(ROWS, COLS)


def sum_of_pattern(n):
    return n // 101 * 5050 + sum(range(n % 101))


def test_elements(large):
    assert [int(large[i]) for i in PLACES] == [i % 101 for i in PLACES]


def test_elementwise(large):
    y = large * nl.int8(-1) + nl.int8(3)
    assert [int(y[i]) for i in PLACES] == [3 - i % 101 for i in PLACES]
    assert bool(nl.all(y + large == 3))


def test_elementwise_of_float16(large):
    y = large.astype("float16") * nl.float16(0.5)
    nl.evaluate(y)
    assert [float(y[i]) for i in PLACES] == [i % 101 / 2 for i in PLACES]


def test_strided_views(large):
    y = large[::-3] + nl.int8(1)
    assert y.shape == ((N + 2) // 3,)
    assert int(y[0]) == (N - 1) % 101 + 1
    assert int(y[-1]) == (N - 1) % 3 + 1


def test_sum(large):
    assert int(large.sum(dtype="int64")) == sum_of_pattern(N)


def test_extrema(large):
    assert int(large.max()) == 100
    assert int(large.min()) == 0
    assert int((large == 100).sum()) == len(range(100, N, 101))


def test_sum_of_rows(matrix):
    sums = nl.asnumpy(matrix.sum(axis=1, dtype="int64"))
    for row in (0, 1, ROWS // 2, ROWS - 1):
        expected = (np.arange(row * COLS, (row + 1) * COLS) % 101).sum()
        assert sums[row] == expected
    assert sums.sum() == sum_of_pattern(ROWS * COLS)


def test_sum_of_columns(matrix):
    sums = nl.asnumpy(matrix.sum(axis=0, dtype="int64"))
    for col in (0, 1, COLS // 2, COLS - 1):
        assert sums[col] == (np.arange(col, ROWS * COLS, COLS) % 101).sum()
    assert sums.sum() == sum_of_pattern(ROWS * COLS)


def test_transpose(matrix):
    flat = nl.ravel(matrix.T)
    for i in [*PLACES[:-1], ROWS * COLS - 1]:
        col, row = divmod(i, ROWS)
        assert int(flat[i]) == (row * COLS + col) % 101
    assert bool(nl.all(matrix == flat.reshape(COLS, ROWS).T))


def test_cumulative_sum(large):
    sums = nl.cumsum(large & nl.int8(1), dtype="int32")
    nl.evaluate(sums)
    odd = np.cumsum(np.arange(101) % 2)
    for i in PLACES:
        assert int(sums[i]) == (i + 1) // 101 * 50 + (
            odd[i % 101] if (i + 1) % 101 else 0
        )


def test_row_cumulative_sum(matrix):
    sums = nl.cumsum(matrix & nl.int8(1), axis=1, dtype="int16")
    tail = nl.asnumpy(sums[-1, -5:])
    row = np.arange((ROWS - 1) * COLS, ROWS * COLS) % 101 & 1
    np.testing.assert_array_equal(tail, np.cumsum(row)[-5:])


def test_softmax_of_large_matrix(large):
    x = (nl.arange(ROWS * COLS) % 7).reshape(ROWS, COLS).astype("float16")
    e = nl.exp(x - nl.max(x, axis=1, keepdims=True))
    y = e / nl.sum(e, axis=1, keepdims=True, dtype="float32")
    sums = nl.asnumpy(y.sum(axis=1))
    np.testing.assert_allclose(sums[[0, ROWS // 2, ROWS - 1]], 1.0, rtol=2e-3)


def test_broadcast_to_large():
    x = nl.arange(1 << 16, dtype="int32")
    y = (x[:, None] ^ x[None, :-1]).astype("uint16").max()
    assert int(y) == (1 << 16) - 1
