// `ndarray.flags`.
#ifndef NUMLOOM_PYTHON_FLAGS_H
#define NUMLOOM_PYTHON_FLAGS_H

#include "Array.h"

namespace numloom::python {

/// The flags of `array`, as they are now; returns a new reference.
PyObject *makeFlags(PyObject *array);

/// Creates the type.
void initFlagsType(PyObject *module);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_FLAGS_H
