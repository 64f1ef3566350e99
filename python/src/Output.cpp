// Results that go into an existing array: in-place operators and `out=`.
#include "Output.h"

#include "Buffer.h"
#include "Errors.h"
#include "MemoryOrder.h"
#include "Selection.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace numloom::python {

namespace {

void checkCast(const Store &store, DType from, DType to) {
  if (canCast(from, to, store.casting))
    return;
  std::string text = "Cannot cast ufunc '";
  text += getInfo(store.op).numpyName;
  text += "' output from dtype('";
  text += getName(from);
  text += "') to dtype('";
  text += getName(to);
  text += "') with casting rule '";
  text += getName(store.casting);
  throw Error(ErrorKind::UfuncType, text + "'");
}

std::span<const int64_t> getShape(const Operand &operand) {
  return operand.getNode() ? operand.getNode()->getShape()
                           : std::span<const int64_t>();
}

/// The output takes part in broadcasting, but must not be stretched by it.
void checkShape(const Store &store, std::span<const int64_t> out,
                std::span<const Operand> operands, const Node &result) {
  std::vector<std::span<const int64_t>> shapes;
  for (const Operand &operand : operands)
    shapes.push_back(getShape(operand));
  if (operands.empty())
    shapes.push_back(result.getShape());
  if (store.mask)
    shapes.push_back(store.mask->getShape());
  shapes.push_back(out);
  std::array<int64_t, kMaxRank> broadcast;
  size_t rank = broadcastShapes(shapes, broadcast.data());
  std::span<const int64_t> shape(broadcast.data(), rank);
  if (!std::ranges::equal(shape, out))
    throw Error(ErrorKind::Value,
                "non-broadcastable output operand with shape " +
                    formatShape(out) + " doesn't match the broadcast shape " +
                    formatShape(shape));
}

} // namespace

void storeResult(const Store &store, NodeRef node,
                 std::span<const Operand> operands) {
  evaluateDueUpdate();
  checkWriteable(store.out);
  DType dtype = getDType(store.out);
  Layout layout = getLayout(store.out);
  if (store.order.size())
    layout = permute(layout, store.order);
  std::span<const int64_t> shape = layout.shape.get();
  // The output keeps its device.
  Device device = getDevice(store.out);
  if (node->isScalar())
    node = makeScalar(node->getDType(), node->getScalar(), device);
  else if (node->getDevice() != device)
    findDevice(std::array{getNodeRef(store.out).get(), node.get()});
  checkCast(store, node->getDType(), dtype);
  if (isComplex(node->getDType()) && !isComplex(dtype) && dtype != DType::Bool)
    warnOfDiscardedParts();
  node = recordCast(node, dtype);
  if (store.mask || !std::ranges::equal(shape, node->getShape()))
    checkShape(store, shape, operands, *node);
  if (store.mask)
    node = record(
        OpCode::Where,
        std::array{NodeRef(store.mask), node, readElements(store.out, layout)},
        shape, dtype);
  updateElements(store.out, layout, std::move(node));
}

bool storeSelection(const Store &store, const Selection &selection) {
  checkWriteable(store.out);
  Selection &out = *asArray(store.out)->selection;
  if (!std::ranges::equal(selection.value->getShape(), out.value->getShape()))
    return false;
  DType dtype = out.value->getDType();
  checkCast(store, selection.value->getDType(), dtype);
  out.value = recordCast(selection.value, dtype);
  return true;
}

} // namespace numloom::python
