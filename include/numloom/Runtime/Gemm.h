// Batched matrix products on strided operands.
#ifndef NUMLOOM_RUNTIME_GEMM_H
#define NUMLOOM_RUNTIME_GEMM_H

#include "numloom/Support/DType.h"

#include <cstdint>
#include <span>

namespace numloom {

/// An operand with its strides in elements.
struct GemmMatrix {
  const void *data;
  std::span<const int64_t> batchStrides;
  int64_t rowStride, colStride;
};

/// Where a product is written: elements of a row are neighbours. Strides in
/// elements; no two of the matrices overlap.
struct GemmResult {
  void *data;
  std::span<const int64_t> batchStrides;
  int64_t rowStride;
};

/// c[b] = a[b] @ b[b] for every b of `batch`; a is m x k, b is k x n. `c`
/// overlaps neither operand.
struct GemmProblem {
  DType dtype;
  std::span<const int64_t> batch;
  int64_t m, n, k;
  GemmMatrix a, b;
  GemmResult c;
};

/// Computes the product, on all threads when it is worth it; the result does
/// not depend on their number. Throws BlasError and OutOfMemory.
void gemm(const GemmProblem &problem);

} // namespace numloom

#endif // NUMLOOM_RUNTIME_GEMM_H
