// Sorting, searching and counting on GPUs. Pointers are device pointers; all
// work is enqueued on the thread's current stream of the device. What each
// function does is written in Runtime/Algorithms.h.
//
// The kernels, most of them CUB's, are in libnumloom_cub.so beside the package,
// which is opened at the first call. All functions throw OutOfMemory and
// CudaError, the latter with the library's name if it is missing.
#ifndef NUMLOOM_RUNTIME_CUDA_ALGORITHMS_H
#define NUMLOOM_RUNTIME_CUDA_ALGORITHMS_H

#include "numloom/Runtime/Algorithms.h"

namespace numloom::cuda {

void sortRows(int ordinal, DType dtype, const void *source, void *result,
              Rows rows);
/// At most 2^32 - 1 elements in all; throws CudaError beyond.
void argsortRows(int ordinal, DType dtype, const void *source, int64_t *result,
                 Rows rows);
void selectRows(int ordinal, DType dtype, const void *source, void *result,
                Rows rows, std::span<const int64_t> ranks);
void partitionRows(int ordinal, DType dtype, const void *source, void *result,
                   Rows rows, std::span<const int64_t> ranks);
/// As argsortRows.
void argpartitionRows(int ordinal, DType dtype, const void *source,
                      int64_t *result, Rows rows,
                      std::span<const int64_t> ranks);
void searchSorted(int ordinal, DType dtype, const void *sorted, int64_t length,
                  const void *values, int64_t count, bool behindEqual,
                  int64_t *result);
void countBins(int ordinal, const int64_t *values, int64_t count,
               int64_t *counts, int64_t bins);
void sumBins(int ordinal, const int64_t *values, const double *weights,
             int64_t count, double *sums, int64_t bins);
void countHistogram(int ordinal, DType dtype, const void *values, int64_t count,
                    const HistogramBins &bins, int64_t *counts);
void findBins(int ordinal, DType dtype, const void *values, int64_t count,
              const HistogramBins &bins, int64_t *result);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_ALGORITHMS_H
