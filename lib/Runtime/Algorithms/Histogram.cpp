// Histograms: which bin each value lies in, and how many lie in each.
#include "Bins.h"

#include "numloom/Runtime/Algorithms.h"

#include <algorithm>

using namespace numloom;

namespace {
/// Finds bins; `bins.count` stands for values outside of all.
class BinFinder {
public:
  explicit BinFinder(const HistogramBins &bins)
      : edges(bins.edges), count(bins.count), isUniform(bins.isUniform),
        scale(double(count) / (edges[count] - edges[0])) {}

  int64_t find(double value) const {
    // NaN is outside.
    if (!(value >= edges[0] && value <= edges[count]))
      return count;
    return isUniform ? findByArithmetic(value) : findBySearch(value);
  }

private:
  /// Rounding may miss the bin: the edges decide.
  int64_t findByArithmetic(double value) const {
    int64_t bin = std::min(int64_t((value - edges[0]) * scale), count - 1);
    while (value < edges[bin])
      --bin;
    while (bin + 1 < count && value >= edges[bin + 1])
      ++bin;
    return bin;
  }

  int64_t findBySearch(double value) const {
    const double *behind = std::upper_bound(edges, edges + count, value);
    return std::max<int64_t>(behind - edges - 1, 0);
  }

  const double *edges;
  int64_t count;
  bool isUniform;
  double scale;
};
} // namespace

/// Calls `fn` with the values as elements of their type.
template <typename Fn>
static void visitNumbers(DType dtype, const void *values, Fn fn) {
  switch (dtype) {
  case DType::UInt8:
    return fn(static_cast<const uint8_t *>(values));
  case DType::Int32:
    return fn(static_cast<const int32_t *>(values));
  case DType::Int64:
    return fn(static_cast<const int64_t *>(values));
  case DType::Float32:
    return fn(static_cast<const float *>(values));
  default:
    return fn(static_cast<const double *>(values));
  }
}

void numloom::countHistogram(DType dtype, const void *data, int64_t count,
                             const HistogramBins &bins, int64_t *counts) {
  BinFinder finder(bins);
  // One more for the values outside.
  Scratch<int64_t> all(bins.count + 1);
  visitNumbers(dtype, data, [&](auto *values) {
    sumPieces(count, all.data(), bins.count + 1,
              [=](int64_t *totals, int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i)
                  ++totals[finder.find(double(values[i]))];
              });
  });
  std::copy_n(all.data(), bins.count, counts);
}

void numloom::findBins(DType dtype, const void *data, int64_t count,
                       const HistogramBins &bins, int64_t *result) {
  BinFinder finder(bins);
  visitNumbers(dtype, data, [&](auto *values) {
    parallelFor(count, kPieceElements,
                [=](int64_t begin, int64_t end) noexcept {
                  for (int64_t i = begin; i < end; ++i)
                    result[i] = finder.find(double(values[i]));
                });
  });
}
