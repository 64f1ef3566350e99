// Owning references to Python objects, and the borders between C++ exceptions
// and Python's error indicator.
#ifndef NUMLOOM_PYTHON_PYREF_H
#define NUMLOOM_PYTHON_PYREF_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "numloom/Trace/UnlockedSection.h"

#include <utility>

namespace numloom::python {

/// Thrown when Python's error indicator is set.
struct PythonError {};

/// An owned reference; the GIL must be held wherever one is made or dropped.
class PyRef {
public:
  PyRef() = default;
  PyRef(PyRef &&other) noexcept
      : object(std::exchange(other.object, nullptr)) {}
  PyRef(const PyRef &other) : object(Py_XNewRef(other.object)) {}
  PyRef &operator=(PyRef other) noexcept {
    std::swap(object, other.object);
    return *this;
  }
  ~PyRef() { Py_XDECREF(object); }

  /// Takes over a reference; null means that Python has raised.
  static PyRef steal(PyObject *object) {
    if (!object)
      throw PythonError();
    return PyRef(object);
  }
  /// Shares an object that someone else owns.
  static PyRef borrow(PyObject *object) { return PyRef(Py_XNewRef(object)); }

  PyObject *get() const { return object; }
  PyObject *release() { return std::exchange(object, nullptr); }
  explicit operator bool() const { return object; }

private:
  explicit PyRef(PyObject *object) : object(object) {}
  PyObject *object = nullptr;
};

/// Throws if a call of Python's C API returned a negative status.
inline void checkStatus(int status) {
  if (status < 0)
    throw PythonError();
}

/// Turns the C++ exception in flight into the Python error.
void setPythonErrorFromException() noexcept;

/// Runs `body`, the inside of a C slot; on a C++ exception sets the Python
/// error and returns `failure`.
template <typename Body, typename Result>
Result guardWith(Result failure, Body &&body) noexcept {
  try {
    return body();
  } catch (...) {
    setPythonErrorFromException();
    return failure;
  }
}

/// guardWith for slots that return an object.
template <typename Body>
PyObject *guard(Body &&body) noexcept {
  return guardWith<Body, PyObject *>(nullptr, std::forward<Body>(body));
}

/// guardWith for slots that return a status.
template <typename Body>
int guardStatus(Body &&body) noexcept {
  return guardWith<Body, int>(-1, std::forward<Body>(body));
}

/// A function of any calling convention, as method tables hold it.
template <typename Fn>
PyCFunction asCFunction(Fn *function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

/// An entry of a type's slots.
template <typename Fn>
PyType_Slot slot(int number, Fn *function) {
  return {number, reinterpret_cast<void *>(function)};
}

/// Holds the GIL for the enclosing scope, on any thread, whoever holds it
/// before.
class GilState {
public:
  GilState() : state(PyGILState_Ensure()) {}
  ~GilState() { PyGILState_Release(state); }
  GilState(const GilState &) = delete;
  GilState &operator=(const GilState &) = delete;

private:
  PyGILState_STATE state;
};

/// Drops a reference on any thread; what outlives the interpreter is lost.
inline void dropReference(PyObject *object) {
  if (!Py_IsInitialized())
    return;
  GilState gil;
  Py_DECREF(object);
}

/// Releases the GIL for the enclosing scope, which may count references to
/// nodes.
class GilRelease {
public:
  GilRelease() : state(PyEval_SaveThread()) {}
  ~GilRelease() { PyEval_RestoreThread(state); }
  GilRelease(const GilRelease &) = delete;
  GilRelease &operator=(const GilRelease &) = delete;

private:
  /// Begins before the GIL is released and ends when it is held again.
  UnlockedSection section;
  PyThreadState *state;
};

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_PYREF_H
