// Limit of a 5 x 5 binomial blur: a thread walks down four columns, keeps five
// rows of them, and gets the sums of the next four from the next lane.
#include "Limits.h"

using namespace limits;

static constexpr int kSize = 8192, kPieces = kSize / 4;
/// The last lane has the neighbours of the one before alone.
static constexpr int kLanes = 31, kOutPieces = kPieces - 1;

static __device__ float weigh(float a, float b, float c, float d, float e) {
  return a + 4.0f * b + 6.0f * c + 4.0f * d + e;
}

static __device__ float4 weigh(float4 a, float4 b, float4 c, float4 d,
                               float4 e) {
  return {weigh(a.x, b.x, c.x, d.x, e.x), weigh(a.y, b.y, c.y, d.y, e.y),
          weigh(a.z, b.z, c.z, d.z, e.z), weigh(a.w, b.w, c.w, d.w, e.w)};
}

static __device__ float4 getNextLane(float4 v) {
  return {__shfl_down_sync(0xffffffff, v.x, 1),
          __shfl_down_sync(0xffffffff, v.y, 1),
          __shfl_down_sync(0xffffffff, v.z, 1),
          __shfl_down_sync(0xffffffff, v.w, 1)};
}

/// Dividing by 256 and multiplying by its reciprocal are the same.
static __device__ float4 blurRow(float4 v) {
  float4 n = getNextLane(v);
  constexpr float scale = 1.0f / 256.0f;
  return {scale * weigh(v.x, v.y, v.z, v.w, n.x),
          scale * weigh(v.y, v.z, v.w, n.x, n.y),
          scale * weigh(v.z, v.w, n.x, n.y, n.z),
          scale * weigh(v.w, n.x, n.y, n.z, n.w)};
}

/// A warp is 31 pieces of 16 bytes wide and `Rows` rows high; the image loses
/// four rows and columns. Three rows are on their way while one is computed.
template <int Rows>
static __global__ void gaussianKernel(const float4 *__restrict__ x,
                                      float4 *__restrict__ out) {
  constexpr int ahead = 7;
  int lane = threadIdx.x;
  int piece = (blockIdx.x * blockDim.y + threadIdx.y) * kLanes + lane;
  int first = blockIdx.y * Rows;
  bool isInside = lane < kLanes && piece < kOutPieces;
  const float4 *from = x + min(piece, kPieces - 1);
  auto load = [&](int row) {
    return from[size_t(min(first + row, kSize - 1)) * kPieces];
  };
  float4 rows[ahead + 1];
#pragma unroll
  for (int i = 0; i < ahead; ++i)
    rows[i] = load(i);
#pragma unroll
  for (int i = 0; i < Rows; ++i) {
    auto at = [&](int row) -> float4 & { return rows[row % (ahead + 1)]; };
    if (i + ahead < Rows + 4)
      at(i + ahead) = load(i + ahead);
    float4 sums = weigh(at(i), at(i + 1), at(i + 2), at(i + 3), at(i + 4));
    float4 result = blurRow(sums);
    if (isInside && first + i < kSize - 4)
      __stcs(out + size_t(first + i) * kOutPieces + piece, result);
  }
}

static __global__ void simpleGaussianKernel(const float *x, float *out) {
  int col = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
  if (col >= kSize - 4)
    return;
  float sums[5];
  for (int i = 0; i < 5; ++i) {
    const float *at = x + size_t(row) * kSize + col + i;
    sums[i] =
        weigh(at[0], at[kSize], at[2 * kSize], at[3 * kSize], at[4 * kSize]);
  }
  out[size_t(row) * (kSize - 4) + col] =
      weigh(sums[0], sums[1], sums[2], sums[3], sums[4]) / 256.0f;
}

void limits::runGaussian() {
  constexpr size_t size = size_t(kSize) * kSize;
  constexpr size_t outSize = size_t(kSize - 4) * (kSize - 4);
  DeviceArray<float> x(size, 0, 1), out(outSize), expected(outSize);
  simpleGaussianKernel<<<dim3(divideUp(kSize, 256), kSize - 4), 256>>>(
      x, expected);
  auto launch = [&]<int Rows>(std::integral_constant<int, Rows>,
                              unsigned warps) -> Launch {
    return [&, warps] {
      dim3 blocks(divideUp(kOutPieces, kLanes * warps),
                  divideUp(kSize - 4, Rows));
      gaussianKernel<Rows><<<blocks, dim3(32, warps)>>>(
          reinterpret_cast<const float4 *>((float *)x),
          reinterpret_cast<float4 *>((float *)out));
    };
  };
  auto variants = {launch(std::integral_constant<int, 8>(), 4),
                   launch(std::integral_constant<int, 16>(), 4),
                   launch(std::integral_constant<int, 16>(), 2),
                   launch(std::integral_constant<int, 32>(), 4),
                   launch(std::integral_constant<int, 64>(), 2)};
  if (areCorrect("gaussian", variants, out, expected, outSize * sizeof(float)))
    report("gaussian", variants);
}
