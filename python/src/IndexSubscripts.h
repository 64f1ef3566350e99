// Subscripts that are arrays of integers on a GPU: what the functions of
// _indexing.py do, for keys that need no conversion.
#ifndef NUMLOOM_PYTHON_INDEXSUBSCRIPTS_H
#define NUMLOOM_PYTHON_INDEXSUBSCRIPTS_H

#include "Array.h"

namespace numloom::python {

/// `array[key]`, checked by the next wait unless known to be in bounds, if
/// `key` is an array of signed integers, or a tuple of some of one shape, on
/// the array's GPU, and the result lies in C order; else null.
PyObject *readAtIndices(PyObject *array, PyObject *key);

/// `array[key] = value` for such a key, if the integers are known to be places
/// as they are, and which of entries for one place stays is known, too; false
/// if nothing was done.
bool writeAtIndices(PyObject *array, PyObject *key, PyObject *value);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_INDEXSUBSCRIPTS_H
