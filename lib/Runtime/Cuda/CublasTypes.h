// How matrices of the runtime are told to cuBLAS.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_CUBLASTYPES_H
#define NUMLOOM_LIB_RUNTIME_CUDA_CUBLASTYPES_H

#include "Cublas.h"
#include "GemmKernels.h"

#include <optional>

namespace numloom::cuda {

/// How cuBLAS computes with a dtype: its name for it, the arithmetic, and the
/// factors alpha and beta in the type it expects.
struct CublasType {
  CudaDataType data;
  CublasComputeType compute;
  /// The type of factors, and what `dot` computes in.
  CudaDataType scale;
  const void *one, *zero;
  const CublasGemv Cublas::*gemv;
};
CublasType getCublasType(DType dtype);

/// A matrix in column-major terms.
struct ColumnMajor {
  CublasOperation operation;
  int64_t leadingDimension;
};
/// The transpose of `matrix`, which has `cols` columns: a row-major matrix is
/// its own transpose in column-major order.
ColumnMajor getTransposed(const DeviceMatrix &matrix, int64_t cols);

/// The calling side's number for a factor, in the type that the library takes.
struct CublasFactor {
  alignas(16) char bytes[16] = {};
};
/// Nothing for what the library does not multiply with: 0, which it takes for
/// "do not read", infinities and NaN.
std::optional<CublasFactor> getCublasFactor(const DeviceFactor &factor,
                                            DType dtype);

/// Whether a product of these extents goes to gemm rather than to gemv or dot.
bool isForGemm(const StridedGemm &problem);

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_CUBLASTYPES_H
