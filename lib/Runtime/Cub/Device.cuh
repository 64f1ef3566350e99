// What the library's files share: memory, launches, runtime dtypes on devices.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_DEVICE_CUH
#define NUMLOOM_LIB_RUNTIME_CUB_DEVICE_CUH

#include "CubLibrary.h"

#include "numloom/Runtime/KeyEncoding.h"

#include <cuda_runtime.h>

#include <algorithm>

namespace numloom::cub_library {

inline constexpr int kThreads = 256;

/// Device memory of a call as an array of `T`; null where there is none.
template <typename T>
T *allocate(const Call &call, int64_t count) {
  return static_cast<T *>(
      call.allocate(call.context, static_cast<size_t>(count) * sizeof(T)));
}

inline cudaStream_t getStream(const Call &call) {
  return static_cast<cudaStream_t>(call.stream);
}

/// Blocks for a loop over `count` items in strides of the grid: enough to fill
/// any device a few times.
inline int getBlocks(int64_t count, int itemsPerThread = 4) {
  constexpr int64_t kMaxBlocks = 4096;
  int64_t perBlock = int64_t(kThreads) * itemsPerThread;
  return int(
      std::clamp<int64_t>((count + perBlock - 1) / perBlock, 1, kMaxBlocks));
}

/// The calling thread's place in the grid, and the grid's size.
__device__ inline int64_t getFirst() {
  return int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ inline int64_t getStride() {
  return int64_t(gridDim.x) * blockDim.x;
}

template <typename Body>
__global__ void __launch_bounds__(kThreads)
    runForEach(int64_t count, Body body) {
  for (int64_t i = getFirst(); i < count; i += getStride())
    body(i);
}

/// Enqueues `body(i)` for every i in [0, count).
template <typename Body>
cudaError_t forEach(const Call &call, int64_t count, Body body) {
  runForEach<<<getBlocks(count), kThreads, 0, getStream(call)>>>(count, body);
  return cudaGetLastError();
}

/// Calls a function of CUB twice, as CUB wants it: `algorithm(memory, bytes)`
/// tells the bytes it needs, then uses them.
template <typename Algorithm>
cudaError_t runCub(const Call &call, Algorithm &&algorithm) {
  size_t bytes = 0;
  if (cudaError_t error = algorithm(nullptr, bytes))
    return error;
  void *memory = call.allocate(call.context, bytes);
  return memory ? algorithm(memory, bytes) : cudaErrorMemoryAllocation;
}

/// The bits that hold 0 .. count - 1.
inline int getBitWidth(int64_t count) {
  return count <= 1 ? 0 : 64 - __builtin_clzll(uint64_t(count - 1));
}

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_DEVICE_CUH
