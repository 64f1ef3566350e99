// The memory pool: alignment, reuse, limits, failures.
#include "numloom/Runtime/Allocator.h"

#include "numloom/Runtime/Stats.h"

#include <gtest/gtest.h>

#include <cstring>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace numloom;

namespace {
class AllocatorTest : public testing::Test {
protected:
  void SetUp() override { allocator.freeAllBlocks(); }
  void TearDown() override {
    allocator.setLimit(0);
    allocator.failAfter(-1);
    EXPECT_EQ(allocator.getInfo().usedBytes, usedBefore);
  }

  Allocator &allocator = Allocator::get();
  size_t usedBefore = allocator.getInfo().usedBytes;
};
} // namespace

TEST_F(AllocatorTest, EverySizeIsAlignedLargeEnoughAndWritable) {
  for (size_t bytes :
       {0ul, 1ul, 64ul, 65ul, 256ul, 257ul, 1000ul, 4096ul, 100000ul,
        (2ul << 20) - 1, 2ul << 20, (2ul << 20) + 1, 9000001ul}) {
    Buffer buffer = allocator.allocate(bytes);
    ASSERT_NE(buffer.data(), nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0u);
    EXPECT_GE(buffer.getCapacity(), bytes);
    if (bytes > 256)
      EXPECT_LE(buffer.getCapacity(), bytes + bytes / 4 + 64);
    std::memset(buffer.data(), 0xff, buffer.getCapacity());
  }
}

TEST_F(AllocatorTest, LargeBlocksAreAlignedToHugePages) {
  Buffer buffer = allocator.allocate(3 << 20);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % (2 << 20), 0u);
}

TEST_F(AllocatorTest, HandlesShareAndTheLastOneReleases) {
  Buffer first = allocator.allocate(100);
  EXPECT_TRUE(first.isUnique());
  Buffer second = first;
  EXPECT_FALSE(first.isUnique());
  void *data = first.data();
  first = Buffer();
  EXPECT_FALSE(first);
  EXPECT_TRUE(second.isUnique());
  EXPECT_EQ(second.data(), data);
  Buffer third = std::move(second);
  EXPECT_EQ(second.data(), nullptr);
  EXPECT_TRUE(third.isUnique());
}

TEST_F(AllocatorTest, ReleasedBlocksAreReused) {
  for (size_t bytes : {100ul, 1ul << 20, 10ul << 20}) {
    void *data = allocator.allocate(bytes).data();
    int64_t misses = getRuntimeStats().poolMisses;
    EXPECT_EQ(allocator.allocate(bytes - 8).data(), data);
    EXPECT_EQ(getRuntimeStats().poolMisses, misses);
  }
}

TEST_F(AllocatorTest, LargeBlocksAreChosenByBestFitWithBoundedWaste) {
  Buffer a = allocator.allocate(10 << 20), b = allocator.allocate(11 << 20);
  void *dataA = a.data();
  a = b = Buffer();
  Buffer fit = allocator.allocate(9 << 20);
  EXPECT_EQ(fit.data(), dataA);
  // 11 MiB are left, more than a quarter above 8.
  Buffer small = allocator.allocate(8 << 20);
  EXPECT_EQ(small.getCapacity(), 8u << 20);
}

TEST_F(AllocatorTest, CountersFollow) {
  allocator.resetPeak();
  MemoryInfo before = allocator.getInfo();
  Buffer buffer = allocator.allocate(4 << 20);
  MemoryInfo held = allocator.getInfo();
  EXPECT_EQ(held.usedBytes, before.usedBytes + (4 << 20));
  EXPECT_EQ(held.totalBytes, before.totalBytes + (4 << 20));
  buffer = Buffer();
  MemoryInfo cached = allocator.getInfo();
  EXPECT_EQ(cached.usedBytes, before.usedBytes);
  EXPECT_EQ(cached.totalBytes, held.totalBytes);
  EXPECT_EQ(cached.peakBytes, held.usedBytes);
  allocator.freeAllBlocks();
  EXPECT_EQ(allocator.getInfo().totalBytes, before.usedBytes);
}

TEST_F(AllocatorTest, LimitFreesCachedBlocksBeforeItRefuses) {
  size_t used = allocator.getInfo().usedBytes;
  allocator.setLimit(used + (20 << 20));
  allocator.allocate(16 << 20);
  // Does not fit beside the cached 16 MiB.
  Buffer buffer = allocator.allocate(8 << 20);
  EXPECT_EQ(allocator.getInfo().totalBytes, used + (8 << 20));
  EXPECT_THROW(allocator.allocate(13 << 20), OutOfMemory);
  EXPECT_NO_THROW(allocator.allocate(12 << 20));
}

TEST_F(AllocatorTest, ErrorNamesTheSizes) {
  allocator.setLimit(1 << 20);
  try {
    allocator.allocate(123456789);
    FAIL();
  } catch (const std::bad_alloc &error) {
    std::string message = error.what();
    EXPECT_NE(message.find("allocating 123456789 bytes"), message.npos);
    EXPECT_NE(message.find("limit: 1048576"), message.npos);
    EXPECT_NE(message.find("used: "), message.npos);
    EXPECT_NE(message.find("total: "), message.npos);
  }
}

TEST_F(AllocatorTest, ImpossibleSizesAreRefused) {
  EXPECT_THROW(allocator.allocate(SIZE_MAX), OutOfMemory);
  EXPECT_THROW(allocator.allocate(SIZE_MAX / 2), OutOfMemory);
  EXPECT_THROW(allocator.allocate(size_t(1) << 50), OutOfMemory);
}

TEST_F(AllocatorTest, InjectedFailureHitsOneAllocation) {
  allocator.failAfter(2);
  Buffer a = allocator.allocate(64), b = allocator.allocate(64);
  EXPECT_THROW(allocator.allocate(64), OutOfMemory);
  EXPECT_NO_THROW(allocator.allocate(64));
}

TEST_F(AllocatorTest, ThreadsDoNotShareBlocks) {
  auto work = [&](int seed) {
    std::vector<Buffer> held(16);
    for (int i = 0; i < 5000; ++i) {
      size_t bytes = 64 + (i * 37 + seed * 101) % 3000;
      Buffer &slot = held[i % held.size()];
      if (slot)
        ASSERT_EQ(*static_cast<int *>(slot.data()), seed);
      slot = allocator.allocate(bytes);
      *static_cast<int *>(slot.data()) = seed;
    }
  };
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 4; ++seed)
    threads.emplace_back(work, seed);
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(AllocatorTest, ChildProcessAllocates) {
  Buffer buffer = allocator.allocate(1000);
  pid_t child = fork();
  if (child == 0) {
    Buffer own = allocator.allocate(1000);
    _exit(own && own.data() != buffer.data() ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}
