// Matrix products on a device.
#ifndef NUMLOOM_RUNTIME_CUDA_GEMM_H
#define NUMLOOM_RUNTIME_CUDA_GEMM_H

#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Runtime/Gemm.h"

namespace numloom::cuda {

/// Enqueues the product on `stream`, whose device's context is current; the
/// problem's pointers are device pointers. float32 and complex64 are exact
/// unless NUMLOOM_TF32 is 1. Throws BlasError, CudaError and OutOfMemory.
void gemm(const GemmProblem &problem, const Stream &stream);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_GEMM_H
