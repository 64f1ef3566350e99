// C++ exceptions as Python exceptions of NumPy's types.
#include "Errors.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/Error.h"
#include "numloom/Trace/Error.h"

#include <cstdarg>
#include <new>
#include <string>

namespace numloom::python {

void throwPython(PyObject *exception, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char message[512];
  std::vsnprintf(message, sizeof(message), format, args);
  va_end(args);
  PyErr_SetString(exception, message);
  throw PythonError();
}

namespace {

/// Class `name` of `module`, or `fallback`, the builtin that the class derives
/// from, where NumPy has moved or dropped it; a new reference.
PyObject *findNumPyClass(const char *module, const char *name,
                         PyObject *fallback) {
  PyObject *owner = PyImport_ImportModule(module);
  PyObject *type = owner ? PyObject_GetAttrString(owner, name) : nullptr;
  if (!type)
    PyErr_Clear();
  Py_XDECREF(owner);
  return type ? type : Py_NewRef(fallback);
}

void setNumPyError(const char *module, const char *name, PyObject *fallback,
                   const char *message) {
  PyObject *type = findNumPyClass(module, name, fallback);
  PyErr_SetString(type, message);
  Py_DECREF(type);
}

void setError(const Error &error) {
  const char *message = error.what();
  switch (error.getKind()) {
  case ErrorKind::Value:
    return PyErr_SetString(PyExc_ValueError, message);
  case ErrorKind::Type:
    return PyErr_SetString(PyExc_TypeError, message);
  case ErrorKind::Index:
    return PyErr_SetString(PyExc_IndexError, message);
  case ErrorKind::Overflow:
    return PyErr_SetString(PyExc_OverflowError, message);
  case ErrorKind::Memory:
    return PyErr_SetString(PyExc_MemoryError, message);
  case ErrorKind::Axis:
    return setNumPyError("numpy.exceptions", "AxisError", PyExc_ValueError,
                         message);
  case ErrorKind::UfuncType:
    return setNumPyError("numpy._core._exceptions", "UFuncTypeError",
                         PyExc_TypeError, message);
  case ErrorKind::Runtime:
    return PyErr_SetString(PyExc_RuntimeError, message);
  }
}

PyObject *cudaError = nullptr;
PyObject *outOfMemoryError = nullptr;

/// With CUDA's number and name for it as attributes.
void setCudaError(const cuda::CudaError &error) {
  std::string name = cuda::getErrorName(error.getResult());
  PyObject *instance = PyObject_CallFunction(cudaError, "s", error.what());
  PyObject *status = PyLong_FromLong(static_cast<long>(error.getResult()));
  PyObject *text = PyUnicode_FromString(name.c_str());
  bool isComplete = instance && status && text &&
                    PyObject_SetAttrString(instance, "status", status) == 0 &&
                    PyObject_SetAttrString(instance, "name", text) == 0;
  if (isComplete)
    PyErr_SetObject(cudaError, instance);
  Py_XDECREF(text);
  Py_XDECREF(status);
  Py_XDECREF(instance);
}

PyObject *addException(PyObject *module, const char *name, const char *fullName,
                       const char *doc, PyObject *base) {
  PyRef type =
      PyRef::steal(PyErr_NewExceptionWithDoc(fullName, doc, base, nullptr));
  checkStatus(PyModule_AddObjectRef(module, name, type.get()));
  return type.release();
}

} // namespace

void warnOfDiscardedParts() {
  PyRef type = PyRef::steal(findNumPyClass("numpy.exceptions", "ComplexWarning",
                                           PyExc_RuntimeWarning));
  checkStatus(PyErr_WarnEx(
      type.get(), "Casting complex values to real discards the imaginary part",
      1));
}

void initErrors(PyObject *module) {
  cudaError = addException(module, "CudaError", "numloom.cuda.CudaError",
                           "CUDA reports an error, or cannot be used. `name` "
                           "and `status` are CUDA's "
                           "name and number for it.",
                           PyExc_RuntimeError);
  outOfMemoryError = addException(
      module, "OutOfMemoryError", "numloom.cuda.OutOfMemoryError",
      "A device has no room, even after all that is cached was freed.",
      PyExc_MemoryError);
}

void setPythonErrorFromException() noexcept {
  try {
    throw;
  } catch (const PythonError &) {
  } catch (const Error &error) {
    setError(error);
  } catch (const cuda::CudaError &error) {
    setCudaError(error);
  } catch (const OutOfMemory &error) {
    PyErr_SetString(outOfMemoryError, error.what());
  } catch (const std::bad_alloc &error) {
    PyErr_SetString(PyExc_MemoryError, error.what());
  } catch (const std::exception &error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

} // namespace numloom::python
