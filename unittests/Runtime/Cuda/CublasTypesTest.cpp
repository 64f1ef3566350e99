// The declarations of Cublas.h against the toolkit's header.
#include "../../../lib/Runtime/Cuda/Cublas.h"

#if __has_include(<cublas_v2.h>)
#include <cublas_v2.h>

using namespace numloom::cuda;

template <auto ours, auto theirs>
static constexpr bool isEqual = int(ours) == int(theirs);

static_assert(std::is_same_v<CublasHandle, cublasHandle_t>);
static_assert(isEqual<CublasStatus::Success, CUBLAS_STATUS_SUCCESS>);
static_assert(isEqual<CublasOperation::None, CUBLAS_OP_N>);
static_assert(isEqual<CublasOperation::Transposed, CUBLAS_OP_T>);
static_assert(isEqual<CublasPointerMode::Host, CUBLAS_POINTER_MODE_HOST>);
static_assert(isEqual<CublasPointerMode::Device, CUBLAS_POINTER_MODE_DEVICE>);
static_assert(isEqual<CublasMathMode::DisallowReducedPrecisionReduction,
                      CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION>);
static_assert(isEqual<CudaDataType::Float16, CUDA_R_16F>);
static_assert(isEqual<CudaDataType::BFloat16, CUDA_R_16BF>);
static_assert(isEqual<CudaDataType::Float32, CUDA_R_32F>);
static_assert(isEqual<CudaDataType::Float64, CUDA_R_64F>);
static_assert(isEqual<CudaDataType::Complex64, CUDA_C_32F>);
static_assert(isEqual<CudaDataType::Complex128, CUDA_C_64F>);
static_assert(isEqual<CublasComputeType::Float32, CUBLAS_COMPUTE_32F>);
static_assert(isEqual<CublasComputeType::Tf32, CUBLAS_COMPUTE_32F_FAST_TF32>);
static_assert(isEqual<CublasComputeType::Float64, CUBLAS_COMPUTE_64F>);
static_assert(kCublasDefaultAlgorithm == int(CUBLAS_GEMM_DEFAULT));
#endif
