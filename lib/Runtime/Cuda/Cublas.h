// cuBLAS, opened at first use. Its types are declared here as far as they are
// used, so that the runtime builds without a toolkit.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_CUBLAS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_CUBLAS_H

#include "numloom/Runtime/Cuda/Error.h"
#include "numloom/Runtime/Cuda/Stream.h"

#include <cstdint>
#include <mutex>

struct cublasContext;

namespace numloom::cuda {

using CublasHandle = cublasContext *;

/// cublasStatus_t.
enum class CublasStatus : int { Success = 0, AllocationFailed = 3 };
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
/// cublasLtMatmulDescAttributes_t.
enum class CublasLtOperationAttribute : int {
  TransposeA = 3,
  TransposeB = 4,
  Epilogue = 7,
  Bias = 8,
};
/// cublasLtEpilogue_t.
enum class CublasLtEpilogue : int { None = 1, Bias = 4 };
/// cublasLtMatrixLayoutAttribute_t.
enum class CublasLtLayoutAttribute : int { BatchCount = 5, BatchStride = 6 };
/// cublasLtMatmulPreferenceAttributes_t; the alignments of b, c and d follow.
enum class CublasLtPreferenceAttribute : int {
  WorkspaceBytes = 1,
  ReductionSchemes = 3,
  AlignmentA = 5,
};
/// cublasLtMatmulDesc_t and its kin.
using CublasLtOperation = struct CublasLtOperationOpaque *;
using CublasLtLayout = struct CublasLtLayoutOpaque *;
using CublasLtPreference = struct CublasLtPreferenceOpaque *;
/// cublasLtMatmulAlgo_t.
struct CublasLtAlgorithm {
  uint64_t data[8];
};
/// cublasLtMatmulHeuristicResult_t.
struct CublasLtHeuristic {
  CublasLtAlgorithm algorithm;
  size_t workspaceBytes;
  CublasStatus status;
  float waves;
  int reserved[4];
};
/// cublasGemmAlgo_t: CUBLAS_GEMM_DEFAULT.
inline constexpr int kCublasDefaultAlgorithm = -1;

/// Throws BlasError, or OutOfMemory where the device has no room.
[[noreturn]] void throwCublasError(const char *function, CublasStatus status);

/// A routine of cuBLAS with its name for messages.
template <typename... Args>
struct CublasFunction {
  /// Calls it, again if the device had no room and got some; throws as
  /// `throwCublasError` unless it succeeds.
  void operator()(Args... args) const {
    CublasStatus status = pointer(args...);
    if (status == CublasStatus::AllocationFailed && freeCachedMemory())
        [[unlikely]]
      status = pointer(args...);
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

/// The entry points of cublasLt; null where the library has none. Its handles
/// are its own: the library that other modules of the process brought along may
/// be of another version than cuBLAS.
struct CublasLt {
  CublasFunction<CublasHandle *> create;
  CublasFunction<CublasHandle> destroy;
  CublasFunction<CublasLtOperation *, CublasComputeType, CudaDataType /*scale*/>
      createOperation;
  CublasFunction<CublasLtOperation> destroyOperation;
  CublasFunction<CublasLtOperation, CublasLtOperationAttribute, const void *,
                 size_t>
      setOperation;
  CublasFunction<CublasLtLayout *, CudaDataType, uint64_t /*rows*/,
                 uint64_t /*cols*/, int64_t /*ld*/>
      createLayout;
  CublasFunction<CublasLtLayout> destroyLayout;
  CublasFunction<CublasLtLayout, CublasLtLayoutAttribute, const void *, size_t>
      setLayout;
  CublasFunction<CublasLtPreference *> createPreference;
  CublasFunction<CublasLtPreference> destroyPreference;
  CublasFunction<CublasLtPreference, CublasLtPreferenceAttribute, const void *,
                 size_t>
      setPreference;
  CublasFunction<CublasHandle, CublasLtOperation, CublasLtLayout /*a*/,
                 CublasLtLayout /*b*/, CublasLtLayout /*c*/,
                 CublasLtLayout /*d*/, CublasLtPreference, int /*requested*/,
                 CublasLtHeuristic *, int * /*found*/>
      findAlgorithm;
  /// d = alpha * op(a) @ op(b) + beta * c, and the operation's epilogue.
  CublasFunction<CublasHandle, CublasLtOperation, const void * /*alpha*/,
                 const void * /*a*/, CublasLtLayout, const void * /*b*/,
                 CublasLtLayout, const void * /*beta*/, const void * /*c*/,
                 CublasLtLayout, void * /*d*/, CublasLtLayout,
                 const CublasLtAlgorithm *, void * /*workspace*/, size_t,
                 StreamHandle>
      matmul;
};

/// The library's entry points, those with 64-bit extents where there are any:
/// CUDA 12 introduced them.
struct Cublas {
  CublasFunction<CublasHandle *> create;
  CublasFunction<CublasHandle> destroy;
  CublasFunction<CublasHandle, StreamHandle> setStream;
  /// Until the next `setStream`.
  CublasFunction<CublasHandle, void *, size_t> setWorkspace;
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
  CublasLt lt;

  /// Opens the library at the first call; throws BlasError with what was looked
  /// for and where when there is none, at every call.
  static const Cublas &get();
  /// For tests: what `get` returns from now on; null goes back to the library.
  /// Handles are destroyed.
  static void replace(const Cublas *library);
};

/// Device memory that calls of the library compute in.
struct CublasWorkspace {
  void *memory = nullptr;
  size_t bytes = 0;
};
/// What NVIDIA recommends, which is the library's own default: a call takes the
/// same algorithm wherever its workspace comes from.
size_t getCublasWorkspaceBytes(int ordinal);

/// A handle that works on one stream, for the calling thread alone while this
/// object lives. One handle serves one stream at a time, so that the work of
/// different streams shares no workspace. The device's context is current.
/// During a GemmCapture the handle of the capture's owner is lent, with a
/// workspace that lives as long as the process: graphs refer to it.
class CublasLease {
public:
  CublasLease(const Cublas &library, const Stream &stream);
  ~CublasLease();

  CublasHandle getHandle() const { return handle; }
  /// Empty outside of captures.
  const CublasWorkspace &getWorkspace() const { return workspace; }

private:
  const Cublas &library;
  std::unique_lock<std::mutex> lock;
  CublasHandle handle;
  CublasWorkspace workspace;
  /// The stream to go back to; nothing outside of captures.
  const Stream *owner = nullptr;
};

/// Destroys all handles, and what is kept of calls of cublasLt.
void dropCublasHandles();
/// The latter; the table of handles is locked.
void dropCublasLtCalls();

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_CUBLAS_H
