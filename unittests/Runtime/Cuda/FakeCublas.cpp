// A cuBLAS in the fake driver's library (NUMLOOM_CUBLAS=libcuda.so.1): products
// of float32 matrices are computed on the stream, others are work that does
// nothing. Calls are counted and made to fail as the driver's.
#include "FakeCalls.h"
#include "FakeDriver.h"
#include "HostGemm.h"

using namespace numloom::cuda;

#define NUMLOOM_EXPORT extern "C" [[gnu::visibility("default")]]

namespace {
/// Behind every handle.
struct Object {
  StreamHandle stream = nullptr;
};
} // namespace

static CublasStatus toStatus(Result result) {
  switch (result) {
  case Result::Success:
    return CublasStatus::Success;
  case Result::OutOfMemory:
    return CublasStatus(3);
  default:
    return CublasStatus(13);
  }
}

/// Does `work`, which returns a Result, if the call may go on.
template <typename Work>
static CublasStatus enter(const char *name, Work &&work) {
  Result result = FakeCalls::get().enter(name);
  if (result == Result::Success)
    result = work();
  else if (isSticky(result))
    FakeDriver::get().faultCurrent(result);
  if (result == Result::Success)
    FakeCalls::get().count(name);
  return toStatus(result);
}

static CublasStatus doNothing(const char *name) {
  return enter(name, [] { return Result::Success; });
}

template <typename Handle>
static CublasStatus create(const char *name, Handle *handle) {
  return enter(name, [&] {
    *handle = reinterpret_cast<Handle>(new Object);
    return Result::Success;
  });
}

template <typename Handle>
static CublasStatus destroy(const char *name, Handle handle) {
  return enter(name, [&] {
    delete reinterpret_cast<Object *>(handle);
    return Result::Success;
  });
}

static bool computeNothing() { return true; }

static CublasStatus enqueue(const char *name, StreamHandle stream,
                            const std::function<bool()> &work) {
  return enter(name, [&] { return enqueueFake(name, stream, work); });
}

static CublasStatus
enqueue(const char *name, CublasHandle handle,
        const std::function<bool()> &work = computeNothing) {
  return enqueue(name, reinterpret_cast<Object *>(handle)->stream, work);
}

//===----------------------------------------------------------------------===//
// cuBLAS
//===----------------------------------------------------------------------===//

NUMLOOM_EXPORT CublasStatus cublasCreate_v2(CublasHandle *handle) {
  return create(__func__, handle);
}
NUMLOOM_EXPORT CublasStatus cublasDestroy_v2(CublasHandle handle) {
  return destroy(__func__, handle);
}
NUMLOOM_EXPORT CublasStatus cublasSetStream_v2(CublasHandle handle,
                                               StreamHandle stream) {
  return enter(__func__, [&] {
    reinterpret_cast<Object *>(handle)->stream = stream;
    return Result::Success;
  });
}
NUMLOOM_EXPORT CublasStatus cublasSetWorkspace_v2(CublasHandle, void *,
                                                  size_t) {
  return doNothing(__func__);
}
NUMLOOM_EXPORT CublasStatus cublasSetPointerMode_v2(CublasHandle,
                                                    CublasPointerMode) {
  return doNothing(__func__);
}
NUMLOOM_EXPORT CublasStatus cublasSetMathMode(CublasHandle, CublasMathMode) {
  return doNothing(__func__);
}
NUMLOOM_EXPORT CublasStatus cublasGemmStridedBatchedEx_64(
    CublasHandle handle, CublasOperation opA, CublasOperation opB, int64_t m,
    int64_t n, int64_t k, const void *alpha, const void *a, CudaDataType type,
    int64_t lda, long long strideA, const void *b, CudaDataType, int64_t ldb,
    long long strideB, const void *beta, void *c, CudaDataType, int64_t ldc,
    long long strideC, int64_t batch, CublasComputeType, int) {
  if (type != CudaDataType::Float32)
    return enqueue(__func__, handle);
  HostGemm product{m,
                   n,
                   k,
                   batch,
                   {a, opA, lda, strideA},
                   {b, opB, ldb, strideB},
                   *static_cast<const float *>(alpha),
                   *static_cast<const float *>(beta),
                   c,
                   ldc,
                   strideC};
  return enqueue(__func__, handle, [product] {
    product.run();
    return true;
  });
}
NUMLOOM_EXPORT CublasStatus cublasDotEx_64(CublasHandle handle, int64_t,
                                           const void *, CudaDataType, int64_t,
                                           const void *, CudaDataType, int64_t,
                                           void *, CudaDataType, CudaDataType) {
  return enqueue(__func__, handle);
}

#define NUMLOOM_FAKE_GEMV(NAME)                                                \
  NUMLOOM_EXPORT CublasStatus NAME(                                            \
      CublasHandle handle, CublasOperation, int64_t, int64_t, const void *,    \
      const void *, int64_t, long long, const void *, int64_t, long long,      \
      const void *, void *, int64_t, long long, int64_t) {                     \
    return enqueue(__func__, handle);                                          \
  }
NUMLOOM_FAKE_GEMV(cublasSgemvStridedBatched_64)
NUMLOOM_FAKE_GEMV(cublasDgemvStridedBatched_64)
NUMLOOM_FAKE_GEMV(cublasCgemvStridedBatched_64)
NUMLOOM_FAKE_GEMV(cublasZgemvStridedBatched_64)
NUMLOOM_FAKE_GEMV(cublasHSHgemvStridedBatched_64)
NUMLOOM_FAKE_GEMV(cublasTSTgemvStridedBatched_64)

//===----------------------------------------------------------------------===//
// cublasLt
//===----------------------------------------------------------------------===//

NUMLOOM_EXPORT CublasStatus cublasLtCreate(CublasHandle *handle) {
  return create(__func__, handle);
}
NUMLOOM_EXPORT CublasStatus cublasLtDestroy(CublasHandle handle) {
  return destroy(__func__, handle);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatmulDescCreate(
    CublasLtOperation *operation, CublasComputeType, CudaDataType) {
  return create(__func__, operation);
}
NUMLOOM_EXPORT CublasStatus
cublasLtMatmulDescDestroy(CublasLtOperation operation) {
  return destroy(__func__, operation);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatmulDescSetAttribute(
    CublasLtOperation, CublasLtOperationAttribute, const void *, size_t) {
  return doNothing(__func__);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatrixLayoutCreate(CublasLtLayout *layout,
                                                       CudaDataType, uint64_t,
                                                       uint64_t, int64_t) {
  return create(__func__, layout);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatrixLayoutDestroy(CublasLtLayout layout) {
  return destroy(__func__, layout);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatrixLayoutSetAttribute(
    CublasLtLayout, CublasLtLayoutAttribute, const void *, size_t) {
  return doNothing(__func__);
}
NUMLOOM_EXPORT CublasStatus
cublasLtMatmulPreferenceCreate(CublasLtPreference *preference) {
  return create(__func__, preference);
}
NUMLOOM_EXPORT CublasStatus
cublasLtMatmulPreferenceDestroy(CublasLtPreference preference) {
  return destroy(__func__, preference);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatmulPreferenceSetAttribute(
    CublasLtPreference, CublasLtPreferenceAttribute, const void *, size_t) {
  return doNothing(__func__);
}
NUMLOOM_EXPORT CublasStatus cublasLtMatmulAlgoGetHeuristic(
    CublasHandle, CublasLtOperation, CublasLtLayout, CublasLtLayout,
    CublasLtLayout, CublasLtLayout, CublasLtPreference, int,
    CublasLtHeuristic *heuristic, int *found) {
  return enter(__func__, [&] {
    *heuristic = {};
    heuristic->workspaceBytes = 4096;
    *found = 1;
    return Result::Success;
  });
}
NUMLOOM_EXPORT CublasStatus
cublasLtMatmul(CublasHandle, CublasLtOperation, const void *, const void *,
               CublasLtLayout, const void *, CublasLtLayout, const void *,
               const void *, CublasLtLayout, void *, CublasLtLayout,
               const CublasLtAlgorithm *, void *, size_t, StreamHandle stream) {
  return enqueue(__func__, stream, computeNothing);
}
