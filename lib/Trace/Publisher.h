// The step from pending to evaluated.
#ifndef NUMLOOM_LIB_TRACE_PUBLISHER_H
#define NUMLOOM_LIB_TRACE_PUBLISHER_H

#include "numloom/Trace/Node.h"

#include <vector>

namespace numloom {

/// Gives pending nodes memory; the evaluator calls it under its lock. A node's
/// operands go to `garbage`, which its owner destroys without the lock: freeing
/// arrays may call into whoever exported them.
class Publisher {
public:
  /// `node` is the C-contiguous contents of `storage`.
  static void publishOutput(Node &node, StorageRef storage,
                            std::vector<NodeRef> &garbage);

  /// The view `node` shares the memory of its operand; false if the operand
  /// has none or cannot be seen that way.
  static bool publishView(Node &node, std::vector<NodeRef> &garbage);

  /// A program has overwritten the memory of `node` and failed: nobody may read
  /// it any more.
  static void loseContents(Node &node);

  /// Throws Error for nodes in memory that lost their contents.
  static void checkContents(const Node &node);

  /// Notes that a program computed `node` without storing it.
  static void noteComputed(Node &node);

private:
  static void publish(Node &node, StorageRef storage, int64_t offset,
                      std::vector<NodeRef> &garbage);
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_PUBLISHER_H
