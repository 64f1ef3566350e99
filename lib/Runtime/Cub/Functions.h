// The functions of libnumloom_cub.so, one file each; see CubLibrary.h.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_FUNCTIONS_H
#define NUMLOOM_LIB_RUNTIME_CUB_FUNCTIONS_H

#include "CubLibrary.h"

namespace numloom::cub_library {

int sortRows(const Call &call, DType dtype, const void *source, void *result,
             Rows rows);
int argsortRows(const Call &call, DType dtype, const void *source,
                int64_t *result, Rows rows);
int selectRows(const Call &call, DType dtype, const void *source, void *result,
               Rows rows, const int64_t *ranks, int64_t numRanks);
int partitionRows(const Call &call, DType dtype, const void *source,
                  void *result, Rows rows, const int64_t *ranks,
                  int64_t numRanks);
int argpartitionRows(const Call &call, DType dtype, const void *source,
                     int64_t *result, Rows rows, const int64_t *ranks,
                     int64_t numRanks);
int searchSorted(const Call &call, DType dtype, const void *sorted,
                 int64_t length, const void *values, int64_t count,
                 bool behindEqual, int64_t *result);
int countBins(const Call &call, const int64_t *values, int64_t count,
              int64_t *counts, int64_t bins);
int sumBins(const Call &call, const int64_t *values, const double *weights,
            int64_t count, double *sums, int64_t bins);
int countHistogram(const Call &call, DType dtype, const void *values,
                   int64_t count, const HistogramBins &bins, int64_t *counts);
int findBins(const Call &call, DType dtype, const void *values, int64_t count,
             const HistogramBins &bins, int64_t *result);

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_FUNCTIONS_H
