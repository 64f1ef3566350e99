// Subscripts that are one mask.
#ifndef NUMLOOM_PYTHON_MASKINDEXING_H
#define NUMLOOM_PYTHON_MASKINDEXING_H

#include "PyRef.h"

namespace numloom::python {

/// `array[key]` where `key` is a mask of the array's leading axes; null,
/// without an error, for other keys.
PyObject *readAtMask(PyObject *array, PyObject *key);

/// `array[key] = value` where `value` is a number besides, or what the mask
/// selects of an array of that shape; false if nothing was done.
bool writeAtMask(PyObject *array, PyObject *key, PyObject *value);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_MASKINDEXING_H
