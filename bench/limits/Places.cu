// How much a miss fetches.
#include "Places.cuh"

using namespace limits;

Launch limits::withFetches(size_t bytes, Launch launch) {
  static size_t usual = 0, current = 0;
  if (usual == 0) {
    check(cudaDeviceGetLimit(&usual, cudaLimitMaxL2FetchGranularity));
    current = usual;
  }
  if (bytes == 0)
    bytes = usual;
  return [=] {
    if (current != bytes && cudaDeviceSetLimit(cudaLimitMaxL2FetchGranularity,
                                               bytes) != cudaSuccess)
      cudaGetLastError();
    current = bytes;
    launch();
  };
}
