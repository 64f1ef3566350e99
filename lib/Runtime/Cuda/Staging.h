// Copies between pageable memory and a device in pieces, through page-locked
// memory.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_STAGING_H
#define NUMLOOM_LIB_RUNTIME_CUDA_STAGING_H

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/PinnedMemory.h"
#include "numloom/Runtime/Cuda/Stream.h"

#include <memory>
#include <mutex>
#include <vector>

namespace numloom::cuda {

/// Page-locked memory for a piece of a copy.
class StagingPiece {
public:
  /// Copies up to here take one small piece.
  static constexpr size_t kSmallBytes = size_t(64) << 10;
  /// The device takes 80 us for the shorter pieces: about as long as it takes
  /// to wake the threads that copy the next one, and to copy it. The first and
  /// the last piece overlap with nothing, so that the longer ones are for
  /// copies of many pieces.
  static constexpr size_t kBytes = size_t(4) << 20;
  static constexpr size_t kLongBytes = 2 * kBytes;

  /// How the pieces of a copy are cut.
  static size_t chooseBytes(size_t copyBytes) {
    return copyBytes < 8 * kLongBytes ? kBytes : kLongBytes;
  }

  explicit StagingPiece(int ordinal)
      : ordinal(ordinal), copied(ordinal, {.hasTiming = false}) {}
  StagingPiece(const StagingPiece &) = delete;
  StagingPiece &operator=(const StagingPiece &) = delete;

  char *getData() const { return static_cast<char *>(memory.pointer); }
  bool isDone() const { return copied.isDone(); }
  void wait() const { copied.synchronize(); }
  /// Waits until the device is done with the memory and makes room for
  /// `bytes`, at most kLongBytes.
  void prepare(size_t bytes);
  /// Enqueue a copy of the piece's first bytes.
  void copyToDevice(const Stream &stream, char *destination, size_t bytes);
  void copyFromDevice(const Stream &stream, const char *source, size_t bytes);

private:
  void recordCopy(const ContextScope &scope, const Stream &stream);

  int ordinal;
  Allocation memory;
  size_t capacity = 0;
  /// Behind the last copy from or to the memory.
  Event copied;
};

/// The pieces of a copy: while the device copies one, the host's threads copy
/// another. They belong to the copy alone, so that no lock is held while it
/// waits, and go back at its end or when the wait is interrupted.
class StagingPieces {
public:
  static constexpr size_t kCount = 4;

  explicit StagingPieces(int ordinal) : ordinal(ordinal) {}
  ~StagingPieces();
  StagingPieces(const StagingPieces &) = delete;
  StagingPieces &operator=(const StagingPieces &) = delete;

  /// The piece for the copy's `index`-th part.
  StagingPiece &get(size_t index);

private:
  int ordinal;
  std::unique_ptr<StagingPiece> pieces[kCount];
};

/// Returns when the source was read.
void copyStagedToDevice(const Stream &stream, char *destination,
                        const char *source, size_t bytes);
/// Returns when the destination is written.
void copyStagedToHost(const Stream &stream, char *destination,
                      const char *source, size_t bytes);

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_STAGING_H
