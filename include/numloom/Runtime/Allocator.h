// The pool that all array memory of the CPU comes from.
#ifndef NUMLOOM_RUNTIME_ALLOCATOR_H
#define NUMLOOM_RUNTIME_ALLOCATOR_H

#include "numloom/Support/Device.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace numloom {

/// What the pool holds, in bytes.
struct MemoryInfo {
  size_t usedBytes = 0;  ///< in blocks that somebody holds
  size_t totalBytes = 0; ///< used and cached
  size_t peakBytes = 0;  ///< highest `usedBytes` since start or `resetPeak`
  size_t limitBytes = 0; ///< bound of `totalBytes`; 0 means none
};

/// Thrown when memory cannot be had even after all cached blocks were freed.
class OutOfMemory : public std::bad_alloc {
public:
  OutOfMemory(size_t requested, const MemoryInfo &info,
              Device device = {}) noexcept;
  const char *what() const noexcept override { return message.data(); }

private:
  std::array<char, 224> message;
};

namespace detail {
/// A piece of memory with its reference count. Small blocks carry this header
/// in front of their data, large ones keep it apart so that data is aligned to
/// pages.
struct Block {
  std::atomic<uint32_t> references{0};
  /// Index of the free list, or `kLargeClass`.
  uint32_t sizeClass = 0;
  void *data = nullptr;
  size_t capacity = 0;
  /// Next block of a free list.
  Block *next = nullptr;
};
} // namespace detail

/// Shared ownership of 64-byte aligned memory; goes back to the pool with its
/// last handle. Thread-safe as std::shared_ptr is.
class Buffer {
public:
  Buffer() = default;
  Buffer(const Buffer &other) : block(other.block) { retain(); }
  Buffer(Buffer &&other) noexcept
      : block(std::exchange(other.block, nullptr)) {}
  Buffer &operator=(Buffer other) noexcept {
    std::swap(block, other.block);
    return *this;
  }
  ~Buffer() {
    if (block && block->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
      release(block);
  }

  explicit operator bool() const { return block != nullptr; }
  /// Never null when the handle is not empty, whatever the size.
  void *data() const { return block ? block->data : nullptr; }
  /// At least the bytes asked for.
  size_t getCapacity() const { return block ? block->capacity : 0; }
  /// True when no other handle shares the memory.
  bool isUnique() const {
    return block && block->references.load(std::memory_order_acquire) == 1;
  }

private:
  friend class Allocator;
  explicit Buffer(detail::Block *block) : block(block) { retain(); }
  void retain() {
    if (block)
      block->references.fetch_add(1, std::memory_order_relaxed);
  }
  static void release(detail::Block *block);

  detail::Block *block = nullptr;
};

/// The process's pool. Released blocks are cached and reused: small ones from
/// free lists by size class, large ones by best fit.
class Allocator {
public:
  static Allocator &get();

  /// Uninitialised memory of at least `bytes` bytes; throws OutOfMemory.
  Buffer allocate(size_t bytes);

  /// Gives all cached blocks back to the system.
  void freeAllBlocks();

  /// Bounds `totalBytes`; 0 removes the bound. The initial value comes from
  /// NUMLOOM_CPU_MEMORY_LIMIT: bytes, or a percentage of the machine's memory.
  void setLimit(size_t bytes);

  MemoryInfo getInfo();
  void resetPeak();

  /// For tests: lets `count` allocations pass and fails the one after them;
  /// negative switches this off.
  void failAfter(int64_t count);

private:
  friend class Buffer;
  static constexpr size_t kNumClasses = 64;
  struct CachedLarge {
    size_t capacity;
    uint64_t releasedAt;
    detail::Block *block;
  };

  Allocator();
  void release(detail::Block *block);
  detail::Block *takeSmall(uint32_t sizeClass);
  detail::Block *takeLarge(size_t capacity);
  detail::Block *create(size_t capacity, uint32_t sizeClass);
  void destroy(detail::Block *block);
  void freeCached();
  void trimCache();
  bool injectFailure();
  static void registerForkHandlers();

  // One lock for everything: an uncontended one costs less than keeping the
  // counters atomic, and Python programs rarely contend.
  std::mutex mutex;
  std::array<detail::Block *, kNumClasses> freeLists{};
  // Has room for every large block that exists, so that a release never
  // allocates.
  std::vector<CachedLarge> largeBlocks;
  size_t numLarge = 0;
  MemoryInfo info;
  size_t cachedLargeBytes = 0;
  size_t maxCachedLargeBytes = 0;
  uint64_t releases = 0;
  int64_t allocationsUntilFailure = -1;
};

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALLOCATOR_H
