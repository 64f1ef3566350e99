// Watching what pools do.
#ifndef NUMLOOM_RUNTIME_CUDA_MEMORYHOOK_H
#define NUMLOOM_RUNTIME_CUDA_MEMORYHOOK_H

#include <cstddef>

namespace numloom::cuda {

/// What a hook is told.
struct MemoryHookEvent {
  int ordinal = 0;
  /// The bytes asked for; 0 where unknown.
  size_t bytes = 0;
  /// The bytes of the block.
  size_t blockBytes = 0;
  /// Null before an allocation.
  void *pointer = nullptr;
  /// Tells blocks in use apart; 0 where there is none.
  size_t blockId = 0;
};

/// Called around what memory pools do in a thread that has added it. What
/// `before...` throws ends the allocation; the others must not throw.
class MemoryHook {
public:
  virtual ~MemoryHook() = default;
  /// A pool takes memory from its allocator.
  virtual void beforeAllocate(const MemoryHookEvent &event) {}
  virtual void afterAllocate(const MemoryHookEvent &event) noexcept {}
  /// A pool gives out a block.
  virtual void beforeMalloc(const MemoryHookEvent &event) {}
  virtual void afterMalloc(const MemoryHookEvent &event) noexcept {}
  /// A block goes back to a pool.
  virtual void beforeFree(const MemoryHookEvent &event) noexcept {}
  virtual void afterFree(const MemoryHookEvent &event) noexcept {}
};

/// For the calling thread; hooks are called in the order of their adding. The
/// hook must outlive its removal.
void addMemoryHook(MemoryHook &hook);
void removeMemoryHook(MemoryHook &hook);
/// Whether the calling thread has any.
bool hasMemoryHooks();

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_MEMORYHOOK_H
