// Subscripts that are arrays of integers on a GPU: what the functions of
// _indexing.py do, for keys that need no conversion.
#include "IndexSubscripts.h"
#include "Assignment.h"
#include "Checks.h"
#include "IndexPlaces.h"
#include "MemoryOrder.h"
#include "Output.h"
#include "Selection.h"
#include "SourceLocation.h"

#include "numloom/Trace/Dependence.h"
#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace numloom::python {

namespace {

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
bool takesEntries(PyObject *array, std::span<PyObject *const> items) {
  if (!isWhole(array) || !getDevice(array).isCuda() || items.empty() ||
      items.size() > static_cast<size_t>(getRank(array)))
    return false;
  bool areIndices = std::ranges::all_of(items, [&](PyObject *item) {
    return isIndex(item, getDevice(array)) &&
           std::ranges::equal(getShape(item), getShape(items.front()));
  });
  return areIndices && getNode(array).getNumElements() > 0 &&
         getRank(array) + getRank(items.front()) <= kMaxRank;
}

/// Leaves the check of indices along `axis` to the next wait.
void deferAxisCheck(NodeRef report, int64_t extent, size_t axis) {
  PyRef array = PyRef::steal(wrapNode(std::move(report)));
  PyRef bounds = PyRef::steal(Py_BuildValue(
      "Ln", static_cast<long long>(extent), static_cast<Py_ssize_t>(axis)));
  deferCheck(PyRef::steal(PyTuple_Pack(2, array.get(), bounds.get())));
}

/// Places along `axis`, of `extent` entries; checked later if need be.
NodeRef makePlaces(const NodeRef &index, int64_t extent, size_t axis) {
  IndexBounds bounds{extent, /*wraps=*/true};
  if (NodeRef known = findPlaces(index, bounds))
    return known;
  auto [places, report] = recordPlaces(recordCast(index, DType::Int64), bounds);
  deferAxisCheck(std::move(report), extent, axis);
  return places;
}

/// The shape of what indices of shape `entries` take of an array along the
/// leading `count` axes.
std::vector<int64_t> getTakenShape(std::span<const int64_t> of, size_t count,
                                   std::span<const int64_t> entries) {
  std::vector<int64_t> shape(entries.begin(), entries.end());
  shape.insert(shape.end(), of.begin() + count, of.end());
  return shape;
}

/// What indices name, if all are known to be places as they are; else empty.
std::vector<NodeRef> findPlainPlaces(PyObject *array,
                                     std::span<PyObject *const> items) {
  std::vector<NodeRef> places;
  for (size_t axis = 0; axis < items.size(); ++axis) {
    NodeRef index = getNodeRef(items[axis]);
    if (NodeRef known =
            findPlaces(index, {getShape(array)[axis], /*wraps=*/false}))
      places.push_back(std::move(known));
    else
      return {};
  }
  return places;
}

/// `value` as elements of `array` in `shape`; null for what has to be converted
/// first, or does not fit.
NodeRef findValue(PyObject *array, std::span<const int64_t> shape,
                  PyObject *value) {
  bool isNumber = PyFloat_CheckExact(value) || PyLong_CheckExact(value);
  if (!isNumber && (!isWhole(value) || getDevice(value) != getDevice(array)))
    return {};
  NodeRef node = convertValue(value, getDType(array), getDevice(array));
  std::span<const int64_t> given = node->getShape();
  bool fits = given.size() <= shape.size() &&
              std::ranges::equal(
                  given, shape.last(given.size()),
                  [](int64_t n, int64_t to) { return n == to || n == 1; });
  return fits ? makeBroadcastTo(node, shape) : NodeRef();
}

/// Whether entries for one place have equal values.
bool areRepeatsEqual(const NodeRef &value, std::span<PyObject *const> items,
                     std::vector<NodeRef> known) {
  for (PyObject *item : items)
    known.push_back(getNodeRef(item));
  AxisRange axes{0, static_cast<size_t>(known.front()->getRank())};
  GilRelease release;
  return isFunctionOf(value, axes, known);
}

/// What is known of entries for one place: the dialect's ScatterRepeats.
enum class Repeats : int64_t { None = 1, Equal = 3 };

/// Leaves out entries that others replace, unless they are equal; none where
/// nobody knows which.
std::optional<Repeats> settleRepeats(const NodeRef &value,
                                     std::span<PyObject *const> items,
                                     std::vector<NodeRef> &places) {
  if (areRepeatsEqual(value, items, places))
    return Repeats::Equal;
  NodeRef areLast =
      items.size() == 1 ? findLastEntries(getNode(items[0])) : NodeRef();
  if (!areLast)
    return std::nullopt;
  // Scatters leave -1 out.
  places[0] = recordWhereElse(areLast, places[0], -1);
  return Repeats::None;
}

/// `old` with the entries at `places` along its leading axes.
NodeRef replaceEntries(const NodeRef &old, const NodeRef &entries,
                       const std::vector<NodeRef> &places, Repeats repeats) {
  std::vector<NodeRef> operands{old, entries};
  operands.insert(operands.end(), places.begin(), places.end());
  std::vector<int64_t> attrs{static_cast<int64_t>(places.size())};
  for (size_t axis = 0; axis < places.size(); ++axis)
    attrs.push_back(static_cast<int64_t>(axis));
  // How they combine: they replace.
  attrs.insert(attrs.end(), {0, static_cast<int64_t>(repeats)});
  return record(OpCode::Scatter, operands, old->getShape(), old->getDType(),
                attrs);
}

} // namespace

PyObject *readAtIndices(PyObject *array, PyObject *key) {
  std::span<PyObject *const> items = getItems(key);
  if (!takesEntries(array, items) || findCopyOrder(array).size() != 0)
    return nullptr;
  markSourceLocation();
  std::vector<NodeRef> operands{getNodeRef(array)};
  std::span<const int64_t> from = operands.front()->getShape();
  std::vector<int64_t> axes{static_cast<int64_t>(items.size())};
  for (size_t axis = 0; axis < items.size(); ++axis) {
    operands.push_back(makePlaces(getNodeRef(items[axis]), from[axis], axis));
    axes.push_back(static_cast<int64_t>(axis));
  }
  std::vector<int64_t> shape =
      getTakenShape(from, items.size(), operands.back()->getShape());
  return wrapResult(record(OpCode::Gather, operands, shape,
                           operands.front()->getDType(), axes));
}

bool writeAtIndices(PyObject *array, PyObject *key, PyObject *value) {
  std::span<PyObject *const> items = getItems(key);
  if (!takesEntries(array, items))
    return false;
  std::vector<NodeRef> places = findPlainPlaces(array, items);
  if (places.empty())
    return false;
  std::vector<int64_t> shape =
      getTakenShape(getShape(array), items.size(), places[0]->getShape());
  NodeRef entries = findValue(array, shape, value);
  std::optional<Repeats> repeats =
      entries ? settleRepeats(entries, items, places) : std::nullopt;
  if (!repeats)
    return false;
  NodeRef updated =
      replaceEntries(getNodeRef(array), entries, places, *repeats);
  storeResult({.op = OpCode::Cast, .out = array}, std::move(updated), {});
  return true;
}

} // namespace numloom::python
