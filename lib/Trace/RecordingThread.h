// What recording keeps for each thread.
#ifndef NUMLOOM_LIB_TRACE_RECORDINGTHREAD_H
#define NUMLOOM_LIB_TRACE_RECORDINGTHREAD_H

#include "numloom/Trace/Node.h"

#include <cstddef>
#include <cstdint>

namespace numloom {

/// Memory for nodes that died.
struct NodeFreeList {
  struct Block {
    Block *next;
  };
  Block *head = nullptr;
  int count = 0;
  /// How many blocks are kept at most: none before the thread's first node, and
  /// none once the thread's destructors have run.
  int limit = 0;
};

/// What is remembered of a site, the place in the user's program that records
/// a node.
struct Site {
  uint64_t hash = 0;
  uint64_t lastSequence = 0;
  /// The last cut that was made here, or 0.
  uint64_t lastCut = 0;
};

/// All in one variable, since finding a thread's variable in a shared library
/// is a call; without constructor and destructor, which would be a test at each
/// use.
struct RecordingThread {
  NodeFreeList nodes;
  SourceLocation location;
  /// The recent sites, direct-mapped: a lost entry costs one cut at an odd
  /// place.
  static constexpr size_t kNumSites = 1024;
  Site sites[kNumSites];
};

extern thread_local constinit RecordingThread recordingThread;

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_RECORDINGTHREAD_H
