// Results that go into an existing array: in-place operators and `out=`.
#include "Output.h"

#include "Array.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace numloom::python {

namespace {

bool haveSameShape(const Node &a, const Node &b) {
  return std::ranges::equal(a.getShape(), b.getShape());
}

/// As NumPy's ufunc errors print it: "(2,3)" and "(3,)".
std::string formatShape(std::span<const int64_t> shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "," : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

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
void checkShape(const Store &store, std::span<const Operand> operands,
                const Node &result) {
  std::span<const int64_t> out = getNode(store.out).getShape();
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
  const NodeRef &out = getNodeRef(store.out);
  // The output keeps its device.
  if (node->isScalar())
    node = makeScalar(node->getDType(), node->getScalar(), out->getDevice());
  findDevice(std::array{out.get(), node.get()});
  checkCast(store, node->getDType(), out->getDType());
  node = recordCast(node, out->getDType());
  if (store.mask || !haveSameShape(*out, *node))
    checkShape(store, operands, *node);
  if (store.mask)
    node = record(OpCode::Where, std::array{NodeRef(store.mask), node, out},
                  out->getShape(), out->getDType());
  else if (!haveSameShape(*out, *node))
    node = makeBroadcastTo(node, out->getShape());
  rebind(store.out, std::move(node), store.operand);
}

} // namespace numloom::python
