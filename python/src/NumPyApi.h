// NumPy's C interface, imported once by Module.cpp (which defines
// NUMLOOM_IMPORTS_NUMPY) and shared by the module's other files.
#ifndef NUMLOOM_PYTHON_NUMPYAPI_H
#define NUMLOOM_PYTHON_NUMPYAPI_H

#include "PyRef.h"

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define NPY_TARGET_VERSION NPY_2_0_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL NumloomNumPyApi
#ifndef NUMLOOM_IMPORTS_NUMPY
#define NO_IMPORT_ARRAY
#endif
#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>

#endif // NUMLOOM_PYTHON_NUMPYAPI_H
