"""The workloads as a Numba user writes them: explicit parallel loops.

Numba fuses whole-array expressions too, but not across axis reductions with
`keepdims`; loops are its best form.
"""

import math

import numpy
from numba import njit, prange


@njit(parallel=True)
def vector_add(a, b):
    return a + b


@njit(parallel=True)
def fused_expression(x, y):
    out = numpy.empty_like(x)
    one, two, three = x.dtype.type(1), x.dtype.type(2), x.dtype.type(3)
    for i in prange(x.size):
        out[i] = (two * x[i] + three * y[i]) / (x[i] + y[i] + one)
    return out


@njit(parallel=True)
def polynomial_chain(x, y):
    out = numpy.empty_like(x)
    for i in prange(x.size):
        a, b = x[i], y[i]
        p = ((((a * 0.5 + 1.0) * a - 2.0) * a + 0.25) * a - 0.125) * a + 3.0
        q = (((b * 1.5 - 0.5) * b + 2.0) * b - 1.0) * b
        out[i] = p * q - a * b
    return out


@njit(parallel=True)
def sum_of_squares(x):
    total = 0.0
    for i in prange(x.size):
        total += x[i] * x[i]
    return total


@njit
def _normal_cdf(x):
    f = numpy.float32
    k = f(1.0) / (f(1.0) + f(0.2316419) * abs(x))
    inner = f(-1.821255978) + k * f(1.330274429)
    inner = f(1.781477937) + k * inner
    inner = f(-0.356563782) + k * inner
    tail = k * (f(0.319381530) + k * inner)
    upper = f(0.3989422804014327) * math.exp(f(-0.5) * x * x) * tail
    return f(1.0) - upper if x >= f(0.0) else upper


@njit(parallel=True)
def black_scholes(spot, strike, years):
    f = numpy.float32
    rate, volatility = f(0.02), f(0.30)
    call, put = numpy.empty_like(spot), numpy.empty_like(spot)
    for i in prange(spot.size):
        deviation = volatility * math.sqrt(years[i])
        drift = (rate + f(0.5) * volatility * volatility) * years[i]
        d1 = (math.log(spot[i] / strike[i]) + drift) / deviation
        d2 = d1 - deviation
        discounted = strike[i] * math.exp(-rate * years[i])
        call[i] = spot[i] * _normal_cdf(d1) - discounted * _normal_cdf(d2)
        put[i] = call[i] - spot[i] + discounted
    return call, put


@njit(parallel=True)
def softmax(x):
    out = numpy.empty_like(x)
    for i in prange(x.shape[0]):
        largest = x[i].max()
        total = x.dtype.type(0)
        for j in range(x.shape[1]):
            out[i, j] = math.exp(x[i, j] - largest)
            total += out[i, j]
        for j in range(x.shape[1]):
            out[i, j] /= total
    return out


@njit(parallel=True)
def log_sum_exp(x):
    out = numpy.empty(x.shape[0], x.dtype)
    for i in prange(x.shape[0]):
        largest = x[i].max()
        total = x.dtype.type(0)
        for j in range(x.shape[1]):
            total += math.exp(x[i, j] - largest)
        out[i] = math.log(total) + largest
    return out


@njit(parallel=True)
def standardise(x):
    out = numpy.empty_like(x)
    for i in prange(x.shape[0]):
        mean = x[i].sum() / x.shape[1]
        variance = 0.0
        for j in range(x.shape[1]):
            variance += (x[i, j] - mean) ** 2
        deviation = math.sqrt(variance / x.shape[1])
        for j in range(x.shape[1]):
            out[i, j] = (x[i, j] - mean) / deviation
    return out


@njit(parallel=True)
def moments(x):
    total = 0.0
    for i in prange(x.size):
        total += x[i]
    mean = total / x.size
    m2, m3, m4 = 0.0, 0.0, 0.0
    for i in prange(x.size):
        d = x[i] - mean
        m2 += d * d
        m3 += d * d * d
        m4 += d * d * d * d
    m2, m3, m4 = m2 / x.size, m3 / x.size, m4 / x.size
    return mean, m2, m3 / m2**1.5, m4 / (m2 * m2)


@njit(parallel=True)
def wave(x, y):
    out = numpy.empty_like(x)
    for i in prange(x.size):
        a, b = x[i], y[i]
        out[i] = (
            math.sin(a) * math.exp(-b)
            + math.cos(a) * math.log(b + 1.0)
            + math.sqrt(a * b)
        )
    return out


@njit(parallel=True)
def equation_of_state(salinity, temperature, pressure):
    coefficients = numpy.empty((8, 8, 8))
    for i in range(8):
        for j in range(8):
            for k in range(8):
                sign = 1.0 if (i + k) % 2 == 0 else -1.0
                coefficients[i, j, k] = sign * 10.0 / (1 + i + 2 * j + 3 * k)
    out = numpy.empty_like(salinity)
    for n in prange(salinity.size):
        s, t, p = 0.025 * salinity[n], 0.025 * temperature[n], 1e-4 * pressure[n]
        density = 0.0
        for i in range(7, -1, -1):
            in_t = 0.0
            for j in range(7 - i, -1, -1):
                in_p = 0.0
                for k in range(7 - i - j, -1, -1):
                    in_p = in_p * p + coefficients[i, j, k]
                in_t = in_t * t + in_p
            density = density * s + in_t
        out[n] = density
    return out


@njit(parallel=True)
def gaussian_filter(image):
    height, width = image.shape[0] - 4, image.shape[1] - 4
    f = numpy.float32
    out = numpy.empty((height, width), image.dtype)
    for i in prange(height):
        rows = numpy.empty(width + 4, image.dtype)
        for j in range(width + 4):
            rows[j] = (
                image[i, j]
                + f(4) * image[i + 1, j]
                + f(6) * image[i + 2, j]
                + f(4) * image[i + 3, j]
                + image[i + 4, j]
            )
        for j in range(width):
            out[i, j] = (
                rows[j]
                + f(4) * rows[j + 1]
                + f(6) * rows[j + 2]
                + f(4) * rows[j + 3]
                + rows[j + 4]
            ) / f(256)
    return out


@njit(parallel=True)
def sobel_filter(image):
    height, width = image.shape[0] - 2, image.shape[1] - 2
    two = numpy.float32(2)
    out = numpy.empty((height, width), image.dtype)
    for i in prange(height):
        for j in range(width):
            dx = (
                image[i, j + 2]
                - image[i, j]
                + two * (image[i + 1, j + 2] - image[i + 1, j])
                + image[i + 2, j + 2]
                - image[i + 2, j]
            )
            dy = (
                image[i + 2, j]
                - image[i, j]
                + two * (image[i + 2, j + 1] - image[i, j + 1])
                + image[i + 2, j + 2]
                - image[i, j + 2]
            )
            out[i, j] = math.sqrt(dx * dx + dy * dy)
    return out


@njit(parallel=True)
def pairwise_distances(points):
    n = points.shape[0]
    out = numpy.empty((n, n), points.dtype)
    for i in prange(n):
        for j in range(n):
            total = points.dtype.type(0)
            for k in range(points.shape[1]):
                d = points[i, k] - points[j, k]
                total += d * d
            out[i, j] = math.sqrt(total)
    return out


@njit(parallel=True)
def matmul(a, b):
    return a @ b
