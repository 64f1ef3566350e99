"""Loops over views compile once: what is counted, not timed."""

import numpy
import pytest

import numloom as nl


def stencil(np, a, b):
    for _ in range(200):
        b[1:-1, 1:-1] = 0.25 * (a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = b[1:-1, 1:-1]
    return a, b


def tridiagonal(np, lower, diagonal):
    c, d = np.empty_like(lower), np.empty_like(lower)
    c[:, 0] = lower[:, 0] / diagonal[:, 0]
    d[:, 0] = 1.0 / diagonal[:, 0]
    for k in range(1, lower.shape[1]):
        divisor = 1.0 / (diagonal[:, k] - lower[:, k] * c[:, k - 1])
        c[:, k] = lower[:, k] * divisor
        d[:, k] = (1.0 - lower[:, k] * d[:, k - 1]) * divisor
    for k in range(lower.shape[1] - 2, -1, -1):
        d[:, k] -= c[:, k] * d[:, k + 1]
    return (d,)


def until_converged(np, a, b):
    x = np.zeros_like(b)
    while True:
        change = (b - a @ x) * 0.25
        x += change
        if float(abs(change).max()) < 1e-9:
            return (x,)


def columns(np, a):
    for j in range(a.shape[0]):
        a[j, j] = np.sqrt(a[j, j] - np.sum(a[j, :j] * a[j, :j]))
        a[j + 1 :, j] -= np.sum(a[j + 1 :, :j] * a[j, :j], axis=1)
        a[j + 1 :, j] /= a[j, j]
        a[j, j + 1 :] = 0.0
    return (a,)


def gravity(np, mass, position, velocity):
    for _ in range(30):
        distance = position[None, :, :] - position[:, None, :]
        inverse = (np.sum(distance * distance, axis=2) + 0.01) ** -1.5
        force = np.sum(distance * (inverse * mass[None, :])[:, :, None], axis=1)
        velocity += 0.01 * force
        position += 0.01 * velocity
    return position, velocity


def escape_times(np, c):
    z, count = np.zeros_like(c), np.zeros(c.shape, "int64")
    for step in range(60):
        alive = z.real * z.real + z.imag * z.imag < 4.0
        count[alive] = step
        z[alive] = z[alive] ** 2 + c[alive]
    return (count,)


def rings(np, radius, intensity):
    result = np.zeros(90, intensity.dtype)
    for i in range(90):
        ring = (radius >= i / 90) & (radius < (i + 1) / 90)
        result[i] = intensity[ring].mean()
    return (result,)


RNG = numpy.random.default_rng(5)
GRID = RNG.random((20, 30))
MATRIX = 2.0 * numpy.eye(40) + RNG.random((40, 40)) / 40
HALF = RNG.random((120, 120))
ARGUMENTS = {
    stencil: (GRID, GRID + 1),
    tridiagonal: (RNG.random((9, 200)), 3 + RNG.random((9, 200))),
    until_converged: (MATRIX, RNG.random(40)),
    gravity: (RNG.random(5), RNG.random((5, 3)), RNG.random((5, 3))),
    escape_times: (RNG.random((6, 7)) + 1j * RNG.random((6, 7)),),
    rings: (numpy.arange(200) / 200, RNG.random(200)),
    columns: (HALF @ HALF.T + 120 * numpy.eye(120),),
}


def run(program):
    """(results, counters) of one call on fresh arrays."""
    arrays = [nl.array(a) for a in ARGUMENTS[program]]
    nl.evaluate(*arrays)
    nl.reset_stats()
    results = [nl.asnumpy(r) for r in program(nl, *arrays)]
    return results, nl.stats()


@pytest.mark.parametrize("program", ARGUMENTS, ids=lambda p: p.__name__)
def test_the_second_run_compiles_nothing(program):
    expected = program(numpy, *(a.copy() for a in ARGUMENTS[program]))
    run(program)
    results, stats = run(program)
    assert stats["cache_misses"] == 0
    for result, wanted in zip(results, expected, strict=True):
        numpy.testing.assert_allclose(result, wanted, rtol=1e-9)


def test_launches_of_a_stencil():
    """Two kernels a step; a few are cut in two."""
    run(stencil)
    launches = run(stencil)[1]["launches"]
    assert 400 <= launches <= 440


def test_work_is_submitted_while_python_records():
    """Programs run before anybody waits."""
    arrays = [nl.array(a) for a in ARGUMENTS[stencil]]
    nl.evaluate(*arrays)
    nl.reset_stats()
    kept = stencil(nl, *arrays)
    stats = nl.stats()
    assert stats["flushes"] > 0
    assert stats["nodes_executed"] > stats["nodes_recorded"] // 2
    del kept


def test_few_programs_whatever_the_number_of_steps():
    """Up to the first cut, from cut to cut, and the rest."""

    def smooth(steps, a):
        for _ in range(steps):
            a[1:-1] = (a[:-2] + a[2:]) * 0.5
        return nl.asnumpy(a)

    smooth(700, nl.array(GRID[0]))
    for steps in (1400, 2100):
        nl.reset_stats()
        smooth(steps, nl.array(GRID[0]))
        assert nl.stats()["cache_misses"] <= 1
