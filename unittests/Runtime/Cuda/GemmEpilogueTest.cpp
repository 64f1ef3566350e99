// Products with epilogues on the fake driver, through a cublasLt of the host's
// loops.
#include "GemmFixture.h"

#include <cmath>

/// As in Device.h.
struct Matrix {
  const char *data;
  int64_t rowStride, colStride, batchStride;
};
struct Result {
  float *data;
  int64_t rowStride, batchStride;
};
#include "../../../lib/Runtime/Cuda/Kernels/GemmEpilogue.h"

using namespace numloom;
using namespace numloom::cuda;

namespace {

int numMatmuls, numSearches, numObjects, numCopies;
bool hasAlgorithm;

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

CublasStatus setOperation(CublasLtOperation handle,
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

CublasStatus setLayout(CublasLtLayout handle, CublasLtLayoutAttribute attribute,
                       const void *value, size_t) {
  auto &layout = get<FakeLayout>(handle);
  if (attribute == CublasLtLayoutAttribute::BatchCount)
    layout.batch = *static_cast<const int32_t *>(value);
  else
    layout.stride = *static_cast<const int64_t *>(value);
  return CublasStatus::Success;
}

CublasStatus fakeMatmul(CublasHandle, CublasLtOperation operationHandle,
                        const void *alpha, const void *a,
                        CublasLtLayout layoutA, const void *b,
                        CublasLtLayout layoutB, const void *beta, const void *c,
                        CublasLtLayout layoutC, void *d, CublasLtLayout layoutD,
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

CublasLt makeFakeLt() {
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

/// As the device code, on the host.
void runEpilogue(const FakeLaunch &launch) {
  auto c = launch.get<::Result>(0);
  auto rows = launch.get<int64_t>(1), cols = launch.get<int64_t>(2),
       depth = launch.get<int64_t>(3);
  auto epilogue = launch.get<::Epilogue>(5);
  for (int64_t i = 0; i < launch.get<int64_t>(4); ++i) {
    int64_t col = i % cols, row = i / cols % rows, index = i / cols / rows;
    float &element = c.data[index * c.batchStride + row * c.rowStride + col];
    element = epilogue.apply(depth > 0 ? element : 0, index, row, col);
  }
}

/// How an addend lies in memory.
enum class Addend { None, Rows, Wide, Columns, Bias, Scalar, InPlace };

class GemmEpilogueTest : public CudaGemmTest {
protected:
  GemmEpilogueTest() {
    cublas.lt = makeFakeLt();
    numMatmuls = numSearches = numCopies = 0;
    hasAlgorithm = true;
    fake.kernels["epilogueFloat32"] = {
        {sizeof(::Result), 8, 8, 8, 8, sizeof(::Epilogue)}, runEpilogue};
  }
  ~GemmEpilogueTest() override {
    Cublas::replace(nullptr);
    EXPECT_EQ(numObjects, 0);
  }

  /// The strides of an addend to a batch of m x n.
  static GemmMatrix getStrides(Addend addend, int64_t m, int64_t n,
                               std::vector<int64_t> &batchStride) {
    switch (addend) {
    case Addend::Rows:
      batchStride = {m * n};
      return {nullptr, batchStride, n, 1};
    case Addend::Wide:
      batchStride = {m * 2 * n};
      return {nullptr, batchStride, 2 * n, 1};
    case Addend::Columns:
      batchStride = {m * n};
      return {nullptr, batchStride, 1, m};
    case Addend::Bias:
      batchStride = {0};
      return {nullptr, batchStride, 0, 1};
    default:
      batchStride = {0};
      return {nullptr, batchStride, 0, 0};
    }
  }

  /// Compares alpha * a @ b + beta * first + second with plain loops.
  void checkTerms(std::optional<float> alpha, std::optional<float> beta,
                  Addend first, Addend second = Addend::None,
                  bool negatesProduct = false, bool negatesAddend = false,
                  int64_t m = 5, int64_t n = 7, int64_t k = 3,
                  int64_t batch = 2, int64_t padding = 3) {
    std::vector<int64_t> batches{batch};
    Operand a(batches, m, k, {}), b(batches, k, n, {}),
        c(batches, m, n, {.padding = padding}), x({2 * batch}, m, n, {}),
        y({2 * batch}, m, n, {});
    auto before = c.getElements(c.size);
    std::vector<float> old(before.begin(), before.end());
    std::vector<int64_t> strides[2];
    GemmTerms terms{{alpha ? &*alpha : nullptr, negatesProduct},
                    {beta ? &*beta : nullptr, negatesAddend}};
    if (first == Addend::InPlace) {
      terms.addends[0] = c.getMatrix();
    } else if (first != Addend::None) {
      terms.addends[0] = getStrides(first, m, n, strides[0]);
      terms.addends[0].data = x.memory.pointer;
    }
    if (second != Addend::None) {
      terms.addends[1] = getStrides(second, m, n, strides[1]);
      terms.addends[1].data = y.memory.pointer;
    }
    ContextScope scope(0);
    gemm({DType::Float32, batches, m, n, k, a.getMatrix(), b.getMatrix(),
          c.getResult()},
         *Stream::getCurrent(0), terms);
    c.checkPadding(old, n);
    if (first == Addend::InPlace)
      terms.addends[0].data = old.data();
    auto load = [](const GemmMatrix &matrix, int64_t i, int64_t row,
                   int64_t col) {
      return static_cast<const float *>(
          matrix.data)[i * matrix.batchStrides[0] + row * matrix.rowStride +
                       col * matrix.colStride];
    };
    for (int64_t i = 0; i < batch; ++i)
      for (int64_t row = 0; row < m; ++row)
        for (int64_t col = 0; col < n; ++col) {
          float sum = 0;
          for (int64_t p = 0; p < k; ++p)
            sum += a.at({{i}}, row, p) * b.at({{i}}, p, col);
          sum *= alpha.value_or(1) * (negatesProduct ? -1 : 1);
          if (first != Addend::None)
            sum += beta.value_or(1) * (negatesAddend ? -1 : 1) *
                   load(terms.addends[0], i, row, col);
          if (second != Addend::None)
            sum += load(terms.addends[1], i, row, col);
          float actual = c.at({{i}}, row, col);
          ASSERT_TRUE(actual == sum || (actual != actual && sum != sum))
              << actual << " for " << sum << " at " << i << ", " << row << ", "
              << col;
        }
  }
};

} // namespace

TEST_F(GemmEpilogueTest, FactorsOfTheProductAreAlpha) {
  checkTerms(2.5f, {}, Addend::None);
  checkTerms({}, {}, Addend::None, Addend::None, true);
  EXPECT_EQ(numGemms, 2);
  checkTerms(-0.5f, {}, Addend::None, Addend::None, true, false, 9, 1);
  EXPECT_EQ(numGemvs, 1);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
}

TEST_F(GemmEpilogueTest, AddendsAreTheLibrarys) {
  checkTerms(2.5f, 0.5f, Addend::Rows);
  checkTerms({}, {}, Addend::Wide, Addend::None, true, true);
  checkTerms({}, 3.0f, Addend::Rows, Addend::Bias, false, true);
  checkTerms(0.25f, {}, Addend::Bias);
  checkTerms({}, {}, Addend::Rows, Addend::None, false, false, 5, 7, 3, 1);
  EXPECT_EQ(numMatmuls, 5);
  EXPECT_EQ(numGemms, 0);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
}

// c += a @ b has no addend of its own, and needs no cublasLt.
TEST_F(GemmEpilogueTest, UpdatesAreBeta) {
  checkTerms({}, {}, Addend::InPlace);
  checkTerms(2.5f, {}, Addend::InPlace, Addend::None, true, false);
  checkTerms({}, 0.5f, Addend::InPlace, Addend::None, false, true);
  EXPECT_EQ(numGemms, 3);
  checkTerms({}, {}, Addend::InPlace, Addend::None, false, false, 9, 1);
  checkTerms(2.0f, {}, Addend::InPlace, Addend::None, false, false, 1, 9);
  checkTerms({}, {}, Addend::InPlace, Addend::None, false, false, 1, 1, 40, 1);
  EXPECT_EQ(numGemvs, 3);
  EXPECT_EQ(numMatmuls + numDots, 0);
  checkTerms({}, 3.0f, Addend::InPlace, Addend::Bias);
  EXPECT_EQ(numMatmuls, 1);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
}

// The product would go over what is added to it.
TEST_F(GemmEpilogueTest, UpdatesThatTheLibraryLacksAddACopy) {
  fake.kernels["pack4"].run = [](const FakeLaunch &launch) {
    ++numCopies;
    runPack(launch);
  };
  for (float number : {0.0f, INFINITY, NAN})
    checkTerms({}, number, Addend::InPlace);
  checkTerms({}, {}, Addend::InPlace, Addend::Rows);
  hasAlgorithm = false;
  checkTerms({}, {}, Addend::InPlace, Addend::Bias);
  EXPECT_EQ(numCopies, 5);
  EXPECT_EQ(count("cuLaunchKernel"), 10);
  EXPECT_EQ(MemoryPool::getDefault()->getUsedBytes(0), 0u);
}

TEST_F(GemmEpilogueTest, AlgorithmsAreSearchedOnce) {
  for (float alpha : {1.5f, 2.5f, 3.5f})
    checkTerms(alpha, {}, Addend::Rows);
  EXPECT_EQ(numSearches, 1);
  checkTerms({}, {}, Addend::Bias);
  EXPECT_EQ(numSearches, 2);
  EXPECT_EQ(numMatmuls, 4);
}

// 0 would hide NaN, and inf * 0 is the product's business.
TEST_F(GemmEpilogueTest, NumbersThatTheLibraryTreatsApart) {
  for (float number : {0.0f, INFINITY, NAN}) {
    checkTerms(number, {}, Addend::Rows);
    checkTerms({}, number, Addend::Rows);
    checkTerms(number, {}, Addend::None);
  }
  EXPECT_EQ(numMatmuls, 0);
  EXPECT_EQ(numGemms, 9);
  EXPECT_EQ(count("cuLaunchKernel"), 9);
}

TEST_F(GemmEpilogueTest, OtherLayoutsAreAKernel) {
  checkTerms({}, {}, Addend::Columns);
  checkTerms({}, 2.0f, Addend::Bias);
  checkTerms({}, {}, Addend::Bias, Addend::Rows);
  checkTerms({}, {}, Addend::Scalar);
  checkTerms(2.0f, {}, Addend::Rows, Addend::Columns, true);
  EXPECT_EQ(numMatmuls, 0);
  EXPECT_EQ(count("cuLaunchKernel"), 5);
}

TEST_F(GemmEpilogueTest, VectorsAndDotsAreAKernel) {
  checkTerms({}, {}, Addend::Rows, Addend::None, false, false, 9, 1);
  checkTerms({}, {}, Addend::Bias, Addend::None, false, false, 1, 9);
  EXPECT_EQ(numGemvs, 2);
  checkTerms(3.0f, {}, Addend::None, Addend::None, false, false, 1, 1, 40, 1);
  EXPECT_EQ(numDots, 1);
  EXPECT_EQ(numMatmuls, 0);
}

TEST_F(GemmEpilogueTest, WithoutAnAlgorithmAKernel) {
  hasAlgorithm = false;
  checkTerms({}, {}, Addend::Rows);
  checkTerms({}, {}, Addend::Rows);
  EXPECT_EQ(numSearches, 1);
  EXPECT_EQ(numGemms, 2);
  EXPECT_EQ(count("cuLaunchKernel"), 2);
}

TEST_F(GemmEpilogueTest, WithoutCublasLtAKernel) {
  cublas.lt = {};
  checkTerms({}, {}, Addend::Rows, Addend::Bias);
  EXPECT_EQ(numGemms, 1);
  EXPECT_EQ(count("cuLaunchKernel"), 1);
}

TEST_F(GemmEpilogueTest, EmptySums) {
  checkTerms(2.0f, 3.0f, Addend::Rows, Addend::Bias, false, false, 5, 7, 0);
  EXPECT_EQ(numMatmuls + numGemms, 0);
  checkTerms({}, 2.0f, Addend::InPlace, Addend::None, false, false, 5, 7, 0);
  check({2}, 3, 4, 0, {}, {}, {.padding = 1});
  check({}, 3, 4, 0);
  EXPECT_EQ(numMatmuls + numGemms, 0);
  checkTerms({}, {}, Addend::Rows, Addend::None, false, false, 0, 7, 3);
  EXPECT_EQ(count("cuLaunchKernel"), 4);
}

TEST_F(GemmEpilogueTest, FailuresAreReported) {
  cublas.lt.matmul.pointer = [](auto...) { return CublasStatus(13); };
  std::string error = getError([&] { checkTerms({}, {}, Addend::Rows); });
  EXPECT_EQ(error, "cublasLtMatmul: CUBLAS_STATUS_EXECUTION_FAILED");
}
