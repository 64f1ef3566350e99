// Page-locked host memory, which devices copy from and to at full speed.
#ifndef NUMLOOM_RUNTIME_CUDA_PINNEDMEMORY_H
#define NUMLOOM_RUNTIME_CUDA_PINNEDMEMORY_H

#include "numloom/Runtime/Cuda/Runtime.h"

#include <mutex>
#include <vector>

namespace numloom::cuda {

/// Caches page-locked memory. Released memory may be given out at once: who
/// releases it has waited for the copies that use it. Thread-safe. Calls are
/// made in the thread's current context, or in that of device 0.
class PinnedMemoryPool {
public:
  /// The process's pool.
  static PinnedMemoryPool &get();

  /// Memory of at least `bytes`, aligned to pages, from the smallest cached
  /// block that exceeds the request by at most a quarter. Throws OutOfMemory
  /// and CudaError.
  Allocation allocate(size_t bytes);
  void freeAllBlocks();
  size_t countFreeBlocks();

private:
  struct Block {
    void *pointer;
    size_t bytes;
  };

  static void release(void *owner, void *pointer, size_t bytes);
  Block *take(size_t bytes);
  Block *create(size_t bytes);

  std::mutex mutex;
  /// Has room for every block that exists: a release must not need memory.
  std::vector<Block *> freeBlocks;
  size_t numBlocks = 0;
  size_t totalBytes = 0;
};

/// Whether the device can read the host memory directly: it is page-locked and
/// known to the driver.
bool isPinned(const void *pointer);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_PINNEDMEMORY_H
