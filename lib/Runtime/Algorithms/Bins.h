// Counting into bins: every piece of the input has counters of its own.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_BINS_H
#define NUMLOOM_RUNTIME_ALGORITHMS_BINS_H

#include "BucketSort.h"

namespace numloom {

/// Calls `addTo(totals, begin, end)` for pieces of [0, count) and sums what
/// each piece wrote into its own zeroed `bins` totals, in the order of the
/// pieces. How many pieces there are depends on `count` and `bins` alone: as
/// many as make the totals cheap beside the elements.
template <typename T, typename AddTo>
void sumPieces(int64_t count, T *totals, int64_t bins, const AddTo &addTo) {
  constexpr int64_t kMaxPieces = 64;
  int64_t pieces = std::clamp<int64_t>(
      count / std::max<int64_t>(kPieceElements, 4 * bins), 1, kMaxPieces);
  int64_t grain = std::max<int64_t>(1, (count + pieces - 1) / pieces);
  pieces = (count + grain - 1) / grain;
  std::fill_n(totals, bins, T(0));
  if (pieces <= 1)
    return addTo(totals, 0, count);
  Scratch<T> partials(pieces * bins);
  parallelFor(count, grain, [&](int64_t begin, int64_t end) noexcept {
    T *partial = &partials[begin / grain * bins];
    std::fill_n(partial, bins, T(0));
    addTo(partial, begin, end);
  });
  constexpr int64_t kBinGrain = 1 << 12;
  parallelFor(bins, kBinGrain, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t piece = 0; piece < pieces; ++piece)
      for (int64_t bin = begin; bin < end; ++bin)
        totals[bin] += partials[piece * bins + bin];
  });
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_BINS_H
