// The kernels of radix selection: a block for a row, or many blocks for a row
// and one launch for each digit.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_SELECTIONKERNELS_CUH
#define NUMLOOM_LIB_RUNTIME_CUB_SELECTIONKERNELS_CUH

#include "Selection.cuh"

namespace numloom::cub_library {

inline constexpr int kSelectionThreads = 512;
/// Blocks that a multiprocessor shall have room for: bounds the registers.
inline constexpr int kSelectionBlocks = 3;

/// Bits of a digit where a block has a row to itself: one digit needs few
/// counters, so that many blocks fit a multiprocessor.
inline constexpr int kRowDigitBits = 8;

/// Counts the digits of keys in copies of a block's counters.
template <typename Encoding>
class DigitCounter {
public:
  using Bits = typename Encoding::Bits;

  __device__ DigitCounter(const Selection<Bits> &selection, Digit digit,
                          uint32_t *counters, int available)
      : selection(selection), digit(digit), counters(counters),
        size(selection.numPrefixes << digit.slots), stride(size + 1),
        copies(getCopies(stride, available)),
        mine(counters + (threadIdx.x & (copies - 1)) * stride) {
    for (int i = 0; i < kFewPrefixes; ++i)
      few[i] = selection.prefixes[min(i, selection.numPrefixes - 1)];
    for (int i = threadIdx.x; i < stride * copies - 1; i += blockDim.x)
      counters[i] = 0;
    __syncthreads();
  }

  /// Whether the element's key has one of the prefixes.
  __device__ bool count(Bits element) const {
    Bits upper = Bits(Encoding::encode(element) >> digit.shift);
    // In two steps, as a shift by all bits is undefined.
    Bits prefix = Bits(upper >> (digit.width - 1)) >> 1;
    int place = size > kFewPrefixes << digit.slots
                    ? findPrefix(selection, prefix)
                    : findFew(prefix);
    if (place < 0)
      return false;
    int value = int(upper & Bits((Bits(1) << digit.width) - 1));
    atomicAdd(&mine[(place << digit.slots) + value], 1u);
    return true;
  }

  /// Calls `body(i, count)` for every counter, one thread each.
  template <typename Body>
  __device__ void forSums(Body body) const {
    __syncthreads();
    for (int i = threadIdx.x; i < size; i += blockDim.x) {
      uint32_t sum = 0;
      for (int copy = 0; copy < copies; ++copy)
        sum += counters[copy * stride + i];
      body(i, sum);
    }
    __syncthreads();
  }

  __device__ int getSize() const { return size; }

private:
  /// What `median` needs: the two in the middle and the greatest.
  static constexpr int kFewPrefixes = 3;

  __device__ int findFew(Bits prefix) const {
    int place = -1;
#pragma unroll
    for (int i = kFewPrefixes - 1; i >= 0; --i)
      place = prefix == few[i] ? i : place;
    return place;
  }

  const Selection<Bits> &selection;
  Digit digit;
  /// The prefixes in registers if there are few; the last one repeats.
  Bits few[kFewPrefixes];
  uint32_t *counters;
  int size;
  /// Odd: copies of one counter lie in different banks.
  int stride;
  int copies;
  uint32_t *mine;
};

/// The digits of keys from the highest down.
template <typename Bits>
__host__ __device__ Digit getDigit(int index, int digitBits) {
  int end = int(8 * sizeof(Bits)) - index * digitBits;
  int width = end < digitBits ? end : digitBits;
  return {end - width, width, digitBits};
}

/// Each block selects from whole rows.
template <typename Encoding>
__global__ void __launch_bounds__(kSelectionThreads, kSelectionBlocks)
    selectFromRows(const typename Encoding::Bits *__restrict__ source,
                   Rows rows, RankList ranks, int numCounters,
                   SelectionResult<Encoding> result) {
  using Bits = typename Encoding::Bits;
  extern __shared__ uint32_t counters[];
  __shared__ Selection<Bits> selection;
  for (int64_t row = blockIdx.x; row < rows.count; row += gridDim.x) {
    const Bits *elements = source + row * rows.length;
    startSelection(selection, ranks, uint32_t(rows.length));
    for (int index = 0; index * kRowDigitBits < int(8 * sizeof(Bits));
         ++index) {
      Digit digit = getDigit<Bits>(index, kRowDigitBits);
      DigitCounter<Encoding> counter(selection, digit, counters, numCounters);
      for (int64_t i = threadIdx.x; i < rows.length; i += blockDim.x)
        counter.count(elements[i]);
      // The first copy becomes the sum: each counter has one reader.
      counter.forSums([&](int i, uint32_t sum) { counters[i] = sum; });
      narrow(selection, digit, counters);
    }
    result.write(selection, ranks, row);
    __syncthreads();
  }
}

/// What many blocks know of one row, between launches. All zero at first.
template <typename Bits>
struct RowState {
  Selection<Bits> selection;
  /// Elements in the row's buffer: those that can still be asked for, once they
  /// fit. 0 while the row itself is read.
  uint32_t numHeld;
  uint32_t numAppended;
  /// Blocks that have counted the present digit.
  uint32_t numFinished;
};

/// The memory of a selection by many blocks; per row one state, `numCounters`
/// counts and `capacity` elements.
template <typename Bits>
struct SelectionMemory {
  RowState<Bits> *states;
  uint32_t *counts;
  Bits *buffers;
  int64_t capacity;
};

/// Copies `from` with all threads of the block.
template <typename T>
__device__ void copyWords(T &to, const T &from) {
  static_assert(sizeof(T) % sizeof(uint32_t) == 0);
  auto *result = reinterpret_cast<uint32_t *>(&to);
  auto *source = reinterpret_cast<const uint32_t *>(&from);
  for (unsigned i = threadIdx.x; i < sizeof(T) / sizeof(uint32_t);
       i += blockDim.x)
    result[i] = source[i];
}

/// Elements that a thread loads before it counts the first.
template <typename Bits>
inline constexpr int kLoadsAtOnce = sizeof(Bits) <= 4 ? 8 : 4;

/// One tile of a row: counts its elements and appends the candidates, in any
/// order, to `buffer` if there is one.
template <typename Encoding>
__device__ void countTile(const DigitCounter<Encoding> &counter,
                          const typename Encoding::Bits *elements,
                          int64_t count, typename Encoding::Bits *buffer,
                          uint32_t &numAppended) {
  using Bits = typename Encoding::Bits;
  constexpr int kLoads = kLoadsAtOnce<Bits>;
  __shared__ uint32_t numInTile, first;
  Bits loaded[kLoads];
#pragma unroll
  for (int k = 0; k < kLoads; ++k)
    if (k * kSelectionThreads + threadIdx.x < count)
      loaded[k] = elements[k * kSelectionThreads + threadIdx.x];
  unsigned candidates = 0;
#pragma unroll
  for (int k = 0; k < kLoads; ++k)
    if (k * kSelectionThreads + threadIdx.x < count)
      candidates |= unsigned(counter.count(loaded[k])) << k;
  if (!buffer)
    return;
  if (threadIdx.x == 0)
    numInTile = 0;
  __syncthreads();
  uint32_t place =
      candidates ? atomicAdd(&numInTile, uint32_t(__popc(candidates))) : 0;
  __syncthreads();
  if (threadIdx.x == 0 && numInTile)
    first = atomicAdd(&numAppended, numInTile);
  __syncthreads();
#pragma unroll
  for (int k = 0; k < kLoads; ++k)
    if (candidates >> k & 1)
      buffer[first + place++] = loaded[k];
}

/// Whether the calling block is the last of the row's to come here.
inline __device__ bool isLastBlock(uint32_t &numFinished) {
  __shared__ bool isLast;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0)
    isLast = atomicAdd(&numFinished, 1u) == gridDim.x - 1;
  __syncthreads();
  __threadfence();
  return isLast;
}

/// One digit of the rows blockIdx.y. The last block of a row to finish looks at
/// the counts.
template <typename Encoding>
__global__ void __launch_bounds__(kSelectionThreads, kSelectionBlocks)
    selectDigit(const typename Encoding::Bits *source, int64_t length,
                RankList ranks, int index, int digitBits,
                SelectionMemory<typename Encoding::Bits> memory,
                SelectionResult<Encoding> result) {
  using Bits = typename Encoding::Bits;
  constexpr int64_t kTile = kSelectionThreads * kLoadsAtOnce<Bits>;
  extern __shared__ uint32_t counters[];
  __shared__ Selection<Bits> selection;
  int64_t row = blockIdx.y;
  RowState<Bits> &state = memory.states[row];
  uint32_t *counts = memory.counts + row * kSelectionCounters;
  Digit digit = getDigit<Bits>(index, digitBits);
  if (index == 0) {
    startSelection(selection, ranks, uint32_t(length));
  } else {
    copyWords(selection, state.selection);
    __syncthreads();
  }
  Bits *buffer = memory.buffers + row * memory.capacity;
  bool isHeld = state.numHeld > 0;
  bool fills =
      !isHeld && index > 0 && selection.numCandidates <= memory.capacity;
  const Bits *elements = isHeld ? buffer : source + row * length;
  int64_t count = isHeld ? int64_t(state.numHeld) : length;

  DigitCounter<Encoding> counter(selection, digit, counters,
                                 kSelectionCounters);
  for (int64_t i = blockIdx.x * kTile; i < count; i += gridDim.x * kTile)
    countTile(counter, elements + i, count - i, fills ? buffer : nullptr,
              state.numAppended);
  counter.forSums([&](int i, uint32_t sum) {
    if (sum)
      atomicAdd(&counts[i], sum);
  });
  if (!isLastBlock(state.numFinished))
    return;

  uint32_t numCandidates = selection.numCandidates;
  narrow(selection, digit, counts);
  for (int i = threadIdx.x; i < counter.getSize(); i += kSelectionThreads)
    counts[i] = 0;
  copyWords(state.selection, selection);
  if (threadIdx.x == 0) {
    state.numFinished = 0;
    if (fills)
      state.numHeld = numCandidates;
  }
  if (digit.shift == 0)
    result.write(selection, ranks, row);
}

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_SELECTIONKERNELS_CUH
