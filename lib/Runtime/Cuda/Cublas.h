// cuBLAS, opened at first use. Its types are declared here as far as they are
// used, so that the runtime builds without a toolkit.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_CUBLAS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_CUBLAS_H

#include "numloom/Runtime/Cuda/Stream.h"

#include <cstdint>
#include <mutex>

struct cublasContext;

namespace numloom::cuda {

using CublasHandle = cublasContext *;

/// cublasStatus_t.
enum class CublasStatus : int { Success = 0 };
/// cublasOperation_t.
enum class CublasOperation : int { None = 0, Transposed = 1 };
/// cublasPointerMode_t.
enum class CublasPointerMode : int { Host = 0, Device = 1 };
/// cublasMath_t.
enum class CublasMathMode : int {
  /// Partial sums of halves are added up in float32 too.
  DisallowReducedPrecisionReduction = 16
};
/// cudaDataType.
enum class CudaDataType : int {
  Float32 = 0,
  Float64 = 1,
  Float16 = 2,
  Complex64 = 4,
  Complex128 = 5,
  BFloat16 = 14,
};
/// cublasComputeType_t.
enum class CublasComputeType : int { Float32 = 68, Float64 = 70, Tf32 = 77 };
/// cublasGemmAlgo_t: CUBLAS_GEMM_DEFAULT.
inline constexpr int kCublasDefaultAlgorithm = -1;

[[noreturn]] void throwCublasError(const char *function, CublasStatus status);

/// A routine of cuBLAS with its name for messages.
template <typename... Args>
struct CublasFunction {
  /// Calls it; throws BlasError unless it succeeds.
  void operator()(Args... args) const {
    CublasStatus status = pointer(args...);
    if (status != CublasStatus::Success) [[unlikely]]
      throwCublasError(name, status);
  }

  CublasStatus (*pointer)(Args...) = nullptr;
  const char *name = nullptr;
};

/// y = op(a) @ x for a batch, column-major.
using CublasGemv =
    CublasFunction<CublasHandle, CublasOperation, int64_t /*m*/, int64_t /*n*/,
                   const void * /*alpha*/, const void * /*a*/, int64_t /*lda*/,
                   long long /*strideA*/, const void * /*x*/, int64_t /*incx*/,
                   long long /*strideX*/, const void * /*beta*/, void * /*y*/,
                   int64_t /*incy*/, long long /*strideY*/, int64_t /*batch*/>;

/// The library's entry points, those with 64-bit extents where there are any:
/// CUDA 12 introduced them.
struct Cublas {
  CublasFunction<CublasHandle *> create;
  CublasFunction<CublasHandle> destroy;
  CublasFunction<CublasHandle, StreamHandle> setStream;
  CublasFunction<CublasHandle, CublasPointerMode> setPointerMode;
  CublasFunction<CublasHandle, CublasMathMode> setMathMode;
  /// c = op(a) @ op(b) for a batch, column-major.
  CublasFunction<CublasHandle, CublasOperation, CublasOperation, int64_t /*m*/,
                 int64_t /*n*/, int64_t /*k*/, const void * /*alpha*/,
                 const void * /*a*/, CudaDataType, int64_t /*lda*/,
                 long long /*strideA*/, const void * /*b*/, CudaDataType,
                 int64_t /*ldb*/, long long /*strideB*/, const void * /*beta*/,
                 void * /*c*/, CudaDataType, int64_t /*ldc*/,
                 long long /*strideC*/, int64_t /*batch*/, CublasComputeType,
                 int /*algorithm*/>
      gemm;
  CublasFunction<CublasHandle, int64_t, const void * /*x*/, CudaDataType,
                 int64_t /*incx*/, const void * /*y*/, CudaDataType,
                 int64_t /*incy*/, void *, CudaDataType /*result*/,
                 CudaDataType /*computation*/>
      dot;
  CublasGemv gemvFloat32, gemvFloat64, gemvComplex64, gemvComplex128;
  CublasGemv gemvFloat16, gemvBFloat16;

  /// Opens the library at the first call; throws BlasError with what was looked
  /// for and where when there is none, at every call.
  static const Cublas &get();
  /// For tests: what `get` returns from now on; null goes back to the library.
  /// Handles are destroyed.
  static void replace(const Cublas *library);
};

/// A handle that works on one stream, for the calling thread alone while this
/// object lives. One handle serves one stream at a time, so that the work of
/// different streams shares no workspace. The device's context is current.
class CublasLease {
public:
  CublasLease(const Cublas &library, const Stream &stream);

  CublasHandle getHandle() const { return handle; }

private:
  std::unique_lock<std::mutex> lock;
  CublasHandle handle;
};

/// Destroys all handles.
void dropCublasHandles();

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_CUBLAS_H
