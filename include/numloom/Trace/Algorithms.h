// Sorting, selecting, searching and counting: library algorithms that run when
// they are called. Operands are computed first; on a GPU the work is enqueued
// on the thread's current stream. Call all of these without the interpreter's
// lock. They throw Error, and what the runtimes throw.
#ifndef NUMLOOM_TRACE_ALGORITHMS_H
#define NUMLOOM_TRACE_ALGORITHMS_H

#include "numloom/Trace/Node.h"

#include <cstdint>
#include <span>

namespace numloom {

/// `node`, of rank 1 or more, sorted along its last axis.
NodeRef sort(const NodeRef &node);
/// The positions (int64) that sort along the last axis, stably.
NodeRef argsort(const NodeRef &node);

/// `node` rearranged along its last axis so that the elements at `ranks`
/// (ascending, in range) are those of the sorted array.
NodeRef partition(const NodeRef &node, std::span<const int64_t> ranks);
NodeRef argpartition(const NodeRef &node, std::span<const int64_t> ranks);

/// The elements of the sorted array at `ranks` (ascending, in range) of the
/// last axis, which becomes theirs.
NodeRef orderStatistics(const NodeRef &node, std::span<const int64_t> ranks);

/// Where `values` (any shape) would be inserted into the 1-d `sorted` of the
/// same dtype: before or behind equal elements. int64.
NodeRef searchSorted(const NodeRef &sorted, const NodeRef &values,
                     bool behindEqual);

/// How often each of 0 .. bins - 1 occurs among the int64 `values`, all in
/// range. int64.
NodeRef countBins(const NodeRef &values, int64_t bins);
/// The sum of the float64 `weights` of the values that are b, for each b.
NodeRef sumBins(const NodeRef &values, const NodeRef &weights, int64_t bins);

/// How many of `values` (uint8, int32, int64, float32 or float64) lie in each
/// bin between the ascending float64 `edges`, of equal width if `isUniform`.
NodeRef countHistogram(const NodeRef &values, const NodeRef &edges,
                       bool isUniform);
/// The bin of each value, the number of bins for values in none. int64.
NodeRef findBins(const NodeRef &values, const NodeRef &edges, bool isUniform);

} // namespace numloom

#endif // NUMLOOM_TRACE_ALGORITHMS_H
