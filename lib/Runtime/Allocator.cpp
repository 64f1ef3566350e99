// The CPU memory pool: size classes for small blocks, best fit for large ones.
#include "numloom/Runtime/Allocator.h"

#include "numloom/Runtime/Stats.h"
#include "numloom/Support/Environment.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace numloom;
using detail::Block;

/// Blocks from here on are mapped on their own, aligned to huge pages: faulting
/// in 4 KiB pages costs more than most kernels that write them.
static constexpr size_t kLargeBytes = size_t(2) << 20;
static constexpr size_t kLargeGranule = size_t(64) << 10;
static constexpr uint32_t kLargeClass = ~uint32_t(0);
static constexpr size_t kAlignment = 64;
static_assert(sizeof(Block) <= kAlignment);

static size_t roundUp(size_t bytes, size_t multiple) {
  return (bytes + multiple - 1) / multiple * multiple;
}

static size_t getPhysicalBytes() {
  return size_t(sysconf(_SC_PHYS_PAGES)) * size_t(sysconf(_SC_PAGESIZE));
}

namespace {
struct SizeClass {
  uint32_t index;
  size_t capacity;
};
} // namespace

/// Multiples of 64 up to 256 bytes, then four classes to a doubling, so that at
/// most a fifth of a block is wasted.
static SizeClass getSizeClass(size_t bytes) {
  if (bytes >= kLargeBytes)
    return {kLargeClass, roundUp(bytes, kLargeGranule)};
  size_t last = bytes ? bytes - 1 : 0;
  if (last < 256)
    return {uint32_t(last / 64), (last / 64 + 1) * 64};
  unsigned width = std::bit_width(last);
  size_t quarter = last >> (width - 3);
  return {uint32_t(4 * (width - 8) + quarter - 4), (quarter + 1)
                                                       << (width - 3)};
}

/// Maps `bytes` bytes aligned to huge pages; null on failure.
static void *mapLarge(size_t bytes) {
  size_t padded = bytes + kLargeBytes;
  void *base = mmap(nullptr, padded, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED)
    return nullptr;
  auto address = reinterpret_cast<uintptr_t>(base);
  uintptr_t aligned = roundUp(address, kLargeBytes);
  size_t before = aligned - address;
  if (before)
    munmap(base, before);
  if (size_t after = padded - before - bytes)
    munmap(reinterpret_cast<void *>(aligned + bytes), after);
  auto *data = reinterpret_cast<void *>(aligned);
  // A hint: without huge pages everything still works.
  madvise(data, bytes, MADV_HUGEPAGE);
  return data;
}

static Block *createLarge(size_t capacity) {
  auto *block = new (std::nothrow) Block;
  if (!block)
    return nullptr;
  block->data = mapLarge(capacity);
  if (!block->data) {
    delete block;
    return nullptr;
  }
  return block;
}

static Block *createSmall(size_t capacity) {
  void *memory = std::aligned_alloc(kAlignment, kAlignment + capacity);
  if (!memory)
    return nullptr;
  auto *block = new (memory) Block;
  block->data = static_cast<char *>(memory) + kAlignment;
  return block;
}

OutOfMemory::OutOfMemory(size_t requested, const MemoryInfo &info,
                         Device device) noexcept {
  char where[24] = "", limit[32] = "none";
  if (device.isCuda())
    std::snprintf(where, sizeof(where), " on cuda:%d", device.getOrdinal());
  if (info.limitBytes)
    std::snprintf(limit, sizeof(limit), "%zu", info.limitBytes);
  std::snprintf(message.data(), message.size(),
                "out of memory allocating %zu bytes%s (used: %zu bytes, total: "
                "%zu bytes, limit: %s)",
                requested, where, info.usedBytes, info.totalBytes, limit);
}

void Buffer::release(Block *block) { Allocator::get().release(block); }

Allocator &Allocator::get() {
  // Never destroyed: buffers may outlive every static.
  static Allocator *allocator = [] {
    auto *created = new Allocator;
    registerForkHandlers();
    return created;
  }();
  return *allocator;
}

Allocator::Allocator() : maxCachedLargeBytes(getPhysicalBytes() / 2) {
  if (auto bytes = getEnvironmentNumber("NUMLOOM_CPU_MEMORY_LIMIT"))
    info.limitBytes = *bytes;
  else if (auto percent = getEnvironmentNumber("NUMLOOM_CPU_MEMORY_LIMIT", "%"))
    info.limitBytes = getPhysicalBytes() / 100 * *percent;
}

/// A fork must not copy the lock while another thread holds it.
void Allocator::registerForkHandlers() {
  pthread_atfork([] { get().mutex.lock(); }, [] { get().mutex.unlock(); },
                 [] { get().mutex.unlock(); });
}

Buffer Allocator::allocate(size_t bytes) {
  // What rounding up cannot represent cannot be allocated either.
  bool representable = bytes <= SIZE_MAX / 2;
  SizeClass sizeClass = getSizeClass(representable ? bytes : 0);
  std::lock_guard lock(mutex);
  bool miss = false;
  Block *block = nullptr;
  if (representable && !injectFailure()) {
    block = sizeClass.index == kLargeClass ? takeLarge(sizeClass.capacity)
                                           : takeSmall(sizeClass.index);
    if (!block) {
      miss = true;
      block = create(sizeClass.capacity, sizeClass.index);
    }
    if (!block) {
      freeCached();
      block = create(sizeClass.capacity, sizeClass.index);
    }
  }
  if (!block)
    throw OutOfMemory(bytes, info);
  info.usedBytes += block->capacity;
  info.peakBytes = std::max(info.peakBytes, info.usedBytes);
  addRuntimeStats({.allocations = 1, .poolMisses = miss});
  return Buffer(block);
}

Block *Allocator::takeSmall(uint32_t sizeClass) {
  Block *block = freeLists[sizeClass];
  if (block)
    freeLists[sizeClass] = block->next;
  return block;
}

/// The smallest cached block that fits, or null. It may exceed the request by a
/// quarter: more would waste memory, less would map afresh whenever sizes vary.
Block *Allocator::takeLarge(size_t capacity) {
  auto best = largeBlocks.end();
  for (auto it = largeBlocks.begin(); it != largeBlocks.end(); ++it)
    if (it->capacity >= capacity && it->capacity <= capacity + capacity / 4 &&
        (best == largeBlocks.end() || it->capacity < best->capacity))
      best = it;
  if (best == largeBlocks.end())
    return nullptr;
  Block *block = best->block;
  cachedLargeBytes -= block->capacity;
  *best = largeBlocks.back();
  largeBlocks.pop_back();
  return block;
}

/// A fresh block, or null when the system or the limit refuses it.
Block *Allocator::create(size_t capacity, uint32_t sizeClass) {
  if (info.limitBytes &&
      capacity > info.limitBytes - std::min(info.limitBytes, info.totalBytes))
    return nullptr;
  if (sizeClass == kLargeClass)
    largeBlocks.reserve(std::bit_ceil(numLarge + 1));
  Block *block =
      sizeClass == kLargeClass ? createLarge(capacity) : createSmall(capacity);
  if (!block)
    return nullptr;
  numLarge += sizeClass == kLargeClass;
  block->sizeClass = sizeClass;
  block->capacity = capacity;
  info.totalBytes += capacity;
  return block;
}

void Allocator::destroy(Block *block) {
  info.totalBytes -= block->capacity;
  if (block->sizeClass != kLargeClass) {
    block->~Block();
    std::free(block);
    return;
  }
  --numLarge;
  munmap(block->data, block->capacity);
  delete block;
}

void Allocator::release(Block *block) {
  std::lock_guard lock(mutex);
  info.usedBytes -= block->capacity;
  if (block->sizeClass != kLargeClass) {
    block->next = freeLists[block->sizeClass];
    freeLists[block->sizeClass] = block;
    return;
  }
  largeBlocks.push_back({block->capacity, ++releases, block});
  cachedLargeBytes += block->capacity;
  trimCache();
}

/// Keeps cached large blocks within half of the machine's memory, which other
/// processes share; the blocks unused for longest go first.
void Allocator::trimCache() {
  while (cachedLargeBytes > maxCachedLargeBytes) {
    auto oldest =
        std::ranges::min_element(largeBlocks, {}, &CachedLarge::releasedAt);
    cachedLargeBytes -= oldest->capacity;
    destroy(oldest->block);
    *oldest = largeBlocks.back();
    largeBlocks.pop_back();
  }
}

void Allocator::freeCached() {
  for (Block *&list : freeLists)
    while (Block *block = list) {
      list = block->next;
      destroy(block);
    }
  for (CachedLarge &cached : largeBlocks)
    destroy(cached.block);
  largeBlocks.clear();
  cachedLargeBytes = 0;
}

void Allocator::freeAllBlocks() {
  std::lock_guard lock(mutex);
  freeCached();
}

void Allocator::setLimit(size_t bytes) {
  std::lock_guard lock(mutex);
  info.limitBytes = bytes;
}

MemoryInfo Allocator::getInfo() {
  std::lock_guard lock(mutex);
  return info;
}

void Allocator::resetPeak() {
  std::lock_guard lock(mutex);
  info.peakBytes = info.usedBytes;
}

void Allocator::failAfter(int64_t count) {
  std::lock_guard lock(mutex);
  allocationsUntilFailure = count;
}

/// True when this allocation is the one that a test wants to fail.
bool Allocator::injectFailure() {
  return allocationsUntilFailure >= 0 && allocationsUntilFailure-- == 0;
}
