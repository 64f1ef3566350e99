// The pool of page-locked memory.
#include "numloom/Runtime/Cuda/PinnedMemory.h"

#include "ContextTable.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/Memory.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>

using namespace numloom;
using namespace numloom::cuda;

/// The driver locks whole pages.
static constexpr size_t kPageBytes = 4096;

namespace {
/// Makes some context current: any will do for host memory.
class AnyContext {
public:
  AnyContext() {
    ContextHandle current = nullptr;
    Driver::get().cuCtxGetCurrent(&current);
    if (!current)
      scope.emplace(0);
  }

private:
  std::optional<ContextScope> scope;
};
} // namespace

PinnedMemoryPool &PinnedMemoryPool::get() {
  // Never destroyed: arrays may outlive every static.
  static auto *pool = new PinnedMemoryPool;
  return *pool;
}

/// The smallest cached block that fits, or null. It may exceed the request by a
/// quarter, as on the CPU.
PinnedMemoryPool::Block *PinnedMemoryPool::take(size_t bytes) {
  std::lock_guard lock(mutex);
  auto best = freeBlocks.end();
  for (auto it = freeBlocks.begin(); it != freeBlocks.end(); ++it)
    if ((*it)->bytes >= bytes && (*it)->bytes <= bytes + bytes / 4 &&
        (best == freeBlocks.end() || (*it)->bytes < (*best)->bytes))
      best = it;
  if (best == freeBlocks.end())
    return nullptr;
  Block *block = *best;
  *best = freeBlocks.back();
  freeBlocks.pop_back();
  return block;
}

/// A new block, or null when the system refuses it.
PinnedMemoryPool::Block *PinnedMemoryPool::create(size_t bytes) {
  auto block = std::make_unique<Block>();
  block->bytes = bytes;
  AnyContext context;
  {
    std::lock_guard lock(mutex);
    freeBlocks.reserve(std::bit_ceil(numBlocks + 1));
    ++numBlocks;
    totalBytes += bytes;
  }
  const auto &hostAlloc = Driver::get().cuMemHostAlloc;
  Result result =
      hostAlloc.attempt(&block->pointer, bytes, kHostMemoryPortable);
  if (result == Result::Success)
    return block.release();
  {
    std::lock_guard lock(mutex);
    --numBlocks;
    totalBytes -= bytes;
  }
  if (result != Result::OutOfMemory)
    throwError(result, hostAlloc.name);
  return nullptr;
}

Allocation PinnedMemoryPool::allocate(size_t bytes) {
  // What rounding up cannot represent cannot be allocated either.
  bool isRepresentable = bytes <= SIZE_MAX / 2;
  size_t rounded = std::max((bytes + kPageBytes - 1) & -kPageBytes, kPageBytes);
  Block *block = isRepresentable ? take(rounded) : nullptr;
  if (!block && isRepresentable)
    block = create(rounded);
  if (!block) {
    freeAllBlocks();
    block = isRepresentable ? create(rounded) : nullptr;
  }
  if (block)
    return {block->pointer, release, block};
  std::lock_guard lock(mutex);
  throw OutOfMemory(bytes, {.usedBytes = totalBytes, .totalBytes = totalBytes});
}

void PinnedMemoryPool::release(void *owner, void *, size_t) {
  // A forked child has no lock that can be trusted.
  if (!Driver::getIfUsable())
    return;
  PinnedMemoryPool &pool = get();
  std::lock_guard lock(pool.mutex);
  pool.freeBlocks.push_back(static_cast<Block *>(owner));
}

void PinnedMemoryPool::freeAllBlocks() {
  std::lock_guard lock(mutex);
  if (freeBlocks.empty())
    return;
  AnyContext context;
  for (Block *block : freeBlocks) {
    Driver::get().cuMemFreeHost.attempt(block->pointer);
    totalBytes -= block->bytes;
    --numBlocks;
    delete block;
  }
  freeBlocks.clear();
}

size_t PinnedMemoryPool::countFreeBlocks() {
  std::lock_guard lock(mutex);
  return freeBlocks.size();
}

bool cuda::isPinned(const void *pointer) {
  AnyContext context;
  // Of memory that CUDA does not know this function says nothing and succeeds;
  // asking for a single attribute would be an error.
  unsigned type = 0;
  void *value = &type;
  PointerAttribute attribute = PointerAttribute::MemoryType;
  Result result = Driver::get().cuPointerGetAttributes.attempt(
      1, &attribute, &value, reinterpret_cast<DeviceAddress>(pointer));
  return result == Result::Success && type == kMemoryTypeHost;
}
