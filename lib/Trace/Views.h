// Views: the strides that a view op gives an evaluated operand, and the checks
// of the arguments of views.
#ifndef NUMLOOM_LIB_TRACE_VIEWS_H
#define NUMLOOM_LIB_TRACE_VIEWS_H

#include "numloom/Trace/Node.h"

#include <span>

namespace numloom {

/// Where the elements of a view lie in its operand's storage.
struct ViewLayout {
  int64_t offset = 0; ///< in bytes
  int64_t strides[kMaxRank] = {};
};

/// The layout of the view op `op` with result `shape` and attributes `attrs`
/// (as in ProgramNode) of an array with memory; false for a reshape that
/// copies.
bool computeViewLayout(OpCode op, std::span<const int64_t> attrs,
                       std::span<const int64_t> shape, const Node &operand,
                       ViewLayout &layout);

/// `axis` counted from 0; throws Error (Axis) if the array has no such axis.
int64_t normalizeAxis(int64_t axis, size_t rank);

/// `axes` counted from 0, written to `permutation`; false for the identity.
/// Throws Error (Value, Axis) unless they are a permutation.
bool normalizePermutation(std::span<const int64_t> axes, size_t rank,
                          int64_t *permutation);

/// Throws Error (Value) unless an array of shape `from` broadcasts to `to`.
void checkBroadcast(std::span<const int64_t> from, std::span<const int64_t> to);

/// The shape of a reshape, one extent of which may be requested as -1. These
/// write to `shape` (room for kMaxRank), and throw Error (Value) in NumPy's
/// words.
std::span<const int64_t> completeShape(int64_t numElements,
                                       std::span<const int64_t> requested,
                                       int64_t *shape);
/// `from` with new unit axes at `axes` of the result.
std::span<const int64_t> expandShape(std::span<const int64_t> from,
                                     std::span<const int64_t> axes,
                                     int64_t *shape);
/// `from` without its unit axes `axes`.
std::span<const int64_t> squeezeShape(std::span<const int64_t> from,
                                      std::span<const int64_t> axes,
                                      int64_t *shape);

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_VIEWS_H
