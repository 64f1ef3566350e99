// One device's part of a memory pool: arenas of blocks per stream.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_DEVICEPOOL_H
#define NUMLOOM_LIB_RUNTIME_CUDA_DEVICEPOOL_H

#include "numloom/Runtime/Cuda/MemoryPool.h"

#include <map>
#include <set>

namespace numloom::cuda::detail {

class DevicePool;
struct MemoryArena;

/// Memory as the pool's allocator gave it.
struct MemorySegment {
  Allocation allocation;
  size_t bytes;
  MemoryArena *arena;
};

/// A part of a segment: in use, or free and in one of its arena's sets.
struct MemoryBlock {
  struct SmallerFirst {
    using is_transparent = void;
    bool operator()(const MemoryBlock *a, const MemoryBlock *b) const {
      return a->bytes != b->bytes ? a->bytes < b->bytes
                                  : a->pointer < b->pointer;
    }
    bool operator()(const MemoryBlock *block, size_t bytes) const {
      return block->bytes < bytes;
    }
  };
  using FreeSet = std::set<MemoryBlock *, SmallerFirst>;

  DevicePool *pool;
  MemorySegment *segment;
  char *pointer;
  size_t bytes;
  /// What was asked for, while in use.
  size_t requested = 0;
  /// Neighbours in the segment.
  MemoryBlock *previous = nullptr, *next = nullptr;
  /// Keeps the pool alive while the block is in use.
  std::shared_ptr<MemoryPool> owner;
  /// The block's place in a free set, kept while it is in none: a release
  /// must not need memory.
  FreeSet::node_type node;

  bool isFree() const { return node.empty(); }
  bool isWholeSegment() const { return !previous && !next; }
};

/// The free blocks for one stream. Those of small segments are kept apart:
/// a small block cut out of a large segment would keep the large request that
/// comes next from finding its memory.
struct MemoryArena {
  /// What a segment of this size is at least is large.
  static constexpr size_t kLargeBytes = size_t(1) << 20;

  MemoryBlock::FreeSet small, large;
  /// Those being allocated included.
  size_t numSegments = 0;
  /// The stream is gone: whole free segments are given back at once, and the
  /// last one takes the arena along.
  bool isClosed = false;

  MemoryBlock::FreeSet &getSet(size_t segmentBytes) {
    return segmentBytes < kLargeBytes ? small : large;
  }
};

class DevicePool {
public:
  DevicePool(MemoryAllocator &base, int ordinal);
  /// No block is in use.
  ~DevicePool();

  /// A block of `bytes`, a multiple of the granule; null when neither the
  /// cache nor the device has room.
  MemoryBlock *allocate(size_t bytes, const Stream &stream);
  /// A free block of the stream, if one fits.
  MemoryBlock *takeCached(size_t bytes, const Stream &stream);
  /// Whether the block goes back to the stream.
  bool isOf(const MemoryBlock &block, const Stream &stream);
  void release(MemoryBlock *block) noexcept;
  /// Frees what a block in use has behind `bytes`, a multiple of the granule.
  void shrink(MemoryBlock *block, size_t bytes);

  /// As MemoryPool::freeAllBlocks; null means all streams.
  void freeAllBlocks(const StreamHandle *stream);
  /// Whether there is memory for the stream.
  bool hasArena(StreamHandle stream);
  /// Frees the stream's blocks and those in use once they are released.
  void closeArena(StreamHandle stream);

  MemoryInfo getInfo();
  size_t countFreeBlocks();
  void setLimit(size_t bytes);
  void resetPeak();
  int getOrdinal() const { return ordinal; }

private:
  MemoryArena &getArena(StreamHandle stream);
  MemoryBlock *take(StreamHandle stream, size_t bytes, bool alsoLarge);
  MemoryBlock *takeFrom(MemoryBlock::FreeSet &set, size_t bytes);
  MemoryBlock *grow(size_t bytes, const Stream &stream);
  MemoryArena *reserve(size_t bytes, StreamHandle stream);
  void unreserve(size_t bytes, MemoryArena *arena);
  MemoryBlock *use(MemoryBlock *block);
  std::unique_ptr<MemoryBlock> makeRest(MemoryBlock *block, size_t bytes);
  static MemoryBlock *split(MemoryBlock *block,
                            std::unique_ptr<MemoryBlock> rest) noexcept;
  void addFree(MemoryBlock *block) noexcept;
  void removeFree(MemoryBlock *block) noexcept;
  MemoryBlock *join(MemoryBlock *block) noexcept;
  void absorbNext(MemoryBlock *block) noexcept;
  MemoryBlock *takeWholeSegments(MemoryArena &arena,
                                 MemoryBlock *chain) noexcept;
  void freeSegment(MemoryBlock *block) noexcept;

  MemoryAllocator &base;
  const int ordinal;
  std::mutex mutex;
  std::map<StreamHandle, std::unique_ptr<MemoryArena>> arenas;
  size_t numFreeBlocks = 0;
  MemoryInfo info;
};

} // namespace numloom::cuda::detail

#endif // NUMLOOM_LIB_RUNTIME_CUDA_DEVICEPOOL_H
