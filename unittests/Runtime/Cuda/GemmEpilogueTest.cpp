// Products with epilogues on the fake driver, through a cublasLt of the host's
// loops.
#include "FakeCublasLt.h"
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
using namespace numloom::cuda::fake_lt;

namespace {

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
    numMatmuls = numSearches = 0;
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
  static int numCopies;
  numCopies = 0;
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
