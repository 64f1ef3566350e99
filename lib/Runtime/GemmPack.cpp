// Contiguous copies of operands that BLAS cannot read in place.
#include "GemmKernels.h"

#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
#include <climits>
#include <cstdlib>

using namespace numloom;

int64_t numloom::getProduct(std::span<const int64_t> extents) {
  int64_t product = 1;
  for (int64_t extent : extents)
    product *= extent;
  return product;
}

int64_t numloom::getBatchOffset(std::span<const int64_t> batch,
                                std::span<const int64_t> strides,
                                int64_t index) {
  int64_t offset = 0;
  for (size_t i = batch.size(); i-- > 1; index /= batch[i])
    offset += index % batch[i] * strides[i];
  return batch.empty() ? offset : offset + index * strides[0];
}

bool numloom::hasLeadingDimension(int64_t rows, int64_t cols, MatrixRef &ref) {
  if (cols == 1 && ref.rowStride >= 1)
    ref.colStride = 1;
  else if (rows == 1 && ref.colStride >= 1)
    ref.rowStride = 1;
  if (ref.colStride == 1 && rows == 1)
    ref.rowStride = cols;
  if (ref.rowStride == 1 && cols == 1)
    ref.colStride = rows;
  bool rowMajor = ref.colStride == 1 && ref.rowStride >= cols;
  bool colMajor = ref.rowStride == 1 && ref.colStride >= rows;
  return (rowMajor && ref.rowStride <= INT_MAX) ||
         (colMajor && ref.colStride <= INT_MAX);
}

template <typename Element>
static void copyStrided(const char *from, int64_t stride, char *to,
                        int64_t count) {
  const auto *source = reinterpret_cast<const Element *>(from);
  auto *target = reinterpret_cast<Element *>(to);
  for (int64_t i = 0; i < count; ++i)
    target[i] = source[i * stride];
}

/// Copies `count` elements that lie `stride` elements apart.
static void copyElements(int64_t elementBytes, const char *from, int64_t stride,
                         char *to, int64_t count) {
  struct Complex128 {
    double real, imaginary;
  };
  switch (elementBytes) {
  case 4:
    return copyStrided<uint32_t>(from, stride, to, count);
  case 8:
    return copyStrided<uint64_t>(from, stride, to, count);
  default:
    return copyStrided<Complex128>(from, stride, to, count);
  }
}

/// Batch strides of the copy, and in `extents` what of the batch it holds: the
/// dimensions along which the operand is broadcast are not repeated.
static std::vector<int64_t> getPackedStrides(std::span<const int64_t> strides,
                                             int64_t matrixSize,
                                             std::vector<int64_t> &extents) {
  std::vector<int64_t> packed(strides.size(), 0);
  for (size_t i = strides.size(); i-- > 0;) {
    if (strides[i] == 0)
      extents[i] = 1;
    else
      packed[i] = matrixSize;
    matrixSize *= extents[i];
  }
  return packed;
}

void numloom::packOperand(GemmOperandData &operand,
                          std::span<const int64_t> batch, int64_t rows,
                          int64_t cols, int64_t elementBytes) {
  // The direction with the smaller stride becomes the contiguous one.
  MatrixRef source = operand.matrix;
  bool transposed = std::abs(source.rowStride) < std::abs(source.colStride);
  if (transposed) {
    std::swap(source.rowStride, source.colStride);
    std::swap(rows, cols);
  }
  std::vector<int64_t> extents(batch.begin(), batch.end());
  operand.packedStrides =
      getPackedStrides(operand.batchStrides, rows * cols, extents);
  int64_t copiedRows = getProduct(extents) * rows;
  operand.packed = Allocator::get().allocate(copiedRows * cols * elementBytes);
  auto *target = static_cast<char *>(operand.packed.data());
  auto copyRow = [&](int64_t i) {
    int64_t offset = getBatchOffset(extents, operand.batchStrides, i / rows) +
                     i % rows * source.rowStride;
    copyElements(elementBytes, source.data + offset * elementBytes,
                 source.colStride, target + i * cols * elementBytes, cols);
  };
  int64_t grain = std::max<int64_t>(1, kGemmTaskProducts / cols);
  parallelFor(copiedRows, grain, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i)
      copyRow(i);
  });
  operand.matrix = {target, transposed ? 1 : cols, transposed ? cols : 1};
  operand.batchStrides = operand.packedStrides;
}
