// Rearranging rows around one place: the element there is selected, and what is
// less, equal and greater is written in this order, each in the order that it
// had.
#include "Functions.h"
#include "Selection.cuh"

using namespace numloom;
using namespace numloom::cub_library;

/// Elements that one block arranges.
static constexpr int64_t kChunk = 16 * kThreads;
static constexpr int kWarps = kThreads / 32;

namespace {
/// How many elements go before and to the pivot.
struct Counts {
  uint32_t less, equal;
};

/// Tiles of kThreads elements, one for each thread: how many of the threads
/// before it have elements that go before and to the pivot, and how many of all
/// threads have.
class TileCounts {
public:
  __device__ void count(bool isLess, bool isEqual) {
    __shared__ Counts warps[kWarps];
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    unsigned less = __ballot_sync(~0u, isLess);
    unsigned equal = __ballot_sync(~0u, isEqual);
    if (lane == 0)
      warps[warp] = {uint32_t(__popc(less)), uint32_t(__popc(equal))};
    unsigned earlier = (1u << lane) - 1;
    before = {uint32_t(__popc(less & earlier)),
              uint32_t(__popc(equal & earlier))};
    all = {0, 0};
    __syncthreads();
    for (int i = 0; i < kWarps; ++i) {
      before.less += i < warp ? warps[i].less : 0;
      before.equal += i < warp ? warps[i].equal : 0;
      all.less += warps[i].less;
      all.equal += warps[i].equal;
    }
    __syncthreads();
  }
  Counts before, all;
};
} // namespace

/// Calls `body(i, key, isInRow)` for the places of the block's chunk in all
/// threads together.
template <typename Encoding, typename Body>
static __device__ void forChunk(const typename Encoding::Bits *row,
                                int64_t length, int64_t chunk, Body body) {
  for (int64_t tile = chunk * kChunk; tile < min((chunk + 1) * kChunk, length);
       tile += kThreads) {
    int64_t i = tile + threadIdx.x;
    bool isInRow = i < length;
    body(i, isInRow ? Encoding::encode(row[i]) : 0, isInRow);
  }
}

template <typename Encoding>
static __global__ void __launch_bounds__(kThreads)
    countChunks(const typename Encoding::Bits *source, Rows rows,
                int64_t chunks, const Pivot<typename Encoding::Bits> *pivots,
                Counts *counts) {
  __shared__ Counts sum;
  for (int64_t k = blockIdx.x; k < rows.count * chunks; k += gridDim.x) {
    int64_t row = k / chunks;
    auto pivot = pivots[row];
    Counts own = {0, 0};
    forChunk<Encoding>(source + row * rows.length, rows.length, k % chunks,
                       [&](int64_t, auto key, bool isInRow) {
                         own.less += isInRow && key < pivot.key;
                         own.equal += isInRow && key == pivot.key;
                       });
    if (threadIdx.x == 0)
      sum = {0, 0};
    __syncthreads();
    atomicAdd(&sum.less, own.less);
    atomicAdd(&sum.equal, own.equal);
    __syncthreads();
    if (threadIdx.x == 0)
      counts[k] = sum;
  }
}

/// Turns the counts of each row's chunks into those before each chunk; a block
/// for a row.
static __global__ void __launch_bounds__(kThreads)
    sumChunks(Counts *counts, int64_t chunks) {
  __shared__ Counts sums[kThreads];
  counts += blockIdx.x * chunks;
  int64_t perThread = (chunks + kThreads - 1) / kThreads;
  int64_t begin = min(threadIdx.x * perThread, chunks);
  int64_t end = min(begin + perThread, chunks);
  Counts sum = {0, 0};
  for (int64_t i = begin; i < end; ++i) {
    sum.less += counts[i].less;
    sum.equal += counts[i].equal;
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  sum = {0, 0};
  for (int i = 0; i < int(threadIdx.x); ++i) {
    sum.less += sums[i].less;
    sum.equal += sums[i].equal;
  }
  for (int64_t i = begin; i < end; ++i) {
    Counts own = counts[i];
    counts[i] = sum;
    sum.less += own.less;
    sum.equal += own.equal;
  }
}

namespace {
/// Writes the elements themselves, or where they were.
template <typename Bits>
struct WriteElement {
  const Bits *source;
  Bits *result;
  __device__ void operator()(int64_t first, int64_t from, int64_t to) const {
    result[first + to] = source[first + from];
  }
};
struct WritePosition {
  int64_t *result;
  __device__ void operator()(int64_t first, int64_t from, int64_t to) const {
    result[first + to] = from;
  }
};
} // namespace

template <typename Encoding, typename Write>
static __global__ void __launch_bounds__(kThreads)
    writeChunks(const typename Encoding::Bits *source, Rows rows,
                int64_t chunks, const Pivot<typename Encoding::Bits> *pivots,
                const Counts *counts, Write write) {
  for (int64_t k = blockIdx.x; k < rows.count * chunks; k += gridDim.x) {
    int64_t row = k / chunks, first = row * rows.length;
    auto pivot = pivots[row];
    Counts before = counts[k];
    TileCounts tile;
    forChunk<Encoding>(
        source + first, rows.length, k % chunks,
        [&](int64_t i, auto key, bool isInRow) {
          bool isLess = isInRow && key < pivot.key;
          bool isEqual = isInRow && key == pivot.key;
          tile.count(isLess, isEqual);
          int64_t less = int64_t(before.less) + tile.before.less;
          int64_t equal = int64_t(before.equal) + tile.before.equal;
          int64_t greater =
              int64_t(pivot.less) + pivot.equal + i - less - equal;
          if (isInRow)
            write(first, i,
                  isLess ? less
                         : (isEqual ? int64_t(pivot.less) + equal : greater));
          before.less += tile.all.less;
          before.equal += tile.all.equal;
        });
  }
}

template <typename Encoding, typename Write>
static cudaError_t partition(const Call &call, DType dtype, const void *data,
                             Rows rows, int64_t rank, Write write) {
  using Bits = typename Encoding::Bits;
  auto *source = static_cast<const Bits *>(data);
  int64_t chunks = (rows.length + kChunk - 1) / kChunk;
  auto *elements = allocate<Bits>(call, rows.count);
  auto *pivots = allocate<Pivot<Bits>>(call, rows.count);
  auto *counts = allocate<Counts>(call, rows.count * chunks);
  if (!elements || !pivots || !counts)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = select(call, dtype, data, rows, {1, {uint32_t(rank)}},
                                 elements, pivots))
    return error;
  int blocks = int(std::min<int64_t>(rows.count * chunks, 1 << 16));
  if (chunks > 1) {
    countChunks<Encoding><<<blocks, kThreads, 0, getStream(call)>>>(
        source, rows, chunks, pivots, counts);
    sumChunks<<<unsigned(rows.count), kThreads, 0, getStream(call)>>>(counts,
                                                                      chunks);
  } else if (cudaError_t error = cudaMemsetAsync(
                 counts, 0, rows.count * sizeof(Counts), getStream(call))) {
    return error;
  }
  writeChunks<Encoding><<<blocks, kThreads, 0, getStream(call)>>>(
      source, rows, chunks, pivots, counts, write);
  return cudaGetLastError();
}

/// Whether arranging around one place beats sorting.
static bool isSplit(DType dtype, Rows rows, int64_t numRanks) {
  constexpr int64_t kMaxRows = INT32_MAX;
  return numRanks == 1 && getBytes(dtype) >= 4 && canSelect(dtype, rows, 1) &&
         rows.count <= kMaxRows;
}

int cub_library::partitionRows(const Call &call, DType dtype,
                               const void *source, void *result, Rows rows,
                               const int64_t *ranks, int64_t numRanks) {
  if (!isSplit(dtype, rows, numRanks))
    return sortRows(call, dtype, source, result, rows);
  return visitKeyEncoding(dtype, [&](auto encoding) {
    using Bits = typename decltype(encoding)::Bits;
    if constexpr (sizeof(Bits) == 4 || sizeof(Bits) == 8)
      return partition<decltype(encoding)>(
          call, dtype, source, rows, *ranks,
          WriteElement<Bits>{static_cast<const Bits *>(source),
                             static_cast<Bits *>(result)});
    else
      return cudaErrorNotSupported;
  });
}

int cub_library::argpartitionRows(const Call &call, DType dtype,
                                  const void *source, int64_t *result,
                                  Rows rows, const int64_t *ranks,
                                  int64_t numRanks) {
  if (!isSplit(dtype, rows, numRanks))
    return argsortRows(call, dtype, source, result, rows);
  return visitKeyEncoding(dtype, [&](auto encoding) {
    using Bits = typename decltype(encoding)::Bits;
    if constexpr (sizeof(Bits) == 4 || sizeof(Bits) == 8)
      return partition<decltype(encoding)>(call, dtype, source, rows, *ranks,
                                           WritePosition{result});
    else
      return cudaErrorNotSupported;
  });
}
