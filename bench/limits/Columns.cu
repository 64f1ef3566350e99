// Limits of reductions along columns: coalesced partial sums of bands of rows,
// which a second launch adds up, or the last of the columns' blocks.
#include "Limits.h"

using namespace limits;

static constexpr int kRows = 8192, kCols = 4096, kPieces = kCols / 4;
static constexpr int kThreadRows = 8;

static __device__ float4 add(float4 a, float4 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}

static __device__ float4 addSquares(float4 sum, float4 v) {
  return {sum.x + v.x * v.x, sum.y + v.y * v.y, sum.z + v.z * v.z,
          sum.w + v.w * v.w};
}

/// Adds up what the block's rows of threads hold; row 0 gets the result.
static __device__ float4 addThreadRows(float4 sum) {
  __shared__ float4 shared[kThreadRows][32];
  __syncthreads();
  shared[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  for (int i = 1; i < kThreadRows && threadIdx.y == 0; ++i)
    sum = add(sum, shared[i][threadIdx.x]);
  return sum;
}

static __device__ float getVariance(float sum, float squares) {
  float mean = sum / kRows;
  return squares / kRows - mean * mean;
}

/// The block's columns of the result, from the bands' partial sums.
template <bool HasSquares>
static __device__ void combine(const float4 *partial, float4 *out, int bands) {
  int col = blockIdx.x * 32 + threadIdx.x;
  float4 sum = {}, squares = {};
  for (int band = threadIdx.y; band < bands; band += kThreadRows) {
    sum = add(sum, __ldcg(partial + size_t(band) * kPieces + col));
    if (HasSquares)
      squares =
          add(squares, __ldcg(partial + size_t(bands + band) * kPieces + col));
  }
  sum = addThreadRows(sum);
  if (HasSquares) {
    squares = addThreadRows(squares);
    sum = {getVariance(sum.x, squares.x), getVariance(sum.y, squares.y),
           getVariance(sum.z, squares.z), getVariance(sum.w, squares.w)};
  }
  if (threadIdx.y == 0)
    out[col] = sum;
}

template <bool HasSquares>
static __global__ void combineKernel(const float4 *partial, float4 *out,
                                     int bands) {
  combine<HasSquares>(partial, out, bands);
}

/// Whether all other bands of the block's columns are in memory. `counters` are
/// 0 before and after.
static __device__ bool isLastBand(unsigned *counters) {
  __shared__ bool isLast;
  if (threadIdx.y == 0)
    __threadfence();
  __syncthreads();
  if (threadIdx.x == 0 && threadIdx.y == 0) {
    isLast = atomicAdd(counters + blockIdx.x, 1) == gridDim.y - 1;
    if (isLast)
      counters[blockIdx.x] = 0;
    __threadfence();
  }
  __syncthreads();
  return isLast;
}

/// Sums, and with `HasSquares` sums of squares, of the distances from the first
/// row, which keep their digits. `IsAll`: the result, too.
template <bool HasSquares, bool IsAll>
static __global__ void bandKernel(const float4 *x, float4 *partial,
                                  int bandRows, unsigned *counters,
                                  float4 *out) {
  int col = blockIdx.x * 32 + threadIdx.x;
  float4 shift = HasSquares ? x[col] : float4{};
  float4 sum = {}, squares = {};
  const float4 *at = x + size_t(blockIdx.y) * bandRows * kPieces + col;
#pragma unroll 8
  for (int row = threadIdx.y; row < bandRows; row += kThreadRows) {
    float4 v = __ldcs(at + size_t(row) * kPieces);
    if (HasSquares)
      v = {v.x - shift.x, v.y - shift.y, v.z - shift.z, v.w - shift.w};
    sum = add(sum, v);
    if (HasSquares)
      squares = addSquares(squares, v);
  }
  sum = addThreadRows(sum);
  size_t slot = size_t(blockIdx.y) * kPieces + col;
  if (threadIdx.y == 0)
    partial[slot] = sum;
  if (HasSquares) {
    squares = addThreadRows(squares);
    if (threadIdx.y == 0)
      partial[size_t(gridDim.y) * kPieces + slot] = squares;
  }
  if (IsAll && isLastBand(counters))
    combine<HasSquares>(partial, out, gridDim.y);
}

template <bool HasSquares>
static void reportColumns(const char *name) {
  DeviceArray<float> x(size_t(kRows) * kCols, 0, 1), out(kCols);
  DeviceArray<float> partial(size_t(2) * 256 * kCols);
  DeviceArray<unsigned> counters(kPieces / 32);
  check(cudaMemset(counters, 0, kPieces / 32 * sizeof(unsigned)));
  auto pack = [](float *pointer) {
    return reinterpret_cast<float4 *>(pointer);
  };
  constexpr dim3 threads(32, kThreadRows);
  auto twice = [&](int bands) -> Launch {
    return [=, a = pack(x), b = pack(partial), c = pack(out)] {
      bandKernel<HasSquares, false><<<dim3(kPieces / 32, bands), threads>>>(
          a, b, kRows / bands, nullptr, c);
      combineKernel<HasSquares><<<kPieces / 32, threads>>>(b, c, bands);
    };
  };
  auto once = [&](int bands) -> Launch {
    return [=, a = pack(x), b = pack(partial), c = pack(out),
            ready = (unsigned *)counters] {
      bandKernel<HasSquares, true><<<dim3(kPieces / 32, bands), threads>>>(
          a, b, kRows / bands, ready, c);
    };
  };
  report(name, {twice(32), twice(64), twice(128), twice(256), once(16),
                once(32), once(64), once(128)});
}

void limits::runColumns() {
  reportColumns<false>("sum_axis_0");
  reportColumns<true>("var_axis_0");
}
