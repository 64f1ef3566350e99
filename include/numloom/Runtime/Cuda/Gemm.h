// Matrix products on a device.
#ifndef NUMLOOM_RUNTIME_CUDA_GEMM_H
#define NUMLOOM_RUNTIME_CUDA_GEMM_H

#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Runtime/Gemm.h"

namespace numloom::cuda {

/// A factor of the product's dtype.
struct GemmFactor {
  /// On the host; 1 if null.
  const void *value = nullptr;
  bool isNegated = false;
};

/// alpha * product + beta * addends[0] + addends[1], in this order; addends
/// without data are none. The first may be what lies where the product goes.
struct GemmTerms {
  GemmFactor alpha, beta;
  GemmMatrix addends[2] = {};
};

/// Enqueues the product on `stream`, whose device's context is current; the
/// pointers to matrices are device pointers. float32 and complex64 are exact
/// unless NUMLOOM_TF32 is 1. Throws BlasError, CudaError and OutOfMemory.
void gemm(const GemmProblem &problem, const Stream &stream,
          const GemmTerms &terms = {});

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_GEMM_H
