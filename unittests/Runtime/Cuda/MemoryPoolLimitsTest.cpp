// The pool of device memory at its limits: what is tried, and what is said.
#include "MemoryPoolTest.h"

#include "numloom/Runtime/Cuda/Context.h"

#include <cmath>
#include <cstdlib>

using namespace numloom;
using namespace numloom::cuda;

TEST_F(MemoryPoolTest, LimitFreesCachedBlocksBeforeItRefuses) {
  pool->setLimit(0, 20 * kMiB);
  release(take(16 * kMiB));
  StreamPtr stream = Stream::create(0);
  Allocation allocation = pool->allocate(8 * kMiB, *stream);
  EXPECT_EQ(getTotal(), 8 * kMiB);
  EXPECT_THROW(take(13 * kMiB), OutOfMemory);
  Allocation rest = take(12 * kMiB);
  release(rest);
  release(allocation);
}

TEST_F(MemoryPoolTest, LimitsAreBytesOrFractions) {
  EXPECT_EQ(pool->getLimit(0), 0u);
  pool->setLimit(0, 12345);
  EXPECT_EQ(pool->getLimit(0), 12345u);
  pool->setLimitFraction(0, 0.25);
  EXPECT_EQ(pool->getLimit(0), FakeDriver::kDefaultBytes / 4);
  EXPECT_EQ(pool->getLimit(1), 0u);
  for (double fraction : {-0.1, 1.5, std::nan("")})
    EXPECT_THROW(pool->setLimitFraction(0, fraction), std::invalid_argument);
}

TEST_F(MemoryPoolTest, EnvironmentSetsTheLimit) {
  setenv("NUMLOOM_GPU_MEMORY_LIMIT", "1000000", 1);
  EXPECT_EQ(MemoryPool::create()->getLimit(0), 1000000u);
  setenv("NUMLOOM_GPU_MEMORY_LIMIT", "50%", 1);
  EXPECT_NEAR(double(MemoryPool::create()->getLimit(0)),
              double(FakeDriver::kDefaultBytes) / 2, 100);
  unsetenv("NUMLOOM_GPU_MEMORY_LIMIT");
}

TEST_F(MemoryPoolTest, ErrorNamesTheSizesAndTheDevice) {
  pool->setLimit(0, kMiB);
  Allocation used = take(1000);
  std::string message = getError([&] { take(123456789); });
  EXPECT_TRUE(contains(message, "allocating 123456789 bytes on cuda:0"))
      << message;
  EXPECT_TRUE(contains(message, "used: 1024 bytes"));
  EXPECT_TRUE(contains(message, "total: 1024 bytes"));
  EXPECT_TRUE(contains(message, "limit: 1048576"));
  release(used);
}

TEST_F(MemoryPoolTest, ImpossibleSizesAreRefused) {
  for (size_t bytes : {SIZE_MAX, SIZE_MAX / 2, size_t(1) << 50})
    EXPECT_THROW(take(bytes), OutOfMemory);
  EXPECT_EQ(getTotal(), 0u);
}

TEST_F(MemoryPoolTest, FailuresLeaveThePoolRight) {
  // Every allocation of the driver fails once, with the cache empty and full.
  for (int failing = 0; failing < 6; ++failing) {
    fake.allocationsUntilFailure = failing;
    std::vector<Allocation> held;
    for (size_t bytes : {100ul, 3 * kMiB, 500ul, 8 * kMiB, 2 * kMiB})
      try {
        held.push_back(allocateFrom(*pool, bytes, *null));
      } catch (const OutOfMemory &) {
        ADD_FAILURE() << "the second try has room";
      }
    for (const Allocation &allocation : held)
      release(allocation);
    fake.allocationsUntilFailure = -1;
    EXPECT_EQ(getUsed(), 0u);
    EXPECT_EQ(getTotal(), fake.usedBytes[0]);
  }
}

TEST_F(MemoryPoolTest, OtherErrorsPassAndLeaveThePoolRight) {
  fake.fault(0, Result(999));
  EXPECT_THROW(take(1000), CudaError);
  EXPECT_EQ(getTotal(), 0u);
  fake.fault(0, Result::Success);
  release(take(1000));
}

TEST_F(MemoryPoolTest, OtherPoolsGiveUpWhatTheyCache) {
  auto other = MemoryPool::create();
  release(other->allocate(FakeDriver::kDefaultBytes, *null));
  Allocation allocation = allocateFrom(*pool, kMiB, *null);
  EXPECT_EQ(other->getTotalBytes(0), 0u);
  release(allocation);
}

namespace {
/// Handlers live as long as the process; this is what they work on.
std::function<bool(int, size_t)> relief;
} // namespace

TEST_F(MemoryPoolTest, PressureHandlersReleaseMemory) {
  static bool isAdded = [] {
    addMemoryPressureHandler([](int ordinal, size_t bytes) {
      return relief && relief(ordinal, bytes);
    });
    return true;
  }();
  EXPECT_TRUE(isAdded);
  Allocation garbage = take(FakeDriver::kDefaultBytes - kMiB);
  relief = [&](int ordinal, size_t bytes) {
    EXPECT_EQ(ordinal, 0);
    EXPECT_EQ(bytes, 2 * kMiB);
    release(garbage);
    relief = nullptr;
    return true;
  };
  Allocation allocation = allocateFrom(*pool, 2 * kMiB, *null);
  EXPECT_EQ(relief, nullptr);
  release(allocation);
}

/// The driver takes memory for itself; here it is memory like any other.
TEST_F(MemoryPoolTest, CallsThatFindNoRoomGetWhatIsCached) {
  release(take(kMiB));
  ContextScope scope(0);
  DeviceAddress address = 0;
  fake.allocationsUntilFailure = 0;
  scope->cuMemAlloc(&address, 512);
  EXPECT_EQ(getTotal(), 0u);
  fake.allocationsUntilFailure = 0;
  DeviceAddress other = 0;
  std::string message = getError([&] { scope->cuMemAlloc(&other, 512); });
  EXPECT_TRUE(contains(message, "CUDA_ERROR_OUT_OF_MEMORY (2) from cuMemAlloc"))
      << message;
  EXPECT_TRUE(contains(message, "the device uses 512 of its 1073741824 bytes"))
      << message;
  fake.allocationsUntilFailure = 0;
  EXPECT_THROW(scope->cuMemAlloc(&other, 512), OutOfMemory);
  scope->cuMemFree(address);
}
