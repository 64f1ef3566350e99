// Device memory: the interface of allocators, those that ask the driver each
// time, and which one is in use.
#ifndef NUMLOOM_RUNTIME_CUDA_MEMORY_H
#define NUMLOOM_RUNTIME_CUDA_MEMORY_H

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/Cuda/Stream.h"

#include <functional>
#include <memory>
#include <optional>

namespace numloom::cuda {

/// All sizes are rounded up to multiples of this; blocks are aligned to it.
inline constexpr size_t kMemoryGranule = 512;

/// Where device memory comes from.
class MemoryAllocator {
public:
  virtual ~MemoryAllocator() = default;
  /// Uninitialised memory of at least `bytes`, not null, on the stream's
  /// device and for use on it: what was released earlier on that stream may be
  /// given out again while work enqueued there still uses it. Memory must not
  /// depend on the allocator's lifetime. Throws OutOfMemory and CudaError.
  virtual Allocation allocate(size_t bytes, const Stream &stream) = 0;
  /// Gives memory that is cached for the device back to it.
  virtual void freeCached(int ordinal) {}
};
using MemoryAllocatorPtr = std::shared_ptr<MemoryAllocator>;

/// cuMemAlloc and cuMemFree; the latter waits for the device.
class DeviceAllocator : public MemoryAllocator {
public:
  Allocation allocate(size_t bytes, const Stream &stream) override;
};

/// cuMemAllocManaged: memory that host and devices reach.
class ManagedAllocator : public MemoryAllocator {
public:
  Allocation allocate(size_t bytes, const Stream &stream) override;
};

/// The allocator that the calling thread uses: the one of `setThreadAllocator`,
/// else that of `setAllocator`, else the default pool.
MemoryAllocatorPtr getAllocator();
/// For all threads; null means the default pool.
void setAllocator(MemoryAllocatorPtr allocator);
/// For the calling thread; null means the one for all. Returns the one before.
MemoryAllocatorPtr setThreadAllocator(MemoryAllocatorPtr allocator);

/// Allocates from `allocator`. When it has no room: gives back what pools hold
/// in cache, asks the memory pressure handlers, and tries again each time.
Allocation allocateFrom(MemoryAllocator &allocator, size_t bytes,
                        const Stream &stream);

/// The device in whose memory `pointer` lies, whoever allocated it; nothing for
/// what the driver does not know.
std::optional<int> findOrdinalOf(const void *pointer);

/// Called when an allocation on a device fails, to release memory; returns
/// whether it may have. Called without locks; must not throw.
using MemoryPressureHandler = std::function<bool(int ordinal, size_t bytes)>;
/// Adds a handler for the process's lifetime; they are called in this order.
void addMemoryPressureHandler(MemoryPressureHandler handler);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_MEMORY_H
