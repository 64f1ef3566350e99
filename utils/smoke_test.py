"""A program that reaches every part of an installed Numloom."""

import numpy

import numloom as np

x = np.linspace(0.0, 1.0, 100_001)
total = (np.sin(x) ** 2 + np.cos(x) ** 2).sum()
assert abs(float(total) - 100_001.0) < 1e-6, total

a = np.asarray(numpy.arange(12.0).reshape(3, 4))
product = numpy.asarray(a @ a.T)
expected = numpy.asarray(a) @ numpy.asarray(a).T
numpy.testing.assert_allclose(product, expected)

device = np.get_default_device()
assert np.cuda.is_available() or device == "cpu", device
print(f"numloom {np.__version__} works from {np.__file__} on {device}")
