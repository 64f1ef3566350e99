// A cuBLAS of the host's loops, and the fixture of tests that multiply with it
// on the fake driver.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_GEMMFIXTURE_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_GEMMFIXTURE_H

#include "CudaTest.h"
#include "HostGemm.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Gemm.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace numloom::cuda {

inline int numGemms, numGemvs, numDots, numHandles;
inline CublasStatus createStatus;

inline CublasStatus fakeGemm(CublasHandle, CublasOperation opA,
                             CublasOperation opB, int64_t m, int64_t n,
                             int64_t k, const void *alpha, const void *a,
                             CudaDataType type, int64_t lda, long long strideA,
                             const void *b, CudaDataType, int64_t ldb,
                             long long strideB, const void *beta, void *c,
                             CudaDataType, int64_t ldc, long long strideC,
                             int64_t batch, CublasComputeType, int) {
  ++numGemms;
  EXPECT_EQ(type, CudaDataType::Float32);
  EXPECT_GE(lda, opA == CublasOperation::None ? m : k);
  EXPECT_GE(ldb, opB == CublasOperation::None ? k : n);
  EXPECT_GE(ldc, m);
  HostGemm{m,
           n,
           k,
           batch,
           {a, opA, lda, strideA},
           {b, opB, ldb, strideB},
           *static_cast<const float *>(alpha),
           *static_cast<const float *>(beta),
           c,
           ldc,
           strideC}
      .run();
  return CublasStatus::Success;
}

inline CublasStatus fakeGemv(CublasHandle, CublasOperation op, int64_t m,
                             int64_t n, const void *alpha, const void *a,
                             int64_t lda, long long strideA, const void *x,
                             int64_t incx, long long strideX, const void *beta,
                             void *y, int64_t incy, long long strideY,
                             int64_t batch) {
  ++numGemvs;
  EXPECT_GE(lda, m);
  EXPECT_GE(incx, 1);
  EXPECT_GE(incy, 1);
  bool isTransposed = op == CublasOperation::Transposed;
  // y is a row.
  HostGemm{1,
           isTransposed ? n : m,
           isTransposed ? m : n,
           batch,
           {x, CublasOperation::None, incx, strideX},
           {a,
            isTransposed ? CublasOperation::None : CublasOperation::Transposed,
            lda, strideA},
           *static_cast<const float *>(alpha),
           *static_cast<const float *>(beta),
           y,
           incy,
           strideY}
      .run();
  return CublasStatus::Success;
}

inline CublasStatus fakeDot(CublasHandle, int64_t n, const void *x,
                            CudaDataType, int64_t incx, const void *y,
                            CudaDataType, int64_t incy, void *result,
                            CudaDataType, CudaDataType) {
  ++numDots;
  float sum = 0;
  for (int64_t i = 0; i < n; ++i)
    sum += static_cast<const float *>(x)[i * incx] *
           static_cast<const float *>(y)[i * incy];
  *static_cast<float *>(result) = sum;
  return CublasStatus::Success;
}

inline Cublas makeFake() {
  Cublas fake;
  fake.create = {[](CublasHandle *handle) {
                   ++numHandles;
                   *handle = reinterpret_cast<CublasHandle>(size_t(numHandles));
                   return std::exchange(createStatus, CublasStatus::Success);
                 },
                 "cublasCreate_v2"};
  fake.destroy = {[](CublasHandle) { return CublasStatus::Success; }, ""};
  fake.setStream = {
      [](CublasHandle, StreamHandle) { return CublasStatus::Success; }, ""};
  fake.setWorkspace = {
      [](CublasHandle, void *, size_t) { return CublasStatus::Success; }, ""};
  fake.setPointerMode = {
      [](CublasHandle, CublasPointerMode) { return CublasStatus::Success; },
      ""};
  fake.setMathMode = {
      [](CublasHandle, CublasMathMode) { return CublasStatus::Success; }, ""};
  fake.gemm = {fakeGemm, "gemm"};
  fake.gemvFloat32 = {fakeGemv, "gemv"};
  fake.dot = {fakeDot, "dot"};
  return fake;
}

/// As the kernels see it.
struct Matrix {
  char *data;
  int64_t rowStride, colStride, batchStride;
  float at(int64_t batch, int64_t row, int64_t col) const {
    return reinterpret_cast<float *>(
        data)[batch * batchStride + row * rowStride + col * colStride];
  }
};

inline void runPack(const FakeLaunch &launch) {
  auto from = launch.get<Matrix>(0);
  auto *to = launch.get<float *>(1);
  auto rows = launch.get<int64_t>(2), cols = launch.get<int64_t>(3);
  for (int64_t i = 0; i < launch.get<int64_t>(4); ++i)
    to[i] = from.at(i / cols / rows, i / cols % rows, i % cols);
}

/// An operand: the order of its dimensions in memory, the step between elements
/// and what lies between rows. The last batch dimension can be broadcast.
struct Layout {
  bool isTransposed = false;
  int64_t step = 1;
  bool isBroadcast = false;
  int64_t padding = 0;
};

/// Device memory with an operand's elements, small integers.
struct Operand {
  Operand(std::vector<int64_t> batch, int64_t rows, int64_t cols,
          Layout layout) {
    int64_t stride = layout.step;
    auto take = [&](int64_t extent) {
      int64_t own = stride;
      stride *= extent;
      return own;
    };
    colStride = layout.isTransposed ? 0 : take(cols);
    stride += layout.padding;
    rowStride = take(rows);
    if (layout.isTransposed)
      colStride = take(cols);
    batchStrides.resize(batch.size());
    for (size_t i = batch.size(); i-- > 0;)
      batchStrides[i] =
          layout.isBroadcast && i + 1 == batch.size() ? 0 : take(batch[i]);
    memory = allocate(0, stride * sizeof(float));
    size = stride;
    for (int64_t i = 0; i < size; ++i)
      getElements(size)[i] = float((i * 7 + 3) % 11);
  }
  Operand(const Operand &) = delete;
  ~Operand() { memory.release(memory.owner, memory.pointer, 0); }

  GemmMatrix getMatrix() const {
    return {memory.pointer, batchStrides, rowStride, colStride};
  }
  GemmResult getResult() const {
    return {memory.pointer, batchStrides, rowStride};
  }
  std::span<float> getElements(int64_t count) const {
    return {static_cast<float *>(memory.pointer), size_t(count)};
  }
  /// What lies between rows of `cols` must be what it was.
  void checkPadding(const std::vector<float> &before, int64_t cols) const {
    for (int64_t i = 0; i < size; ++i)
      if (i % rowStride >= cols)
        ASSERT_EQ(std::memcmp(&before[i], &getElements(size)[i], 4), 0);
  }
  float at(std::span<const int64_t> batch, int64_t row, int64_t col) const {
    int64_t offset = row * rowStride + col * colStride;
    for (size_t i = 0; i < batch.size(); ++i)
      offset += batch[i] * batchStrides[i];
    return static_cast<const float *>(memory.pointer)[offset];
  }

  Allocation memory;
  std::vector<int64_t> batchStrides;
  int64_t rowStride, colStride, size;
};

class CudaGemmTest : public CudaTest {
protected:
  CudaGemmTest() : cublas(makeFake()) {
    Cublas::replace(&cublas);
    numGemms = numGemvs = numDots = numHandles = 0;
    createStatus = CublasStatus::Success;
    fake.kernels["pack4"] = {{sizeof(Matrix), 8, 8, 8, 8}, runPack};
  }
  ~CudaGemmTest() override { Cublas::replace(nullptr); }

  void check(std::vector<int64_t> batch, int64_t m, int64_t n, int64_t k,
             Layout layoutA = {}, Layout layoutB = {}, Layout layoutC = {}) {
    Operand a(batch, m, k, layoutA), b(batch, k, n, layoutB),
        c(batch, m, n, layoutC);
    // Nothing of what was there before is read.
    std::vector<float> before(size_t(c.size), NAN);
    std::ranges::copy(before, c.getElements(c.size).begin());
    ContextScope scope(0);
    gemm({DType::Float32, batch, m, n, k, a.getMatrix(), b.getMatrix(),
          c.getResult()},
         *Stream::getCurrent(0));
    c.checkPadding(before, n);
    int64_t matrices = std::accumulate(batch.begin(), batch.end(), int64_t(1),
                                       std::multiplies<>());
    for (int64_t i = 0; i < matrices; ++i) {
      std::vector<int64_t> index(batch.size());
      int64_t rest = i;
      for (size_t d = batch.size(); d-- > 0; rest /= batch[d])
        index[d] = rest % batch[d];
      for (int64_t row = 0; row < m; ++row)
        for (int64_t col = 0; col < n; ++col) {
          float sum = 0;
          for (int64_t p = 0; p < k; ++p)
            sum += a.at(index, row, p) * b.at(index, p, col);
          ASSERT_EQ(c.at(index, row, col), sum)
              << "matrix " << i << " at " << row << ", " << col;
        }
    }
  }

  Cublas cublas;
};

} // namespace numloom::cuda

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_GEMMFIXTURE_H
