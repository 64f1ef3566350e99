// Matrix products by loops, of the dtypes that BLAS lacks.
#include "GemmKernels.h"

#include <algorithm>
#include <bit>

using namespace numloom;

namespace {

/// How an element type is multiplied: its representation in memory, the type
/// that products are summed in, and the way between them.
template <typename T, typename A = T>
struct Arithmetic {
  using Storage = T;
  using Accumulator = A;
  static A load(T value) { return static_cast<A>(value); }
  static T store(A value) { return static_cast<T>(value); }
  static A multiplyAdd(A sum, A a, A b) { return sum + a * b; }
};

/// Integers wrap around, so signedness does not matter; narrow ones are summed
/// in 32 bits, where C++ promotes to anyway.
using Integer8 = Arithmetic<uint8_t, uint32_t>;
using Integer16 = Arithmetic<uint16_t, uint32_t>;
using Integer32 = Arithmetic<uint32_t>;
using Integer64 = Arithmetic<uint64_t>;
using Half = Arithmetic<_Float16, float>;

struct Boolean : Arithmetic<uint8_t, uint32_t> {
  static uint32_t load(uint8_t value) { return value != 0; }
  static uint32_t multiplyAdd(uint32_t sum, uint32_t a, uint32_t b) {
    return sum | (a & b);
  }
};

struct BFloat : Arithmetic<uint16_t, float> {
  static float load(uint16_t value) {
    return std::bit_cast<float>(uint32_t(value) << 16);
  }
  /// Rounds to nearest, ties to even.
  static uint16_t store(float value) {
    auto bits = std::bit_cast<uint32_t>(value);
    if (value != value)
      return uint16_t(bits >> 16) | 0x40;
    return uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
  }
};

/// Rows and bytes of columns that the innermost loop keeps in registers.
constexpr int64_t kRegisterRows = 4;
constexpr int64_t kRegisterBytes = 64;
/// A tile of C, and how much of k is packed at a time: the packed part of B
/// stays in the second-level cache, that of A in the first.
constexpr int64_t kTileRows = 64;
constexpr int64_t kTileCols = 64;
constexpr int64_t kTileDepth = 128;

} // namespace

template <typename Ops>
static typename Ops::Accumulator loadAt(const MatrixRef &ref, int64_t row,
                                        int64_t col) {
  using Storage = typename Ops::Storage;
  int64_t offset = row * ref.rowStride + col * ref.colStride;
  return Ops::load(reinterpret_cast<const Storage *>(ref.data)[offset]);
}

template <typename Ops>
static typename Ops::Storage &storageAt(const MatrixRef &ref, int64_t row,
                                        int64_t col) {
  int64_t offset = row * ref.rowStride + col;
  return reinterpret_cast<typename Ops::Storage *>(ref.data)[offset];
}

template <typename Ops>
static void computeSmall(const GemmTile &tile) noexcept {
  for (int64_t i = 0; i < tile.m; ++i)
    for (int64_t j = 0; j < tile.n; ++j) {
      typename Ops::Accumulator sum{};
      for (int64_t p = 0; p < tile.k; ++p)
        sum = Ops::multiplyAdd(sum, loadAt<Ops>(tile.a, i, p),
                               loadAt<Ops>(tile.b, p, j));
      storageAt<Ops>(tile.c, i, j) = Ops::store(sum);
    }
}

namespace {

/// Computes one tile of C, a slice of k at a time, from packed operands. Forced
/// inline into one function per instruction set, so that each gets its vectors.
template <typename Ops>
struct TileComputer {
  using Accumulator = typename Ops::Accumulator;
  static constexpr int64_t kRegisterCols = kRegisterBytes / sizeof(Accumulator);

  explicit TileComputer(const GemmTile &tile) : tile(tile) {}

  const GemmTile &tile;
  /// Panels of kRegisterRows rows of A and of kRegisterCols columns of B, k
  /// outermost within a panel; padded with zeros.
  alignas(64) Accumulator packedA[kTileRows * kTileDepth];
  alignas(64) Accumulator packedB[kTileCols * kTileDepth];
  alignas(64) Accumulator sums[kTileRows * kTileCols];

  [[gnu::always_inline]] void packA(int64_t first, int64_t depth) {
    Accumulator *to = packedA;
    for (int64_t i = 0; i < tile.m; i += kRegisterRows)
      for (int64_t p = 0; p < depth; ++p)
        for (int64_t r = i; r < i + kRegisterRows; ++r)
          *to++ =
              r < tile.m ? loadAt<Ops>(tile.a, r, first + p) : Accumulator();
  }

  [[gnu::always_inline]] void packB(int64_t first, int64_t depth) {
    Accumulator *to = packedB;
    for (int64_t j = 0; j < tile.n; j += kRegisterCols)
      for (int64_t p = 0; p < depth; ++p, to += kRegisterCols)
        packBRow(first + p, j, to);
  }

  /// Whole contiguous rows are told apart because they are copied as vectors.
  [[gnu::always_inline]] void packBRow(int64_t p, int64_t j, Accumulator *to) {
    if (tile.b.colStride == 1 && j + kRegisterCols <= tile.n) {
      const auto *from = &storageAt<Ops>(tile.b, p, j);
      for (int64_t c = 0; c < kRegisterCols; ++c)
        to[c] = Ops::load(from[c]);
      return;
    }
    for (int64_t c = 0; c < kRegisterCols; ++c)
      to[c] = j + c < tile.n ? loadAt<Ops>(tile.b, p, j + c) : Accumulator();
  }

  [[gnu::always_inline]] void multiplyPanels(const Accumulator *a,
                                             const Accumulator *b,
                                             int64_t depth, Accumulator *sum) {
    Accumulator registers[kRegisterRows][kRegisterCols];
    for (int64_t r = 0; r < kRegisterRows; ++r)
      for (int64_t c = 0; c < kRegisterCols; ++c)
        registers[r][c] = sum[r * kTileCols + c];
    for (int64_t p = 0; p < depth; ++p)
      for (int64_t r = 0; r < kRegisterRows; ++r)
        for (int64_t c = 0; c < kRegisterCols; ++c)
          registers[r][c] =
              Ops::multiplyAdd(registers[r][c], a[p * kRegisterRows + r],
                               b[p * kRegisterCols + c]);
    for (int64_t r = 0; r < kRegisterRows; ++r)
      for (int64_t c = 0; c < kRegisterCols; ++c)
        sum[r * kTileCols + c] = registers[r][c];
  }

  [[gnu::always_inline]] void multiplySlice(int64_t first, int64_t depth) {
    packA(first, depth);
    packB(first, depth);
    for (int64_t j = 0; j < tile.n; j += kRegisterCols)
      for (int64_t i = 0; i < tile.m; i += kRegisterRows)
        multiplyPanels(packedA + i * depth, packedB + j * depth, depth,
                       sums + i * kTileCols + j);
  }

  [[gnu::always_inline]] void run() {
    int64_t rows = divideUp(tile.m, kRegisterRows) * kRegisterRows;
    std::fill(sums, sums + rows * kTileCols, Accumulator());
    for (int64_t first = 0; first < tile.k; first += kTileDepth)
      multiplySlice(first, std::min(kTileDepth, tile.k - first));
    for (int64_t i = 0; i < tile.m; ++i)
      for (int64_t j = 0; j < tile.n; ++j)
        storageAt<Ops>(tile.c, i, j) = Ops::store(sums[i * kTileCols + j]);
  }
};

} // namespace

template <typename Ops>
static void computeTile(const GemmTile &tile) noexcept {
  TileComputer<Ops>(tile).run();
}

#if defined(__x86_64__)
template <typename Ops>
[[gnu::target("avx2,fma,f16c")]] static void
computeTileAvx2(const GemmTile &tile) noexcept {
  TileComputer<Ops>(tile).run();
}

static bool hasAvx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}
#endif

template <typename Ops>
static GemmTileFn selectTileFn() {
#if defined(__x86_64__)
  static const bool avx2 = hasAvx2();
  if (avx2)
    return computeTileAvx2<Ops>;
#endif
  return computeTile<Ops>;
}

/// Calls `fn` with the arithmetic of a `dtype` that BLAS lacks.
template <typename Fn>
static GemmTileFn dispatchLoop(DType dtype, Fn fn) {
  switch (dtype) {
  case DType::Bool:
    return fn(Boolean());
  case DType::Float16:
    return fn(Half());
  case DType::BFloat16:
    return fn(BFloat());
  default:
    break;
  }
  switch (getBytes(dtype)) {
  case 1:
    return fn(Integer8());
  case 2:
    return fn(Integer16());
  case 4:
    return fn(Integer32());
  default:
    return fn(Integer64());
  }
}

GemmKernel numloom::getSmallKernel(const GemmProblem &problem) {
  GemmTileFn fn =
      dispatchLoop(problem.dtype, []<typename Ops>(Ops) -> GemmTileFn {
        return computeSmall<Ops>;
      });
  return {fn, problem.m, problem.n, problem.k, false};
}

GemmKernel numloom::getLoopKernel(const GemmProblem &problem) {
  GemmTileFn fn = dispatchLoop(
      problem.dtype, []<typename Ops>(Ops) { return selectTileFn<Ops>(); });
  return {fn, kTileRows, kTileCols, problem.k, false};
}
