// Histograms: which bin each value lies in, and how many lie in each.
#include "Bins.h"

#include "numloom/Runtime/Algorithms.h"

#include <algorithm>

using namespace numloom;

namespace {
/// Finds bins of equal width; `bins.count` stands for values outside of all.
class UniformBins {
public:
  explicit UniformBins(const HistogramBins &bins)
      : edges(bins.edges), count(bins.count),
        scale(double(count) / (edges[count] - edges[0])) {}

  int64_t find(double value) const {
    // NaN is outside.
    if (!(value >= edges[0] && value <= edges[count]))
      return count;
    int64_t bin = std::min(int64_t((value - edges[0]) * scale), count - 1);
    // Rounding may miss the bin: the edges decide.
    while (value < edges[bin])
      --bin;
    while (bin + 1 < count && value >= edges[bin + 1])
      ++bin;
    return bin;
  }

private:
  const double *edges;
  int64_t count;
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

template <typename T>
static void findUniformBins(const T *values, int64_t count,
                            const HistogramBins &bins, int64_t *result) {
  UniformBins finder(bins);
  parallelFor(count, kPieceElements, [=](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i)
      result[i] = finder.find(double(values[i]));
  });
}

/// Searches in batches. Behind all edges lie the values outside and those that
/// are the last edge, which the last bin has.
template <typename T>
static void searchBins(const T *values, int64_t count,
                       const HistogramBins &bins, int64_t *result) {
  Scratch<double> numbers(count);
  parallelFor(count, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i)
      numbers[i] = double(values[i]);
  });
  searchSorted(DType::Float64, bins.edges, bins.count + 1, numbers.data(),
               count, /*behindEqual=*/true, result);
  double first = bins.edges[0], last = bins.edges[bins.count];
  parallelFor(count, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i) {
      bool isInside = numbers[i] >= first && numbers[i] <= last;
      int64_t bin = std::min(result[i] - 1, bins.count - 1);
      result[i] = isInside ? bin : bins.count;
    }
  });
}

template <typename T>
static void countUniformBins(const T *values, int64_t count,
                             const HistogramBins &bins, int64_t *totals) {
  UniformBins finder(bins);
  sumPieces(count, totals, bins.count + 1,
            [=](int64_t *totals, int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i)
                ++totals[finder.find(double(values[i]))];
            });
}

/// In blocks, which bounds the memory for their bins.
template <typename T>
static void countSearchedBins(const T *values, int64_t count,
                              const HistogramBins &bins, int64_t *totals) {
  constexpr int64_t kBlock = 1 << 20;
  Scratch<int64_t> found(std::min(count, kBlock)), block(bins.count + 1);
  std::fill_n(totals, bins.count + 1, 0);
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    int64_t n = std::min(kBlock, count - begin);
    searchBins(values + begin, n, bins, found.data());
    countBins(found.data(), n, block.data(), bins.count + 1);
    for (int64_t bin = 0; bin <= bins.count; ++bin)
      totals[bin] += block[bin];
  }
}

void numloom::countHistogram(DType dtype, const void *data, int64_t count,
                             const HistogramBins &bins, int64_t *counts) {
  // One more for the values outside.
  Scratch<int64_t> all(bins.count + 1);
  visitNumbers(dtype, data, [&](auto *values) {
    if (bins.isUniform)
      countUniformBins(values, count, bins, all.data());
    else
      countSearchedBins(values, count, bins, all.data());
  });
  std::copy_n(all.data(), bins.count, counts);
}

void numloom::findBins(DType dtype, const void *data, int64_t count,
                       const HistogramBins &bins, int64_t *result) {
  visitNumbers(dtype, data, [&](auto *values) {
    if (bins.isUniform)
      findUniformBins(values, count, bins, result);
    else
      searchBins(values, count, bins, result);
  });
}
