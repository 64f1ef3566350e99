// The step from pending to evaluated.
#include "Publisher.h"
#include "Shapes.h"
#include "Views.h"
#include "numloom/Trace/Error.h"

#include <algorithm>
#include <limits>

using namespace numloom;

/// So that what follows cannot throw: a node is pending or evaluated, and its
/// operands are its own or garbage.
static void reserveOperands(const Node &node, std::vector<NodeRef> &garbage) {
  size_t needed = garbage.size() + node.getOperands().size();
  if (needed > garbage.capacity())
    garbage.reserve(std::max(needed, 2 * garbage.capacity()));
}

void Publisher::publish(Node &node, StorageRef storage, int64_t offset,
                        std::vector<NodeRef> &garbage) {
  node.storage = std::move(storage);
  node.offset = offset;
  // A handle that comes or goes right now is miscounted: an estimate is off.
  if (node.hasHandle())
    node.storage->addUser();
  node.contiguous = isContiguous(node.getShape(), node.words.get());
  for (Node *operand : node.operands.get())
    garbage.push_back(NodeRef::adopt(operand));
  node.operands.reset();
  // Readers that see the state see all of the above.
  node.state.store(Node::State::Evaluated, std::memory_order_release);
}

void Publisher::publishOutput(Node &node, StorageRef storage,
                              std::vector<NodeRef> &garbage) {
  reserveOperands(node, garbage);
  fillContiguousStrides(
      node.getShape(),
      node.words.allocate(static_cast<uint32_t>(node.getRank())));
  publish(node, std::move(storage), 0, garbage);
}

bool Publisher::publishView(Node &node, std::vector<NodeRef> &garbage) {
  const Node &operand = *node.operands[0];
  if (operand.isEvaluated())
    checkContents(operand);
  ViewLayout layout;
  if (!operand.isEvaluated() ||
      !computeViewLayout(node.op, node.getAttrs(), node.getShape(), operand,
                         layout))
    return false;
  reserveOperands(node, garbage);
  node.words.assign({layout.strides, static_cast<size_t>(node.getRank())});
  publish(node, operand.getStorage(), layout.offset, garbage);
  return true;
}

/// What stands for memory with contents that were lost.
static const StorageRef &getLostMemory() {
  static const auto &memory =
      *new StorageRef(StorageRef::external(nullptr, 0, nullptr, nullptr));
  return memory;
}

void Publisher::loseContents(Node &node) { node.storage = getLostMemory(); }

void Publisher::checkContents(const Node &node) {
  if (node.storage.get() == getLostMemory().get()) [[unlikely]]
    throw Error(ErrorKind::Runtime,
                "the array cannot be computed: an error ended a program that "
                "had begun to update it in place, and its contents are lost");
}

void Publisher::noteComputed(Node &node) {
  if (node.timesComputed < std::numeric_limits<uint8_t>::max())
    ++node.timesComputed;
}
