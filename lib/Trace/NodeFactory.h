// Makes nodes.
#ifndef NUMLOOM_LIB_TRACE_NODEFACTORY_H
#define NUMLOOM_LIB_TRACE_NODEFACTORY_H

#include "FlushPolicy.h"
#include "NodePool.h"
#include "numloom/Trace/Node.h"

#include <array>

namespace numloom {

/// Whether `op` gives its first operand with elements replaced.
inline bool isUpdate(OpCode op) {
  return op == OpCode::Update || op == OpCode::Scatter;
}

/// The only creator of nodes. Shapes are checked by the callers, except that
/// an array must be addressable: that is checked here.
class NodeFactory {
public:
  static NodeRef makeScalar(DType dtype, const ScalarBytes &value,
                            Device device);

  /// The number of a scalar that nobody else has seen yet.
  static ScalarBytes &getNumber(Node &node) { return node.scalar; }

  /// Marks a node of which something may be known (IndexFacts.cpp): then
  /// forgetFacts() is called when it dies.
  static void noteFacts(Node &node) { node.facts = true; }
  static void forgetFacts(const Node &node);

  /// On the device of `storage`.
  static NodeRef makeEvaluated(DType dtype, std::span<const int64_t> shape,
                               StorageRef storage, int64_t offset,
                               std::span<const int64_t> strides);

  /// A node for the evaluator, under the flush policy; `device` is that of the
  /// operands (findDevice).
  static NodeRef makePending(OpCode op, DType dtype, Device device,
                             std::span<const int64_t> shape,
                             std::span<Node *const> operands,
                             std::span<const int64_t> attrs);

  /// The same for the ufunc's loop `loop`. `model`, if there is one, is an
  /// array of the shape. References to operands that are `given` become the
  /// node's.
  template <size_t count>
  static NodeRef makeElementwise(OpCode op, uint8_t loop, DType dtype,
                                 Device device, const Node *model,
                                 std::span<const int64_t> shape,
                                 const std::array<Node *, count> &operands,
                                 std::array<NodeRef, count> &given);

private:
  static Node *allocate(RecordingThread &thread, DType dtype) {
    Node *node = new (nodepool::take(thread.nodes)) Node;
    node->dtype = dtype;
    return node;
  }
  static Node *create(RecordingThread &thread, DType dtype,
                      std::span<const int64_t> shape);
  static Node *createLike(RecordingThread &thread, DType dtype,
                          const Node &model);
  static void addOperand(Node &node, Node *operand);
};

inline Node *NodeFactory::createLike(RecordingThread &thread, DType dtype,
                                     const Node &model) {
  // What is no larger than the model is addressable as that is.
  if (getBytes(dtype) > getBytes(model.dtype)) [[unlikely]]
    return create(thread, dtype, model.getShape());
  Node *node = allocate(thread, dtype);
  node->numElements = model.numElements;
  node->shape = model.shape;
  return node;
}

/// What the node knows of an operand that is about to become its own.
inline void NodeFactory::addOperand(Node &node, Node *operand) {
  if (operand->isPending()) {
    node.hasUpdates |= operand->hasUpdates;
    node.hasSharedOperands |= operand->hasSharedOperands;
  } else if (const StorageRef &storage = operand->storage) {
    node.hasSharedOperands |= storage->isShared();
  }
}

template <size_t count>
NodeRef NodeFactory::makeElementwise(OpCode op, uint8_t loop, DType dtype,
                                     Device device, const Node *model,
                                     std::span<const int64_t> shape,
                                     const std::array<Node *, count> &operands,
                                     std::array<NodeRef, count> &given) {
  RecordingThread &thread = recordingThread;
  Node *node =
      model ? createLike(thread, dtype, *model) : create(thread, dtype, shape);
  node->op = op;
  node->loop = loop;
  node->device = device;
  Node **slots = node->operands.allocate(count);
  for (size_t i = 0; i < count; ++i) {
    slots[i] = operands[i];
    if (given[i]) {
      given[i].release();
      continue;
    }
    operands[i]->retain();
    addOperand(*node, operands[i]);
  }
  node->location = thread.location;
  FlushPolicy::admit(*node, thread);
  return NodeRef::adopt(node);
}

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_NODEFACTORY_H
