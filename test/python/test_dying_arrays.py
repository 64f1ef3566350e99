"""Large arrays that nobody needs any more: results are computed over them."""

import numpy as np
import pytest
from support import assert_same

import numloom as nl

# Elements; those of float64 are large enough to be overwritten on a CPU.
MANY = 1 << 17


def put(x):
    """A copy of `x` whose memory is Numloom's, on the CPU."""
    return nl.asarray(x, device="cpu") + 0


def get_address(a):
    return np.asarray(a).ctypes.data


@pytest.fixture
def x(rng):
    return rng.standard_normal(MANY)


def test_in_place_operators_keep_the_memory(x):
    a = put(x)
    address = get_address(a)
    for _ in range(3):
        a *= 2.0
        a -= 1.0
        nl.evaluate(a)
        x = x * 2.0 - 1.0
        assert get_address(a) == address
    assert_same(x, a)


def test_states_that_are_replaced_keep_the_memory(x):
    a = put(x)
    address = get_address(a)
    a = nl.where(a > 0, a * 0.5, -a)
    nl.evaluate(a)
    assert get_address(a) == address
    assert_same(np.where(x > 0, x * 0.5, -x), a)


def test_what_is_held_lives_on(x):
    a = put(x)
    nl.evaluate(a)
    b = a
    a = a * 2.0
    nl.evaluate(a)
    assert_same(x, b)
    assert_same(x * 2.0, a)


@pytest.mark.parametrize(
    "view",
    [lambda a: a[1:], lambda a: a[::-1], lambda a: a.reshape(-1, 2).T, np.asarray],
    ids=["slice", "reversed", "transposed", "numpy"],
)
def test_views_keep_what_they_show(x, view):
    a = put(x)
    nl.evaluate(a)
    seen = view(a)
    a = a + 1.0
    nl.evaluate(a)
    wanted = x if view is np.asarray else view(x)
    np.testing.assert_array_equal(np.asarray(seen), wanted)
    assert_same(x + 1.0, a)


def test_in_place_operators_write_through_views(x):
    a = put(x)
    nl.evaluate(a)
    seen = a[::2]
    a *= 3.0
    nl.evaluate(a)
    assert_same(x[::2] * 3.0, seen)


def test_results_that_need_each_other(x):
    a, b = put(x), put(x[::-1].copy())
    u, v = x, x[::-1].copy()
    nl.evaluate(a, b)
    for _ in range(4):
        a, b = a + b, a - b
        u, v = u + v, u - v
        nl.evaluate(a, b)
    assert_same(u, a)
    assert_same(v, b)


def test_exchange(x):
    a, b = put(x), put(x + 1.0)
    nl.evaluate(a, b)
    a, b = b * 2.0, a * 3.0
    nl.evaluate(a, b)
    assert_same((x + 1.0) * 2.0, a)
    assert_same(x * 3.0, b)


@pytest.mark.parametrize(
    "program",
    [
        lambda m, a: a + a[::-1],
        lambda m, a: a - a.mean(),
        lambda m, a: (a - a.mean()) / a.std(),
        lambda m, a: m.cumsum(a) + a,
        lambda m, a: a.reshape(256, -1) - a.reshape(256, -1).mean(0),
        lambda m, a: a.reshape(256, -1) / a.reshape(256, -1).sum(1, keepdims=True),
        lambda m, a: m.roll(a, 5) * a,
        lambda m, a: m.sort(a) + a,
        lambda m, a: m.concatenate([a[: a.size // 2] + 1.0, a[a.size // 2 :]]),
        lambda m, a: a.view("i8") + 1,
        lambda m, a: a.astype("i8") * 3,
        lambda m, a: a.reshape(512, -1) @ a.reshape(-1, 512),
        lambda m, a: m.where(a > 0, a[m.abs(a * 100).astype("i8")], a),
    ],
)
def test_programs_read_before_they_write(x, program):
    x = np.abs(x)
    a = put(x)
    nl.evaluate(a)
    wanted = program(np, x)
    a = program(nl, a)
    got = np.asarray(a)
    assert (got.shape, got.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", ["f4", "i4", "c16", "u1", "bool", "f2"])
def test_dtypes(rng, dtype):
    x = (rng.integers(0, 2, 1 << 20)).astype(dtype)
    a = put(x) if dtype != "bool" else nl.asarray(x, device="cpu").copy()
    for _ in range(3):
        x, a = (~x, ~a) if dtype == "bool" else (x * x + x, a * a + a)
        nl.evaluate(a)
    assert_same(x, a)


def test_failures_leave_the_arrays(x):
    a = put(x)
    nl.evaluate(a)
    with pytest.raises(ValueError, match="broadcast"):
        a += nl.ones(3, device="cpu")
    assert_same(x, a)


def test_random_programs(rng):
    """States that replace each other; some are held for a while."""
    for _ in range(20):
        host = [rng.standard_normal(MANY) for _ in range(3)]
        own = [put(x) for x in host]
        held = []
        for _ in range(12):
            i, j, k = rng.integers(0, 3, 3)
            step = int(rng.integers(0, 5))
            for states in (host, own):
                m = np if states is host else nl
                if step == 0:
                    states[i] = states[j] * 0.5 + states[k]
                elif step == 1:
                    states[i] *= 0.75
                elif step == 2:
                    states[i], states[j] = states[j] - 1.0, m.sin(states[i])
                elif step == 3:
                    states[i] = states[i][::-1] + states[k]
                else:
                    states[i][1:] = states[i][:-1] * 0.5
            if rng.integers(0, 3) == 0:
                held.append((host[i].copy(), own[i], own[i] + 0.25))
            if rng.integers(0, 2):
                nl.evaluate(*own)
        for x, a in zip(host, own, strict=True):
            np.testing.assert_allclose(np.asarray(a), x, rtol=1e-12, atol=1e-12)
        for x, _, later in held:
            np.testing.assert_allclose(
                np.asarray(later), x + 0.25, rtol=1e-12, atol=1e-12
            )
