"""Programs that loop over views and update arrays in place.

NumPy source, with `np` bound to the library under test as in workloads.py: time
steppers, stencils, sweeps and masks as they are written for NumPy. Every program
returns the arrays that it computed.
"""

import dataclasses
import types
from collections.abc import Callable

import numpy


def jacobi_2d(steps, a, b):
    """Five-point relaxation between two arrays."""
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2 * (
            a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1]
        )
        a[1:-1, 1:-1] = 0.2 * (
            b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1]
        )
    return a, b


def heat_3d(steps, a, b):
    """Explicit heat equation, seven points."""
    for _ in range(steps):
        for source, target in ((a, b), (b, a)):
            inner = source[1:-1, 1:-1, 1:-1]
            target[1:-1, 1:-1, 1:-1] = (
                inner
                + 0.125
                * (source[2:, 1:-1, 1:-1] - 2.0 * inner + source[:-2, 1:-1, 1:-1])
                + 0.125
                * (source[1:-1, 2:, 1:-1] - 2.0 * inner + source[1:-1, :-2, 1:-1])
                + 0.125
                * (source[1:-1, 1:-1, 2:] - 2.0 * inner + source[1:-1, 1:-1, :-2])
            )
    return a, b


def fdtd_2d(steps, ex, ey, hz):
    """Yee's scheme for a transverse electric field (IEEE TAP 14, 1966)."""
    for step in range(steps):
        ey[0, :] = 0.01 * step
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return ex, ey, hz


def horizontal_diffusion(field, coefficient):
    """Fourth-order diffusion with flux limiters, level by level (i, j, k)."""
    laplacian = 4.0 * field[1:-1, 1:-1] - (
        field[2:, 1:-1] + field[:-2, 1:-1] + field[1:-1, 2:] + field[1:-1, :-2]
    )
    flux_x = laplacian[1:, 1:-1] - laplacian[:-1, 1:-1]
    slope_x = field[2:-1, 2:-2] - field[1:-2, 2:-2]
    flux_x = np.where(flux_x * slope_x > 0, 0.0, flux_x)
    flux_y = laplacian[1:-1, 1:] - laplacian[1:-1, :-1]
    slope_y = field[2:-2, 2:-1] - field[2:-2, 1:-2]
    flux_y = np.where(flux_y * slope_y > 0, 0.0, flux_y)
    result = np.empty(coefficient.shape, field.dtype)
    result[:, :] = field[2:-2, 2:-2] - coefficient * (
        flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1]
    )
    return result


def vertical_advection(lower, diagonal, upper, right):
    """Thomas' algorithm along the last axis: a sweep down and one up."""
    levels = diagonal.shape[2]
    c, d = np.empty_like(upper), np.empty_like(right)
    c[:, :, 0] = upper[:, :, 0] / diagonal[:, :, 0]
    d[:, :, 0] = right[:, :, 0] / diagonal[:, :, 0]
    for k in range(1, levels):
        divisor = 1.0 / (diagonal[:, :, k] - lower[:, :, k] * c[:, :, k - 1])
        c[:, :, k] = upper[:, :, k] * divisor
        d[:, :, k] = (right[:, :, k] - lower[:, :, k] * d[:, :, k - 1]) * divisor
    result = np.empty_like(right)
    result[:, :, -1] = d[:, :, -1]
    for k in range(levels - 2, -1, -1):
        result[:, :, k] = d[:, :, k] - c[:, :, k] * result[:, :, k + 1]
    return result


def n_body(steps, mass, position, velocity):
    """Softened gravity, leapfrog: (n,) masses, (n, 3) positions, velocities."""
    for _ in range(steps):
        distance = position[None, :, :] - position[:, None, :]
        inverse = (np.sum(distance * distance, axis=2) + 0.01) ** -1.5
        acceleration = np.sum(distance * (inverse * mass[None, :])[:, :, None], axis=1)
        velocity += 0.01 * acceleration
        position += 0.01 * velocity
    return position, velocity


def mandelbrot(steps, real, imag):
    """Iterations until escape; points that escaped are masked out."""
    c = real[None, :] + 1j * imag[:, None]
    z = np.zeros(c.shape, c.dtype)
    count = np.zeros(c.shape, "int64")
    for step in range(steps):
        alive = z.real * z.real + z.imag * z.imag < 4.0
        count[alive] = step
        z[alive] = z[alive] ** 2 + c[alive]
    return count


def azimuthal_integration(bins, radius, intensity):
    """Mean intensity in rings, by masks."""
    result = np.zeros(bins, intensity.dtype)
    width = radius.max() / bins
    for i in range(bins):
        ring = (radius >= i * width) & (radius < (i + 1) * width)
        result[i] = intensity[ring].mean()
    return result


def azimuthal_histogram(bins, radius, intensity):
    """The same by weighted counts."""
    ring = (radius * (bins / radius.max())).astype("int64")
    ring = np.minimum(ring, bins - 1)
    total = np.bincount(ring, weights=intensity, minlength=bins)
    return total / np.bincount(ring, minlength=bins)


def floyd_warshall(distance):
    """All shortest paths (Floyd, Comm. ACM 5, 1962)."""
    for k in range(distance.shape[0]):
        through = distance[:, k, None] + distance[None, k, :]
        distance[:] = np.minimum(distance, through)
    return distance


def cholesky_columns(a):
    """The lower factor, column by column, in place."""
    n = a.shape[0]
    for j in range(n):
        a[j, j] = np.sqrt(a[j, j] - np.sum(a[j, :j] * a[j, :j]))
        a[j + 1 :, j] -= np.sum(a[j + 1 :, :j] * a[j, :j], axis=1)
        a[j + 1 :, j] /= a[j, j]
        a[j, j + 1 :] = 0.0
    return a


def conjugate_gradient(tolerance, a, b):
    """Solves a x = b, with a test of convergence at every step."""
    x = np.zeros_like(b)
    residual = b - a @ x
    direction = residual.copy()
    square = residual @ residual
    while np.sqrt(square) > tolerance:
        product = a @ direction
        length = square / (direction @ product)
        x += length * direction
        residual -= length * product
        previous, square = square, residual @ residual
        direction *= square / previous
        direction += residual
    return x


@dataclasses.dataclass(frozen=True)
class Program:
    """A program with what makes its arguments: numbers, then NumPy arrays.

    `make(rng, scale)` takes the factor by which a GPU's arrays are longer along
    each of two axes.
    """

    name: str
    make: Callable
    tolerance: float = 1e-9


def make_jacobi_2d(rng, scale):
    shape = (1024 * scale, 1024 * scale)
    return 20, rng.random(shape), rng.random(shape)


def make_heat_3d(rng, scale):
    shape = (96 * scale, 96 * scale, 96)
    return 10, rng.random(shape), rng.random(shape)


def make_fdtd_2d(rng, scale):
    shape = (1000 * scale, 1000 * scale)
    return 20, rng.random(shape), rng.random(shape), rng.random(shape)


def make_horizontal_diffusion(rng, scale):
    x, y, z = 128 * scale, 128 * scale, 80
    return rng.random((x + 4, y + 4, z)), rng.random((x, y, z))


def make_vertical_advection(rng, scale):
    shape = (128 * scale, 128 * scale, 80)
    lower, upper, right = (rng.random(shape) for _ in range(3))
    return lower, 3.0 + rng.random(shape), upper, right


def make_n_body(rng, scale):
    n = 500 * scale
    return 10, rng.random(n), rng.random((n, 3)), rng.random((n, 3))


def make_mandelbrot(rng, scale):
    del rng
    n = 500 * scale
    return 50, numpy.linspace(-2.0, 0.5, n), numpy.linspace(-1.25, 1.25, n)


def make_azimuthal(rng, scale):
    n = 400_000 * scale * scale
    return 100, rng.random(n), rng.random(n)


def make_floyd_warshall(rng, scale):
    n = 400 * scale
    return (rng.integers(1, 1000, (n, n)),)


def make_cholesky_columns(rng, scale):
    n = 400 * scale
    half = rng.random((n, n))
    return (half @ half.T + n * numpy.eye(n),)


def make_conjugate_gradient(rng, scale):
    n = 1000 * scale
    half = rng.random((n, n))
    return 1e-8, half @ half.T / n + numpy.eye(n), rng.random(n)


PROGRAMS = [
    Program("jacobi_2d", make_jacobi_2d),
    Program("heat_3d", make_heat_3d),
    Program("fdtd_2d", make_fdtd_2d),
    Program("horizontal_diffusion", make_horizontal_diffusion),
    Program("vertical_advection", make_vertical_advection),
    Program("n_body", make_n_body),
    Program("mandelbrot", make_mandelbrot),
    Program("azimuthal_integration", make_azimuthal),
    Program("azimuthal_histogram", make_azimuthal),
    Program("floyd_warshall", make_floyd_warshall),
    Program("cholesky_columns", make_cholesky_columns),
    Program("conjugate_gradient", make_conjugate_gradient, tolerance=1e-6),
]


def load(library):
    """The programs with `np` bound to `library`, by name."""
    namespace = {"np": library, "__builtins__": __builtins__}
    return {
        p.name: types.FunctionType(globals()[p.name].__code__, namespace, p.name)
        for p in PROGRAMS
    }
