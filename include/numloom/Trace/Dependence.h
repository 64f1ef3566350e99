// What an array is computed from, as far as pending nodes tell.
#ifndef NUMLOOM_TRACE_DEPENDENCE_H
#define NUMLOOM_TRACE_DEPENDENCE_H

#include "numloom/Trace/Node.h"

#include <cstddef>
#include <span>

namespace numloom {

/// Axes of an array that follow each other.
struct AxisRange {
  size_t first = 0, count = 0;

  bool contains(int64_t axis) const {
    return axis >= static_cast<int64_t>(first) &&
           axis < static_cast<int64_t>(first + count);
  }
};

/// Whether two elements of `value` that lie apart along `axes` alone are sure
/// to be equal wherever each of `known`, which broadcast to these axes, has
/// equal elements: those of `value` are computed from the elements of `known`
/// at the same place and from what does not change along the axes. Of what lies
/// in memory nothing is known but where. Call it without the interpreter's
/// lock.
bool isFunctionOf(const NodeRef &value, AxisRange axes,
                  std::span<const NodeRef> known);

} // namespace numloom

#endif // NUMLOOM_TRACE_DEPENDENCE_H
