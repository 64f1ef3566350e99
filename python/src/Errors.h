// Raising Python exceptions from C++.
#ifndef NUMLOOM_PYTHON_ERRORS_H
#define NUMLOOM_PYTHON_ERRORS_H

#include "PyRef.h"

namespace numloom::python {

/// Raises `exception` with a message formatted as printf does.
[[noreturn]] __attribute__((format(printf, 2, 3))) void
throwPython(PyObject *exception, const char *format, ...);

/// NumPy's ComplexWarning; throws where warnings are errors.
void warnOfDiscardedParts();

/// Creates the exceptions CudaError and OutOfMemoryError of numloom.cuda.
void initErrors(PyObject *module);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_ERRORS_H
