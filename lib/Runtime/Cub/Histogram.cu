// Histograms: which bin each value lies in, and how many lie in each.
#include "Counters.cuh"
#include "Functions.h"

using namespace numloom;
using namespace numloom::cub_library;

namespace numloom::cub_library {

/// Finds bins as the CPU's does; `count` stands for values in none.
template <typename T, bool isUniform>
struct PreparedFinder {
  const T *values;
  const double *edges;
  int64_t count;
  double first, last, scale;

  __device__ int64_t operator()(int64_t i) const {
    double value = double(values[i]);
    // NaN is outside.
    if (!(value >= first && value <= last))
      return count;
    return isUniform ? findByArithmetic(value) : findBySearch(value);
  }

  /// Rounding may miss the bin: the edges decide.
  __device__ int64_t findByArithmetic(double value) const {
    int64_t bin = min(int64_t((value - first) * scale), count - 1);
    while (value < __ldg(edges + bin))
      --bin;
    while (bin + 1 < count && value >= __ldg(edges + bin + 1))
      ++bin;
    return bin;
  }

  /// The last edge that is not greater, but not the end of the last bin.
  __device__ int64_t findBySearch(double value) const {
    int64_t begin = 0, end = count;
    while (begin < end) {
      int64_t middle = begin + (end - begin) / 2;
      if (__ldg(edges + middle) <= value)
        begin = middle + 1;
      else
        end = middle;
    }
    return max(begin - 1, int64_t(0));
  }
};

/// The same before the edges, which are in device memory, are known.
template <typename T, bool isUniform>
struct BinFinder {
  const T *values;
  const double *edges;
  int64_t count;
};

template <typename T, bool isUniform>
__device__ PreparedFinder<T, isUniform>
prepare(const BinFinder<T, isUniform> &finder) {
  double first = finder.edges[0], last = finder.edges[finder.count];
  return {finder.values, finder.edges, finder.count,
          first,         last,         double(finder.count) / (last - first)};
}

} // namespace numloom::cub_library

/// Calls `fn` with the finder for the kind of bins.
template <typename T, typename Fn>
static cudaError_t visitFinder(const void *data, const HistogramBins &bins,
                               Fn &&fn) {
  auto *values = static_cast<const T *>(data);
  if (bins.isUniform)
    return fn(BinFinder<T, true>{values, bins.edges, bins.count});
  return fn(BinFinder<T, false>{values, bins.edges, bins.count});
}

template <typename Fn>
static cudaError_t visitFinder(DType dtype, const void *values,
                               const HistogramBins &bins, Fn &&fn) {
  switch (dtype) {
  case DType::UInt8:
    return visitFinder<uint8_t>(values, bins, fn);
  case DType::Int32:
    return visitFinder<int32_t>(values, bins, fn);
  case DType::Int64:
    return visitFinder<int64_t>(values, bins, fn);
  case DType::Float32:
    return visitFinder<float>(values, bins, fn);
  default:
    return visitFinder<double>(values, bins, fn);
  }
}

int cub_library::countHistogram(const Call &call, DType dtype,
                                const void *values, int64_t count,
                                const HistogramBins &bins, int64_t *counts) {
  return visitFinder(dtype, values, bins, [&](auto finder) {
    return countInto(call, count, bins.count, finder, counts);
  });
}

template <typename Finder>
static __global__ void __launch_bounds__(kThreads)
    findEach(int64_t count, Finder finder, int64_t *result) {
  auto prepared = prepare(finder);
  for (int64_t i = getFirst(); i < count; i += getStride())
    result[i] = prepared(i);
}

int cub_library::findBins(const Call &call, DType dtype, const void *values,
                          int64_t count, const HistogramBins &bins,
                          int64_t *result) {
  return visitFinder(dtype, values, bins, [&](auto finder) {
    findEach<<<getBlocks(count), kThreads, 0, getStream(call)>>>(count, finder,
                                                                 result);
    return cudaGetLastError();
  });
}
