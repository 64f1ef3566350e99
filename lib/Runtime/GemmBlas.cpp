// Tiles of matrix products through OpenBLAS.
#include "GemmKernels.h"

#include "numloom/Runtime/Blas.h"

#include <algorithm>
#include <climits>
#include <cmath>
#include <complex>

using namespace numloom;

/// Tiles of a product are at least and at most this wide and tall: smaller
/// ones spend their time packing, larger ones leave threads idle.
static constexpr int64_t kMinTile = 128, kMaxTile = 768;
/// Tiles that a product should have at least once it is large. On two cores 16
/// are 5 to 8 % behind OpenBLAS's own threads at 1500 x 1500, 64 are 20 %, as
/// each tile packs its operands; tiles of kMaxTile feed more cores.
static constexpr int64_t kTilesWanted = 16;
/// Slices of k are at least this deep, so that summing them up is cheap: a
/// product of matrices reuses its operands, one by a vector only moves memory.
static constexpr int64_t kMinDepth = 1024, kMinVectorDepth = 64;

namespace {
/// A matrix in CBLAS's terms.
struct BlasMatrix {
  CblasTranspose transpose;
  int32_t leadingDimension;
};

/// What depends on the element type.
template <typename T>
struct BlasType;
template <>
struct BlasType<float> {
  static constexpr auto routines = &Blas::f32;
  static constexpr float one = 1, zero = 0;
};
template <>
struct BlasType<double> {
  static constexpr auto routines = &Blas::f64;
  static constexpr double one = 1, zero = 0;
};
template <typename Real>
struct ComplexBlasType {
  static constexpr std::complex<Real> oneValue = 1, zeroValue = 0;
  static constexpr const void *one = &oneValue, *zero = &zeroValue;
};
template <>
struct BlasType<std::complex<float>> : ComplexBlasType<float> {
  static constexpr auto routines = &Blas::c64;
};
template <>
struct BlasType<std::complex<double>> : ComplexBlasType<double> {
  static constexpr auto routines = &Blas::c128;
};
} // namespace

static BlasMatrix getBlasMatrix(int64_t cols, const MatrixRef &ref) {
  if (ref.colStride == 1 && ref.rowStride >= cols)
    return {CblasTranspose::None, int32_t(ref.rowStride)};
  return {CblasTranspose::Transposed, int32_t(ref.colStride)};
}

/// y = matrix @ x for a rows x cols matrix.
template <typename T>
static void computeGemv(int64_t rows, int64_t cols, const MatrixRef &matrix,
                        const char *x, int64_t incx, char *y, int64_t incy) {
  using Type = BlasType<T>;
  const auto &blas = Blas::get().*Type::routines;
  BlasMatrix a = getBlasMatrix(cols, matrix);
  if (a.transpose == CblasTranspose::Transposed)
    std::swap(rows, cols);
  blas.gemv(CblasOrder::RowMajor, a.transpose, rows, cols, Type::one,
            matrix.data, a.leadingDimension, x, incx, Type::zero, y, incy);
}

template <typename T>
static void computeTile(const GemmTile &tile) noexcept {
  using Type = BlasType<T>;
  const MatrixRef &a = tile.a, &b = tile.b, &c = tile.c;
  if (tile.n == 1)
    return computeGemv<T>(tile.m, tile.k, a, b.data, b.rowStride, c.data,
                          c.rowStride);
  if (tile.m == 1)
    return computeGemv<T>(tile.n, tile.k, {b.data, b.colStride, b.rowStride},
                          a.data, a.colStride, c.data, 1);
  const auto &blas = Blas::get().*Type::routines;
  BlasMatrix blasA = getBlasMatrix(tile.k, a), blasB = getBlasMatrix(tile.n, b);
  blas.gemm(CblasOrder::RowMajor, blasA.transpose, blasB.transpose, tile.m,
            tile.n, tile.k, Type::one, a.data, blasA.leadingDimension, b.data,
            blasB.leadingDimension, Type::zero, c.data, c.rowStride);
}

static GemmTileFn getTileFn(DType dtype) {
  switch (dtype) {
  case DType::Float32:
    return computeTile<float>;
  case DType::Float64:
    return computeTile<double>;
  case DType::Complex64:
    return computeTile<std::complex<float>>;
  default:
    return computeTile<std::complex<double>>;
  }
}

/// The largest piece, at most about `piece`, that cuts `extent` evenly into
/// multiples of 16.
static int64_t splitEvenly(int64_t extent, int64_t piece) {
  return divideUp(divideUp(extent, divideUp(extent, piece)), 16) * 16;
}

static void checkExtents(const GemmProblem &problem) {
  for (int64_t extent : {problem.k, problem.m == 1 ? 1 : problem.n})
    if (extent > INT_MAX)
      throw BlasError("matrix product with an extent of " +
                      std::to_string(extent) +
                      ": OpenBLAS takes at most 2147483647");
}

/// Tiles of a product by a vector. Pieces of the output are wide enough for
/// whole cache lines of the matrix; what parallelism they lack comes from k.
static void tileVectorProduct(const GemmProblem &problem, GemmKernel &kernel) {
  int64_t length = problem.m * problem.n;
  int64_t piece =
      std::clamp<int64_t>(kGemmTaskProducts / problem.k, 16, length);
  bool rowsContiguous =
      problem.n == 1 ? problem.a.colStride == 1 : problem.b.rowStride == 1;
  if (!rowsContiguous)
    piece = std::clamp<int64_t>(length, 1, 4096);
  kernel.tileRows = problem.n == 1 ? piece : 1;
  kernel.tileCols = problem.n == 1 ? 1 : piece;
}

/// Cuts k when the tiles are too few for many threads and k is long.
static void sliceDepth(const GemmProblem &problem, GemmKernel &kernel) {
  bool isVector = problem.m == 1 || problem.n == 1;
  int64_t rows = std::min(kernel.tileRows, problem.m);
  int64_t cols = std::min(kernel.tileCols, problem.n);
  int64_t tiles = getProduct(problem.batch) * divideUp(problem.m, rows) *
                  divideUp(problem.n, cols);
  int64_t minDepth = std::max(isVector ? kMinVectorDepth : kMinDepth,
                              8 * kGemmTaskProducts / (rows * cols));
  int64_t slices = std::min(kTilesWanted / tiles, problem.k / minDepth);
  kernel.tileDepth = slices > 1 ? divideUp(problem.k, slices) : problem.k;
}

GemmKernel numloom::getBlasKernel(const GemmProblem &problem) {
  checkExtents(problem);
  // Loaded here, where the error can be thrown.
  Blas::get();
  GemmKernel kernel{getTileFn(problem.dtype), 0, 0, 0, true};
  if (problem.m == 1 || problem.n == 1) {
    tileVectorProduct(problem, kernel);
  } else {
    double area = double(problem.m) * double(problem.n) / kTilesWanted;
    auto side = int64_t(std::sqrt(area));
    side = std::clamp(side, kMinTile, kMaxTile);
    kernel.tileRows = splitEvenly(problem.m, side);
    kernel.tileCols = splitEvenly(problem.n, side);
  }
  sliceDepth(problem, kernel);
  return kernel;
}
