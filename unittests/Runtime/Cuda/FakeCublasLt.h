// A cublasLt of the host's loops, which counts calls and objects.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKECUBLASLT_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKECUBLASLT_H

#include "FakeDriver.h"
#include "HostGemm.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace numloom::cuda::fake_lt {

/// Calls so far, and objects that were made and not destroyed.
inline int numMatmuls, numSearches, numObjects;
/// Whether a search finds one.
inline bool hasAlgorithm;

struct FakeLayout {
  int64_t rows, cols, ld, stride = 0;
  int32_t batch = 1;
};
struct FakeOperation {
  CublasOperation a = CublasOperation::None, b = CublasOperation::None;
  CublasLtEpilogue epilogue = CublasLtEpilogue::None;
  const float *bias = nullptr;
};

template <typename T, typename Handle>
T &get(Handle handle) {
  return *reinterpret_cast<T *>(handle);
}
template <typename T, typename Handle>
CublasStatus make(Handle *handle, T value) {
  ++numObjects;
  *handle = reinterpret_cast<Handle>(new T(value));
  return CublasStatus::Success;
}
template <typename T, typename Handle>
CublasStatus drop(Handle handle) {
  --numObjects;
  delete reinterpret_cast<T *>(handle);
  return CublasStatus::Success;
}

inline CublasStatus setOperation(CublasLtOperation handle,
                                 CublasLtOperationAttribute attribute,
                                 const void *value, size_t bytes) {
  auto &operation = get<FakeOperation>(handle);
  auto assign = [&](auto &target) {
    EXPECT_EQ(bytes, sizeof(target));
    std::memcpy(&target, value, sizeof(target));
    return CublasStatus::Success;
  };
  switch (attribute) {
  case CublasLtOperationAttribute::TransposeA:
    return assign(operation.a);
  case CublasLtOperationAttribute::TransposeB:
    return assign(operation.b);
  case CublasLtOperationAttribute::Epilogue:
    return assign(operation.epilogue);
  case CublasLtOperationAttribute::Bias:
    return assign(operation.bias);
  }
  return CublasStatus(7);
}

inline CublasStatus setLayout(CublasLtLayout handle,
                              CublasLtLayoutAttribute attribute,
                              const void *value, size_t) {
  auto &layout = get<FakeLayout>(handle);
  if (attribute == CublasLtLayoutAttribute::BatchCount)
    layout.batch = *static_cast<const int32_t *>(value);
  else
    layout.stride = *static_cast<const int64_t *>(value);
  return CublasStatus::Success;
}

inline CublasStatus fakeMatmul(CublasHandle, CublasLtOperation operationHandle,
                               const void *alpha, const void *a,
                               CublasLtLayout layoutA, const void *b,
                               CublasLtLayout layoutB, const void *beta,
                               const void *c, CublasLtLayout layoutC, void *d,
                               CublasLtLayout layoutD,
                               const CublasLtAlgorithm *, void *workspace,
                               size_t workspaceBytes, StreamHandle) {
  ++numMatmuls;
  auto &operation = get<FakeOperation>(operationHandle);
  auto &x = get<FakeLayout>(layoutA), &y = get<FakeLayout>(layoutB);
  auto &z = get<FakeLayout>(layoutC), &out = get<FakeLayout>(layoutD);
  EXPECT_TRUE(FakeDriver::get().isValid(
      reinterpret_cast<DeviceAddress>(workspace), workspaceBytes));
  EXPECT_GE(x.ld, x.rows);
  EXPECT_GE(y.ld, y.rows);
  EXPECT_GE(z.ld, z.rows);
  // In place one layout is that of both.
  EXPECT_EQ(c == d, layoutC == layoutD);
  EXPECT_EQ(z.rows, out.rows);
  EXPECT_EQ(z.cols, out.cols);
  // What is added is where the product goes.
  for (int64_t i = 0; i < out.batch; ++i)
    for (int64_t col = 0; col < out.cols; ++col)
      std::memmove(static_cast<float *>(d) + i * out.stride + col * out.ld,
                   static_cast<const float *>(c) + i * z.stride + col * z.ld,
                   size_t(out.rows) * sizeof(float));
  HostGemm{out.rows,
           out.cols,
           operation.a == CublasOperation::None ? x.cols : x.rows,
           out.batch,
           {a, operation.a, x.ld, x.stride},
           {b, operation.b, y.ld, y.stride},
           *static_cast<const float *>(alpha),
           *static_cast<const float *>(beta),
           d,
           out.ld,
           out.stride}
      .run();
  if (operation.epilogue == CublasLtEpilogue::Bias)
    for (int64_t i = 0; i < out.batch; ++i)
      for (int64_t row = 0; row < out.rows; ++row)
        for (int64_t col = 0; col < out.cols; ++col)
          static_cast<float *>(d)[i * out.stride + row + col * out.ld] +=
              operation.bias[row];
  return CublasStatus::Success;
}

inline CublasLt makeFakeLt() {
  CublasLt lt;
  lt.create = {[](CublasHandle *handle) { return make(handle, 0); }, "create"};
  lt.destroy = {drop<int, CublasHandle>, "destroy"};
  lt.createOperation = {
      [](CublasLtOperation *handle, CublasComputeType, CudaDataType) {
        return make(handle, FakeOperation{});
      },
      "create"};
  lt.destroyOperation = {drop<FakeOperation, CublasLtOperation>, "destroy"};
  lt.setOperation = {setOperation, "set"};
  lt.createLayout = {
      [](CublasLtLayout *handle, CudaDataType type, uint64_t rows,
         uint64_t cols, int64_t ld) {
        EXPECT_EQ(type, CudaDataType::Float32);
        return make(handle, FakeLayout{int64_t(rows), int64_t(cols), ld});
      },
      "create"};
  lt.destroyLayout = {drop<FakeLayout, CublasLtLayout>, "destroy"};
  lt.setLayout = {setLayout, "set"};
  lt.createPreference = {
      [](CublasLtPreference *handle) { return make(handle, 0); }, "create"};
  lt.destroyPreference = {drop<int, CublasLtPreference>, "destroy"};
  lt.setPreference = {[](CublasLtPreference, CublasLtPreferenceAttribute,
                         const void *,
                         size_t) { return CublasStatus::Success; },
                      "set"};
  lt.findAlgorithm = {[](CublasHandle, CublasLtOperation, CublasLtLayout,
                         CublasLtLayout, CublasLtLayout, CublasLtLayout,
                         CublasLtPreference, int, CublasLtHeuristic *result,
                         int *found) {
                        ++numSearches;
                        *result = {};
                        result->workspaceBytes = 1024;
                        *found = hasAlgorithm;
                        return CublasStatus(hasAlgorithm ? 0 : 15);
                      },
                      "find"};
  lt.matmul = {fakeMatmul, "cublasLtMatmul"};
  return lt;
}

} // namespace numloom::cuda::fake_lt

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKECUBLASLT_H
