// The entry point of libnumloom_cub.so.
#include "Functions.h"

#include <cuda_runtime.h>

using namespace numloom::cub_library;

static constexpr Functions kFunctions{
    .version = kVersion,
    .getErrorName =
        [](int error) {
          return cudaGetErrorName(static_cast<cudaError_t>(error));
        },
    .sortRows = sortRows,
    .argsortRows = argsortRows,
    .selectRows = selectRows,
    .partitionRows = partitionRows,
    .argpartitionRows = argpartitionRows,
    .searchSorted = searchSorted,
    .countBins = countBins,
    .sumBins = sumBins,
    .countHistogram = countHistogram,
    .findBins = findBins,
};

extern "C" __attribute__((visibility("default"))) const Functions *
numloomGetCubFunctions() {
  return &kFunctions;
}
