// Creation and destruction of nodes.
#include "numloom/Trace/Node.h"
#include "NodeFactory.h"
#include "NodePool.h"
#include "Shapes.h"
#include "numloom/Trace/Error.h"

using namespace numloom;

void Node::destroy(Node *node) {
  // Operands whose last reference this was queue up in a list through
  // `nextDead`: a chain of any length needs no stack.
  NodeFreeList &freeList = recordingThread.nodes;
  node->nextDead = nullptr;
  while (Node *dead = node) {
    node = dead->nextDead;
    for (Node *operand : dead->operands.get()) {
      if (!operand->dropReference())
        continue;
      operand->nextDead = node;
      node = operand;
    }
    if (dead->facts) [[unlikely]]
      NodeFactory::forgetFacts(*dead);
    dead->~Node();
    nodepool::give(freeList, dead);
  }
}

void Node::noteHandleGained() { storage->addUser(); }

void Node::noteHandlesLost() {
  // A node that dies with its only handle keeps nothing alive.
  if (!isSole() || !storage->isUnique())
    storage->dropUser();
}

Node *NodeFactory::create(RecordingThread &thread, DType dtype,
                          std::span<const int64_t> shape) {
  // Empty arrays obey the bound with their empty axes left out, as in NumPy.
  int64_t count = 1, bytes = static_cast<int64_t>(getBytes(dtype));
  bool overflow = false, empty = false;
  for (int64_t extent : shape) {
    empty |= extent == 0;
    overflow |= extent && __builtin_mul_overflow(bytes, extent, &bytes);
    overflow |= extent && __builtin_mul_overflow(count, extent, &count);
  }
  if (overflow)
    throw Error(ErrorKind::Value,
                "array is too big; `arr.size * arr.dtype.itemsize` is larger "
                "than the maximum possible size.");
  if (shape.size() > kMaxRank)
    throw Error(ErrorKind::Value,
                "maximum supported dimension for an ndarray is currently 64, "
                "found " +
                    std::to_string(shape.size()));
  Node *node = allocate(thread, dtype);
  node->numElements = empty ? 0 : count;
  try {
    node->shape.assign(shape);
  } catch (...) {
    Node::destroy(node);
    throw;
  }
  return node;
}

NodeRef NodeFactory::makeScalar(DType dtype, const ScalarBytes &value,
                                Device device) {
  Node *node = allocate(recordingThread, dtype);
  node->device = device;
  node->scalar = value;
  node->state.store(Node::State::Scalar, std::memory_order_relaxed);
  return NodeRef::adopt(node);
}

NodeRef NodeFactory::makeEvaluated(DType dtype, std::span<const int64_t> shape,
                                   StorageRef storage, int64_t offset,
                                   std::span<const int64_t> strides) {
  NodeRef node = NodeRef::adopt(create(recordingThread, dtype, shape));
  node->words.assign(strides);
  node->device = storage->getDevice();
  node->storage = std::move(storage);
  node->offset = offset;
  node->contiguous = isContiguous(shape, strides);
  node->state.store(Node::State::Evaluated, std::memory_order_relaxed);
  return node;
}

NodeRef NodeFactory::makePending(OpCode op, DType dtype, Device device,
                                 std::span<const int64_t> shape,
                                 std::span<Node *const> operands,
                                 std::span<const int64_t> attrs) {
  RecordingThread &thread = recordingThread;
  NodeRef node = NodeRef::adopt(create(thread, dtype, shape));
  node->op = op;
  node->device = device;
  node->words.assign(attrs);
  node->operands.assign(operands);
  node->hasUpdates = isUpdate(op);
  for (Node *operand : operands) {
    operand->retain();
    addOperand(*node, operand);
  }
  node->location = thread.location;
  FlushPolicy::admit(*node, thread);
  return node;
}
