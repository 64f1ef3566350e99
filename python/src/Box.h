// Python types that hold one C++ value each and cannot be made from Python.
#ifndef NUMLOOM_PYTHON_BOX_H
#define NUMLOOM_PYTHON_BOX_H

#include "Errors.h"

#include <memory>
#include <vector>

namespace numloom::python {

/// An object of the type that holds a `T`.
template <typename T>
struct Box {
  PyObject_HEAD T value;

  /// The type, made by `initType`; lives as long as the process.
  static inline PyTypeObject *type = nullptr;

  /// Creates the type as `module`.`name` with the given slots.
  static void initType(PyObject *module, const char *fullName,
                       std::vector<PyType_Slot> slots) {
    slots.push_back(slot(Py_tp_dealloc, deallocate));
    slots.push_back({0, nullptr});
    PyType_Spec spec = {fullName, sizeof(Box), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                        slots.data()};
    type = reinterpret_cast<PyTypeObject *>(
        PyRef::steal(PyType_FromSpec(&spec)).release());
    checkStatus(PyModule_AddType(module, type));
  }

  static PyObject *make(T value) {
    PyObject *object = type->tp_alloc(type, 0);
    if (!object)
      throw PythonError();
    new (&reinterpret_cast<Box *>(object)->value) T(std::move(value));
    return object;
  }

  /// The value in `object`; TypeError if it is of another type.
  static T &get(PyObject *object) {
    if (!object || Py_TYPE(object) != type)
      throwPython(PyExc_TypeError, "expected a %s, not %s", type->tp_name,
                  object ? Py_TYPE(object)->tp_name : "nothing");
    return reinterpret_cast<Box *>(object)->value;
  }

private:
  static void deallocate(PyObject *self) {
    std::destroy_at(&reinterpret_cast<Box *>(self)->value);
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
  }
};

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_BOX_H
