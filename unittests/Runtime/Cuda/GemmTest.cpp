// Matrix products on the fake driver, through a cuBLAS of the host's loops.
#include "GemmFixture.h"

using namespace numloom;
using namespace numloom::cuda;

TEST_F(CudaGemmTest, TransposedOperandsAreNotCopied) {
  for (bool a : {false, true})
    for (bool b : {false, true})
      check({}, 5, 7, 3, {.isTransposed = a}, {.isTransposed = b});
  EXPECT_EQ(numGemms, 4);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
}

TEST_F(CudaGemmTest, OtherStridesAreCopied) {
  check({}, 5, 7, 3, {.step = 2});
  EXPECT_EQ(count("cuLaunchKernel"), 1);
  check({4}, 5, 7, 3, {.isTransposed = true, .step = 3}, {.step = 2});
  EXPECT_EQ(count("cuLaunchKernel"), 3);
  EXPECT_EQ(numGemms, 2);
}

TEST_F(CudaGemmTest, BatchesAreOneCall) {
  check({6}, 5, 7, 3);
  check({2, 3}, 5, 7, 3, {}, {.isTransposed = true});
  check({6, 1}, 5, 7, 3, {.isTransposed = true});
  EXPECT_EQ(numGemms, 3);
}

TEST_F(CudaGemmTest, BroadcastBatches) {
  check({6}, 5, 7, 3, {.isBroadcast = true});
  EXPECT_EQ(numGemms, 1);
  check({2, 3}, 5, 7, 3, {.isBroadcast = true});
  EXPECT_EQ(numGemms, 3);
  check({3, 2}, 5, 7, 3, {.isBroadcast = true}, {.step = 2});
  EXPECT_EQ(numGemms, 5);
}

TEST_F(CudaGemmTest, ABatchTimesOneMatrixIsOneTallMatrix) {
  check({6}, 5, 7, 3, {}, {.isBroadcast = true});
  EXPECT_EQ(numGemms, 1);
  check({6}, 1, 7, 3, {.step = 2}, {.isBroadcast = true});
  check({4, 6}, 5, 7, 3, {}, {.isBroadcast = true});
  EXPECT_EQ(numGemvs, 0);
}

TEST_F(CudaGemmTest, PartsOfLargerArraysAreWrittenInPlace) {
  check({}, 5, 7, 3, {}, {}, {.padding = 4});
  check({6}, 5, 7, 3, {}, {.isTransposed = true}, {.padding = 1});
  check({6}, 5, 7, 3, {}, {.isBroadcast = true}, {.padding = 2});
  EXPECT_EQ(numGemms, 3);
  check({5}, 9, 1, 4, {}, {}, {.padding = 3});
  check({}, 1, 9, 4, {}, {}, {.padding = 3});
  EXPECT_EQ(numGemvs, 2);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
  EXPECT_EQ(MemoryPool::getDefault()->getUsedBytes(0), 0u);
}

TEST_F(CudaGemmTest, Vectors) {
  for (bool isTransposed : {false, true})
    for (int64_t step : {1, 2}) {
      check({}, 9, 1, 4, {.isTransposed = isTransposed}, {.step = step});
      check({}, 1, 9, 4, {.step = step}, {.isTransposed = isTransposed});
      check({5}, 9, 1, 4, {.isTransposed = isTransposed}, {.step = step});
    }
  EXPECT_EQ(numGemvs, 12);
  EXPECT_EQ(numGemms, 0);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
}

TEST_F(CudaGemmTest, DotProducts) {
  check({}, 1, 1, 40);
  check({}, 1, 1, 40, {.step = 3}, {.step = 2});
  check({}, 1, 1, 1, {.step = 3});
  EXPECT_EQ(numDots, 3);
  check({8}, 1, 1, 40);
  EXPECT_EQ(numDots, 3);
}

TEST_F(CudaGemmTest, EmptyExtents) {
  check({}, 0, 3, 4);
  check({0}, 3, 3, 4);
  EXPECT_EQ(numGemms, 0);
}

TEST_F(CudaGemmTest, HandlesAreKeptPerStream) {
  check({}, 5, 7, 3);
  check({}, 5, 7, 3);
  EXPECT_EQ(numHandles, 1);
  StreamPtr stream = Stream::create(0);
  StreamPtr previous = Stream::setCurrent(stream);
  check({}, 5, 7, 3);
  Stream::setCurrent(previous);
  EXPECT_EQ(numHandles, 2);
}

TEST_F(CudaGemmTest, FailuresAreReported) {
  cublas.gemm.pointer = [](auto...) { return CublasStatus(13); };
  std::string error = getError([&] { check({}, 5, 7, 3); });
  EXPECT_EQ(error, "gemm: CUBLAS_STATUS_EXECUTION_FAILED");
}

TEST_F(CudaGemmTest, CachedMemoryIsGivenBackForAHandle) {
  Allocation memory = allocate(0, 1 << 20);
  release(memory);
  EXPECT_GT(MemoryPool::getDefault()->getFreeBytes(0), 0u);
  createStatus = CublasStatus(3);
  check({}, 5, 7, 3);
  EXPECT_EQ(numHandles, 2);
}

TEST_F(CudaGemmTest, MissingLibraryIsNamed) {
  Cublas::replace(nullptr);
  setenv("NUMLOOM_CUBLAS", "/nowhere/libcublas.so", 1);
  std::string error = getError([] { Cublas::get(); });
  EXPECT_TRUE(contains(error, "/nowhere/libcublas.so")) << error;
  unsetenv("NUMLOOM_CUBLAS");
}
