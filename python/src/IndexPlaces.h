// Indices as places along an axis, and reports of those out of bounds.
#ifndef NUMLOOM_PYTHON_INDEXPLACES_H
#define NUMLOOM_PYTHON_INDEXPLACES_H

#include "numloom/Trace/IndexFacts.h"
#include "numloom/Trace/Node.h"

namespace numloom::python {

/// What indices may be: int64 below `extent`, which is not 0; negative ones
/// count from the end if `wraps`, else there are none.
struct IndexBounds {
  int64_t extent;
  bool wraps;

  int64_t getLeast() const { return wraps ? -extent : 0; }
  bool hold(IntegerRange range) const {
    return range.least >= getLeast() && range.most < extent;
  }
};

/// Integers as places along an axis.
struct IndexPlaces {
  NodeRef places; ///< int64, all in range
  /// How far an index lies from its place, as uint64.
  NodeRef report;
};

/// For reads: the kernel that takes the elements reports the farthest index.
IndexPlaces recordPlaces(const NodeRef &index, IndexBounds bounds);

/// For updates, which need to know before they write. The same is reported,
/// but kSomeAreNegative where that would be 0 and an index is negative.
struct IndexTargets {
  /// As of recordPlaces(), by the same operations, so that `y[i] += 1` is seen
  /// to write what it has read. Who computes them reports.
  IndexPlaces places;
  /// A 0-d bool array: whether all are in bounds.
  NodeRef areInside;
};
IndexTargets recordTargets(const NodeRef &index, IndexBounds bounds);
/// No distance of an index out of bounds.
inline constexpr uint64_t kSomeAreNegative = uint64_t(1) << 63;

/// The places of an index that is known to be in bounds; else null.
NodeRef findPlaces(const NodeRef &index, IndexBounds bounds);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_INDEXPLACES_H
