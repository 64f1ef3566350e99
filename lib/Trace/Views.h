// Views of memory: the strides that a view op gives an evaluated operand.
#ifndef NUMLOOM_LIB_TRACE_VIEWS_H
#define NUMLOOM_LIB_TRACE_VIEWS_H

#include "numloom/Trace/Node.h"

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

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_VIEWS_H
