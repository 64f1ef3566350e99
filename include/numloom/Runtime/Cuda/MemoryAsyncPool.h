// The driver's own stream-ordered pools.
#ifndef NUMLOOM_RUNTIME_CUDA_MEMORYASYNCPOOL_H
#define NUMLOOM_RUNTIME_CUDA_MEMORYASYNCPOOL_H

#include "numloom/Runtime/Cuda/Memory.h"

#include "numloom/Support/Device.h"

#include <array>
#include <mutex>

namespace numloom::cuda {

/// Memory from cuMemAllocFromPoolAsync: the driver caches and orders. Throws
/// CudaError on devices without memory pools.
class MemoryAsyncPool : public MemoryAllocator {
public:
  /// Which of the driver's pools is used on each device.
  enum class Source {
    Current, ///< the one that the device is set to
    Default, ///< the one that the device began with
    Created  ///< one of this object's own
  };
  explicit MemoryAsyncPool(Source source = Source::Current);
  ~MemoryAsyncPool() override;

  Allocation allocate(size_t bytes, const Stream &stream) override;
  void freeCached(int ordinal) override { freeAllBlocks(ordinal); }

  void freeAllBlocks(int ordinal);
  size_t getUsedBytes(int ordinal);
  size_t getFreeBytes(int ordinal);
  size_t getTotalBytes(int ordinal);
  MemoryPoolHandle getHandle(int ordinal);

private:
  size_t read(int ordinal, MemoryPoolAttribute attribute);

  Source source;
  std::array<std::once_flag, kMaxCudaDevices> opened;
  std::array<MemoryPoolHandle, kMaxCudaDevices> handles{};
};

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_MEMORYASYNCPOOL_H
