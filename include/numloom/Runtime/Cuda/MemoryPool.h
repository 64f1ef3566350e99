// The pool of device memory.
#ifndef NUMLOOM_RUNTIME_CUDA_MEMORYPOOL_H
#define NUMLOOM_RUNTIME_CUDA_MEMORYPOOL_H

#include "numloom/Runtime/Cuda/Memory.h"

#include "numloom/Support/Device.h"

#include <array>
#include <atomic>
#include <mutex>

namespace numloom::cuda {

namespace detail {
class DevicePool;
struct MemoryBlock;
} // namespace detail

/// Caches memory of another allocator, per device and per stream: a block that
/// was released goes to the next request on the same stream at once, since
/// work on a stream is ordered. Requests take the smallest block that fits,
/// which is split; neighbours that are free are joined. Thread-safe.
class MemoryPool : public MemoryAllocator,
                   public std::enable_shared_from_this<MemoryPool> {
public:
  /// Null means a DeviceAllocator.
  static std::shared_ptr<MemoryPool> create(MemoryAllocatorPtr base = nullptr);
  /// The pool that arrays come from unless told otherwise.
  static const std::shared_ptr<MemoryPool> &getDefault();
  ~MemoryPool() override;

  Allocation allocate(size_t bytes, const Stream &stream) override;
  /// Without asking anybody for memory: nothing if no free block of the stream
  /// fits.
  std::optional<Allocation> allocateCached(size_t bytes, const Stream &stream);
  void freeCached(int ordinal) override { freeAllBlocks(ordinal); }

  /// Gives free blocks of a device back, those of one stream or of all. Blocks
  /// that share their memory with one in use stay.
  void freeAllBlocks(int ordinal, const Stream *stream = nullptr);

  /// Bytes in blocks that somebody holds.
  size_t getUsedBytes(int ordinal);
  /// Bytes in blocks that can be given out.
  size_t getFreeBytes(int ordinal);
  /// Both.
  size_t getTotalBytes(int ordinal);
  size_t countFreeBlocks(int ordinal);
  MemoryInfo getInfo(int ordinal);
  void resetPeak(int ordinal);

  /// Bounds the total bytes on a device; 0 removes the bound. Initially
  /// NUMLOOM_GPU_MEMORY_LIMIT: bytes, or a percentage of the device's memory.
  void setLimit(int ordinal, size_t bytes);
  /// Of the device's memory, in [0, 1]. Throws std::invalid_argument.
  void setLimitFraction(int ordinal, double fraction);
  /// 0 when there is none.
  size_t getLimit(int ordinal);

private:
  friend void closeStreamArenas(const Stream &stream);
  friend bool freeAllPools(int ordinal);
  explicit MemoryPool(MemoryAllocatorPtr base);
  detail::DevicePool &getDevice(int ordinal);
  Allocation giveOut(detail::MemoryBlock &block, size_t bytes);

  MemoryAllocatorPtr base;
  std::mutex mutex;
  /// Made at first use.
  std::array<std::atomic<detail::DevicePool *>, kMaxCudaDevices> devices{};
};

/// Gives what lies behind the first `bytes` of a block back to its MemoryPool;
/// whoever gets it on the block's stream runs behind what was enqueued there.
/// False for memory that is no pool's.
bool shrinkBlock(const Allocation &block, size_t bytes);

/// Whether the block is the default pool's and goes back to `stream`: work
/// enqueued there may read it even if it is released meanwhile.
bool isOfStream(const Allocation &block, const Stream &stream);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_MEMORYPOOL_H
