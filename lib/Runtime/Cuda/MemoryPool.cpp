// Memory pools over all devices, and the list of them.
#include "numloom/Runtime/Cuda/MemoryPool.h"

#include "ContextTable.h"
#include "DevicePool.h"
#include "MemoryHooks.h"
#include "PoolRegistry.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace numloom;
using namespace numloom::cuda;
using cuda::detail::DevicePool;
using cuda::detail::MemoryBlock;

namespace {
/// Never destroyed: streams look here when the process ends.
struct PoolRegistry {
  std::mutex mutex;
  std::vector<std::weak_ptr<MemoryPool>> pools;

  static PoolRegistry &get() {
    static auto *registry = new PoolRegistry;
    return *registry;
  }

  /// Entries keep their places: loops go on where they were.
  void add(const std::shared_ptr<MemoryPool> &pool) {
    std::lock_guard lock(mutex);
    auto place = std::ranges::find_if(
        pools, [](auto &entry) { return entry.expired(); });
    if (place != pools.end())
      *place = pool;
    else
      pools.push_back(pool);
  }

  /// The first pool from `index` on, which becomes the index behind it; null
  /// behind the last one.
  std::shared_ptr<MemoryPool> getNext(size_t &index) {
    std::lock_guard lock(mutex);
    while (index < pools.size())
      if (std::shared_ptr<MemoryPool> pool = pools[index++].lock())
        return pool;
    return nullptr;
  }

  /// Calls `fn(pool)` without the lock, and needs no memory.
  template <typename Fn>
  void forEach(Fn &&fn) {
    for (size_t index = 0; std::shared_ptr<MemoryPool> pool = getNext(index);)
      fn(*pool);
  }
};
} // namespace

void cuda::registerPool(const std::shared_ptr<MemoryPool> &pool) {
  PoolRegistry::get().add(pool);
}

/// Pools that have no memory of the device are left alone: this is also called
/// while one is made.
bool cuda::freeAllPools(int ordinal) {
  bool isAny = false;
  PoolRegistry::get().forEach([&](MemoryPool &pool) {
    if (DevicePool *device = pool.devices[ordinal]) {
      isAny |= device->countFreeBlocks() > 0;
      device->freeAllBlocks(nullptr);
    }
  });
  return isAny;
}

void cuda::closeStreamArenas(const Stream &stream) {
  bool isIdle = false;
  PoolRegistry::get().forEach([&](MemoryPool &pool) {
    DevicePool *device = pool.devices[stream.getOrdinal()];
    if (!device || !device->hasArena(stream.getHandle()))
      return;
    if (!isIdle)
      Driver::get().cuStreamSynchronize(stream.getHandle());
    isIdle = true;
    device->closeArena(stream.getHandle());
  });
}

MemoryPool::MemoryPool(MemoryAllocatorPtr base)
    : base(base ? std::move(base) : std::make_shared<DeviceAllocator>()) {}

MemoryPool::~MemoryPool() {
  for (std::atomic<DevicePool *> &device : devices)
    delete device.load();
}

std::shared_ptr<MemoryPool> MemoryPool::create(MemoryAllocatorPtr base) {
  std::shared_ptr<MemoryPool> pool(new MemoryPool(std::move(base)));
  registerPool(pool);
  return pool;
}

const std::shared_ptr<MemoryPool> &MemoryPool::getDefault() {
  // Never destroyed: arrays may outlive every static.
  static const auto &pool = *new std::shared_ptr<MemoryPool>(create());
  return pool;
}

DevicePool &MemoryPool::getDevice(int ordinal) {
  checkOrdinal(ordinal);
  if (DevicePool *device = devices[ordinal].load(std::memory_order_acquire))
    return *device;
  std::lock_guard lock(mutex);
  if (!devices[ordinal])
    devices[ordinal] = new DevicePool(*base, ordinal);
  return *devices[ordinal];
}

/// The event that hooks see of a block.
static MemoryHookEvent describe(const MemoryBlock &block, int ordinal) {
  return {ordinal, block.requested, block.bytes, block.pointer,
          reinterpret_cast<size_t>(&block)};
}

/// An Allocation's `release` for blocks.
static void releaseBlock(void *owner, void *, size_t) {
  // A forked child has neither the memory nor a lock that can be trusted.
  if (!Driver::getIfUsable())
    return;
  auto *block = static_cast<MemoryBlock *>(owner);
  DevicePool &pool = *block->pool;
  // Dies last: it may hold the pool.
  std::shared_ptr<MemoryPool> keepAlive = std::move(block->owner);
  MemoryHookEvent event = describe(*block, pool.getOrdinal());
  callHooks(&MemoryHook::beforeFree, event);
  pool.release(block);
  callHooks(&MemoryHook::afterFree, event);
}

/// The size of a block for so many bytes.
static size_t roundUp(size_t bytes) {
  return std::max((bytes + kMemoryGranule - 1) & -kMemoryGranule,
                  kMemoryGranule);
}

bool cuda::shrinkBlock(const Allocation &allocation, size_t bytes) {
  if (allocation.release != releaseBlock)
    return false;
  auto *block = static_cast<MemoryBlock *>(allocation.owner);
  block->pool->shrink(block, roundUp(bytes));
  block->requested = bytes;
  return true;
}

bool cuda::isOfStream(const Allocation &allocation, const Stream &stream) {
  if (allocation.release != releaseBlock)
    return false;
  auto *block = static_cast<MemoryBlock *>(allocation.owner);
  return block->owner == MemoryPool::getDefault() &&
         block->pool->isOf(*block, stream);
}

Allocation MemoryPool::allocate(size_t bytes, const Stream &stream) {
  int ordinal = stream.getOrdinal();
  DevicePool &device = getDevice(ordinal);
  // What rounding up cannot represent cannot be allocated either.
  bool isRepresentable = bytes <= SIZE_MAX / 2;
  size_t blockBytes = roundUp(bytes);
  callHooks(&MemoryHook::beforeMalloc, {ordinal, bytes, blockBytes});
  MemoryBlock *block =
      isRepresentable ? device.allocate(blockBytes, stream) : nullptr;
  if (!block)
    throw OutOfMemory(bytes, device.getInfo(), Device::cuda(ordinal));
  Allocation allocation = giveOut(*block, bytes);
  callHooks(&MemoryHook::afterMalloc, describe(*block, ordinal));
  return allocation;
}

Allocation MemoryPool::giveOut(MemoryBlock &block, size_t bytes) {
  block.requested = bytes;
  block.owner = shared_from_this();
  return {block.pointer, releaseBlock, &block};
}

std::optional<Allocation> MemoryPool::allocateCached(size_t bytes,
                                                     const Stream &stream) {
  bool isRepresentable = bytes <= SIZE_MAX / 2;
  MemoryBlock *block =
      isRepresentable
          ? getDevice(stream.getOrdinal()).takeCached(roundUp(bytes), stream)
          : nullptr;
  return block ? std::optional(giveOut(*block, bytes)) : std::nullopt;
}

void MemoryPool::freeAllBlocks(int ordinal, const Stream *stream) {
  StreamHandle handle = stream ? stream->getHandle() : nullptr;
  getDevice(ordinal).freeAllBlocks(stream ? &handle : nullptr);
}

size_t MemoryPool::getUsedBytes(int ordinal) {
  return getInfo(ordinal).usedBytes;
}

size_t MemoryPool::getFreeBytes(int ordinal) {
  MemoryInfo info = getInfo(ordinal);
  return info.totalBytes - info.usedBytes;
}

size_t MemoryPool::getTotalBytes(int ordinal) {
  return getInfo(ordinal).totalBytes;
}

size_t MemoryPool::countFreeBlocks(int ordinal) {
  return getDevice(ordinal).countFreeBlocks();
}

MemoryInfo MemoryPool::getInfo(int ordinal) {
  return getDevice(ordinal).getInfo();
}

void MemoryPool::resetPeak(int ordinal) { getDevice(ordinal).resetPeak(); }

void MemoryPool::setLimit(int ordinal, size_t bytes) {
  getDevice(ordinal).setLimit(bytes);
}

void MemoryPool::setLimitFraction(int ordinal, double fraction) {
  if (!(fraction >= 0 && fraction <= 1))
    throw std::invalid_argument("memory limit fraction must be between 0 and "
                                "1, got " +
                                std::to_string(fraction));
  setLimit(ordinal, size_t(fraction * double(getTotalMemory(ordinal))));
}

size_t MemoryPool::getLimit(int ordinal) { return getInfo(ordinal).limitBytes; }
