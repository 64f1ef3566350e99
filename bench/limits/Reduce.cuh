// Sums within a block.
#ifndef NUMLOOM_BENCH_LIMITS_REDUCE_CUH
#define NUMLOOM_BENCH_LIMITS_REDUCE_CUH

namespace limits {

struct Plus {
  __device__ float operator()(float x, float y) const { return x + y; }
  static constexpr float identity = 0.0f;
};

struct Max {
  __device__ float operator()(float x, float y) const { return fmaxf(x, y); }
  static constexpr float identity = -3.402823466e38f;
};

template <typename Op, int Lanes = 32>
__device__ float reduceLanes(float value) {
#pragma unroll
  for (int distance = Lanes / 2; distance > 0; distance /= 2)
    value = Op()(value, __shfl_xor_sync(0xffffffff, value, distance));
  return value;
}

/// Every thread gets the result; Threads is a multiple of 32.
template <typename Op, int Threads>
__device__ float reduceBlock(float value) {
  constexpr int warps = Threads / 32;
  value = reduceLanes<Op>(value);
  if constexpr (warps == 1)
    return value;
  __shared__ float partial[warps];
  // The previous reduction's readers are done.
  __syncthreads();
  if (threadIdx.x % 32 == 0)
    partial[threadIdx.x / 32] = value;
  __syncthreads();
  int lane = threadIdx.x % 32;
  return reduceLanes<Op>(lane < warps ? partial[lane] : Op::identity);
}

} // namespace limits

#endif // NUMLOOM_BENCH_LIMITS_REDUCE_CUH
