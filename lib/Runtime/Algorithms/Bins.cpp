// Counts and sums per integer value.
#include "Bins.h"

#include "numloom/Runtime/Algorithms.h"

using namespace numloom;

void numloom::countBins(const int64_t *values, int64_t count, int64_t *counts,
                        int64_t bins) {
  sumPieces(count, counts, bins,
            [=](int64_t *totals, int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i)
                ++totals[values[i]];
            });
}

void numloom::sumBins(const int64_t *values, const double *weights,
                      int64_t count, double *sums, int64_t bins) {
  sumPieces(count, sums, bins, [=](double *totals, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      totals[values[i]] += weights[i];
  });
}
