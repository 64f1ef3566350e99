// Counting into bins: each block counts in shared memory where the bins fit.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_COUNTERS_CUH
#define NUMLOOM_LIB_RUNTIME_CUB_COUNTERS_CUH

#include "Device.cuh"

namespace numloom::cub_library {

using Counter = unsigned long long;

/// Counters of a block: what a block gets of shared memory on any device.
inline constexpr int kSharedCounters = 48 * 1024 / 4;

/// What a kernel calls in the place of `binOf`: an overload may read into
/// registers what is the same for all items.
template <typename BinOf>
__device__ BinOf prepare(const BinOf &binOf) {
  return binOf;
}

/// `binOf(i)` is the bin of item i, or `bins` for none. Neighbouring threads
/// count in different copies of the bins, so that equal items do not queue.
template <typename BinOf>
__global__ void __launch_bounds__(kThreads)
    countShared(int64_t count, int bins, int copies, BinOf binOf,
                Counter *counts) {
  extern __shared__ unsigned counters[];
  for (int i = threadIdx.x; i < bins * copies; i += kThreads)
    counters[i] = 0;
  __syncthreads();
  int copy = threadIdx.x & (copies - 1);
  auto prepared = prepare(binOf);
  for (int64_t i = getFirst(); i < count; i += getStride()) {
    int64_t bin = prepared(i);
    if (bin < bins)
      atomicAdd(&counters[int(bin) * copies + copy], 1u);
  }
  __syncthreads();
  for (int bin = threadIdx.x; bin < bins; bin += kThreads) {
    Counter sum = 0;
    for (int k = 0; k < copies; ++k)
      sum += counters[bin * copies + k];
    if (sum)
      atomicAdd(&counts[bin], sum);
  }
}

/// More bins than a block has counters for.
template <typename BinOf>
__global__ void __launch_bounds__(kThreads)
    countGlobal(int64_t count, int64_t bins, BinOf binOf, Counter *counts) {
  auto prepared = prepare(binOf);
  for (int64_t i = getFirst(); i < count; i += getStride()) {
    int64_t bin = prepared(i);
    if (bin < bins)
      atomicAdd(&counts[bin], Counter(1));
  }
}

/// Integers add up to the same in any order: atomics are deterministic here.
template <typename BinOf>
cudaError_t countInto(const Call &call, int64_t count, int64_t bins,
                      BinOf binOf, int64_t *result) {
  auto *counts = reinterpret_cast<Counter *>(result);
  if (cudaError_t error = cudaMemsetAsync(
          counts, 0, static_cast<size_t>(bins) * sizeof(Counter),
          getStream(call)))
    return error;
  if (count == 0)
    return cudaSuccess;
  if (bins > kSharedCounters) {
    countGlobal<<<getBlocks(count), kThreads, 0, getStream(call)>>>(
        count, bins, binOf, counts);
    return cudaGetLastError();
  }
  int copies = 32;
  while (copies * bins > kSharedCounters)
    copies /= 2;
  // Blocks live long: each pays for clearing and adding up its counters.
  constexpr int kItemsPerThread = 64;
  countShared<<<getBlocks(count, kItemsPerThread), kThreads,
                copies * bins * sizeof(unsigned), getStream(call)>>>(
      count, int(bins), copies, binOf, counts);
  return cudaGetLastError();
}

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_COUNTERS_CUH
