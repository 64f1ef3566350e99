// The pool of device memory: fit, splitting and joining, streams, limits,
// failures.
#include "CudaTest.h"

#include "numloom/Runtime/Cuda/MemoryHook.h"

#include <cstdlib>
#include <random>
#include <thread>

using namespace numloom;
using namespace numloom::cuda;

namespace {
class MemoryPoolTest : public CudaTest {
protected:
  Allocation take(size_t bytes) { return pool->allocate(bytes, *null); }
  size_t getUsed() { return pool->getUsedBytes(0); }
  size_t getTotal() { return pool->getTotalBytes(0); }

  StreamPtr null = Stream::getNull(0);
  std::shared_ptr<MemoryPool> pool = MemoryPool::create();
};

constexpr size_t kMiB = size_t(1) << 20;
} // namespace

TEST_F(MemoryPoolTest, SizesAreRoundedToGranules) {
  for (auto [bytes, block] : std::vector<std::pair<size_t, size_t>>{
           {0, 512}, {1, 512}, {512, 512}, {513, 1024}, {1000000, 1000448}}) {
    size_t used = getUsed();
    Allocation allocation = take(bytes);
    EXPECT_NE(allocation.pointer, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(allocation.pointer) % 512, 0u);
    EXPECT_EQ(getUsed() - used, block);
    release(allocation);
    EXPECT_EQ(getUsed(), used);
  }
}

TEST_F(MemoryPoolTest, ReleasedMemoryIsReusedAtOnce) {
  Allocation first = take(4000);
  release(first);
  EXPECT_EQ(pool->countFreeBlocks(0), 1u);
  Allocation second = take(4096);
  EXPECT_EQ(second.pointer, first.pointer);
  EXPECT_EQ(pool->countFreeBlocks(0), 0u);
  EXPECT_EQ(count("cuMemAlloc"), 1);
  release(second);
}

TEST_F(MemoryPoolTest, TheDriverKnowsWhereMemoryLies) {
  Allocation memory = take(1000);
  EXPECT_EQ(findOrdinalOf(static_cast<char *>(memory.pointer) + 999), 0);
  EXPECT_EQ(findOrdinalOf(&memory), std::nullopt);
  release(memory);
}

TEST_F(MemoryPoolTest, TheSmallestBlockThatFitsIsTaken) {
  Allocation a = take(5 * kMiB), b = take(3 * kMiB), c = take(4 * kMiB);
  release(a);
  release(b);
  release(c);
  Allocation fit = take(3 * kMiB + 512);
  EXPECT_EQ(fit.pointer, c.pointer);
  release(fit);
}

TEST_F(MemoryPoolTest, BlocksAreSplitAndJoined) {
  release(take(8 * kMiB));
  std::vector<Allocation> parts;
  for (int i = 0; i < 8; ++i)
    parts.push_back(take(kMiB));
  EXPECT_EQ(getTotal(), 8 * kMiB);
  EXPECT_EQ(getUsed(), 8 * kMiB);
  // In an order that meets neighbours on either side, on both, and on none.
  for (int i : {1, 0, 3, 2, 7, 5, 6, 4})
    release(parts[size_t(i)]);
  EXPECT_EQ(pool->countFreeBlocks(0), 1u);
  EXPECT_EQ(count("cuMemAlloc"), 1);
  release(take(8 * kMiB));
  EXPECT_EQ(count("cuMemAlloc"), 1);
}

TEST_F(MemoryPoolTest, SmallRequestsDoNotCutLargeSegments) {
  release(take(64 * kMiB));
  Allocation small = take(100), large = take(64 * kMiB);
  EXPECT_EQ(count("cuMemAlloc"), 2);
  release(small);
  release(large);
}

TEST_F(MemoryPoolTest, SmallRequestsCutLargeSegmentsWhenNothingElseIsLeft) {
  release(take(64 * kMiB));
  pool->setLimit(0, 64 * kMiB);
  Allocation small = take(100);
  EXPECT_EQ(getTotal(), 64 * kMiB);
  release(small);
}

TEST_F(MemoryPoolTest, StreamsDoNotShareFreeBlocks) {
  StreamPtr stream = Stream::create(0);
  Allocation first = take(kMiB);
  release(first);
  Allocation second = pool->allocate(kMiB, *stream);
  EXPECT_NE(second.pointer, first.pointer);
  release(second);
  Allocation third = take(kMiB), fourth = pool->allocate(kMiB, *stream);
  EXPECT_EQ(third.pointer, first.pointer);
  EXPECT_EQ(fourth.pointer, second.pointer);
  EXPECT_EQ(getTotal(), 2 * kMiB);
  release(third);
  release(fourth);
}

TEST_F(MemoryPoolTest, FreeingTakesOneStreamOrAll) {
  StreamPtr stream = Stream::create(0);
  release(take(kMiB));
  release(pool->allocate(2 * kMiB, *stream));
  pool->freeAllBlocks(0, stream.get());
  EXPECT_EQ(getTotal(), kMiB);
  pool->freeAllBlocks(0);
  EXPECT_EQ(getTotal(), 0u);
  EXPECT_EQ(fake.usedBytes[0], 0u);
}

TEST_F(MemoryPoolTest, PartlyUsedSegmentsStay) {
  release(take(4 * kMiB));
  Allocation part = take(kMiB);
  pool->freeAllBlocks(0);
  EXPECT_EQ(getTotal(), 4 * kMiB);
  EXPECT_EQ(pool->getFreeBytes(0), 3 * kMiB);
  release(part);
  pool->freeAllBlocks(0);
  EXPECT_EQ(getTotal(), 0u);
}

TEST_F(MemoryPoolTest, ADestroyedStreamsMemoryGoesBack) {
  StreamPtr stream = Stream::create(0);
  Allocation used = pool->allocate(kMiB, *stream);
  release(pool->allocate(2 * kMiB, *stream));
  stream = nullptr;
  EXPECT_EQ(count("cuStreamSynchronize"), 1);
  EXPECT_EQ(getTotal(), kMiB);
  release(used);
  EXPECT_EQ(getTotal(), 0u);
}

TEST_F(MemoryPoolTest, ADestroyedStreamsSegmentGoesBackWithItsLastBlock) {
  StreamPtr stream = Stream::create(0);
  release(pool->allocate(4 * kMiB, *stream));
  Allocation a = pool->allocate(kMiB, *stream);
  Allocation b = pool->allocate(kMiB, *stream);
  stream = nullptr;
  release(a);
  EXPECT_EQ(getTotal(), 4 * kMiB);
  release(b);
  EXPECT_EQ(getTotal(), 0u);
  EXPECT_EQ(pool->countFreeBlocks(0), 0u);
}

TEST_F(MemoryPoolTest, DevicesAreSeparate) {
  Allocation allocation = pool->allocate(kMiB, *Stream::getNull(1));
  EXPECT_EQ(pool->getUsedBytes(0), 0u);
  EXPECT_EQ(pool->getUsedBytes(1), kMiB);
  EXPECT_EQ(fake.usedBytes[1], kMiB);
  release(allocation);
}

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

TEST_F(MemoryPoolTest, PeakFollows) {
  Allocation a = take(2 * kMiB);
  release(a);
  EXPECT_EQ(pool->getInfo(0).peakBytes, 2 * kMiB);
  pool->resetPeak(0);
  EXPECT_EQ(pool->getInfo(0).peakBytes, 0u);
}

TEST_F(MemoryPoolTest, BlocksKeepTheirPoolAlive) {
  Allocation allocation = take(1000);
  pool = nullptr;
  EXPECT_EQ(fake.usedBytes[0], 1024u);
  release(allocation);
  EXPECT_EQ(fake.usedBytes[0], 0u);
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

TEST_F(MemoryPoolTest, RandomTraffic) {
  std::mt19937 random(7);
  StreamPtr streams[] = {null, Stream::create(0)};
  pool->setLimit(0, 64 * kMiB);
  struct Held {
    Allocation allocation;
    size_t bytes;
    char mark;
  };
  std::vector<Held> held;
  auto check = [&](const Held &entry) {
    auto *bytes = static_cast<char *>(entry.allocation.pointer);
    EXPECT_EQ(bytes[0], entry.mark);
    EXPECT_EQ(bytes[entry.bytes - 1], entry.mark);
    release(entry.allocation);
  };
  for (int i = 0; i < 20000; ++i) {
    if (held.size() > 20 || (random() % 2 && !held.empty())) {
      std::swap(held[random() % held.size()], held.back());
      check(held.back());
      held.pop_back();
      continue;
    }
    size_t bytes = 1 + random() % (size_t(1) << (random() % 22));
    Allocation allocation =
        pool->allocate(bytes, *streams[random() % std::size(streams)]);
    held.push_back({allocation, bytes, char(i)});
    std::memset(allocation.pointer, char(i), bytes);
  }
  for (const Held &entry : held)
    check(entry);
  EXPECT_EQ(getUsed(), 0u);
  pool->freeAllBlocks(0);
  EXPECT_EQ(getTotal(), 0u);
  EXPECT_EQ(pool->countFreeBlocks(0), 0u);
}

TEST_F(MemoryPoolTest, ThreadsDoNotShareBlocks) {
  auto work = [&](int seed) {
    std::vector<Allocation> held(16);
    for (int i = 0; i < 3000; ++i) {
      Allocation &slot = held[size_t(i) % held.size()];
      if (slot.pointer) {
        ASSERT_EQ(*static_cast<int *>(slot.pointer), seed);
        release(slot);
      }
      slot = take(64 + size_t(i * 37 + seed * 101) % 3000);
      *static_cast<int *>(slot.pointer) = seed;
    }
    for (const Allocation &slot : held)
      release(slot);
  };
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 4; ++seed)
    threads.emplace_back(work, seed);
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(getUsed(), 0u);
}

namespace {
/// Notes what it is told.
class RecordingHook : public MemoryHook {
public:
  void beforeAllocate(const MemoryHookEvent &event) override {
    note("A", event);
  }
  void afterAllocate(const MemoryHookEvent &event) noexcept override {
    note("a", event);
  }
  void beforeMalloc(const MemoryHookEvent &event) override { note("M", event); }
  void afterMalloc(const MemoryHookEvent &event) noexcept override {
    note("m", event);
    lastId = event.blockId;
  }
  void beforeFree(const MemoryHookEvent &event) noexcept override {
    note("F", event);
    EXPECT_EQ(event.blockId, lastId);
  }
  void afterFree(const MemoryHookEvent &event) noexcept override {
    note("f", event);
  }

  std::string log;
  size_t lastId = 0;

private:
  void note(const char *what, const MemoryHookEvent &event) {
    log += what;
    EXPECT_EQ(event.blockBytes, 1024u);
  }
};
} // namespace

TEST_F(MemoryPoolTest, HooksSeeWhatHappens) {
  RecordingHook hook;
  addMemoryHook(hook);
  release(take(1000));
  release(take(1000));
  removeMemoryHook(hook);
  release(take(1000));
  EXPECT_EQ(hook.log, "MAamFfMmFf");
}
