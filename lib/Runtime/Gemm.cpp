// Drives matrix products: chooses a kernel and runs its tiles in parallel.
#include "numloom/Runtime/Gemm.h"

#include "GemmKernels.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
#include <climits>
#include <cstring>

using namespace numloom;

/// Up to here loops without packing are fastest.
static constexpr int64_t kSmallProducts = 128;
/// Up to here direct products beat BLAS, whose calls of some kernels take a
/// lock: a batch of small products would not scale.
static constexpr int64_t kDirectProducts = 48 * 48 * 48;

namespace {

/// One product, with operands that the kernel can read.
class Gemm {
public:
  explicit Gemm(const GemmProblem &problem);
  void run();

private:
  GemmOperandData getOperand(const GemmMatrix &matrix, int64_t rows,
                             int64_t cols);
  MatrixRef getPart(const GemmOperandData &operand, int64_t batchIndex,
                    int64_t row, int64_t col) const;
  /// The result from a row and column on; of a slice of the depth where those
  /// are summed up.
  MatrixRef getResult(int64_t slice, int64_t batchIndex, int64_t row,
                      int64_t col) const;
  void computeMatrix(int64_t index) const noexcept;
  void computeTile(int64_t index) const noexcept;
  void computeTiles() const;
  bool takesResult() const;
  template <typename Real>
  void sumRange(int64_t begin, int64_t end) const;
  void sumSlices() const;

  const GemmProblem &problem;
  GemmKernel kernel;
  int64_t elementBytes, batchSize;
  int64_t rowTiles, colTiles, slices;
  GemmOperandData a, b;
  /// One C-contiguous result for each slice; empty where tiles are written to
  /// the problem's.
  Buffer partial;
};

} // namespace

/// True when the product takes at most `limit` multiplications.
static bool isWithin(const GemmProblem &problem, int64_t limit) {
  return std::max({problem.m, problem.n, problem.k}) <= limit &&
         problem.m * problem.n * problem.k <= limit;
}

static GemmKernel selectKernel(const GemmProblem &problem) {
  DType dtype = problem.dtype;
  bool isReal = dtype == DType::Float32 || dtype == DType::Float64;
  if (!isReal && !isComplex(dtype))
    return isWithin(problem, kSmallProducts) ? getSmallKernel(problem)
                                             : getLoopKernel(problem);
  return isWithin(problem, kDirectProducts) && isDirect(problem)
             ? getDirectKernel(problem)
             : getBlasKernel(problem);
}

Gemm::Gemm(const GemmProblem &problem)
    : problem(problem), kernel(selectKernel(problem)),
      elementBytes(getBytes(problem.dtype)),
      batchSize(getProduct(problem.batch)),
      rowTiles(divideUp(problem.m, kernel.tileRows)),
      colTiles(divideUp(problem.n, kernel.tileCols)),
      slices(divideUp(problem.k, kernel.tileDepth)),
      a(getOperand(problem.a, problem.m, problem.k)),
      b(getOperand(problem.b, problem.k, problem.n)) {}

GemmOperandData Gemm::getOperand(const GemmMatrix &matrix, int64_t rows,
                                 int64_t cols) {
  auto *data = static_cast<char *>(const_cast<void *>(matrix.data));
  GemmOperandData operand;
  operand.matrix = {data, matrix.rowStride, matrix.colStride};
  operand.batchStrides = matrix.batchStrides;
  if (kernel.needsLeadingDimension &&
      !hasLeadingDimension(rows, cols, operand.matrix))
    packOperand(operand, problem.batch, rows, cols, elementBytes);
  return operand;
}

MatrixRef Gemm::getPart(const GemmOperandData &operand, int64_t batchIndex,
                        int64_t row, int64_t col) const {
  MatrixRef ref = operand.matrix;
  int64_t offset =
      getBatchOffset(problem.batch, operand.batchStrides, batchIndex) +
      row * ref.rowStride + col * ref.colStride;
  ref.data += offset * elementBytes;
  return ref;
}

MatrixRef Gemm::getResult(int64_t slice, int64_t batchIndex, int64_t row,
                          int64_t col) const {
  if (auto *slices = static_cast<char *>(partial.data())) {
    int64_t matrix = slice * batchSize + batchIndex;
    int64_t offset = (matrix * problem.m + row) * problem.n + col;
    return {slices + offset * elementBytes, problem.n, 1};
  }
  const GemmResult &c = problem.c;
  int64_t offset = getBatchOffset(problem.batch, c.batchStrides, batchIndex) +
                   row * c.rowStride + col;
  return {static_cast<char *>(c.data) + offset * elementBytes, c.rowStride, 1};
}

/// Computes matrix `index`, which is one tile.
void Gemm::computeMatrix(int64_t index) const noexcept {
  kernel.compute({problem.m, problem.n, problem.k, getPart(a, index, 0, 0),
                  getPart(b, index, 0, 0), getResult(0, index, 0, 0)});
}

/// Computes tile `index` in the order slice, batch, row, column.
void Gemm::computeTile(int64_t index) const noexcept {
  auto take = [&](int64_t count) {
    int64_t digit = index % count;
    index /= count;
    return digit;
  };
  int64_t col = take(colTiles) * kernel.tileCols;
  int64_t row = take(rowTiles) * kernel.tileRows;
  int64_t batchIndex = take(batchSize);
  int64_t depth = index * kernel.tileDepth;
  kernel.compute({std::min(kernel.tileRows, problem.m - row),
                  std::min(kernel.tileCols, problem.n - col),
                  std::min(kernel.tileDepth, problem.k - depth),
                  getPart(a, batchIndex, row, depth),
                  getPart(b, batchIndex, depth, col),
                  getResult(index, batchIndex, row, col)});
}

void Gemm::computeTiles() const {
  int64_t tileProducts = std::min(kernel.tileRows, problem.m) *
                         std::min(kernel.tileCols, problem.n) *
                         kernel.tileDepth;
  int64_t grain = std::max<int64_t>(1, kGemmTaskProducts / tileProducts);
  // The divisions that find a tile take longer than a product of 3 x 3.
  int64_t tilesPerMatrix = slices * rowTiles * colTiles;
  auto compute =
      tilesPerMatrix == 1 ? &Gemm::computeMatrix : &Gemm::computeTile;
  parallelFor(batchSize * tilesPerMatrix, grain,
              [&](int64_t begin, int64_t end) noexcept {
                for (int64_t i = begin; i < end; ++i)
                  (this->*compute)(i);
              });
}

/// Sums the slices' elements [begin, end) into the result, row by row.
template <typename Real>
void Gemm::sumRange(int64_t begin, int64_t end) const {
  int64_t reals = elementBytes / int64_t(sizeof(Real));
  int64_t size = batchSize * problem.m * problem.n * reals;
  const auto *from = static_cast<const Real *>(partial.data());
  for (int64_t i = begin, count; i < end; i += count) {
    int64_t row = i / problem.n, col = i % problem.n;
    count = std::min(problem.n - col, end - i);
    int64_t offset =
        getBatchOffset(problem.batch, problem.c.batchStrides, row / problem.m) +
        row % problem.m * problem.c.rowStride + col;
    auto *to = static_cast<Real *>(problem.c.data) + offset * reals;
    const Real *terms = from + i * reals;
    std::copy(terms, terms + count * reals, to);
    for (int64_t s = 1; s < slices; ++s)
      for (int64_t j = 0; j < count * reals; ++j)
        to[j] += terms[s * size + j];
  }
}

/// Only BLAS's dtypes are sliced; complex numbers add up as pairs of reals.
void Gemm::sumSlices() const {
  bool isSingle = getRealDType(problem.dtype) == DType::Float32;
  int64_t grain = std::max<int64_t>(1, kGemmTaskProducts / slices);
  parallelFor(batchSize * problem.m * problem.n, grain,
              [&](int64_t begin, int64_t end) noexcept {
                isSingle ? sumRange<float>(begin, end)
                         : sumRange<double>(begin, end);
              });
}

/// Whether tiles may be written where the product goes. BLAS's extents are
/// those of int.
bool Gemm::takesResult() const {
  return slices == 1 &&
         (!kernel.needsLeadingDimension || problem.c.rowStride <= INT_MAX);
}

void Gemm::run() {
  if (takesResult())
    return computeTiles();
  partial = Allocator::get().allocate(slices * batchSize * problem.m *
                                      problem.n * elementBytes);
  computeTiles();
  sumSlices();
}

static void fillWithZeros(const GemmProblem &problem) {
  size_t rowBytes = size_t(problem.n) * getBytes(problem.dtype);
  for (int64_t i = 0; i < getProduct(problem.batch); ++i)
    for (int64_t row = 0; row < problem.m; ++row) {
      int64_t offset =
          getBatchOffset(problem.batch, problem.c.batchStrides, i) +
          row * problem.c.rowStride;
      std::memset(static_cast<char *>(problem.c.data) +
                      offset * int64_t(getBytes(problem.dtype)),
                  0, rowBytes);
    }
}

void numloom::gemm(const GemmProblem &problem) {
  int64_t size = getProduct(problem.batch) * problem.m * problem.n;
  if (size == 0)
    return;
  if (problem.k == 0)
    return fillWithZeros(problem);
  Gemm(problem).run();
}
