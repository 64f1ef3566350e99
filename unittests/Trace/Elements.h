// The elements of arrays, one by one.
#ifndef NUMLOOM_UNITTESTS_TRACE_ELEMENTS_H
#define NUMLOOM_UNITTESTS_TRACE_ELEMENTS_H

#include "numloom/Support/DType.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace numloom {

/// Calls `fn` with every index of `shape` in row-major order.
void forEachIndex(const std::vector<int64_t> &shape,
                  const std::function<void(const std::vector<int64_t> &)> &fn);

/// An element of float64, float32, int64 or bool.
double loadElement(DType dtype, const void *data, int64_t position);

} // namespace numloom

#endif // NUMLOOM_UNITTESTS_TRACE_ELEMENTS_H
