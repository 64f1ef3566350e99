// In which order the axes of an array lie in memory, and those of results:
// NumPy's order='K'.
#ifndef NUMLOOM_TRACE_AXISORDER_H
#define NUMLOOM_TRACE_AXISORDER_H

#include "numloom/Trace/SmallArray.h"

#include <cstdint>
#include <span>

namespace numloom {

/// Axes from the slowest to the fastest.
using AxisOrder = SmallArray<int64_t, 4>;

/// How far apart an operand's neighbours lie along each axis of the result: 0
/// where they are one element, or there is but one.
using AxisSteps = SmallArray<int64_t, 4>;

/// The steps of an operand of these strides along the last axes of a result of
/// `rank` axes.
AxisSteps makeSteps(std::span<const int64_t> shape,
                    std::span<const int64_t> strides, size_t rank);

/// Whether results of one operand lie in C order: no axis has longer steps than
/// one before it.
bool keepsCOrder(std::span<const int64_t> shape,
                 std::span<const int64_t> strides);

/// The order of the axes of what is computed from operands with these steps
/// along them. Longer steps go first; where operands disagree, C order wins.
AxisOrder mergeOrders(std::span<const AxisSteps> operands, size_t rank);

/// The same for arrays that are joined: differs from the other where it is not
/// known which of two axes goes first.
AxisOrder joinOrders(std::span<const AxisSteps> operands, size_t rank);

/// The order of copies: longer strides go first. Axes of one element stay where
/// they are.
AxisOrder sortAxes(std::span<const int64_t> shape,
                   std::span<const int64_t> strides);

/// The axes from the last to the first.
AxisOrder makeFortranOrder(size_t rank);

bool isCOrder(const AxisOrder &order);

/// The places of the axes in `order`: the permutation that undoes it.
AxisOrder invert(const AxisOrder &order);

/// The axes whose bits are set in `axes`, as bits of their places in `order`.
uint64_t findPlaces(const AxisOrder &order, uint64_t axes);

/// The order of an array without these axes.
AxisOrder dropAxes(const AxisOrder &order, uint64_t axes);

} // namespace numloom

#endif // NUMLOOM_TRACE_AXISORDER_H
