// Loops over rows: long ones one after another, each in parallel; short ones
// in parallel.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_ROWLOOPS_H
#define NUMLOOM_RUNTIME_ALGORITHMS_ROWLOOPS_H

#include "BucketSort.h"

#include "numloom/Runtime/Algorithms.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <mutex>

namespace numloom {

/// Calls `fn(row)` for every row. Throws what one of the calls threw.
template <typename Fn>
void forRows(Rows rows, Fn fn) {
  if (rows.size() == 0)
    return;
  if (rows.length >= kParallelKeys) {
    for (int64_t row = 0; row < rows.count; ++row)
      fn(row);
    return;
  }
  constexpr int64_t kElementsAtOnce = 1 << 13;
  std::exception_ptr failure;
  std::mutex mutex;
  parallelFor(rows.count, std::max<int64_t>(1, kElementsAtOnce / rows.length),
              [&](int64_t begin, int64_t end) noexcept {
                try {
                  for (int64_t row = begin; row < end; ++row)
                    fn(row);
                } catch (...) {
                  std::lock_guard lock(mutex);
                  failure = std::current_exception();
                }
              });
  if (failure)
    std::rethrow_exception(failure);
}

template <typename T>
void copyElements(const T *source, T *result, int64_t count) {
  parallelFor(count, kPieceElements, [=](int64_t begin, int64_t end) noexcept {
    std::memcpy(result + begin, source + begin,
                size_t(end - begin) * sizeof(T));
  });
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_ROWLOOPS_H
