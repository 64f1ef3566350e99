// Copies between host and devices, page-locked memory and the driver's pools.
#include "CudaTest.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/MemoryAsyncPool.h"
#include "numloom/Runtime/Cuda/PinnedMemory.h"
#include "numloom/Runtime/Cuda/Transfer.h"

#include <algorithm>
#include <numeric>
#include <thread>

using namespace numloom;
using namespace numloom::cuda;

namespace {
/// Sizes around those at which the way of copying changes.
constexpr size_t kSizes[] = {1,       1000,    65536,    65537,
                             4194304, 4194305, 30000001, 75000001};

class TransferTest : public CudaTest {
protected:
  ~TransferTest() override {
    for (const Allocation &allocation : allocations)
      release(allocation);
  }

  char *allocateOn(int ordinal, size_t bytes) {
    allocations.push_back(allocate(ordinal, bytes));
    return static_cast<char *>(allocations.back().pointer);
  }
  char *allocatePinned(size_t bytes) {
    allocations.push_back(PinnedMemoryPool::get().allocate(bytes));
    return static_cast<char *>(allocations.back().pointer);
  }
  static std::vector<char> makeBytes(size_t count) {
    std::vector<char> bytes(count);
    for (size_t i = 0; i < count; ++i)
      bytes[i] = char(i * 7 + i / 251);
    return bytes;
  }

  std::vector<Allocation> allocations;
};
} // namespace

TEST_F(TransferTest, BytesArrive) {
  for (size_t size : kSizes) {
    std::vector<char> source = makeBytes(size), result(size);
    char *memory = allocateOn(0, size);
    copyToDevice(0, memory, source.data(), size);
    EXPECT_TRUE(std::ranges::equal(source, std::span(memory, size)));
    copyToHost(0, result.data(), memory, size);
    EXPECT_EQ(source, result);
  }
}

TEST_F(TransferTest, EmptyCopiesDoNothing) {
  copyToDevice(0, nullptr, nullptr, 0);
  copyToHost(0, nullptr, nullptr, 0);
  copyBetweenDevices(0, nullptr, 1, nullptr, 0);
  EXPECT_EQ(count("cuDevicePrimaryCtxRetain"), 0);
}

TEST_F(TransferTest, PageLockedMemoryIsCopiedInOnePiece) {
  size_t size = 30000001;
  char *source = allocatePinned(size), *memory = allocateOn(0, size);
  std::ranges::copy(makeBytes(size), source);
  copyToDevice(0, memory, source, size);
  EXPECT_EQ(count("cuMemcpyHtoDAsync"), 1);
  std::fill_n(source, size, 0);
  copyToHost(0, source, memory, size);
  EXPECT_EQ(count("cuMemcpyDtoHAsync"), 1);
  EXPECT_TRUE(std::ranges::equal(makeBytes(size), std::span(source, size)));
}

TEST_F(TransferTest, SourcesMayChangeOnceTheCallReturned) {
  StreamPtr stream = Stream::create(0);
  Stream::setCurrent(stream);
  // Few enough pieces that nothing waits for the stream.
  for (size_t size : {size_t(100), size_t(9000000)}) {
    std::vector<char> source = makeBytes(size);
    char *memory = allocateOn(0, size);
    fake.getStream(stream->getHandle()).isHeld = true;
    copyToDevice(0, memory, source.data(), size);
    std::ranges::fill(source, 0);
    EXPECT_FALSE(stream->isDone());
    fake.getStream(stream->getHandle()).isHeld = false;
    stream->synchronize();
    EXPECT_TRUE(std::ranges::equal(makeBytes(size), std::span(memory, size)));
  }
  Stream::setCurrent(Stream::getNull(0));
}

TEST_F(TransferTest, WorkOnADevicesMemoryIsLeftRunning) {
  StreamPtr stream = Stream::create(0);
  char *memory = allocateOn(0, 100);
  fake.getStream(stream->getHandle()).isHeld = true;
  enqueueFill(*stream, memory, 5, 1);
  enqueueFill(*stream, memory + 1, 9, 99);
  enqueueCopy(*stream, memory + 50, memory, 1);
  EXPECT_FALSE(stream->isDone());
  fake.getStream(stream->getHandle()).isHeld = false;
  stream->synchronize();
  EXPECT_EQ(memory[0], 5);
  EXPECT_EQ(memory[1], 9);
  EXPECT_EQ(memory[50], 5);
}

TEST_F(TransferTest, CopiesBetweenDevicesAreOrderedOnBoth) {
  StreamPtr from = Stream::create(0), to = Stream::create(1);
  Stream::setCurrent(from);
  Stream::setCurrent(to);
  char *source = allocateOn(0, 100), *target = allocateOn(1, 100);
  fake.getStream(from->getHandle()).isHeld = true;
  enqueueFill(*from, source, 3, 100);
  copyBetweenDevices(1, target, 0, source, 100);
  enqueueFill(*from, source, 4, 100);
  EXPECT_FALSE(to->isDone());
  fake.getStream(from->getHandle()).isHeld = false;
  to->synchronize();
  from->synchronize();
  EXPECT_EQ(target[0], 3);
  EXPECT_EQ(source[0], 4);
  EXPECT_EQ(count("cuMemcpyPeerAsync"), 1);
  Stream::setCurrent(Stream::getNull(0));
  Stream::setCurrent(Stream::getNull(1));
}

TEST_F(TransferTest, CopiesWithinADeviceNeedNoPeer) {
  char *source = allocateOn(0, 100), *target = allocateOn(0, 100);
  std::fill_n(source, 100, 8);
  copyBetweenDevices(0, target, 0, source, 100);
  EXPECT_EQ(target[99], 8);
  EXPECT_EQ(count("cuMemcpyPeerAsync"), 0);
}

TEST_F(TransferTest, InterruptedCopiesLeaveThePiecesUsable) {
  size_t size = 30000001;
  std::vector<char> result(size);
  char *memory = allocateOn(0, size);
  enqueueFill(*Stream::getNull(0), memory, 6, size);
  setInterruptCheck([] { throw std::runtime_error("interrupted"); });
  fake.nullStreams[0].isHeld = true;
  EXPECT_EQ(getError([&] { copyToHost(0, result.data(), memory, size); }),
            "interrupted");
  setInterruptCheck(nullptr);
  fake.nullStreams[0].isHeld = false;
  copyToHost(0, result.data(), memory, size);
  EXPECT_EQ(result, std::vector<char>(size, 6));
}

TEST_F(TransferTest, InterruptsMayCopyThemselves) {
  static char *memory;
  static std::vector<char> inner;
  size_t size = 30000001;
  std::vector<char> outer(size);
  inner.assign(size, 0);
  memory = allocateOn(0, size);
  enqueueFill(*Stream::getNull(0), memory, 6, size);
  fake.nullStreams[0].isHeld = true;
  setInterruptCheck([] {
    FakeDriver::get().nullStreams[0].isHeld = false;
    copyToHost(0, inner.data(), memory, inner.size());
  });
  copyToHost(0, outer.data(), memory, size);
  setInterruptCheck(nullptr);
  EXPECT_EQ(outer, std::vector<char>(size, 6));
  EXPECT_EQ(inner, outer);
}

TEST_F(TransferTest, ThreadsCopyAtOnce) {
  auto work = [&](char seed) {
    std::vector<char> source(9000000, seed), result(source.size());
    Allocation memory = allocate(0, source.size());
    for (int i = 0; i < 5; ++i) {
      copyToDevice(0, memory.pointer, source.data(), source.size());
      copyToHost(0, result.data(), memory.pointer, result.size());
      EXPECT_EQ(source, result);
    }
    release(memory);
  };
  std::vector<std::thread> threads;
  for (char seed = 1; seed < 4; ++seed)
    threads.emplace_back(work, seed);
  for (std::thread &thread : threads)
    thread.join();
}

namespace {
class PinnedMemoryTest : public CudaTest {
protected:
  PinnedMemoryTest() { pool.freeAllBlocks(); }
  PinnedMemoryPool &pool = PinnedMemoryPool::get();
};
} // namespace

TEST_F(PinnedMemoryTest, BlocksAreReusedWithBoundedWaste) {
  Allocation a = pool.allocate(100000), b = pool.allocate(110000);
  EXPECT_TRUE(isPinned(a.pointer));
  release(a);
  release(b);
  EXPECT_EQ(pool.countFreeBlocks(), 2u);
  Allocation fit = pool.allocate(90000);
  EXPECT_EQ(fit.pointer, a.pointer);
  Allocation small = pool.allocate(10000);
  EXPECT_NE(small.pointer, b.pointer);
  release(fit);
  release(small);
  pool.freeAllBlocks();
  EXPECT_EQ(pool.countFreeBlocks(), 0u);
  EXPECT_FALSE(isPinned(a.pointer));
}

TEST_F(PinnedMemoryTest, FailuresFreeTheCacheFirst) {
  release(pool.allocate(100000));
  fake.allocationsUntilFailure = 0;
  release(pool.allocate(500000));
  EXPECT_EQ(count("cuMemFreeHost"), 1);
  EXPECT_EQ(pool.countFreeBlocks(), 1u);
  EXPECT_THROW(pool.allocate(SIZE_MAX), OutOfMemory);
}

TEST_F(PinnedMemoryTest, OtherMemoryIsNotPinned) {
  int local = 0;
  EXPECT_FALSE(isPinned(&local));
  EXPECT_FALSE(isPinned(nullptr));
}

namespace {
class AllocatorsTest : public CudaTest {};
} // namespace

TEST_F(AllocatorsTest, DriverPoolsFreeInTheOrderOfTheirStream) {
  {
    MemoryAsyncPool pool(MemoryAsyncPool::Source::Created);
    StreamPtr stream = Stream::create(0);
    Allocation allocation = pool.allocate(1000, *stream);
    EXPECT_EQ(pool.getUsedBytes(0), 1000u);
    stream = nullptr;
    // The stream lives until the memory is back.
    EXPECT_EQ(count("cuStreamDestroy"), 0);
    release(allocation);
    EXPECT_EQ(count("cuMemFreeAsync"), 1);
    EXPECT_EQ(count("cuStreamDestroy"), 1);
    pool.freeAllBlocks(0);
    EXPECT_EQ(count("cuMemPoolTrimTo"), 1);
    fake.allocationsUntilFailure = 0;
    EXPECT_THROW(pool.allocate(10, *Stream::getNull(0)), OutOfMemory);
  }
  EXPECT_EQ(count("cuMemPoolDestroy"), 1);
}

TEST_F(AllocatorsTest, ThreadsMayUseTheirOwn) {
  auto managed = std::make_shared<ManagedAllocator>();
  EXPECT_EQ(getAllocator(), MemoryPool::getDefault());
  auto plain = std::make_shared<DeviceAllocator>();
  setAllocator(plain);
  EXPECT_EQ(getAllocator(), plain);
  EXPECT_EQ(setThreadAllocator(managed), nullptr);
  EXPECT_EQ(getAllocator(), managed);
  release(allocate(0, 100));
  EXPECT_EQ(count("cuMemAllocManaged"), 1);
  EXPECT_EQ(count("cuMemFree"), 1);
  EXPECT_EQ(setThreadAllocator(nullptr), managed);
  setAllocator(nullptr);
  EXPECT_EQ(getAllocator(), MemoryPool::getDefault());
}

TEST_F(AllocatorsTest, PoolsWorkOnAnyAllocator) {
  auto pool = MemoryPool::create(std::make_shared<ManagedAllocator>());
  release(pool->allocate(100, *Stream::getNull(0)));
  EXPECT_EQ(count("cuMemAllocManaged"), 1);
  EXPECT_EQ(count("cuMemAlloc"), 0);
}
