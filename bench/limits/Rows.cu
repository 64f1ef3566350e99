// Limits of programs on rows: a row stays in a block's registers, so memory is
// read once whatever the number of passes.
#include "Limits.h"
#include "Reduce.cuh"

#include <cooperative_groups.h>
#include <cuda_fp16.h>

using namespace limits;

namespace {

constexpr int kRows = 8192, kCols = 4096;

/// One thread's part of a row, in 16-byte pieces that lie a block apart.
template <int Threads, int Pieces>
struct RowPart {
  float values[4 * Pieces];

  __device__ void load(const float *row) {
    const auto *from = reinterpret_cast<const float4 *>(row);
#pragma unroll
    for (int i = 0; i < Pieces; ++i)
      reinterpret_cast<float4 *>(values)[i] = from[i * Threads + threadIdx.x];
  }
  __device__ void store(float *row) const {
    auto *to = reinterpret_cast<float4 *>(row);
#pragma unroll
    for (int i = 0; i < Pieces; ++i)
      to[i * Threads + threadIdx.x] =
          reinterpret_cast<const float4 *>(values)[i];
  }
  template <typename Op, typename Fn>
  __device__ float reduce(Fn fn) const {
    float result = Op::identity;
#pragma unroll
    for (float value : values)
      result = Op()(result, fn(value));
    return reduceBlock<Op, Threads>(result);
  }
  template <typename Fn>
  __device__ void map(Fn fn) {
#pragma unroll
    for (float &value : values)
      value = fn(value);
  }
};

struct Sum {
  template <typename Part>
  static __device__ float run(Part &part) {
    return part.template reduce<Plus>([](float x) { return x; });
  }
};

struct Norm {
  template <typename Part>
  static __device__ float run(Part &part) {
    return sqrtf(part.template reduce<Plus>([](float x) { return x * x; }));
  }
};

struct Variance {
  template <typename Part>
  static __device__ float run(Part &part) {
    float mean = Sum::run(part) / kCols;
    return part.template reduce<Plus>([=](float x) {
      return (x - mean) * (x - mean);
    }) / kCols;
  }
};

struct LogSumExp {
  template <typename Part>
  static __device__ float run(Part &part) {
    float max = part.template reduce<Max>([](float x) { return x; });
    return logf(part.template reduce<Plus>(
               [=](float x) { return expf(x - max); })) +
           max;
  }
};

struct Softmax {
  template <typename Part>
  static __device__ float run(Part &part) {
    float max = part.template reduce<Max>([](float x) { return x; });
    part.map([=](float x) { return expf(x - max); });
    float sum = Sum::run(part);
    part.map([=](float x) { return x / sum; });
    return 0.0f;
  }
};

struct Standardise {
  template <typename Part>
  static __device__ float run(Part &part) {
    float mean = Sum::run(part) / kCols;
    part.map([=](float x) { return x - mean; });
    float deviation = Norm::run(part) * rsqrtf(float(kCols));
    part.map([=](float x) { return x / deviation; });
    return 0.0f;
  }
};

} // namespace

template <typename Program, bool WritesRow, int Threads>
static __global__ void __launch_bounds__(Threads)
    rowKernel(const float *x, float *out) {
  RowPart<Threads, kCols / 4 / Threads> part;
  size_t row = blockIdx.x;
  part.load(x + row * kCols);
  float result = Program::run(part);
  if (WritesRow)
    part.store(out + row * kCols);
  else if (threadIdx.x == 0)
    out[row] = result;
}

template <typename Program, bool WritesRow = false>
static void reportRows(const char *name, const float *x, float *out) {
  auto launch =
      [=]<int Threads>(std::integral_constant<int, Threads>) -> Launch {
    return [=] {
      rowKernel<Program, WritesRow, Threads><<<kRows, Threads>>>(x, out);
    };
  };
  report(name, {launch(std::integral_constant<int, 128>()),
                launch(std::integral_constant<int, 256>()),
                launch(std::integral_constant<int, 512>()),
                launch(std::integral_constant<int, 1024>())});
}

/// float16 rows: 16 bytes hold eight elements.
template <int Threads>
static __global__ void __launch_bounds__(Threads)
    halfSoftmaxKernel(const uint4 *x, uint4 *out) {
  constexpr int pieces = kCols / 8 / Threads;
  RowPart<Threads, 2 * pieces> part;
  size_t base = size_t(blockIdx.x) * (kCols / 8) + threadIdx.x;
#pragma unroll
  for (int i = 0; i < pieces; ++i) {
    uint4 bits = x[base + i * Threads];
    const auto *halves = reinterpret_cast<const __half *>(&bits);
#pragma unroll
    for (int j = 0; j < 8; ++j)
      part.values[8 * i + j] = __half2float(halves[j]);
  }
  Softmax::run(part);
#pragma unroll
  for (int i = 0; i < pieces; ++i) {
    __half halves[8];
#pragma unroll
    for (int j = 0; j < 8; ++j)
      halves[j] = __float2half(part.values[8 * i + j]);
    out[base + i * Threads] = reinterpret_cast<uint4 &>(halves);
  }
}

/// Rows of 32: eight lanes a row.
static __global__ void shortRowsKernel(const float4 *x, float *out,
                                       size_t size) {
  size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  float4 v = i < size ? x[i] : float4{};
  float sum = reduceLanes<Plus, 8>((v.x + v.y) + (v.z + v.w));
  if (i < size && i % 8 == 0)
    out[i / 8] = sum;
}

/// A row too long for one block stays in the registers of a cluster of eight.
template <int Pieces>
static __global__ void __launch_bounds__(1024) __cluster_dims__(8, 1, 1)
    clusterSoftmaxKernel(const float4 *x, float4 *out, int pieces) {
  namespace cg = cooperative_groups;
  auto cluster = cg::this_cluster();
  __shared__ float shared[2];
  size_t base = size_t(blockIdx.x / 8) * pieces;
  int first = cluster.block_rank() * 1024 + threadIdx.x;
  float4 values[Pieces];
  float max = Max::identity;
#pragma unroll
  for (int i = 0; i < Pieces; ++i) {
    int at = first + i * 8192;
    float low = Max::identity;
    values[i] = at < pieces ? x[base + at] : float4{low, low, low, low};
    max = fmaxf(max, fmaxf(fmaxf(values[i].x, values[i].y),
                           fmaxf(values[i].z, values[i].w)));
  }
  auto reduceCluster = [&](float value, int slot, auto op) {
    if (threadIdx.x == 0)
      shared[slot] = value;
    cluster.sync();
    float result = *cluster.map_shared_rank(shared + slot, 0);
    for (int rank = 1; rank < 8; ++rank)
      result = op(result, *cluster.map_shared_rank(shared + slot, rank));
    return result;
  };
  max = reduceCluster(reduceBlock<Max, 1024>(max), 0, Max());
  float sum = 0.0f;
#pragma unroll
  for (int i = 0; i < Pieces; ++i) {
    float4 &v = values[i];
    v = {expf(v.x - max), expf(v.y - max), expf(v.z - max), expf(v.w - max)};
    sum += (v.x + v.y) + (v.z + v.w);
  }
  sum = reduceCluster(reduceBlock<Plus, 1024>(sum), 1, Plus());
#pragma unroll
  for (int i = 0; i < Pieces; ++i)
    if (int at = first + i * 8192; at < pieces) {
      float4 v = values[i];
      out[base + at] = {v.x / sum, v.y / sum, v.z / sum, v.w / sum};
    }
  // Nobody leaves while its shared memory is read.
  cluster.sync();
}

/// y = matrix @ x, a block a row.
static __global__ void __launch_bounds__(256)
    matvecKernel(const float4 *matrix, const float4 *x, float *y, int pieces) {
  const float4 *row = matrix + size_t(blockIdx.x) * pieces;
  float sum = 0.0f;
#pragma unroll 8
  for (int i = threadIdx.x; i < pieces; i += 256) {
    float4 a = __ldcs(row + i), b = x[i];
    sum += (a.x * b.x + a.y * b.y) + (a.z * b.z + a.w * b.w);
  }
  sum = reduceBlock<Plus, 256>(sum);
  if (threadIdx.x == 0)
    y[blockIdx.x] = sum;
}

static float4 *pack(float *pointer) {
  return reinterpret_cast<float4 *>(pointer);
}

static void reportLongRows() {
  constexpr int rows = 256, cols = 200'000, pieces = cols / 4;
  DeviceArray<float> x(size_t(rows) * cols, 0, 1), out(size_t(rows) * cols);
  report("softmax_long_rows", {[&] {
           clusterSoftmaxKernel<7>
               <<<rows * 8, 1024>>>(pack(x), pack(out), pieces);
         }});
}

static void reportMatvec() {
  constexpr int size = 8192;
  DeviceArray<float> matrix(size_t(size) * size, 0, 1), x(size, 0, 1), y(size);
  report("matvec", {[&] {
           matvecKernel<<<size, 256>>>(pack(matrix), pack(x), y, size / 4);
         }});
}

void limits::runRows() {
  DeviceArray<float> x(size_t(kRows) * kCols, 0, 1), out(size_t(kRows) * kCols);
  reportRows<Sum>("sum_axis_1", x, out);
  reportRows<Norm>("row_norms", x, out);
  reportRows<Variance>("var_axis_1", x, out);
  reportRows<LogSumExp>("log_sum_exp", x, out);
  reportRows<Softmax, true>("softmax", x, out);
  reportRows<Standardise, true>("standardise", x, out);
  auto *from = reinterpret_cast<const uint4 *>((float *)x);
  auto *to = reinterpret_cast<uint4 *>((float *)out);
  report("softmax_f16",
         {[=] { halfSoftmaxKernel<128><<<kRows, 128>>>(from, to); },
          [=] { halfSoftmaxKernel<256><<<kRows, 256>>>(from, to); },
          [=] { halfSoftmaxKernel<512><<<kRows, 512>>>(from, to); }});
  size_t pieces = 1'048'576 * 8;
  report("sum_short_rows", {[&, pieces] {
           shortRowsKernel<<<divideUp(pieces, 256), 256>>>(pack(x), out,
                                                           pieces);
         }});
  reportLongRows();
  reportMatvec();
}
