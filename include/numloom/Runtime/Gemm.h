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

/// c[b] = a[b] @ b[b] for every b of `batch`; a is m x k, b is k x n. `c` is
/// C-contiguous and overlaps neither operand.
struct GemmProblem {
  DType dtype;
  std::span<const int64_t> batch;
  int64_t m, n, k;
  GemmMatrix a, b;
  void *c;
};

/// Computes the product, on all threads when it is worth it; the result does
/// not depend on their number. Throws BlasError and OutOfMemory.
void gemm(const GemmProblem &problem);

} // namespace numloom

#endif // NUMLOOM_RUNTIME_GEMM_H
