// Products of vectors and matrices.
#ifndef NUMLOOM_PYTHON_MATMUL_H
#define NUMLOOM_PYTHON_MATMUL_H

#include "PyRef.h"

namespace numloom::python {

/// `left @ right` where both are arrays that need no look at NumPy's rules: of
/// one or two axes, or as many matrices as the other; null, without an error,
/// for the rest.
PyObject *recordMatmul(PyObject *left, PyObject *right);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_MATMUL_H
