// The declarations of Cublas.h against the toolkit's header.
#include "../../../lib/Runtime/Cuda/Cublas.h"

#if __has_include(<cublas_v2.h>)
#include <cublasLt.h>
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
using Operation = CublasLtOperationAttribute;
static_assert(isEqual<Operation::TransposeA, CUBLASLT_MATMUL_DESC_TRANSA>);
static_assert(isEqual<Operation::TransposeB, CUBLASLT_MATMUL_DESC_TRANSB>);
static_assert(isEqual<Operation::Epilogue, CUBLASLT_MATMUL_DESC_EPILOGUE>);
static_assert(isEqual<Operation::Bias, CUBLASLT_MATMUL_DESC_BIAS_POINTER>);
static_assert(isEqual<CublasLtEpilogue::None, CUBLASLT_EPILOGUE_DEFAULT>);
static_assert(isEqual<CublasLtEpilogue::Bias, CUBLASLT_EPILOGUE_BIAS>);
using Layout = CublasLtLayoutAttribute;
static_assert(isEqual<Layout::BatchCount, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT>);
static_assert(
    isEqual<Layout::BatchStride, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET>);
using Preference = CublasLtPreferenceAttribute;
static_assert(isEqual<Preference::WorkspaceBytes,
                      CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES>);
static_assert(isEqual<Preference::ReductionSchemes,
                      CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK>);
static_assert(isEqual<Preference::AlignmentA,
                      CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES>);
static_assert(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES ==
              CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES + 3);
static_assert(sizeof(CublasLtAlgorithm) == sizeof(cublasLtMatmulAlgo_t));
static_assert(sizeof(CublasLtHeuristic) ==
              sizeof(cublasLtMatmulHeuristicResult_t));
static_assert(kCublasDefaultAlgorithm == int(CUBLAS_GEMM_DEFAULT));
#endif
