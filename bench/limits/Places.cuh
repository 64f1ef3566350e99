// What limits on random places share: indices in registers, fetches from
// memory.
#ifndef NUMLOOM_BENCH_LIMITS_PLACES_CUH
#define NUMLOOM_BENCH_LIMITS_PLACES_CUH

#include "Limits.h"

namespace limits {

/// The elements of an array, the indices into it, all int64, and where indices
/// end: as in `indexed` of gpu_workloads.py.
constexpr size_t kElements = 50'000'000, kIndices = kElements / 5;
constexpr int64_t kPlacesEnd = 40'000'000;
constexpr int kPlaceThreads = 256;

/// A thread's share of an int64 array of `pairs` 16-byte pieces: `Pairs` of
/// them, a block apart, all loaded before the first is used.
template <int Pairs>
struct Share {
  static constexpr int size = 2 * Pairs;
  size_t first, pairs;
  int64_t values[size] = {};

  __device__ explicit Share(size_t pairs)
      : first(size_t(blockIdx.x) * blockDim.x * Pairs + threadIdx.x),
        pairs(pairs) {}
  __device__ Share(const longlong2 *from, size_t pairs) : Share(pairs) {
#pragma unroll
    for (int i = 0; i < Pairs; ++i)
      if (getPair(i) < pairs) {
        longlong2 pair = __ldcs(from + getPair(i));
        values[2 * i] = pair.x;
        values[2 * i + 1] = pair.y;
      }
  }
  __device__ void store(longlong2 *to) const {
#pragma unroll
    for (int i = 0; i < Pairs; ++i)
      if (getPair(i) < pairs)
        __stcs(to + getPair(i), {values[2 * i], values[2 * i + 1]});
  }
  __device__ size_t getPair(int i) const { return first + i * blockDim.x; }
  /// Whether the array has value i, and where.
  __device__ bool has(int i) const { return getPair(i / 2) < pairs; }
  __device__ int getPosition(int i) const {
    return int(2 * getPair(i / 2)) + i % 2;
  }
};

inline longlong2 *pack(int64_t *pointer) {
  return reinterpret_cast<longlong2 *>(pointer);
}

template <int Pairs>
constexpr unsigned getNumBlocks(size_t pairs) {
  return divideUp(pairs, kPlaceThreads * Pairs);
}

/// The variant `launch` where a miss of the second-level cache brings `bytes`
/// from memory at least (0: the driver's choice). One element of random places
/// is in 32. A device that lets nobody choose keeps its own.
Launch withFetches(size_t bytes, Launch launch);

} // namespace limits

#endif // NUMLOOM_BENCH_LIMITS_PLACES_CUH
