// Functions written in Python that operators call.
#include "Errors.h"
#include "Module.h"

#include <map>
#include <string>

namespace numloom::python {

namespace {

/// Never destroyed: the functions may be called until the interpreter ends.
std::map<std::string, PyRef, std::less<>> &getHooks() {
  static auto *hooks = new std::map<std::string, PyRef, std::less<>>;
  return *hooks;
}

PyObject *setHook(PyObject *, PyObject *args) {
  return guard([&] {
    const char *name;
    PyObject *function;
    if (!PyArg_ParseTuple(args, "sO:set_hook", &name, &function))
      throw PythonError();
    getHooks()[name] = PyRef::borrow(function);
    Py_RETURN_NONE;
  });
}

} // namespace

PyObject *callHook(const char *name,
                   std::initializer_list<PyObject *> arguments) {
  auto hook = getHooks().find(name);
  if (hook == getHooks().end())
    throwPython(PyExc_RuntimeError, "no function is registered for '%s'", name);
  // The registry may change during the call.
  PyRef function = hook->second;
  return PyRef::steal(PyObject_Vectorcall(function.get(), arguments.begin(),
                                          arguments.size(), nullptr))
      .release();
}

PyMethodDef hookFunctions[] = {
    {"set_hook", setHook, METH_VARARGS,
     "set_hook(name, function, /)\n--\n\nRegisters what an operator calls: "
     "'matmul' with its two operands; 'getitem' (array, key) and 'setitem' "
     "(array, key, value) for subscripts with arrays, lists or booleans, `key` "
     "being a tuple; 'construct' with the arguments of ndarray()."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
