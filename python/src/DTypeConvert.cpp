// Numloom's dtypes as numpy.dtype objects and back.
#include "DTypeConvert.h"

#include "Errors.h"

#include <array>
#include <string>

namespace numloom::python {

namespace {

/// NumPy's type numbers in the order of DType; bfloat16's is given by
/// ml_dtypes when that registers it.
constexpr int kTypeNumbers[] = {
    NPY_BOOL,   NPY_INT8,   NPY_INT16,  NPY_INT32,     NPY_INT64,
    NPY_UINT8,  NPY_UINT16, NPY_UINT32, NPY_UINT64,    NPY_FLOAT16,
    NPY_NOTYPE, NPY_FLOAT,  NPY_DOUBLE, NPY_COMPLEX64, NPY_COMPLEX128};
static_assert(std::size(kTypeNumbers) == kNumDTypes);

/// ml_dtypes.bfloat16 as a dtype. Never freed: dtypes of NumPy are immortal
/// for the same reason, arrays may outlive this module's teardown.
PyArray_Descr *bfloat16Descr = nullptr;

PyArray_Descr *getBFloat16Descr() {
  if (!bfloat16Descr) {
    PyRef module = PyRef::steal(PyImport_ImportModule("ml_dtypes"));
    PyRef type = PyRef::steal(PyObject_GetAttrString(module.get(), "bfloat16"));
    if (PyArray_DescrConverter(type.get(), &bfloat16Descr) != NPY_SUCCEED)
      throw PythonError();
  }
  return bfloat16Descr;
}

bool isBFloat16(PyArray_Descr *descr) {
  if (descr->type_num < NPY_USERDEF)
    return false;
  if (bfloat16Descr)
    return descr->type_num == bfloat16Descr->type_num;
  return std::string_view(descr->typeobj->tp_name) == "ml_dtypes.bfloat16" &&
         getBFloat16Descr();
}

} // namespace

PyRef getNumPyDType(DType dtype) {
  if (dtype == DType::BFloat16)
    return PyRef::borrow(reinterpret_cast<PyObject *>(getBFloat16Descr()));
  int number = kTypeNumbers[static_cast<size_t>(dtype)];
  return PyRef::steal(
      reinterpret_cast<PyObject *>(PyArray_DescrFromType(number)));
}

std::optional<DType> lookUpDType(PyArray_Descr *descr) {
  int number = descr->type_num;
  if (number == NPY_LONGLONG)
    number = NPY_INT64;
  if (number == NPY_ULONGLONG)
    number = NPY_UINT64;
  for (size_t i = 0; i < kNumDTypes; ++i)
    if (kTypeNumbers[i] == number)
      return static_cast<DType>(i);
  if (isBFloat16(descr))
    return DType::BFloat16;
  return std::nullopt;
}

DType getDType(PyArray_Descr *descr) {
  if (std::optional<DType> dtype = lookUpDType(descr))
    return *dtype;
  PyRef text = PyRef::steal(PyObject_Str(reinterpret_cast<PyObject *>(descr)));
  const char *name = PyUnicode_AsUTF8(text.get());
  if (!name)
    throw PythonError();
  throwPython(PyExc_TypeError, "numloom has no dtype '%s'", name);
}

DType parseDType(PyObject *object) {
  // NumPy knows the name only once ml_dtypes has been imported.
  if (PyUnicode_Check(object) &&
      PyUnicode_CompareWithASCIIString(object, "bfloat16") == 0) {
    getBFloat16Descr();
    return DType::BFloat16;
  }
  if (PyArray_DescrCheck(object))
    return getDType(reinterpret_cast<PyArray_Descr *>(object));
  PyArray_Descr *descr = nullptr;
  if (PyArray_DescrConverter(object, &descr) != NPY_SUCCEED)
    throw PythonError();
  PyRef owner = PyRef::steal(reinterpret_cast<PyObject *>(descr));
  return getDType(descr);
}

std::optional<DType> parseOptionalDType(PyObject *object) {
  if (!object || object == Py_None)
    return std::nullopt;
  return parseDType(object);
}

} // namespace numloom::python
