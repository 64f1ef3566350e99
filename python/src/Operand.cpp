// Operands of operators and ufuncs, from Python objects.
#include "Convert.h"

#include "Array.h"
#include "Errors.h"

#include <cmath>

namespace numloom::python {

namespace {

PyScalar makeFloat(double value) {
  PyScalar scalar;
  scalar.kind = PyScalar::Kind::Float;
  scalar.real = value;
  return scalar;
}

PyScalar makeInt(PyScalar::Kind kind, int64_t value) {
  PyScalar scalar;
  scalar.kind = kind;
  scalar.integer = value;
  return scalar;
}

/// Whether `array`, of a subclass of NumPy's, handles ufuncs in its own way.
bool overridesUfuncs(PyObject *array) {
  static PyObject *const plain = PyObject_GetAttrString(
      reinterpret_cast<PyObject *>(&PyArray_Type), "__array_ufunc__");
  PyObject *own = PyObject_GetAttrString(
      reinterpret_cast<PyObject *>(Py_TYPE(array)), "__array_ufunc__");
  PyErr_Clear();
  bool overrides = own != plain;
  Py_XDECREF(own);
  return overrides;
}

bool isNumPyOperand(PyObject *object) {
  return PyArray_CheckExact(object) ||
         (PyArray_Check(object) && !overridesUfuncs(object));
}

/// Nothing is copied to a GPU unasked. Arrays of no axes are numbers, which
/// NumPy itself makes of its scalars on the left of a comparison.
void checkBesideGpu(PyArrayObject *object, const Home &home) {
  std::optional<Device> device = home.findArray();
  if (PyArray_NDIM(object) > 0 && device && device->isCuda())
    throwPython(PyExc_TypeError,
                "Unsupported type <class '%s'> beside arrays on a GPU: "
                "numloom.asarray copies it there",
                Py_TYPE(object)->tp_name);
}

/// What is no array and is converted to one, as by asarray.
bool isSequence(PyObject *object) {
  if (PyList_Check(object) || PyTuple_Check(object) || PyRange_Check(object))
    return true;
  return PyObject_CheckBuffer(object) && !PyArray_Check(object) &&
         !PyBytes_Check(object);
}

} // namespace

bool canBeOperand(PyObject *object) {
  return isArray(object) || PyFloat_CheckExact(object) ||
         PyLong_CheckExact(object) || isNumPyOperand(object) ||
         PyArray_IsScalar(object, Generic) || PyBool_Check(object) ||
         PyLong_Check(object) || PyFloat_Check(object) ||
         PyComplex_Check(object) || isSequence(object);
}

void OperandHolder::setNode(NodeRef node) {
  owned = std::move(node);
  operand = Operand(owned);
}

void OperandHolder::parseInt(PyObject *object) {
  int overflow = 0;
  long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (!overflow) {
    if (value == -1 && PyErr_Occurred())
      throw PythonError();
    operand = makeInt(PyScalar::Kind::Int, value);
    return;
  }
  unsigned long long bits = PyLong_AsUnsignedLongLong(object);
  if (!PyErr_Occurred()) {
    operand = makeInt(PyScalar::Kind::UInt, static_cast<int64_t>(bits));
    return;
  }
  PyErr_Clear();
  PyScalar huge = makeInt(PyScalar::Kind::HugeInt, 0);
  huge.real = PyLong_AsDouble(object);
  if (PyErr_Occurred()) {
    PyErr_Clear();
    huge.real = overflow < 0 ? -HUGE_VAL : HUGE_VAL;
  }
  digits = PyRef::steal(PyObject_Str(object));
  Py_ssize_t length = 0;
  const char *text = PyUnicode_AsUTF8AndSize(digits.get(), &length);
  if (!text)
    throw PythonError();
  huge.digits = {text, static_cast<size_t>(length)};
  operand = huge;
}

bool OperandHolder::parseNumber(PyObject *object) {
  if (PyBool_Check(object)) {
    operand = makeInt(PyScalar::Kind::Bool, object == Py_True);
  } else if (PyLong_Check(object)) {
    parseInt(object);
  } else if (PyFloat_Check(object)) {
    operand = makeFloat(PyFloat_AS_DOUBLE(object));
  } else if (PyComplex_Check(object)) {
    Py_complex value = PyComplex_AsCComplex(object);
    PyScalar scalar;
    scalar.kind = PyScalar::Kind::Complex;
    scalar.real = value.real;
    scalar.imag = value.imag;
    operand = scalar;
  } else {
    return false;
  }
  return true;
}

bool OperandHolder::parse(PyObject *object, const Home &home) {
  if (isArray(object)) {
    const NodeRef &node = getNodeRef(object);
    // A view drops its node when another operand, the same array, is read.
    if (asArray(object)->view)
      setNode(node);
    else
      operand = Operand(node);
    return true;
  }
  // Before the builtin types: float64 and complex128 scalars derive from them
  // but, unlike them, take part in promotion with their dtype.
  if (PyFloat_CheckExact(object)) {
    operand = makeFloat(PyFloat_AS_DOUBLE(object));
    return true;
  }
  if (PyLong_CheckExact(object)) {
    parseInt(object);
    return true;
  }
  if (isNumPyOperand(object)) {
    auto *array = reinterpret_cast<PyArrayObject *>(object);
    checkBesideGpu(array, home);
    setNode(convertFromNumPy(array, CopyMode::Always, home.find()));
    return true;
  }
  if (PyArray_IsScalar(object, Generic)) {
    PyRef array = PyRef::steal(PyArray_FromScalar(object, nullptr));
    setNode(convertFromNumPy(reinterpret_cast<PyArrayObject *>(array.get()),
                             CopyMode::Always, home.find()));
    return true;
  }
  if (parseNumber(object))
    return true;
  if (!isSequence(object))
    return false;
  setNode(convertFromObject(object, std::nullopt, CopyMode::IfNeeded, home));
  return true;
}

void OperandHolder::parseAny(PyObject *object, const Home &home) {
  if (!parse(object, home))
    setNode(convertFromObject(object, std::nullopt, CopyMode::IfNeeded, home));
}

} // namespace numloom::python
