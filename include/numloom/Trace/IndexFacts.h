// What was found out about arrays of indices and of bins, for those who use
// them again.
#ifndef NUMLOOM_TRACE_INDEXFACTS_H
#define NUMLOOM_TRACE_INDEXFACTS_H

#include "numloom/Trace/Node.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace numloom {

/// Bounds of integers as int64: none is below `least` or above `most`.
struct IntegerRange {
  int64_t least, most;
};

/// What is known of one node's elements; nothing until it is told. Whoever
/// finds out may hold it longer than the node lives. Facts stay true: nodes
/// never change, save where other libraries write to their memory. So they are
/// asked for by node, in memory that nobody else was ever given.
class IndexFacts;
using IndexFactsRef = std::shared_ptr<IndexFacts>;

/// Where to tell what is known of `node`.
IndexFactsRef getIndexFacts(Node &node);

/// Tells bounds, beside those that are known already.
void noteRange(IndexFacts &facts, IntegerRange range);
std::optional<IntegerRange> findKnownRange(const Node &node);

/// Which entries are the last that hold their number: a bool array with one for
/// each, in C order. Whoever computes it first gets a handle, which has it
/// stored, and may tell it as long as that lives; others get null.
using LastEntries = std::shared_ptr<NodeHandle>;
LastEntries expectLastEntries(IndexFacts &facts, const NodeRef &areLast);
/// Tells it, in memory, which the node keeps alive from now on.
void noteLastEntries(IndexFacts &facts, LastEntries areLast);
NodeRef findLastEntries(const Node &node);
/// Forgets those on a GPU, which frees their memory: when there is none left,
/// or somebody wants it back. Whether there were any.
bool freeLastEntries(Device device);

/// Tells that no number is held by more than 15 entries.
void noteFewRepeats(IndexFacts &facts);
bool hasFewRepeats(const Node &node);

/// Tells whether the elements of a vector ascend, 1, or descend, -1.
void noteDirection(IndexFacts &facts, int direction);
/// That, or 0 where it is not known.
int findDirection(const Node &node);

} // namespace numloom

#endif // NUMLOOM_TRACE_INDEXFACTS_H
