// The interface of libnumloom_cub.so, between nvcc's code and the runtime.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_CUBLIBRARY_H
#define NUMLOOM_LIB_RUNTIME_CUB_CUBLIBRARY_H

#include "numloom/Runtime/Algorithms.h"

#include <cstddef>
#include <cstdint>

namespace numloom::cub_library {

/// Advances with every change of this file: a library of another version is
/// refused.
inline constexpr int kVersion = 2;

/// What a call may use. Its device's context is current.
struct Call {
  /// A CUstream.
  void *stream;
  /// Device memory for this call's work, freed in stream order after it; null
  /// where there is none, and then the call returns.
  void *(*allocate)(void *context, size_t bytes);
  void *context;
};

/// Each function returns a cudaError_t as int. Counts are at least 1.
struct Functions {
  int version;
  const char *(*getErrorName)(int error);
  int (*sortRows)(const Call &call, DType dtype, const void *source,
                  void *result, Rows rows);
  int (*argsortRows)(const Call &call, DType dtype, const void *source,
                     int64_t *result, Rows rows);
  int (*selectRows)(const Call &call, DType dtype, const void *source,
                    void *result, Rows rows, const int64_t *ranks,
                    int64_t numRanks);
  int (*partitionRows)(const Call &call, DType dtype, const void *source,
                       void *result, Rows rows, const int64_t *ranks,
                       int64_t numRanks);
  int (*argpartitionRows)(const Call &call, DType dtype, const void *source,
                          int64_t *result, Rows rows, const int64_t *ranks,
                          int64_t numRanks);
  int (*searchSorted)(const Call &call, DType dtype, const void *sorted,
                      int64_t length, const void *values, int64_t count,
                      bool behindEqual, int64_t *result);
  int (*countBins)(const Call &call, const int64_t *values, int64_t count,
                   int64_t *counts, int64_t bins);
  int (*sumBins)(const Call &call, const int64_t *values, const double *weights,
                 int64_t count, double *sums, int64_t bins);
  int (*countHistogram)(const Call &call, DType dtype, const void *values,
                        int64_t count, const HistogramBins &bins,
                        int64_t *counts);
  int (*findBins)(const Call &call, DType dtype, const void *values,
                  int64_t count, const HistogramBins &bins, int64_t *result);
};

/// The one symbol of the library.
using GetFunctions = const Functions *();
inline constexpr char kEntryPoint[] = "numloomGetCubFunctions";

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_CUBLIBRARY_H
