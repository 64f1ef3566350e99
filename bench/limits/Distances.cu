// Limit of distances between all points: tiles in registers, of which the upper
// triangle is enough.
#include "Limits.h"

#include <cmath>

using namespace limits;

static constexpr int kPoints = 8000, kDims = 16;

/// Points of a tile, a coordinate after the other: neighbours' are 16 bytes.
template <int Tile>
struct Points {
  // The padding keeps rows at multiples of 16 bytes.
  float coordinates[kDims][Tile + 4];

  __device__ void load(const float4 *points, int first) {
    constexpr int pieces = kDims / 4;
#pragma unroll
    for (int i = threadIdx.x; i < Tile * pieces; i += 256) {
      int point = i / pieces, dim = i % pieces * 4;
      float4 v = {};
      if (first + point < kPoints)
        v = points[size_t(first + point) * pieces + i % pieces];
      coordinates[dim][point] = v.x;
      coordinates[dim + 1][point] = v.y;
      coordinates[dim + 2][point] = v.z;
      coordinates[dim + 3][point] = v.w;
    }
  }
  /// Four neighbours' coordinates in each 64 points.
  __device__ void read(int dim, int thread, float (&values)[Tile / 16]) const {
#pragma unroll
    for (int i = 0; i < Tile / 64; ++i)
      reinterpret_cast<float4 *>(values)[i] = *reinterpret_cast<const float4 *>(
          &coordinates[dim][64 * i + 4 * thread]);
  }
};

/// What a thread has of a tile: squares of 4 x 4, 64 rows or columns apart.
template <int Tile>
struct Squares {
  static constexpr int size = Tile / 16;
  float sums[size][size] = {};

  __device__ void add(const float (&x)[size], const float (&y)[size]) {
#pragma unroll
    for (int row = 0; row < size; ++row)
#pragma unroll
      for (int col = 0; col < size; ++col) {
        float d = x[row] - y[col];
        sums[row][col] += d * d;
      }
  }
  __device__ void takeRoots() {
#pragma unroll
    for (auto &row : sums)
#pragma unroll
      for (float &sum : row)
        sum = sqrtf(sum);
  }
  /// Four elements of a row, or with `IsTransposed` of a column.
  template <bool IsTransposed>
  __device__ float4 get(int line, int at) const {
    if (IsTransposed)
      return {sums[at][line], sums[at + 1][line], sums[at + 2][line],
              sums[at + 3][line]};
    return {sums[line][at], sums[line][at + 1], sums[line][at + 2],
            sums[line][at + 3]};
  }
  /// The thread's square of the tile at `row` and `col` of `out`, or the
  /// transposed one. Full sectors: lanes with neighbouring pieces are many.
  template <bool IsTransposed>
  __device__ void store(float *out, int row, int col) const {
#pragma unroll
    for (int i = 0; i < size; ++i)
#pragma unroll
      for (int j = 0; j < size; j += 4) {
        int line = row + i / 4 * 64 + i % 4, at = col + j / 4 * 64;
        if (line < kPoints && at < kPoints)
          __stcs(reinterpret_cast<float4 *>(out + size_t(line) * kPoints + at),
                 get<IsTransposed>(i, j));
      }
  }
};

/// The column of the triangle's tile `index`, counted column after column; its
/// row is what is left.
static __device__ int getTriangleColumn(int &index) {
  int col = int((sqrtf(8.0f * index + 1.0f) - 1.0f) * 0.5f);
  // Of these numbers the root is off by one at most.
  col -= col * (col + 1) / 2 > index;
  col += (col + 1) * (col + 2) / 2 <= index;
  index -= col * (col + 1) / 2;
  return col;
}

/// `IsTriangle`: d(x, y) and d(y, x) are equal to the bit, so that each tile is
/// computed once and stored twice.
template <int Tile, bool IsTriangle>
static __global__ void __launch_bounds__(256)
    distanceKernel(const float4 *points, float *out) {
  __shared__ Points<Tile> x, y;
  int rowTile = blockIdx.x, colTile = blockIdx.y;
  if (IsTriangle)
    colTile = getTriangleColumn(rowTile);
  x.load(points, rowTile * Tile);
  y.load(points, colTile * Tile);
  __syncthreads();
  // A warp has 8 x 4 squares: rows of 128 bytes, columns of 64.
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int colThread = lane % 8 + warp % 2 * 8, rowThread = lane / 8 + warp / 2 * 4;
  Squares<Tile> squares;
#pragma unroll
  for (int dim = 0; dim < kDims; ++dim) {
    float rows[Tile / 16], cols[Tile / 16];
    x.read(dim, rowThread, rows);
    y.read(dim, colThread, cols);
    squares.add(rows, cols);
  }
  squares.takeRoots();
  int row = rowTile * Tile + 4 * rowThread,
      col = colTile * Tile + 4 * colThread;
  squares.template store<false>(out, row, col);
  if (IsTriangle && rowTile != colTile)
    squares.template store<true>(out, col, row);
}

static __global__ void simpleDistanceKernel(const float *points, float *out) {
  int row = blockIdx.x, col = blockIdx.y * blockDim.x + threadIdx.x;
  if (col >= kPoints)
    return;
  float sum = 0;
  for (int dim = 0; dim < kDims; ++dim) {
    float d = points[row * kDims + dim] - points[col * kDims + dim];
    sum += d * d;
  }
  out[size_t(row) * kPoints + col] = sqrtf(sum);
}

void limits::runDistances() {
  constexpr size_t size = size_t(kPoints) * kPoints;
  DeviceArray<float> points(kPoints * kDims, 0, 1), out(size), expected(size);
  simpleDistanceKernel<<<dim3(kPoints, divideUp(kPoints, 256)), 256>>>(
      points, expected);
  auto launch =
      [&]<int Tile, bool IsTriangle>(std::integral_constant<int, Tile>,
                                     std::bool_constant<IsTriangle>) -> Launch {
    return [&] {
      constexpr unsigned tiles = divideUp(kPoints, Tile);
      dim3 blocks =
          IsTriangle ? dim3(tiles * (tiles + 1) / 2) : dim3(tiles, tiles);
      distanceKernel<Tile, IsTriangle><<<blocks, 256>>>(
          reinterpret_cast<const float4 *>((float *)points), out);
    };
  };
  std::integral_constant<int, 64> narrow;
  std::integral_constant<int, 128> wide;
  std::false_type all;
  std::true_type triangle;
  auto variants = {launch(narrow, all), launch(wide, all),
                   launch(narrow, triangle), launch(wide, triangle)};
  if (areCorrect("pairwise", variants, out, expected, size * sizeof(float)))
    report("pairwise", variants);
}
