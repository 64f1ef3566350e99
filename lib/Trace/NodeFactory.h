// Makes nodes.
#ifndef NUMLOOM_LIB_TRACE_NODEFACTORY_H
#define NUMLOOM_LIB_TRACE_NODEFACTORY_H

#include "numloom/Trace/Node.h"

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

  /// On the device of `storage`.
  static NodeRef makeEvaluated(DType dtype, std::span<const int64_t> shape,
                               StorageRef storage, int64_t offset,
                               std::span<const int64_t> strides);

  /// A node for the evaluator, under the flush policy; `device` is that of the
  /// operands (findDevice). References to operands that are `given` become the
  /// node's.
  static NodeRef makePending(OpCode op, DType dtype, Device device,
                             std::span<const int64_t> shape,
                             std::span<Node *const> operands,
                             std::span<const int64_t> attrs,
                             uint8_t loop = Node::kNoLoop,
                             std::span<NodeRef> given = {});

private:
  static Node *create(DType dtype, std::span<const int64_t> shape);
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_NODEFACTORY_H
