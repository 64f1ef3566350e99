// The pool of device memory: fit, splitting and joining, streams.
#include "MemoryPoolTest.h"

#include "numloom/Runtime/Cuda/MemoryHook.h"

#include <random>
#include <thread>

using namespace numloom;
using namespace numloom::cuda;

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

TEST_F(MemoryPoolTest, BlocksInUseShrink) {
  Allocation block = take(4 * kMiB), behind = take(kMiB);
  EXPECT_TRUE(shrinkBlock(block, kMiB + 1));
  EXPECT_EQ(getUsed(), 2 * kMiB + 512);
  EXPECT_EQ(pool->countFreeBlocks(0), 1u);
  // To the same size again.
  EXPECT_TRUE(shrinkBlock(block, kMiB + 512));
  EXPECT_EQ(pool->countFreeBlocks(0), 1u);
  Allocation rest = take(2 * kMiB);
  EXPECT_EQ(rest.pointer, static_cast<char *>(block.pointer) + kMiB + 512);
  release(rest);
  // What is given back joins what is free behind it.
  EXPECT_TRUE(shrinkBlock(block, 0));
  EXPECT_EQ(getUsed(), kMiB + 512);
  EXPECT_EQ(pool->countFreeBlocks(0), 1u);
  release(block);
  release(behind);
  EXPECT_EQ(pool->countFreeBlocks(0), 2u);
  EXPECT_EQ(getTotal(), 5 * kMiB);
}

TEST_F(MemoryPoolTest, OtherMemoryDoesNotShrink) {
  Allocation memory = DeviceAllocator().allocate(kMiB, *null);
  EXPECT_FALSE(shrinkBlock(memory, 512));
  release(memory);
}
