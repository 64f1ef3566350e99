// NumPy's ufuncs on our arrays (NEP 13).
#include "Convert.h"
#include "Errors.h"
#include "Module.h"
#include "Ufunc.h"

#include <algorithm>

namespace numloom::python {

namespace {

/// Our function for each ufunc of NumPy's; lives as long as the process.
PyObject *functions = nullptr;

/// set_numpy_ufuncs(functions): what NumPy's ufuncs call on our arrays.
PyObject *setNumPyUfuncs(PyObject *, PyObject *dict) {
  return guard([&] {
    if (!PyDict_Check(dict))
      throwPython(PyExc_TypeError, "expected a dict");
    Py_XSETREF(functions, Py_NewRef(dict));
    Py_RETURN_NONE;
  });
}

/// Our function for a call without keywords on operands that cannot have a say
/// in the matter; null for all else. Borrowed.
PyObject *findSimpleCall(std::span<PyObject *const> arguments,
                         PyObject *kwargs) {
  bool isCall = PyUnicode_CompareWithASCIIString(arguments[1], "__call__") == 0;
  if (!isCall || (kwargs && PyDict_GET_SIZE(kwargs)))
    return nullptr;
  if (!std::ranges::all_of(arguments.subspan(2), canBeOperand))
    return nullptr;
  return functions ? PyDict_GetItem(functions, arguments[0]) : nullptr;
}

} // namespace

PyObject *dispatchNumPyUfunc(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&]() -> PyObject * {
    size_t count = PyTuple_GET_SIZE(args);
    if (count < 2 || !PyUnicode_Check(PyTuple_GET_ITEM(args, 1)))
      throwPython(PyExc_TypeError, "__array_ufunc__ takes a ufunc, a method "
                                   "and inputs");
    std::span<PyObject *const> arguments(&PyTuple_GET_ITEM(args, 0), count);
    if (PyObject *function = findSimpleCall(arguments, kwargs))
      return PyRef::steal(PyObject_Vectorcall(function, &arguments[2],
                                              count - 2, nullptr))
          .release();
    return callHook("array_ufunc", {args, kwargs ? kwargs : Py_None});
  });
}

PyMethodDef ufuncDispatchFunctions[] = {
    {"set_numpy_ufuncs", setNumPyUfuncs, METH_O,
     "set_numpy_ufuncs(functions, /)\n--\n\nSets the dict of what NumPy's "
     "ufuncs call when they meet arrays."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
