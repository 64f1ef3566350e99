// Radix selection: from the highest digit of the keys down, count how many keys
// have which digit, and keep the one that an asked place falls on.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_SELECTION_CUH
#define NUMLOOM_LIB_RUNTIME_CUB_SELECTION_CUH

#include "Device.cuh"

namespace numloom::cub_library {

/// Counters of a block: what it gets of shared memory on any device, less a
/// Selection.
inline constexpr int kSelectionCounters = 11 * 1024;

/// More places than this are had by sorting. Each can have a prefix of its own,
/// with counters for the 256 values of a digit.
inline constexpr int kMaxRanks = kSelectionCounters / 256;

/// The places asked for in every row, ascending.
struct RankList {
  int count;
  uint32_t places[kMaxRanks];
};

/// What the digits that were looked at tell of one row.
template <typename Bits>
struct Selection {
  /// For each rank: the digits of its key, its place among the keys that begin
  /// with them, and how many those are.
  Bits keys[kMaxRanks];
  uint32_t places[kMaxRanks];
  uint32_t sizes[kMaxRanks];
  /// The distinct `keys`, ascending, and which of them is a rank's.
  Bits prefixes[kMaxRanks];
  uint8_t prefixOf[kMaxRanks];
  int numRanks;
  int numPrefixes;
  /// How many keys begin with one of the prefixes.
  uint32_t numCandidates;
};

/// One digit of keys: `width` bits from `shift` on, counted in 1 << `slots`
/// counters, of which a narrow last digit leaves some at zero.
struct Digit {
  int shift, width, slots;
};

/// Before the first digit: all keys begin alike.
template <typename Bits>
__device__ void startSelection(Selection<Bits> &selection,
                               const RankList &ranks, uint32_t length) {
  for (int rank = threadIdx.x; rank < ranks.count; rank += blockDim.x) {
    selection.keys[rank] = 0;
    selection.places[rank] = ranks.places[rank];
    selection.prefixOf[rank] = 0;
  }
  if (threadIdx.x == 0) {
    selection.prefixes[0] = 0;
    selection.numRanks = ranks.count;
    selection.numPrefixes = 1;
    selection.numCandidates = length;
  }
  __syncthreads();
}

/// Which of the prefixes `prefix` is; -1 if it is none.
template <typename Bits>
__device__ int findPrefix(const Selection<Bits> &selection, Bits prefix) {
  int begin = 0, end = selection.numPrefixes;
  while (begin < end) {
    int middle = (begin + end) / 2;
    if (selection.prefixes[middle] < prefix)
      begin = middle + 1;
    else
      end = middle;
  }
  bool isFound =
      begin < selection.numPrefixes && selection.prefixes[begin] == prefix;
  return isFound ? begin : -1;
}

/// Copies of the counters, so that threads with equal digits do not queue.
inline __device__ int getCopies(int counters, int available) {
  int copies = 1;
  while (copies < 32 && 2 * copies * counters <= available)
    copies *= 2;
  return copies;
}

/// One warp: finds the digit of the rank's key.
template <typename Bits>
__device__ void narrowRank(Selection<Bits> &selection, int rank, Digit digit,
                           const volatile uint32_t *counts) {
  counts += selection.prefixOf[rank] << digit.slots;
  int lane = threadIdx.x % 32, perLane = (1 << digit.slots) / 32;
  uint32_t sum = 0;
  for (int i = 0; i < perLane; ++i)
    sum += counts[lane * perLane + i];
  uint32_t end = sum;
  for (int step = 1; step < 32; step *= 2) {
    uint32_t other = __shfl_up_sync(~0u, end, step);
    end += lane >= step ? other : 0;
  }
  uint32_t place = selection.places[rank], begin = end - sum;
  __syncwarp();
  if (place < begin || place >= end)
    return;
  int value = lane * perLane;
  while (place - begin >= counts[value])
    begin += counts[value++];
  selection.places[rank] = place - begin;
  selection.sizes[rank] = counts[value];
  selection.keys[rank] =
      Bits(Bits(selection.keys[rank] << (digit.width - 1)) << 1 | Bits(value));
}

/// Adds a digit to what is known; `counts` are those of all keys of the row.
template <typename Bits>
__device__ void narrow(Selection<Bits> &selection, Digit digit,
                       const volatile uint32_t *counts) {
  for (int rank = threadIdx.x / 32; rank < selection.numRanks;
       rank += blockDim.x / 32)
    narrowRank(selection, rank, digit, counts);
  __syncthreads();
  if (threadIdx.x == 0) {
    int last = -1;
    uint32_t candidates = 0;
    for (int rank = 0; rank < selection.numRanks; ++rank) {
      Bits key = selection.keys[rank];
      if (last < 0 || key != selection.prefixes[last]) {
        selection.prefixes[++last] = key;
        candidates += selection.sizes[rank];
      }
      selection.prefixOf[rank] = uint8_t(last);
    }
    selection.numPrefixes = last + 1;
    selection.numCandidates = candidates;
  }
  __syncthreads();
}

/// How a row is split around one rank: its key, and how many keys are less and
/// how many are equal.
template <typename Bits>
struct Pivot {
  Bits key;
  uint32_t less, equal;
};

/// Where a selection puts what it found. `pivots` may be null.
template <typename Encoding>
struct SelectionResult {
  typename Encoding::Bits *elements;
  Pivot<typename Encoding::Bits> *pivots;

  __device__ void write(const Selection<typename Encoding::Bits> &selection,
                        const RankList &ranks, int64_t row) const {
    for (int i = threadIdx.x; i < ranks.count; i += blockDim.x)
      elements[row * ranks.count + i] = Encoding::decode(selection.keys[i]);
    if (pivots && threadIdx.x == 0)
      pivots[row] = {selection.keys[0], ranks.places[0] - selection.places[0],
                     selection.sizes[0]};
  }
};

/// Whether rows are selected from; otherwise sorting is faster, or the only
/// way.
bool canSelect(DType dtype, Rows rows, int numRanks);

/// Writes the elements at `ranks`, row by row, and unless `pivots` is null each
/// row's Pivot for the first rank.
cudaError_t select(const Call &call, DType dtype, const void *source, Rows rows,
                   const RankList &ranks, void *elements, void *pivots);

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_SELECTION_CUH
