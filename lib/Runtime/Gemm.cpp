// Drives matrix products: chooses a kernel and runs its tiles in parallel.
#include "numloom/Runtime/Gemm.h"

#include "GemmKernels.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
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
  void computeMatrix(char *c, int64_t index) const noexcept;
  void computeTile(char *c, int64_t index) const noexcept;
  void computeTiles(char *c) const;
  void sumSlices(const char *slices) const;

  const GemmProblem &problem;
  GemmKernel kernel;
  int64_t elementBytes, batchSize;
  int64_t rowTiles, colTiles, slices;
  GemmOperandData a, b;
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

/// Computes matrix `index`, which is one tile.
void Gemm::computeMatrix(char *c, int64_t index) const noexcept {
  kernel.compute(
      {problem.m,
       problem.n,
       problem.k,
       getPart(a, index, 0, 0),
       getPart(b, index, 0, 0),
       {c + index * problem.m * problem.n * elementBytes, problem.n, 1}});
}

/// Computes tile `index` in the order slice, batch, row, column; `c` holds one
/// result per slice.
void Gemm::computeTile(char *c, int64_t index) const noexcept {
  auto take = [&](int64_t count) {
    int64_t digit = index % count;
    index /= count;
    return digit;
  };
  int64_t col = take(colTiles) * kernel.tileCols;
  int64_t row = take(rowTiles) * kernel.tileRows;
  int64_t matrixC = index, batchIndex = take(batchSize);
  int64_t depth = index * kernel.tileDepth;
  int64_t offsetC = (matrixC * problem.m + row) * problem.n + col;
  kernel.compute({std::min(kernel.tileRows, problem.m - row),
                  std::min(kernel.tileCols, problem.n - col),
                  std::min(kernel.tileDepth, problem.k - depth),
                  getPart(a, batchIndex, row, depth),
                  getPart(b, batchIndex, depth, col),
                  {c + offsetC * elementBytes, problem.n, 1}});
}

void Gemm::computeTiles(char *c) const {
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
                  (this->*compute)(c, i);
              });
}

/// result[i] = sum of slices[s][i] for [begin, end).
template <typename Real>
static void sumRange(const char *slices, int64_t numSlices, int64_t size,
                     void *result, int64_t begin, int64_t end) {
  const auto *from = reinterpret_cast<const Real *>(slices);
  auto *to = static_cast<Real *>(result);
  std::copy(from + begin, from + end, to + begin);
  for (int64_t s = 1; s < numSlices; ++s)
    for (int64_t i = begin; i < end; ++i)
      to[i] += from[s * size + i];
}

/// Only BLAS's dtypes are sliced; complex numbers add up as pairs of reals.
void Gemm::sumSlices(const char *partial) const {
  DType real = getRealDType(problem.dtype);
  int64_t size = batchSize * problem.m * problem.n *
                 (elementBytes / int64_t(getBytes(real)));
  int64_t grain = std::max<int64_t>(1, kGemmTaskProducts / slices);
  parallelFor(size, grain, [&](int64_t begin, int64_t end) noexcept {
    auto *sum = real == DType::Float32 ? sumRange<float> : sumRange<double>;
    sum(partial, slices, size, problem.c, begin, end);
  });
}

void Gemm::run() {
  if (slices == 1)
    return computeTiles(static_cast<char *>(problem.c));
  Buffer partial = Allocator::get().allocate(slices * batchSize * problem.m *
                                             problem.n * elementBytes);
  auto *data = static_cast<char *>(partial.data());
  computeTiles(data);
  sumSlices(data);
}

void numloom::gemm(const GemmProblem &problem) {
  int64_t size = getProduct(problem.batch) * problem.m * problem.n;
  if (size == 0)
    return;
  if (problem.k == 0) {
    std::memset(problem.c, 0, size * getBytes(problem.dtype));
    return;
  }
  Gemm(problem).run();
}
