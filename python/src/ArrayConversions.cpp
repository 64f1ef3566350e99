// bool(), int(), float(), hash() and operator.index of `ndarray`.
#include "Array.h"
#include "ArraySlots.h"
#include "Convert.h"
#include "Errors.h"

namespace numloom::python {

namespace {

int isTrue(PyObject *self) {
  return guardStatus([&] {
    int64_t size = getNode(self).getNumElements();
    if (size == 0)
      throwPython(PyExc_ValueError,
                  "The truth value of an empty array is ambiguous. Use "
                  "`array.size > 0` to check that an array is not empty.");
    if (size != 1)
      throwPython(PyExc_ValueError,
                  "The truth value of an array with more than one element is "
                  "ambiguous. Use a.any() or a.all()");
    PyRef array = convertToNumPy(NodeRef(getNodeRef(self)));
    return PyObject_IsTrue(array.get());
  });
}

/// NumPy's array for the only element of a 0-d array.
PyRef getElement(PyObject *self) {
  if (getNode(self).getRank() != 0)
    throwPython(PyExc_TypeError,
                "only 0-dimensional arrays can be converted to Python scalars");
  return convertToNumPy(NodeRef(getNodeRef(self)));
}

PyObject *toInt(PyObject *self) {
  return guard([&] { return PyNumber_Long(getElement(self).get()); });
}

PyObject *toFloat(PyObject *self) {
  return guard([&] { return PyNumber_Float(getElement(self).get()); });
}

PyObject *toIndex(PyObject *self) {
  return guard([&] {
    if (getNode(self).getRank() != 0 || !isInteger(getNode(self).getDType()))
      throwPython(
          PyExc_TypeError,
          "only integer scalar arrays can be converted to a scalar index");
    return PyNumber_Index(getElement(self).get());
  });
}

/// Of what is a scalar in NumPy, that of its value; arrays may change.
Py_hash_t hashScalar(PyObject *self) {
  if (!asArray(self)->isScalarLike)
    return PyObject_HashNotImplemented(self);
  return guardWith(Py_hash_t(-1), [&] {
    PyRef array = convertToNumPy(NodeRef(getNodeRef(self)));
    PyRef value =
        PyRef::steal(PyObject_CallMethod(array.get(), "item", nullptr));
    return PyObject_Hash(value.get());
  });
}

} // namespace

void addConversionSlots(Slots &slots) {
  slots.insert(slots.end(),
               {slot(Py_nb_bool, isTrue), slot(Py_nb_int, toInt),
                slot(Py_nb_float, toFloat), slot(Py_nb_index, toIndex),
                slot(Py_tp_hash, hashScalar)});
}

} // namespace numloom::python
