// Reads with arrays of integers on a GPU: what the functions of _indexing.py
// do, for keys that need no conversion.
#include "IndexReads.h"
#include "Checks.h"
#include "MemoryOrder.h"
#include "Selection.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace numloom::python {

namespace {

NodeRef compute(OpCode op, const NodeRef &x, int64_t number) {
  return recordElementwise(op, std::array{Operand(x), Operand(number)});
}

NodeRef compute(OpCode op, const NodeRef &x, const NodeRef &y) {
  return recordElementwise(op, std::array{Operand(x), Operand(y)});
}

/// The items of a subscript.
std::span<PyObject *const> getItems(PyObject *const &key) {
  if (!PyTuple_Check(key))
    return {&key, 1};
  return {&PyTuple_GET_ITEM(key, 0),
          static_cast<size_t>(PyTuple_GET_SIZE(key))};
}

/// Whether `item` is an array of signed integers on the device, of which there
/// are some.
bool isIndex(PyObject *item, Device device) {
  return isWhole(item) && getKind(getDType(item)) == DTypeKind::Signed &&
         getDevice(item) == device && getRank(item) > 0 &&
         getNode(item).getNumElements() > 0;
}

/// Whether all items are indices of one shape, for the leading axes of an array
/// with entries.
bool isReadOfEntries(PyObject *array, std::span<PyObject *const> items) {
  if (!isWhole(array) || !getDevice(array).isCuda() || items.empty() ||
      items.size() > static_cast<size_t>(getRank(array)))
    return false;
  bool areIndices = std::ranges::all_of(items, [&](PyObject *item) {
    return isIndex(item, getDevice(array)) &&
           std::ranges::equal(getShape(item), getShape(items.front()));
  });
  return areIndices && getNode(array).getNumElements() > 0 &&
         getRank(array) + getRank(items.front()) <= kMaxRank &&
         findCopyOrder(array).size() == 0;
}

/// Leaves the check of indices along `axis` to the next wait.
void deferAxisCheck(NodeRef report, int64_t extent, size_t axis) {
  PyRef array = PyRef::steal(wrapNode(std::move(report)));
  PyRef bounds = PyRef::steal(Py_BuildValue(
      "Ln", static_cast<long long>(extent), static_cast<Py_ssize_t>(axis)));
  deferCheck(PyRef::steal(PyTuple_Pack(2, array.get(), bounds.get())));
}

} // namespace

IndexPlaces recordPlaces(const NodeRef &index, int64_t extent, bool wraps) {
  NodeRef wrapped = index;
  if (wraps) {
    NodeRef sign = compute(OpCode::RightShift, index, 63);
    wrapped =
        compute(OpCode::Add, index, compute(OpCode::BitwiseAnd, sign, extent));
  }
  NodeRef least = compute(OpCode::Maximum, wrapped, 0);
  NodeRef place = compute(OpCode::Minimum, least, extent - 1);
  NodeRef distance =
      recordCast(compute(OpCode::Subtract, wrapped, place), DType::UInt64);
  NodeRef report = record(OpCode::Report, {&distance, 1}, {}, DType::UInt64);
  NodeRef places = record(OpCode::Alongside, std::array{place, report},
                          place->getShape(), DType::Int64);
  return {std::move(places), std::move(report)};
}

PyObject *readAtIndices(PyObject *array, PyObject *key) {
  std::span<PyObject *const> items = getItems(key);
  if (!isReadOfEntries(array, items))
    return nullptr;
  markSourceLocation();
  std::vector<NodeRef> operands{getNodeRef(array)};
  std::span<const int64_t> from = operands.front()->getShape();
  std::vector<int64_t> axes{static_cast<int64_t>(items.size())};
  for (size_t axis = 0; axis < items.size(); ++axis) {
    NodeRef index = recordCast(getNodeRef(items[axis]), DType::Int64);
    auto [places, report] = recordPlaces(index, from[axis], /*wraps=*/true);
    deferAxisCheck(std::move(report), from[axis], axis);
    operands.push_back(std::move(places));
    axes.push_back(static_cast<int64_t>(axis));
  }
  std::span<const int64_t> to = operands.back()->getShape();
  std::vector<int64_t> shape(to.begin(), to.end());
  shape.insert(shape.end(), from.begin() + items.size(), from.end());
  return wrapResult(record(OpCode::Gather, operands, shape,
                           operands.front()->getDType(), axes));
}

} // namespace numloom::python
