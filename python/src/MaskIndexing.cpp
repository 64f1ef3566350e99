// Subscripts that are one mask: what the functions of _masks.py do, for masks
// and values that need no conversion of their shapes.
#include "MaskIndexing.h"

#include "Assignment.h"
#include "Output.h"
#include "Selection.h"

#include <algorithm>
#include <array>
#include <vector>

namespace numloom::python {

namespace {

/// Whether `key` is a mask with the extents of the array's leading axes.
bool isMaskOf(PyObject *array, PyObject *key) {
  if (!isWhole(key) || getDType(key) != DType::Bool || !isWhole(array))
    return false;
  std::span<const int64_t> mask = getShape(key), shape = getShape(array);
  return !mask.empty() && mask.size() <= shape.size() &&
         std::ranges::equal(mask, shape.first(mask.size())) &&
         getDevice(key) == getDevice(array);
}

/// `value` as elements for all of `array`, of which the mask takes some: null
/// unless it is one number, or what the mask selects of an array of that shape.
NodeRef findNewElements(PyObject *array, const NodeRef &mask, PyObject *value) {
  if (isArray(value) && asArray(value)->selection) {
    const Selection &selection = *asArray(value)->selection;
    bool isFit = isSameMask(*selection.mask, *mask) &&
                 std::ranges::equal(selection.value->getShape(),
                                    numloom::python::getShape(array));
    return isFit ? recordCast(selection.value, getDType(array)) : NodeRef();
  }
  bool isNumber = PyFloat_CheckExact(value) || PyLong_CheckExact(value) ||
                  (isArray(value) && getRank(value) == 0);
  return isNumber ? convertValue(value, getDType(array), getDevice(array))
                  : NodeRef();
}

/// The mask with an axis of one element for each that it does not have.
NodeRef spread(const NodeRef &mask, size_t rank) {
  std::vector<int64_t> shape(mask->getShape().begin(), mask->getShape().end());
  shape.resize(rank, 1);
  return makeReshape(mask, shape);
}

} // namespace

PyObject *readAtMask(PyObject *array, PyObject *key) {
  if (!isMaskOf(array, key))
    return nullptr;
  NodeRef mask = getNodeRef(key);
  AxisOrder order = findSelectedOrder(array, mask->getRank());
  return wrapSelection({std::move(mask), getNodeRef(array), std::move(order)});
}

bool writeAtMask(PyObject *array, PyObject *key, PyObject *value) {
  if (!isMaskOf(array, key))
    return false;
  NodeRef mask = getNodeRef(key);
  NodeRef elements = findNewElements(array, mask, value);
  if (!elements)
    return false;
  NodeRef old = getNodeRef(array);
  NodeRef updated = record(
      OpCode::Where, std::array{spread(mask, old->getRank()), elements, old},
      old->getShape(), old->getDType());
  storeResult({.op = OpCode::Cast, .out = array}, std::move(updated), {});
  return true;
}

} // namespace numloom::python
