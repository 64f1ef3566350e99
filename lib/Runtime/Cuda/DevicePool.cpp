// Best fit with splitting and joining, and what happens when memory runs out.
#include "DevicePool.h"

#include "MemoryHooks.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Stats.h"
#include "numloom/Support/Environment.h"

#include <algorithm>
#include <utility>

using namespace numloom;
using namespace numloom::cuda;
using namespace numloom::cuda::detail;

/// A set's node that holds `block`.
static MemoryBlock::FreeSet::node_type makeNode(MemoryBlock *block) {
  MemoryBlock::FreeSet set;
  auto place = set.insert(block).first;
  return set.extract(place);
}

static std::unique_ptr<MemoryBlock> makeBlock(DevicePool *pool,
                                              MemorySegment *segment,
                                              char *pointer, size_t bytes) {
  auto block = std::make_unique<MemoryBlock>();
  block->pool = pool;
  block->segment = segment;
  block->pointer = pointer;
  block->bytes = bytes;
  block->node = makeNode(block.get());
  return block;
}

static size_t getInitialLimit(int ordinal) {
  const char *name = "NUMLOOM_GPU_MEMORY_LIMIT";
  if (auto bytes = getEnvironmentNumber(name))
    return *bytes;
  if (auto percent = getEnvironmentNumber(name, "%"))
    return getTotalMemory(ordinal) / 100 * *percent;
  return 0;
}

DevicePool::DevicePool(MemoryAllocator &base, int ordinal)
    : base(base), ordinal(ordinal) {
  info.limitBytes = getInitialLimit(ordinal);
}

DevicePool::~DevicePool() { freeAllBlocks(nullptr); }

MemoryBlock *DevicePool::takeCached(size_t bytes, const Stream &stream) {
  std::lock_guard lock(mutex);
  MemoryBlock *block = take(stream.getHandle(), bytes, /*alsoLarge=*/false);
  if (block)
    addRuntimeStats({.allocations = 1});
  return block;
}

bool DevicePool::isOf(const MemoryBlock &block, const Stream &stream) {
  std::lock_guard lock(mutex);
  auto place = arenas.find(stream.getHandle());
  return place != arenas.end() && place->second.get() == block.segment->arena;
}

MemoryBlock *DevicePool::allocate(size_t bytes, const Stream &stream) {
  if (MemoryBlock *block = takeCached(bytes, stream))
    return block;
  addRuntimeStats({.allocations = 1, .poolMisses = 1});
  if (MemoryBlock *block = grow(bytes, stream))
    return block;
  {
    std::lock_guard lock(mutex);
    if (MemoryBlock *block =
            take(stream.getHandle(), bytes, /*alsoLarge=*/true))
      return block;
  }
  freeAllBlocks(nullptr);
  return grow(bytes, stream);
}

MemoryArena &DevicePool::getArena(StreamHandle stream) {
  auto place = arenas.find(stream);
  if (place == arenas.end())
    place = arenas.emplace(stream, std::make_unique<MemoryArena>()).first;
  return *place->second;
}

/// A block from the stream's free ones, or null. Small requests look into
/// large segments only when asked to.
MemoryBlock *DevicePool::take(StreamHandle stream, size_t bytes,
                              bool alsoLarge) {
  MemoryArena &arena = getArena(stream);
  if (MemoryBlock *block = takeFrom(arena.getSet(bytes), bytes))
    return block;
  return alsoLarge ? takeFrom(arena.large, bytes) : nullptr;
}

/// Takes the smallest block that fits and gives back what it has too much.
MemoryBlock *DevicePool::takeFrom(MemoryBlock::FreeSet &set, size_t bytes) {
  auto best = set.lower_bound(bytes);
  if (best == set.end())
    return nullptr;
  MemoryBlock *block = *best;
  std::unique_ptr<MemoryBlock> rest = makeRest(block, bytes);
  removeFree(block);
  if (rest)
    addFree(split(block, std::move(rest)));
  return use(block);
}

/// What `block` is to have behind `bytes`, or null. Made before anything
/// changes: it may throw.
std::unique_ptr<MemoryBlock> DevicePool::makeRest(MemoryBlock *block,
                                                  size_t bytes) {
  if (block->bytes <= bytes)
    return nullptr;
  return makeBlock(this, block->segment, block->pointer + bytes,
                   block->bytes - bytes);
}

/// Makes `rest` of the end of `block`.
MemoryBlock *DevicePool::split(MemoryBlock *block,
                               std::unique_ptr<MemoryBlock> rest) noexcept {
  block->bytes -= rest->bytes;
  rest->previous = block;
  rest->next = block->next;
  if (rest->next)
    rest->next->previous = rest.get();
  return block->next = rest.release();
}

void DevicePool::shrink(MemoryBlock *block, size_t bytes) {
  std::lock_guard lock(mutex);
  std::unique_ptr<MemoryBlock> rest = makeRest(block, bytes);
  if (!rest)
    return;
  info.usedBytes -= rest->bytes;
  addFree(join(split(block, std::move(rest))));
}

MemoryBlock *DevicePool::use(MemoryBlock *block) {
  info.usedBytes += block->bytes;
  info.peakBytes = std::max(info.peakBytes, info.usedBytes);
  return block;
}

/// A block of a new segment; null when the limit or the device refuses it. The
/// lock is not held while the allocator works: it may be slow, or Python.
MemoryBlock *DevicePool::grow(size_t bytes, const Stream &stream) {
  MemoryArena *arena = reserve(bytes, stream.getHandle());
  if (!arena)
    return nullptr;
  try {
    auto segment = std::make_unique<MemorySegment>();
    auto block = makeBlock(this, segment.get(), nullptr, bytes);
    callHooks(&MemoryHook::beforeAllocate, {ordinal, bytes, bytes});
    segment->allocation = base.allocate(bytes, stream);
    segment->bytes = bytes;
    segment->arena = arena;
    block->pointer = static_cast<char *>(segment->allocation.pointer);
    callHooks(&MemoryHook::afterAllocate,
              {ordinal, bytes, bytes, block->pointer});
    segment.release();
    std::lock_guard lock(mutex);
    return use(block.release());
  } catch (const OutOfMemory &) {
    unreserve(bytes, arena);
    return nullptr;
  } catch (...) {
    unreserve(bytes, arena);
    throw;
  }
}

/// Counts a segment to come; null when the limit forbids it.
MemoryArena *DevicePool::reserve(size_t bytes, StreamHandle stream) {
  std::lock_guard lock(mutex);
  if (info.limitBytes &&
      bytes > info.limitBytes - std::min(info.limitBytes, info.totalBytes))
    return nullptr;
  MemoryArena &arena = getArena(stream);
  ++arena.numSegments;
  info.totalBytes += bytes;
  return &arena;
}

void DevicePool::unreserve(size_t bytes, MemoryArena *arena) {
  std::lock_guard lock(mutex);
  info.totalBytes -= bytes;
  if (--arena->numSegments == 0 && arena->isClosed)
    delete arena;
}

void DevicePool::addFree(MemoryBlock *block) noexcept {
  MemorySegment &segment = *block->segment;
  segment.arena->getSet(segment.bytes).insert(std::move(block->node));
  ++numFreeBlocks;
}

void DevicePool::removeFree(MemoryBlock *block) noexcept {
  MemorySegment &segment = *block->segment;
  block->node = segment.arena->getSet(segment.bytes).extract(block);
  --numFreeBlocks;
}

void DevicePool::release(MemoryBlock *block) noexcept {
  {
    std::lock_guard lock(mutex);
    info.usedBytes -= block->bytes;
    block = join(block);
    if (!block->segment->arena->isClosed || !block->isWholeSegment()) {
      addFree(block);
      return;
    }
  }
  freeSegment(block);
}

/// Joins a block that is no longer in use with its free neighbours.
MemoryBlock *DevicePool::join(MemoryBlock *block) noexcept {
  if (block->next && block->next->isFree()) {
    removeFree(block->next);
    absorbNext(block);
  }
  if (block->previous && block->previous->isFree()) {
    block = block->previous;
    removeFree(block);
    absorbNext(block);
  }
  return block;
}

void DevicePool::absorbNext(MemoryBlock *block) noexcept {
  std::unique_ptr<MemoryBlock> next(block->next);
  block->bytes += next->bytes;
  block->next = next->next;
  if (block->next)
    block->next->previous = block;
}

/// Takes the free blocks that are whole segments out of the arena and puts them
/// in front of `chain`, linked by their `next`.
MemoryBlock *DevicePool::takeWholeSegments(MemoryArena &arena,
                                           MemoryBlock *chain) noexcept {
  for (MemoryBlock::FreeSet *set : {&arena.small, &arena.large})
    for (auto it = set->begin(); it != set->end();) {
      MemoryBlock *block = *it++;
      if (!block->isWholeSegment())
        continue;
      removeFree(block);
      block->next = chain;
      chain = block;
    }
  return chain;
}

/// Gives the segment of a block that is in no set back to the allocator.
void DevicePool::freeSegment(MemoryBlock *block) noexcept {
  std::unique_ptr<MemoryBlock> owned(block);
  std::unique_ptr<MemorySegment> segment(block->segment);
  const Allocation &allocation = segment->allocation;
  allocation.release(allocation.owner, allocation.pointer, segment->bytes);
  unreserve(segment->bytes, segment->arena);
}

void DevicePool::freeAllBlocks(const StreamHandle *stream) {
  MemoryBlock *chain = nullptr;
  {
    std::lock_guard lock(mutex);
    for (auto &[handle, arena] : arenas)
      if (!stream || *stream == handle)
        chain = takeWholeSegments(*arena, chain);
  }
  // Without the lock: the allocator may be slow, or Python.
  while (chain)
    freeSegment(std::exchange(chain, chain->next));
}

bool DevicePool::hasArena(StreamHandle stream) {
  std::lock_guard lock(mutex);
  return arenas.contains(stream);
}

void DevicePool::closeArena(StreamHandle stream) {
  freeAllBlocks(&stream);
  std::lock_guard lock(mutex);
  auto place = arenas.find(stream);
  if (place == arenas.end())
    return;
  place->second->isClosed = true;
  // Its segments own it from now on.
  if (place->second->numSegments)
    place->second.release();
  arenas.erase(place);
}

MemoryInfo DevicePool::getInfo() {
  std::lock_guard lock(mutex);
  return info;
}

size_t DevicePool::countFreeBlocks() {
  std::lock_guard lock(mutex);
  return numFreeBlocks;
}

void DevicePool::setLimit(size_t bytes) {
  std::lock_guard lock(mutex);
  info.limitBytes = bytes;
}

void DevicePool::resetPeak() {
  std::lock_guard lock(mutex);
  info.peakBytes = info.usedBytes;
}
