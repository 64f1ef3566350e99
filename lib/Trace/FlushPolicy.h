// When pending nodes must be evaluated though nobody asked for their values.
#ifndef NUMLOOM_LIB_TRACE_FLUSHPOLICY_H
#define NUMLOOM_LIB_TRACE_FLUSHPOLICY_H

#include "numloom/Trace/Node.h"

#include <cstdint>

namespace numloom {

/// Bounds on the pending graph below one node; docs/Trace.md explains them.
struct FlushBounds {
  /// At a known cut site.
  static constexpr uint32_t kAtCutSite = 128;
  /// At a site that the pending graph recorded before: a loop.
  static constexpr uint32_t kInLoop = 256;
  /// Anywhere that a cut is cheap.
  static constexpr uint32_t kStraightLine = 1024;
  /// Anywhere.
  static constexpr uint32_t kAlways = 4096;
  /// Bytes of arrays that only pending nodes keep alive; or a quarter of the
  /// memory limit if that is less.
  static constexpr int64_t kHeldBytes = int64_t(1) << 30;
  /// A result of this size may be stored whatever it was computed from.
  static constexpr uint8_t kSmallResultLog2 = 20;
};

/// The flush policy, applied to every node as it is recorded.
class FlushPolicy {
public:
  /// Fills the node's estimates and decides whether a flush is due.
  static void admit(Node &node);

  static bool isDue(const Node &node) { return node.flushDue; }

  /// Tells the policy that `target`, still pending, is about to be evaluated:
  /// estimates of nodes that share ancestors with it become too large.
  static void noteFlush(const Node &target);

  /// True when storing the node cannot raise the peak of memory much.
  static bool isCheapToStore(const Node &node);

  /// Changes the count of bytes that only pending nodes keep alive.
  static void addHeldBytes(int64_t delta);

  /// Pending nodes recorded by all threads so far.
  static uint64_t getNumRecorded();

private:
  static void estimate(Node &node);
  static bool isOutdated(const Node &pending);
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_FLUSHPOLICY_H
