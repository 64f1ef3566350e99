// A copy in 16-byte pieces.
#ifndef NUMLOOM_BENCH_LIMITS_COPY_CUH
#define NUMLOOM_BENCH_LIMITS_COPY_CUH

#include "Limits.h"

namespace limits {

template <int Unroll>
__global__ void copyKernel(const float4 *from, float4 *to, size_t size) {
  size_t base = size_t(blockIdx.x) * blockDim.x * Unroll + threadIdx.x;
  float4 values[Unroll];
#pragma unroll
  for (int i = 0; i < Unroll; ++i)
    if (base + i * blockDim.x < size)
      values[i] = from[base + i * blockDim.x];
#pragma unroll
  for (int i = 0; i < Unroll; ++i)
    if (base + i * blockDim.x < size)
      to[base + i * blockDim.x] = values[i];
}

/// `size` pieces.
template <int Unroll>
void launchCopy(const float4 *from, float4 *to, size_t size) {
  copyKernel<Unroll><<<divideUp(size, 512 * Unroll), 512>>>(from, to, size);
}

} // namespace limits

#endif // NUMLOOM_BENCH_LIMITS_COPY_CUH
