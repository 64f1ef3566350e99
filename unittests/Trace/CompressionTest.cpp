// What masks select: values, memory, and the number of passes.
#include "GpuTraceTest.h"

#include "numloom/Runtime/Cuda/MemoryAsyncPool.h"
#include "numloom/Runtime/Cuda/MemoryHook.h"
#include "numloom/Trace/Compression.h"

using namespace numloom;

namespace {
class CompressionTest : public GpuTraceTest {
protected:
  /// True at the first `count` of `size` places that `step` divides.
  static NodeRef makeMask(int64_t size, int64_t count, int64_t step,
                          Device device) {
    std::vector<uint8_t> mask(size);
    for (int64_t i = 0; i < size && count > 0; i += step, --count)
      mask[i] = 1;
    return copyFromHost(DType::Bool, {&size, 1}, mask.data(), device);
  }
  static NodeRef selectOne(const NodeRef &mask, const NodeRef &value) {
    return selectElements(mask, {&value, 1}).front();
  }
  static size_t getUsed() { return pool().getUsedBytes(0); }
  static cuda::MemoryPool &pool() { return *cuda::MemoryPool::getDefault(); }

  static constexpr int64_t kMany = 1 << 18;
};

/// 0, step, 2 * step, ...
std::vector<double> makeSteps(int64_t count, int64_t step) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(double(i * step));
  return values;
}
} // namespace

TEST_F(CompressionTest, ValuesOnAllDevices) {
  for (Device device : {Device(), first, second})
    for (auto [size, count, step] :
         {std::tuple{1, 1, 1}, {1, 0, 1}, {5, 0, 1}, {6, 3, 2}, {70, 70, 1}}) {
      NodeRef value = makeGpuRange({size}, device);
      NodeRef selected = selectOne(makeMask(size, count, step, device), value);
      EXPECT_EQ(getShape(selected), std::vector<int64_t>{count});
      EXPECT_EQ(computeOnHost(selected), makeSteps(count, step));
    }
}

TEST_F(CompressionTest, PendingValuesAndSeveralOfThem) {
  NodeRef mask = makeMask(6, 2, 3, first), x = makeGpuRange({6}, first);
  NodeRef values[] = {add(x, makeInt(1)), x};
  std::vector<NodeRef> selected = selectElements(mask, values);
  EXPECT_EQ(computeOnHost(selected[0]), (std::vector<double>{1, 4}));
  EXPECT_EQ(computeOnHost(selected[1]), (std::vector<double>{0, 3}));
  EXPECT_EQ(getTraceStats().flushes, 1);
}

TEST_F(CompressionTest, RowsAreCountedFirst) {
  NodeRef rows =
      selectOne(makeMask(3, 2, 1, first), makeGpuRange({3, 2}, first));
  EXPECT_EQ(getShape(rows), (std::vector<int64_t>{2, 2}));
  EXPECT_TRUE(rows->isPending());
}

TEST_F(CompressionTest, TheRestOfTheBlockIsGivenBack) {
  NodeRef value = makeGpuRange({kMany}, first);
  for (int64_t count : {int64_t(0), int64_t(3), kMany / 4, kMany / 3, kMany}) {
    NodeRef mask = makeMask(kMany, count, 1, first);
    size_t before = getUsed();
    NodeRef selected = selectOne(mask, value);
    auto bytes = size_t(selected->getNumBytes());
    EXPECT_EQ(selected->getStorage()->getBytes(), bytes);
    EXPECT_EQ(getUsed() - before,
              std::max<size_t>((bytes + 511) / 512 * 512, 512));
    EXPECT_EQ(computeOnHost(selected), makeSteps(count, 1));
    selected = NodeRef();
    EXPECT_EQ(getUsed(), before);
  }
}

TEST_F(CompressionTest, ABlockOfWhichLittleIsUsedStaysWhole) {
  NodeRef value = makeGpuRange({kMany}, first);
  NodeRef mask = makeMask(kMany, 100, 1, first);
  pool().freeAllBlocks(0);
  NodeRef selected = selectOne(mask, value);
  size_t blocks = pool().countFreeBlocks(0);
  size_t total = pool().getTotalBytes(0);
  pool().freeAllBlocks(0);
  EXPECT_GE(total - pool().getTotalBytes(0), size_t(value->getNumBytes()));
  EXPECT_GE(blocks, 1u);
  EXPECT_EQ(computeOnHost(selected), makeSteps(100, 1));
}

TEST_F(CompressionTest, WithoutRoomForAllItCountsFirst) {
  NodeRef value = makeGpuRange({kMany}, first);
  NodeRef mask = makeMask(kMany, 1000, 1, first);
  pool().freeAllBlocks(0);
  pool().setLimit(0, pool().getTotalBytes(0) + value->getNumBytes() / 2);
  NodeRef selected = selectOne(mask, value);
  EXPECT_TRUE(selected->isPending());
  EXPECT_EQ(computeOnHost(selected), makeSteps(1000, 1));
  pool().setLimit(0, 0);
}

TEST_F(CompressionTest, WhatCannotBeGivenBackIsNotTaken) {
  NodeRef value = makeGpuRange({100}, first);
  NodeRef mask = makeMask(100, 10, 2, first);
  auto before =
      cuda::setThreadAllocator(std::make_shared<cuda::MemoryAsyncPool>(
          cuda::MemoryAsyncPool::Source::Created));
  EXPECT_TRUE(selectOne(mask, value)->isPending());
  cuda::setThreadAllocator(before);
  EXPECT_FALSE(selectOne(mask, value)->isPending());
  cuda::MemoryHook hook;
  cuda::addMemoryHook(hook);
  EXPECT_TRUE(selectOne(mask, value)->isPending());
  cuda::removeMemoryHook(hook);
}
