// Numloom's dtypes as numpy.dtype objects and back.
#ifndef NUMLOOM_PYTHON_DTYPECONVERT_H
#define NUMLOOM_PYTHON_DTYPECONVERT_H

#include "NumPyApi.h"

#include "numloom/Support/DType.h"

#include <optional>

namespace numloom::python {

/// The numpy.dtype of `dtype`; bfloat16's comes from ml_dtypes, ImportError
/// where that is not installed.
PyRef getNumPyDType(DType dtype);

/// The dtype of `descr`; nothing if Numloom has no such dtype.
std::optional<DType> lookUpDType(PyArray_Descr *descr);

/// As `lookUpDType`, TypeError where Numloom has no such dtype.
DType getDType(PyArray_Descr *descr);

/// The dtype that `object` names: a numpy.dtype, a type, or a string. None
/// means float64, as in NumPy.
DType parseDType(PyObject *object);

/// parseDType for optional arguments: null and None are absent.
std::optional<DType> parseOptionalDType(PyObject *object);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_DTYPECONVERT_H
