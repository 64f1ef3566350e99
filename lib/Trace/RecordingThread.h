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
  /// The program that begins here as a rule (Foresight), or 0.
  uint32_t program = 0;
};

/// All in one variable, since finding a thread's variable in a shared library
/// is a call; without constructor and destructor, which would be a test at each
/// use.
struct RecordingThread {
  NodeFreeList nodes;
  SourceLocation location;
  /// The number of the next node that reads what a program awaits (Foresight),
  /// or 0.
  uint64_t nextReader = 0;
  /// The recent sites, in sets: a loop in which sites replace each other is
  /// not cut. With sets of one that was one loop of two sites in a thousand, by
  /// the addresses of the process; with four it takes five of a set.
  static constexpr size_t kSitesInSet = 4;
  static constexpr size_t kNumSiteSets = 256;
  Site sites[kNumSiteSets][kSitesInSet];
};

extern thread_local constinit RecordingThread recordingThread;

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_RECORDINGTHREAD_H
