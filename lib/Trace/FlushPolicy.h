// When pending nodes must be evaluated though nobody asked for their values.
#ifndef NUMLOOM_LIB_TRACE_FLUSHPOLICY_H
#define NUMLOOM_LIB_TRACE_FLUSHPOLICY_H

#include "RecordingThread.h"
#include "numloom/Trace/Node.h"

#include <cstdint>

namespace numloom {

/// Bounds on the pending graph below one node; docs/Trace.md explains them.
struct FlushBounds {
  /// At a known cut site.
  static constexpr uint32_t kAtCutSite = 128;
  /// At a site that the pending graph recorded before: a loop.
  static constexpr uint32_t kInLoop = 256;
  /// By how much more nodes loops over large arrays are cut: what a cut stores
  /// costs bandwidth, a longer program costs the compiler the same for all.
  static constexpr uint32_t kLargeArrays = 2;
  /// Anywhere that a cut is cheap.
  static constexpr uint32_t kStraightLine = 1024;
  /// Anywhere.
  static constexpr uint32_t kAlways = 4096;
  /// Bytes of arrays on the CPU that only pending nodes keep alive; or a
  /// quarter of the memory limit if that is less. Of a GPU's arrays it is a
  /// quarter of the pool's limit, or an eighth of the device's memory.
  static constexpr int64_t kHeldBytes = int64_t(1) << 30;
  /// Results up to this size are small: they may be stored whatever they were
  /// computed from.
  static constexpr uint8_t kSmallResultLog2 = 20;
};

/// The flush policy, applied to every node as it is recorded.
class FlushPolicy {
public:
  /// Fills the node's estimates and decides whether a flush is due.
  static void admit(Node &node, RecordingThread &thread);

  static bool isDue(const Node &node) { return node.due == Node::Due::Flush; }
  static bool isLaunchDue(const Node &node) {
    return node.due == Node::Due::Launch;
  }
  /// The number of the cut that is made at `node`, or 0 if none is.
  static uint64_t getCut(const Node &node) {
    return isDue(node) ? node.sequence : 0;
  }
  /// The site at which the thread recorded `node`, if it recorded nothing there
  /// since; or null.
  static Site *findSite(RecordingThread &thread, const Node &node);

  /// Tells the policy that `target`, still pending, is about to be evaluated:
  /// estimates of nodes that share ancestors with it become too large.
  static void noteFlush(const Node &target);

  /// Tells the policy that `output` is left to another thread with the flush
  /// that makes `cut`: recording goes on as if it were stored.
  static void noteSubmission(Node &output, uint64_t cut);
  /// Whether the flush of `node` may be made later than now.
  static bool mayWait(const Node &node) { return !node.hasSharedOperands; }

  /// True when storing the node cannot raise the peak of memory much.
  static bool isCheapToStore(const Node &node);

  /// Changes the count of the device's bytes that only pending nodes keep
  /// alive.
  static void addHeldBytes(Device device, int64_t delta);

  /// Pending nodes recorded by all threads so far.
  static uint64_t getNumRecorded();

private:
  static void admitCreation(Node &node);
  static bool isFlushWanted(Node &node, RecordingThread &thread);
  static void estimate(Node &node);
  static bool isOutdated(const Node &pending);
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_FLUSHPOLICY_H
