// Limits of transposed access: tiles through shared memory, 16-byte accesses on
// both sides.
#include "Limits.h"

using namespace limits;

static constexpr int kRows = 8192, kCols = 4096;

/// out[j][i] = in[i][j] (+ other[j][i]) for a rows x cols input; the block's
/// threads cover Tile/4 vectors by 256 / (Tile/4) rows.
template <int Tile, bool HasOther>
static __global__ void __launch_bounds__(256)
    transposeKernel(const float *in, const float *other, float *out, int rows,
                    int cols) {
  constexpr int vectors = Tile / 4, step = 256 / vectors;
  __shared__ float tile[Tile][Tile + 1];
  int vector = threadIdx.x % vectors, line = threadIdx.x / vectors;
  int row = blockIdx.y * Tile, col = blockIdx.x * Tile;
#pragma unroll
  for (int i = line; i < Tile; i += step) {
    float4 v = *reinterpret_cast<const float4 *>(in + size_t(row + i) * cols +
                                                 col + 4 * vector);
    tile[i][4 * vector] = v.x;
    tile[i][4 * vector + 1] = v.y;
    tile[i][4 * vector + 2] = v.z;
    tile[i][4 * vector + 3] = v.w;
  }
  __syncthreads();
#pragma unroll
  for (int i = line; i < Tile; i += step) {
    size_t at = size_t(col + i) * rows + row + 4 * vector;
    float4 v = {tile[4 * vector][i], tile[4 * vector + 1][i],
                tile[4 * vector + 2][i], tile[4 * vector + 3][i]};
    if (HasOther) {
      float4 o = *reinterpret_cast<const float4 *>(other + at);
      v = {v.x + o.x, v.y + o.y, v.z + o.z, v.w + o.w};
    }
    *reinterpret_cast<float4 *>(out + at) = v;
  }
}

/// The classic tile: 4-byte accesses, no bank conflicts.
template <bool HasOther>
static __global__ void scalarTransposeKernel(const float *in,
                                             const float *other, float *out,
                                             int rows, int cols) {
  __shared__ float tile[32][33];
  int row = blockIdx.y * 32, col = blockIdx.x * 32;
#pragma unroll
  for (int i = threadIdx.y; i < 32; i += 8)
    tile[i][threadIdx.x] = in[size_t(row + i) * cols + col + threadIdx.x];
  __syncthreads();
#pragma unroll
  for (int i = threadIdx.y; i < 32; i += 8) {
    size_t at = size_t(col + i) * rows + row + threadIdx.x;
    out[at] = tile[threadIdx.x][i] + (HasOther ? other[at] : 0.0f);
  }
}

template <bool HasOther>
static void reportTranspose(const char *name) {
  constexpr size_t size = size_t(kRows) * kCols;
  DeviceArray<float> in(size, 0, 1), other(size, 0, 1), out(size);
  auto launch = [&]<int Tile>(std::integral_constant<int, Tile>) -> Launch {
    return [&] {
      transposeKernel<Tile, HasOther>
          <<<dim3(kCols / Tile, kRows / Tile), 256>>>(in, other, out, kRows,
                                                      kCols);
    };
  };
  report(name, {launch(std::integral_constant<int, 32>()),
                launch(std::integral_constant<int, 64>()), [&] {
                  scalarTransposeKernel<HasOther>
                      <<<dim3(kCols / 32, kRows / 32), dim3(32, 8)>>>(
                          in, other, out, kRows, kCols);
                }});
}

void limits::runMovement() {
  reportTranspose<false>("transpose");
  reportTranspose<true>("add_transposed");
}
