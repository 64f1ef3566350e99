// The Python type `ufunc`.
#ifndef NUMLOOM_PYTHON_UFUNC_H
#define NUMLOOM_PYTHON_UFUNC_H

#include "MemoryOrder.h"
#include "PyRef.h"

#include "numloom/Trace/Recorder.h"

#include <array>
#include <string>
#include <vector>

namespace numloom::python {

/// The most results of a ufunc.
inline constexpr size_t kMaxOutputs = 2;

/// The facts of a ufunc. One with several results records an op for each; the
/// first one's loops decide on the dtypes of all.
struct UfuncInfo {
  std::string name;
  size_t numInputs;
  std::vector<OpCode> ops;

  size_t getNumOutputs() const { return ops.size(); }
  OpCode getOp() const { return ops.front(); }
};

/// The arguments of a call, borrowed from the caller; null where not given.
struct UfuncArguments {
  PyObject *const *inputs = nullptr;
  std::array<PyObject *, kMaxOutputs> outs{};
  PyObject *where = nullptr;
  Order order = Order::Keep;
  /// Set by `dtype=`, `signature=` or `casting=`.
  std::optional<LoopRequest> request;

  Casting getCasting() const {
    return request ? request->casting : Casting::SameKind;
  }
};

/// Sorts the arguments of a vectorcall; NumPy's TypeError or ValueError where
/// they are wrong.
UfuncArguments parseUfuncArguments(const UfuncInfo &info,
                                   PyObject *const *arguments,
                                   size_t numPositional, PyObject *keywords);

/// Records a call; returns an array, or a tuple of arrays.
PyObject *callUfunc(const UfuncInfo &info, const UfuncArguments &arguments);

/// `ndarray.__array_ufunc__`: NumPy's ufuncs on our arrays call ours
/// (UfuncDispatch.cpp).
PyObject *dispatchNumPyUfunc(PyObject *self, PyObject *args, PyObject *kwargs);
/// What it adds to the module; null-terminated.
extern PyMethodDef ufuncDispatchFunctions[];

/// Creates the type and adds it to `module`.
void initUfuncType(PyObject *module);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_UFUNC_H
