// What `a[key] = value` stores: values of any kind, converted as NumPy does.
#include "Assignment.h"

#include "Convert.h"
#include "DTypeConvert.h"
#include "Errors.h"

#include <array>

namespace numloom::python {

namespace {

/// Whether the recorder converts a Python number to `dtype` as NumPy does when
/// it stores one: anything but a loss of kind.
bool isPlainNumber(PyObject *value, DType dtype) {
  if (PyFloat_CheckExact(value))
    return isFloat(dtype) || isComplex(dtype);
  return PyLong_CheckExact(value) && dtype != DType::Bool;
}

bool isPythonNumber(PyObject *value) {
  return PyFloat_Check(value) || PyLong_Check(value) ||
         PyComplex_Check(value) || PyArray_IsScalar(value, Generic);
}

NodeRef convertNumber(PyObject *value, DType dtype, Device device) {
  OperandHolder holder;
  holder.parse(value, Home(device));
  return recordScalar(holder.get().getScalar(), dtype, device);
}

/// What NumPy stores for a number: it converts to an element of the dtype, or
/// raises.
NodeRef convertByNumPy(PyObject *value, DType dtype, Device device) {
  PyRef descr = getNumPyDType(dtype);
  PyRef element = PyRef::steal(PyArray_NewFromDescr(
      &PyArray_Type, reinterpret_cast<PyArray_Descr *>(descr.release()), 0,
      nullptr, nullptr, nullptr, 0, nullptr));
  auto *array = reinterpret_cast<PyArrayObject *>(element.get());
  PyRef key = PyRef::steal(PyTuple_New(0));
  checkStatus(PyObject_SetItem(element.get(), key.get(), value));
  return convertFromNumPy(array, CopyMode::Always, device);
}

/// `value` without unit axes in front, which an assignment ignores.
NodeRef dropLeadingUnits(NodeRef value, size_t rank) {
  std::span<const int64_t> shape = value->getShape();
  while (shape.size() > rank && shape.front() == 1)
    shape = shape.subspan(1);
  return makeReshape(value, shape);
}

void checkFits(std::span<const int64_t> from, std::span<const int64_t> to) {
  bool fits = from.size() <= to.size();
  for (size_t i = 0; fits && i < from.size(); ++i)
    fits = from[i] == 1 || from[i] == to[to.size() - from.size() + i];
  if (!fits)
    throw Error(ErrorKind::Value,
                "could not broadcast input array from shape " +
                    formatShape(from) + " into shape " + formatShape(to));
}

/// `node` as elements of `dtype`; warns as NumPy where that loses imaginary
/// parts.
NodeRef castToStore(const NodeRef &node, DType dtype) {
  if (isComplex(node->getDType()) && !isComplex(dtype) && dtype != DType::Bool)
    warnOfDiscardedParts();
  return recordCast(node, dtype);
}

/// The value of one element; raises what NumPy raises for one that is none.
NodeRef convertElement(PyObject *value, DType dtype, Device device) {
  if (isArray(value)) {
    if (getRank(value) == 0)
      return castToStore(getNodeRef(value), dtype);
    throwPython(isComplex(dtype) ? PyExc_TypeError : PyExc_ValueError,
                "setting an array element with a sequence.");
  }
  return isPlainNumber(value, dtype) ? convertNumber(value, dtype, device)
                                     : convertByNumPy(value, dtype, device);
}

/// Lists must not nest deeper than the elements they go to.
void checkDepth(PyObject *value, const Node &node, const Layout &layout) {
  if (node.getRank() > static_cast<int>(layout.shape.size()) &&
      (PyList_Check(value) || PyTuple_Check(value)))
    throwPython(PyExc_ValueError,
                "setting an array element with a sequence. The requested array "
                "would exceed the maximum number of dimension of %u.",
                layout.shape.size());
}

/// Throws where `node` lies on another device than the array.
void checkDevice(PyObject *array, const NodeRef &node) {
  if (!node->isScalar() && node->getDevice() != getDevice(array))
    findDevice(std::array{getNodeRef(array).get(), node.get()});
}

} // namespace

NodeRef convertValue(PyObject *value, DType dtype, Device device) {
  if (isArray(value))
    return castToStore(getNodeRef(value), dtype);
  if (isPlainNumber(value, dtype))
    return convertNumber(value, dtype, device);
  if (isPythonNumber(value))
    return convertByNumPy(value, dtype, device);
  // An array of NumPy is converted by a recorded op, a sequence by NumPy.
  if (PyArray_Check(value))
    return castToStore(
        convertFromNumPy(reinterpret_cast<PyArrayObject *>(value),
                         CopyMode::Always, device),
        dtype);
  return convertFromObject(value, dtype, CopyMode::IfNeeded, Home(device));
}

void assignElements(PyObject *array, const Layout &layout, PyObject *value) {
  checkWriteable(array);
  NodeRef node = convertValue(value, layout.dtype, getDevice(array));
  checkDevice(array, node);
  checkDepth(value, *node, layout);
  node = dropLeadingUnits(std::move(node), layout.shape.size());
  checkFits(node->getShape(), layout.shape.get());
  updateElements(array, layout, std::move(node));
}

void assignElement(PyObject *array, const Layout &layout, PyObject *value) {
  checkWriteable(array);
  NodeRef node = convertElement(value, layout.dtype, getDevice(array));
  checkDevice(array, node);
  updateElements(array, layout, std::move(node));
}

} // namespace numloom::python
