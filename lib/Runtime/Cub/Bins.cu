// Counts and sums per integer value.
#include "Counters.cuh"
#include "Functions.h"
#include "Keys.cuh"

#include <cub/device/device_scan.cuh>

using namespace numloom;
using namespace numloom::cub_library;

int cub_library::countBins(const Call &call, const int64_t *values,
                           int64_t count, int64_t *counts, int64_t bins) {
  return countInto(
      call, count, bins, [=] __device__(int64_t i) { return values[i]; },
      counts);
}

namespace {
/// Weights in the order of their bins. A bin's weights are cut into chunks,
/// which warps sum; a bin's chunks are summed in their order. Nothing of this
/// depends on how the device schedules.
struct SortedWeights {
  const uint32_t *bins = nullptr;
  const double *weights = nullptr;
  int64_t count = 0;
};

constexpr int kChunk = 1024;
constexpr int kWarp = 32;
} // namespace

static cudaError_t sortByBin(const Call &call, const int64_t *values,
                             const double *weights, int64_t count, int64_t bins,
                             SortedWeights &sorted) {
  auto *keys = allocate<uint32_t>(call, count);
  auto *sortedKeys = allocate<uint32_t>(call, count);
  auto *sortedWeights = allocate<double>(call, count);
  if (!keys || !sortedKeys || !sortedWeights)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = forEach(call, count, [=] __device__(int64_t i) {
        keys[i] = uint32_t(values[i]);
      }))
    return error;
  sorted = {sortedKeys, sortedWeights, count};
  return radixSortPairs(call, keys, weights, sortedKeys, sortedWeights, count,
                        std::max(1, getBitWidth(bins)));
}

/// The first place in the ascending `sequence` that is not less than `value`.
template <typename T>
static __device__ int64_t findFirst(const T *sequence, int64_t count,
                                    int64_t value) {
  int64_t begin = 0, end = count;
  while (begin < end) {
    int64_t middle = begin + (end - begin) / 2;
    if (int64_t(sequence[middle]) < value)
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

/// The sum over a warp, in lane 0.
static __device__ double sumWarp(double value) {
  for (int offset = kWarp / 2; offset; offset /= 2)
    value += __shfl_down_sync(0xffffffff, value, offset);
  return value;
}

/// Warp c sums chunk c; its bin is the last one that starts no later.
static __global__ void __launch_bounds__(kThreads)
    sumChunks(SortedWeights sorted, const int64_t *starts,
              const int64_t *firstChunks, int64_t bins, double *partials) {
  int64_t chunks = firstChunks[bins];
  for (int64_t chunk = getFirst() / kWarp; chunk < chunks;
       chunk += getStride() / kWarp) {
    int64_t bin = findFirst(firstChunks, bins + 1, chunk + 1) - 1;
    int64_t begin = starts[bin] + (chunk - firstChunks[bin]) * kChunk;
    int64_t end = min(begin + kChunk, starts[bin + 1]);
    double sum = 0;
    for (int64_t i = begin + threadIdx.x % kWarp; i < end; i += kWarp)
      sum += sorted.weights[i];
    sum = sumWarp(sum);
    if (threadIdx.x % kWarp == 0)
      partials[chunk] = sum;
  }
}

/// Warp b sums the chunks of bin b.
static __global__ void __launch_bounds__(kThreads)
    sumPartials(const double *partials, const int64_t *firstChunks,
                int64_t bins, double *sums) {
  for (int64_t bin = getFirst() / kWarp; bin < bins;
       bin += getStride() / kWarp) {
    double sum = 0;
    for (int64_t i = firstChunks[bin] + threadIdx.x % kWarp;
         i < firstChunks[bin + 1]; i += kWarp)
      sum += partials[i];
    sum = sumWarp(sum);
    if (threadIdx.x % kWarp == 0)
      sums[bin] = sum;
  }
}

static cudaError_t sumSorted(const Call &call, SortedWeights sorted,
                             double *sums, int64_t bins) {
  auto *starts = allocate<int64_t>(call, bins + 1);
  auto *chunkCounts = allocate<int64_t>(call, bins + 1);
  auto *firstChunks = allocate<int64_t>(call, bins + 1);
  auto *partials = allocate<double>(call, bins + sorted.count / kChunk + 1);
  if (!starts || !chunkCounts || !firstChunks || !partials)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = forEach(call, bins + 1, [=] __device__(int64_t bin) {
        starts[bin] = findFirst(sorted.bins, sorted.count, bin);
      }))
    return error;
  if (cudaError_t error = forEach(call, bins + 1, [=] __device__(int64_t bin) {
        int64_t size = bin < bins ? starts[bin + 1] - starts[bin] : 0;
        chunkCounts[bin] = (size + kChunk - 1) / kChunk;
      }))
    return error;
  if (cudaError_t error = runCub(call, [&](void *memory, size_t &bytes) {
        return cub::DeviceScan::ExclusiveSum(
            memory, bytes, chunkCounts, firstChunks, bins + 1, getStream(call));
      }))
    return error;
  int64_t threads = (bins + sorted.count / kChunk + 1) * kWarp;
  sumChunks<<<getBlocks(threads, 1), kThreads, 0, getStream(call)>>>(
      sorted, starts, firstChunks, bins, partials);
  sumPartials<<<getBlocks(bins * kWarp, 1), kThreads, 0, getStream(call)>>>(
      partials, firstChunks, bins, sums);
  return cudaGetLastError();
}

int cub_library::sumBins(const Call &call, const int64_t *values,
                         const double *weights, int64_t count, double *sums,
                         int64_t bins) {
  if (count == 0)
    return cudaMemsetAsync(sums, 0, static_cast<size_t>(bins) * sizeof(double),
                           getStream(call));
  SortedWeights sorted;
  if (cudaError_t error = sortByBin(call, values, weights, count, bins, sorted))
    return error;
  return sumSorted(call, sorted, sums, bins);
}
