// Basic indices taken apart.
#ifndef NUMLOOM_LIB_TRACE_INDEXING_H
#define NUMLOOM_LIB_TRACE_INDEXING_H

#include "numloom/Trace/Recorder.h"

namespace numloom {

/// A slice of every axis of an array, then the shape without the axes that
/// integers took and with the new ones.
struct IndexPlan {
  static constexpr int64_t kNewAxis = -1;

  /// Of each axis of the array.
  int64_t starts[kMaxRank], steps[kMaxRank], extents[kMaxRank];
  size_t axis = 0;
  /// The result's, and the axis of the array that each shows or kNewAxis.
  int64_t shape[kMaxRank], sources[kMaxRank];
  size_t rank = 0;
};

/// Takes apart an index of an array of shape `from`; throws Error (Index) in
/// NumPy's words. `plan` is new.
void planIndex(std::span<const int64_t> from, std::span<const IndexItem> items,
               IndexPlan &plan);

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_INDEXING_H
