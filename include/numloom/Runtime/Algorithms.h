// Sorting, selecting, searching and counting on the CPU. All run on the thread
// pool; no result depends on the number of threads.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_H
#define NUMLOOM_RUNTIME_ALGORITHMS_H

#include "numloom/Support/DType.h"

#include <cstdint>
#include <span>

namespace numloom {

/// `count` rows of `length` elements each, one after another.
struct Rows {
  int64_t count = 0;
  int64_t length = 0;
  int64_t size() const { return count * length; }
};

/// Sorts each row in NumPy's order into `result`, which does not overlap
/// `source`. -0.0 comes before 0.0. Throws OutOfMemory, as all of these do.
void sortRows(DType dtype, const void *source, void *result, Rows rows);

/// The positions that sort each row; equal elements keep their order, and -0.0
/// equals 0.0.
void argsortRows(DType dtype, const void *source, int64_t *result, Rows rows);

/// Rearranges each row so that the elements at `ranks` (ascending, in range)
/// are those of the sorted row, with none greater before and none less behind.
void partitionRows(DType dtype, const void *source, void *result, Rows rows,
                   std::span<const int64_t> ranks);

/// The elements of each sorted row at `ranks` (ascending, in range), row by
/// row.
void selectRows(DType dtype, const void *source, void *result, Rows rows,
                std::span<const int64_t> ranks);

/// The positions that partition each row.
void argpartitionRows(DType dtype, const void *source, int64_t *result,
                      Rows rows, std::span<const int64_t> ranks);

/// For each of `count` values where it would be inserted into `sorted`, of
/// `length` elements of the same dtype: before equal elements, or behind them.
void searchSorted(DType dtype, const void *sorted, int64_t length,
                  const void *values, int64_t count, bool behindEqual,
                  int64_t *result);

/// counts[b] = how often b occurs among `values`, all in [0, bins).
void countBins(const int64_t *values, int64_t count, int64_t *counts,
               int64_t bins);

/// sums[b] = the sum of the weights of the values that are b, in an order that
/// depends on `count` and `bins` alone.
void sumBins(const int64_t *values, const double *weights, int64_t count,
             double *sums, int64_t bins);

/// The bins of a histogram: `edges` are bins + 1 ascending numbers.
struct HistogramBins {
  const double *edges = nullptr;
  int64_t count = 0;
  /// Bins of equal width, which are found by arithmetic.
  bool isUniform = false;
};

/// counts[b] = how many values lie in [edges[b], edges[b + 1]), the last bin
/// with its end; others are not counted. The dtype is uint8, int32, int64,
/// float32 or float64; values compare as float64.
void countHistogram(DType dtype, const void *values, int64_t count,
                    const HistogramBins &bins, int64_t *counts);

/// The bin of each value; `bins.count` for values in none.
void findBins(DType dtype, const void *values, int64_t count,
              const HistogramBins &bins, int64_t *result);

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_H
