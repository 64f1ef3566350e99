// Python's sequences of numbers as nodes, without the way through NumPy.
#ifndef NUMLOOM_PYTHON_LISTS_H
#define NUMLOOM_PYTHON_LISTS_H

#include "PyRef.h"

#include "numloom/Trace/Node.h"

#include <optional>

namespace numloom::python {

/// The array that numpy.asarray(object, dtype) describes on `device` if
/// `object` is a list or tuple of floats alone, or of integers of int64 alone,
/// and that is the dtype; else null. NumPy looks at each element several times.
NodeRef convertNumbers(PyObject *object, std::optional<DType> dtype,
                       Device device);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_LISTS_H
