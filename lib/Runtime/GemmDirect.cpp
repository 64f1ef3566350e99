// Small matrix products of the dtypes of BLAS straight from their operands: no
// copies, no lock, and all of a tile's sums in registers.
#include "GemmKernels.h"

#include <algorithm>
#include <complex>
#include <cstring>

using namespace numloom;

/// Sums of four rows and up to two registers of columns: eight accumulators
/// hide the latency of an addition on machines that start two per cycle.
static constexpr int64_t kRows = 4;
/// The most steps along k where columns are copied to the stack: those of an
/// operand whose rows are not contiguous, or narrower than a panel.
static constexpr int64_t kMaxDepth = 128;
/// The narrowest panel.
static constexpr int64_t kMinPanelBytes = 16;

/// Operands that are prefetched: of rows side by side, and of others. Shorter
/// ones of 16 x 16 take 1.3 times as long with it, transposed ones a third.
static constexpr int64_t kLongBytes = 8192, kSkippedBytes = 512;
static constexpr int64_t kLineBytes = 64;

namespace {

/// `bytes` of elements, at any address.
template <typename T, int64_t bytes>
struct VectorOf {
  using Type
      [[gnu::vector_size(bytes), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
};

/// The real numbers that an element consists of.
template <typename T>
struct Parts {
  using Real = T;
  static constexpr int64_t count = 1;
};
template <typename R>
struct Parts<std::complex<R>> {
  using Real = R;
  static constexpr int64_t count = 2;
};

/// Columns of b from which a panel of c is computed: rows that lie `stride`
/// real numbers apart.
template <typename Real>
struct ColumnPanel {
  const Real *data;
  int64_t stride;
};

/// One product; `vectorBytes` is the machine's vector. Forced inline into one
/// function per instruction set.
template <typename T, int64_t vectorBytes>
class DirectProduct {
  using Real = typename Parts<T>::Real;
  static constexpr int64_t reals = Parts<T>::count;
  static constexpr bool isComplex = reals == 2;

public:
  [[gnu::always_inline]] explicit DirectProduct(const GemmTile &tile)
      : tile(tile), a(reinterpret_cast<const T *>(tile.a.data)),
        b(reinterpret_cast<const T *>(tile.b.data)),
        c(reinterpret_cast<T *>(tile.c.data)) {}

  [[gnu::always_inline]] void run() {
    // Complex numbers have two sums for one.
    constexpr int64_t bytes = isComplex ? vectorBytes : 2 * vectorBytes;
    if (skipsFarEnough()) {
      prefetch(tile.a, tile.m, tile.k);
      prefetch(tile.b, tile.k, tile.n);
    }
    if (tile.n * int64_t(sizeof(T)) < kMinPanelBytes)
      runCopied<kMinPanelBytes>(0, tile.n);
    else
      runPanels<bytes>(0);
  }

private:
  /// Whether b, when it comes from memory, does so in an order that hardware
  /// does not foresee: by columns, or by panels of long rows.
  [[gnu::always_inline]] bool skipsFarEnough() const {
    int64_t bytes = tile.n * tile.k * sizeof(T);
    return bytes >= (tile.b.colStride == 1 ? kLongBytes : kSkippedBytes);
  }

  [[gnu::always_inline]] static void prefetch(MatrixRef ref, int64_t rows,
                                              int64_t cols) {
    if (ref.colStride != 1) {
      std::swap(ref.rowStride, ref.colStride);
      std::swap(rows, cols);
    }
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t col = 0; col < cols; col += kLineBytes / sizeof(T))
        __builtin_prefetch(reinterpret_cast<const T *>(ref.data) +
                           row * ref.rowStride + col * ref.colStride);
  }

  /// The columns from `j` on. What is left of whole panels of `bytes` is one
  /// more that overlaps the one before, or narrower ones.
  template <int64_t bytes>
  [[gnu::always_inline]] void runPanels(int64_t j) {
    constexpr int64_t width = bytes / sizeof(T);
    for (; j + width <= tile.n; j += width)
      runColumns<bytes>(j);
    if (j == tile.n)
      return;
    if constexpr (bytes > kMinPanelBytes)
      if (tile.n < width || tile.n - j <= width / 2)
        return runPanels<bytes / 2>(j);
    runColumns<bytes>(tile.n - width);
  }

  template <int64_t bytes>
  [[gnu::always_inline]] void runColumns(int64_t j) {
    constexpr int64_t width = bytes / sizeof(T);
    if (tile.b.colStride == 1)
      runPanel<bytes>({getReals(b + j), reals * tile.b.rowStride}, j, width);
    else
      runCopied<bytes>(j, width);
  }

  /// The panel of `count` columns from `j` on, padded with zeros.
  template <int64_t bytes>
  [[gnu::always_inline]] void runCopied(int64_t j, int64_t count) {
    constexpr int64_t width = bytes / sizeof(T);
    alignas(64) Real copy[kMaxDepth * width * reals];
    for (int64_t p = 0; p < tile.k; ++p)
      for (int64_t i = 0; i < width; ++i) {
        T element{};
        if (i < count)
          element = b[p * tile.b.rowStride + (j + i) * tile.b.colStride];
        std::memcpy(copy + (p * width + i) * reals, &element, sizeof(T));
      }
    runPanel<bytes>({copy, width * reals}, j, count);
  }

  template <int64_t bytes>
  [[gnu::always_inline]] void runPanel(ColumnPanel<Real> panel, int64_t j,
                                       int64_t count) {
    for (int64_t i = 0; i < tile.m; i += kRows)
      runBlock<bytes>(panel, i, j, count);
  }

  /// kRows rows from `i` on; those beyond the last one repeat it and are not
  /// stored. Of a complex element of a both parts are multiplied by the columns
  /// as they lie there; the second product crosses over to the other part.
  template <int64_t bytes>
  [[gnu::always_inline]] void runBlock(ColumnPanel<Real> panel, int64_t i,
                                       int64_t j, int64_t count) {
    constexpr int64_t part = std::min(bytes, vectorBytes);
    constexpr int64_t parts = bytes / part, lanes = part / sizeof(Real);
    using Vector = typename VectorOf<Real, part>::Type;
    Vector sums[kRows][parts] = {}, crossed[kRows][parts] = {};
    const T *rows[kRows];
    for (int64_t r = 0; r < kRows; ++r)
      rows[r] = a + std::min(i + r, tile.m - 1) * tile.a.rowStride;
    for (int64_t p = 0; p < tile.k; ++p) {
      const Real *from = panel.data + p * panel.stride;
      for (int64_t v = 0; v < parts; ++v) {
        Vector columns = *reinterpret_cast<const Vector *>(from + v * lanes);
        for (int64_t r = 0; r < kRows; ++r) {
          const Real *element = getReals(rows[r] + p * tile.a.colStride);
          sums[r][v] += element[0] * columns;
          if constexpr (isComplex)
            crossed[r][v] += element[1] * columns;
        }
      }
    }
    if constexpr (isComplex)
      for (int64_t r = 0; r < kRows; ++r)
        for (int64_t v = 0; v < parts; ++v)
          for (int64_t lane = 0; lane < lanes; lane += 2) {
            sums[r][v][lane] -= crossed[r][v][lane + 1];
            sums[r][v][lane + 1] += crossed[r][v][lane];
          }
    for (int64_t r = 0; r < std::min(kRows, tile.m - i); ++r)
      std::memcpy(c + (i + r) * tile.c.rowStride + j, sums[r],
                  count * sizeof(T));
  }

  [[gnu::always_inline]] static const Real *getReals(const T *elements) {
    return reinterpret_cast<const Real *>(elements);
  }

  const GemmTile &tile;
  const T *a, *b;
  T *c;
};

} // namespace

template <typename T>
static void computeDirect(const GemmTile &tile) noexcept {
  DirectProduct<T, 16>(tile).run();
}

#if defined(__x86_64__)
template <typename T>
[[gnu::target("avx2,fma")]] static void
computeDirectAvx2(const GemmTile &tile) noexcept {
  DirectProduct<T, 32>(tile).run();
}

template <typename T>
[[gnu::target("avx512f,avx512vl,avx512dq,fma")]] static void
computeDirectAvx512(const GemmTile &tile) noexcept {
  DirectProduct<T, 64>(tile).run();
}
#endif

template <typename T>
static GemmTileFn selectDirectFn() {
#if defined(__x86_64__)
  static const bool avx512 = __builtin_cpu_supports("avx512f") &&
                             __builtin_cpu_supports("avx512vl") &&
                             __builtin_cpu_supports("avx512dq");
  static const bool avx2 =
      __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx512)
    return computeDirectAvx512<T>;
  if (avx2)
    return computeDirectAvx2<T>;
#endif
  return computeDirect<T>;
}

bool numloom::isDirect(const GemmProblem &problem) {
  int64_t rowBytes = problem.n * getBytes(problem.dtype);
  bool isCopied = problem.b.colStride != 1 || rowBytes < kMinPanelBytes;
  return !isCopied || problem.k <= kMaxDepth;
}

static GemmTileFn getDirectFn(DType dtype) {
  switch (dtype) {
  case DType::Float32:
    return selectDirectFn<float>();
  case DType::Float64:
    return selectDirectFn<double>();
  case DType::Complex64:
    return selectDirectFn<std::complex<float>>();
  default:
    return selectDirectFn<std::complex<double>>();
  }
}

GemmKernel numloom::getDirectKernel(const GemmProblem &problem) {
  return {getDirectFn(problem.dtype), problem.m, problem.n, problem.k, false};
}
