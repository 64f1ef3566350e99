// Sorting short rows: each in the shared memory of a block, by Batcher's
// bitonic network, so that memory is read once and written once.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_SHORTROWS_CUH
#define NUMLOOM_LIB_RUNTIME_CUB_SHORTROWS_CUH

#include "Device.cuh"

namespace numloom::cub_library {

/// Consecutive keys that a thread takes into registers.
inline constexpr int kGroup = 8;

/// Keys that a block has at least, of several rows if these are short.
inline constexpr int kMinTile = kThreads * kGroup;

/// Bytes of keys that a block has at most.
inline constexpr int kMaxTileBytes = 32 * 1024;

/// Longer rows are not sorted so: the network's cost grows faster than that of
/// digits.
template <typename Key>
inline constexpr int64_t kMaxShortRow = kMaxTileBytes / int64_t(sizeof(Key));

template <typename Key>
__device__ void exchange(Key &low, Key &high, bool descends) {
  if ((high < low) != descends) {
    Key key = low;
    low = high;
    high = key;
  }
}

/// The network's steps over distances `begin` .. 1, at most kGroup / 2, of runs
/// of `run` keys.
template <typename Key>
__device__ void mergeGroup(Key (&keys)[kGroup], int place, int run, int begin) {
#pragma unroll
  for (int step = kGroup / 2; step > 0; step /= 2)
#pragma unroll
    for (int i = 0; i < kGroup; ++i)
      if (step <= begin && !(i & step))
        exchange(keys[i], keys[i + step], (place + i) & run);
}

/// Calls `body(group, place)` for all groups of keys; `place` is that in the
/// row.
template <typename Key, typename Body>
__device__ void forGroups(Key *keys, int size, int padded, Body body) {
  for (int first = threadIdx.x * kGroup; first < size;
       first += blockDim.x * kGroup) {
    Key group[kGroup];
#pragma unroll
    for (int i = 0; i < kGroup; ++i)
      group[i] = keys[first + i];
    body(group, first & (padded - 1));
#pragma unroll
    for (int i = 0; i < kGroup; ++i)
      keys[first + i] = group[i];
  }
  __syncthreads();
}

/// One step of the network over a distance of at least kGroup.
template <typename Key>
__device__ void mergePairs(Key *keys, int size, int padded, int run, int step) {
  for (int pair = threadIdx.x; pair < size / 2; pair += blockDim.x) {
    int low = 2 * pair - (pair & (step - 1));
    exchange(keys[low], keys[low + step], low & (padded - 1) & run);
  }
  // Up to this distance a warp has the keys to itself.
  constexpr int kOwnDistance = 32;
  if (step <= kOwnDistance && step > kGroup)
    __syncwarp();
  else
    __syncthreads();
}

/// Sorts rows of `padded` keys each, a power of 2, and at least kGroup.
template <typename Key>
__device__ void sortTile(Key *keys, int size, int padded) {
  forGroups(keys, size, padded, [](auto &group, int place) {
    mergeGroup(group, place, 2, 1);
    mergeGroup(group, place, 4, 2);
    mergeGroup(group, place, 8, 4);
  });
  for (int run = 2 * kGroup; run <= padded; run *= 2) {
    for (int step = run / 2; step >= kGroup; step /= 2)
      mergePairs(keys, size, padded, run, step);
    forGroups(keys, size, padded, [run](auto &group, int place) {
      mergeGroup(group, place, run, kGroup / 2);
    });
  }
}

/// `load(place, column)` gives a key and `store(place, key)` takes one; places
/// count through all rows.
template <typename Key, typename Load, typename Store>
__global__ void __launch_bounds__(kThreads)
    sortShortRows(Rows rows, int padded, Load load, Store store) {
  extern __shared__ __align__(16) unsigned char tileMemory[];
  Key *keys = reinterpret_cast<Key *>(tileMemory);
  int size = padded > kMinTile ? padded : kMinTile;
  int rowsPerTile = size / padded;
  for (int64_t first = int64_t(blockIdx.x) * rowsPerTile; first < rows.count;
       first += int64_t(gridDim.x) * rowsPerTile) {
    for (int i = threadIdx.x; i < size; i += kThreads) {
      int64_t row = first + i / padded;
      int column = i & (padded - 1);
      // What fills up goes last, and is as good as a last key.
      keys[i] = row < rows.count && column < rows.length
                    ? load(row * rows.length + column, column)
                    : Key(~Key(0));
    }
    __syncthreads();
    sortTile(keys, size, padded);
    for (int i = threadIdx.x; i < size; i += kThreads) {
      int64_t row = first + i / padded;
      int column = i & (padded - 1);
      if (row < rows.count && column < rows.length)
        store(row * rows.length + column, keys[i]);
    }
    __syncthreads();
  }
}

/// Sorts rows of at most kMaxShortRow<Key> keys.
template <typename Key, typename Load, typename Store>
cudaError_t runSortShortRows(const Call &call, Rows rows, Load load,
                             Store store) {
  int padded = kGroup;
  while (padded < rows.length)
    padded *= 2;
  int size = std::max(padded, kMinTile);
  int64_t tiles = (rows.count + size / padded - 1) / (size / padded);
  int blocks = int(std::min<int64_t>(tiles, 1 << 16));
  sortShortRows<Key><<<blocks, kThreads, size * sizeof(Key), getStream(call)>>>(
      rows, padded, load, store);
  return cudaGetLastError();
}

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_SHORTROWS_CUH
