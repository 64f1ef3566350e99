// What the driver of matrix products and its kernels share.
#ifndef NUMLOOM_LIB_RUNTIME_GEMMKERNELS_H
#define NUMLOOM_LIB_RUNTIME_GEMMKERNELS_H

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Gemm.h"

#include <cstdint>
#include <span>
#include <vector>

namespace numloom {

/// A matrix or a part of one; strides in elements.
struct MatrixRef {
  char *data;
  int64_t rowStride, colStride;
};

/// c = a @ b for an m x n tile of a product; c has unit column stride. Every
/// extent is at least 1.
struct GemmTile {
  int64_t m, n, k;
  MatrixRef a, b, c;
};

using GemmTileFn = void (*)(const GemmTile &tile) noexcept;

/// How to compute the tiles of one product.
struct GemmKernel {
  GemmTileFn compute;
  /// Extents of a tile and of the slices that k is cut into, functions of the
  /// problem's size alone. Slices are summed afterwards.
  int64_t tileRows, tileCols, tileDepth;
  /// The operands must satisfy `hasLeadingDimension`.
  bool needsLeadingDimension;
};

/// An operand as the tiles read it: in place, or from a packed copy.
struct GemmOperandData {
  MatrixRef matrix;
  std::span<const int64_t> batchStrides;
  std::vector<int64_t> packedStrides;
  Buffer packed;
};

/// Multiplications, or elements moved, that make a task worth handing to
/// another thread.
inline constexpr int64_t kGemmTaskProducts = 128 * 1024;

inline constexpr int64_t divideUp(int64_t value, int64_t divisor) {
  return (value + divisor - 1) / divisor;
}

/// The product of `extents`, 1 if there are none.
int64_t getProduct(std::span<const int64_t> extents);

/// Offset of matrix number `index` of the batch, in elements.
int64_t getBatchOffset(std::span<const int64_t> batch,
                       std::span<const int64_t> strides, int64_t index);

/// True when BLAS can read the matrix in place: one stride is 1, the other at
/// least the extent that it strides over. Where an extent is 1 its stride does
/// not matter; `ref`'s is set to the value that BLAS expects.
bool hasLeadingDimension(int64_t rows, int64_t cols, MatrixRef &ref);

/// Replaces `operand`, of rows x cols matrices, by a contiguous copy. Throws
/// OutOfMemory.
void packOperand(GemmOperandData &operand, std::span<const int64_t> batch,
                 int64_t rows, int64_t cols, int64_t elementBytes);

/// The kernel for float32, float64 and the complex dtypes. Throws BlasError.
GemmKernel getBlasKernel(const GemmProblem &problem);

/// Vectors straight from the operands, for small products of the same dtypes
/// that are direct: b is read in place or short enough to be copied.
bool isDirect(const GemmProblem &problem);
GemmKernel getDirectKernel(const GemmProblem &problem);

/// Blocked loops for the dtypes that BLAS lacks.
GemmKernel getLoopKernel(const GemmProblem &problem);

/// Plain loops without any set-up for the same, up to a few hundred elements.
GemmKernel getSmallKernel(const GemmProblem &problem);

} // namespace numloom

#endif // NUMLOOM_LIB_RUNTIME_GEMMKERNELS_H
