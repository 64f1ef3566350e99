// What the matrix products on a device are made of.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_GEMMKERNELS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_GEMMKERNELS_H

#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Support/DType.h"

#include <cstdint>

namespace numloom::cuda {

/// A matrix of a batch in device memory; strides in elements.
struct DeviceMatrix {
  const char *data;
  int64_t rowStride, colStride, batchStride;
};

/// c[i] = a[i] @ b[i] for i < batch, with one batch dimension; c's matrices are
/// C-contiguous. Every extent is at least 1.
struct StridedGemm {
  DType dtype;
  int64_t m, n, k, batch;
  DeviceMatrix a, b;
  char *c;
  int64_t batchStrideC;
};

/// Through cuBLAS: float and complex dtypes whose operands satisfy
/// `hasLeadingDimension`. Throws BlasError.
void launchCublas(const StridedGemm &problem, const Stream &stream);

/// Through a kernel of the runtime: bool and integers, any strides.
void launchIntegerGemm(const StridedGemm &problem, const Stream &stream);

/// Copies `batch` matrices into contiguous ones that lie one behind the other;
/// `rows` is the dimension to become the slower one. Any strides.
void launchPack(const DeviceMatrix &source, char *target, int64_t batch,
                int64_t rows, int64_t cols, int64_t elementBytes,
                const Stream &stream);

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_GEMMKERNELS_H
