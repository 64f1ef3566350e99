// C++ exceptions as Python exceptions of NumPy's types.
#include "Errors.h"

#include "numloom/Trace/Error.h"

#include <cstdarg>
#include <new>

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

/// Sets the error to class `name` of `module`, or to `fallback`, the builtin
/// that the class derives from, where NumPy has moved or dropped it.
void setNumPyError(const char *module, const char *name, PyObject *fallback,
                   const char *message) {
  PyObject *owner = PyImport_ImportModule(module);
  PyObject *type = owner ? PyObject_GetAttrString(owner, name) : nullptr;
  if (!type)
    PyErr_Clear();
  PyErr_SetString(type ? type : fallback, message);
  Py_XDECREF(type);
  Py_XDECREF(owner);
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

} // namespace

void setPythonErrorFromException() noexcept {
  try {
    throw;
  } catch (const PythonError &) {
  } catch (const Error &error) {
    setError(error);
  } catch (const std::bad_alloc &error) {
    PyErr_SetString(PyExc_MemoryError, error.what());
  } catch (const std::exception &error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

} // namespace numloom::python
