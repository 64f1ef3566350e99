// Limits of reductions to one number: one launch, the last block adds up.
#include "Limits.h"
#include "Reduce.cuh"

#include <cub/device/device_reduce.cuh>

using namespace limits;

namespace {

constexpr size_t N = 50'000'000;
constexpr int kThreads = 512;
constexpr int kMaxBlocks = 4096;

struct Identity {
  __device__ float operator()(float x, float) const { return x; }
};
struct Square {
  __device__ float operator()(float x, float) const { return x * x; }
};
struct Product {
  __device__ float operator()(float x, float y) const { return x * y; }
};

} // namespace

template <typename Op>
static __device__ float mapVector(float4 x, float4 y) {
  Op op;
  return (op(x.x, y.x) + op(x.y, y.y)) + (op(x.z, y.z) + op(x.w, y.w));
}

/// `counter` is 0 before and after.
static __device__ void addPartials(float sum, float *partial, unsigned *counter,
                                   float *out) {
  __shared__ bool isLast;
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;
    __threadfence();
    isLast = atomicAdd(counter, 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (!isLast)
    return;
  float total = 0.0f;
  for (int i = threadIdx.x; i < gridDim.x; i += kThreads)
    total += __ldcg(partial + i);
  total = reduceBlock<Plus, kThreads>(total);
  if (threadIdx.x == 0) {
    *out = total;
    *counter = 0;
  }
}

/// Two-operand sums read y, others pass x twice and never load it again.
template <typename Op, bool HasY>
static __global__ void __launch_bounds__(kThreads)
    sumKernel(const float4 *x, const float4 *y, size_t size, float *partial,
              unsigned *counter, float *out) {
  constexpr int unroll = 4;
  size_t step = size_t(gridDim.x) * kThreads;
  size_t i = size_t(blockIdx.x) * kThreads + threadIdx.x;
  float sums[unroll] = {};
  for (; i + (unroll - 1) * step < size; i += unroll * step) {
    float4 a[unroll], b[unroll];
#pragma unroll
    for (int u = 0; u < unroll; ++u) {
      a[u] = __ldcs(x + i + u * step);
      b[u] = HasY ? __ldcs(y + i + u * step) : a[u];
    }
#pragma unroll
    for (int u = 0; u < unroll; ++u)
      sums[u] += mapVector<Op>(a[u], b[u]);
  }
  for (; i < size; i += step)
    sums[0] += mapVector<Op>(x[i], HasY ? y[i] : x[i]);
  float sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  addPartials(reduceBlock<Plus, kThreads>(sum), partial, counter, out);
}

/// Powers 2 to 4 of the distance from the mean, after a first pass for it.
static __global__ void __launch_bounds__(kThreads)
    momentsKernel(const float4 *x, size_t size, const float *mean, float *out) {
  size_t step = size_t(gridDim.x) * kThreads;
  float center = *mean / (4.0f * size), m2 = 0, m3 = 0, m4 = 0;
  for (size_t i = size_t(blockIdx.x) * kThreads + threadIdx.x; i < size;
       i += step) {
    float4 v = x[i];
    for (float value : {v.x, v.y, v.z, v.w}) {
      float d = value - center, square = d * d;
      m2 += square;
      m3 += square * d;
      m4 += square * square;
    }
  }
  m2 = reduceBlock<Plus, kThreads>(m2);
  m3 = reduceBlock<Plus, kThreads>(m3);
  m4 = reduceBlock<Plus, kThreads>(m4);
  if (threadIdx.x == 0) {
    atomicAdd(out, m2);
    atomicAdd(out + 1, m3);
    atomicAdd(out + 2, m4);
  }
}

namespace {

/// Inputs, scratch memory and the launches over them.
struct Sums {
  DeviceArray<float> x{N, 0, 1}, y{N, 0, 1}, partial{kMaxBlocks}, out{4};
  DeviceArray<unsigned> counter{1};

  Sums() { check(cudaMemset(counter, 0, sizeof(unsigned))); }

  template <typename Op, bool HasY>
  Launch get(int blocks) {
    auto pack = [](float *p) { return reinterpret_cast<const float4 *>(p); };
    return [this, blocks, a = pack(x), b = pack(y)] {
      sumKernel<Op, HasY>
          <<<blocks, kThreads>>>(a, b, N / 4, partial, counter, out);
    };
  }

  template <typename Op, bool HasY = false>
  void reportSum(const char *name) {
    report(name, {get<Op, HasY>(132 * 2), get<Op, HasY>(132 * 4),
                  get<Op, HasY>(132 * 8), get<Op, HasY>(132 * 16)});
  }
};

} // namespace

static Launch getCubSum(Sums &sums, DeviceArray<char> &storage, size_t bytes) {
  return [&sums, &storage, bytes]() mutable {
    float *x = sums.x, *out = sums.out;
    check(cub::DeviceReduce::Sum((char *)storage, bytes, x, out, int(N)));
  };
}

void limits::runReductions() {
  Sums sums;
  size_t bytes = 0;
  float *x = sums.x, *out = sums.out;
  check(cub::DeviceReduce::Sum(nullptr, bytes, x, out, int(N)));
  DeviceArray<char> storage(bytes);
  report("sum", {sums.get<Identity, false>(132 * 4),
                 sums.get<Identity, false>(132 * 8),
                 sums.get<Identity, false>(132 * 16),
                 getCubSum(sums, storage, bytes)});
  sums.reportSum<Square>("sum_of_squares");
  sums.reportSum<Product, true>("dot_product");
  Launch mean = sums.get<Identity, false>(132 * 8);
  report("moments", {[&] {
           mean();
           check(cudaMemsetAsync(sums.out + 1, 0, 3 * sizeof(float)));
           momentsKernel<<<132 * 8, kThreads>>>(
               reinterpret_cast<const float4 *>((float *)sums.x), N / 4,
               sums.out, sums.out + 1);
         }});
}
