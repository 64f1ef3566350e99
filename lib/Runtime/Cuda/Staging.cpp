// Buffered copies through page-locked memory.
#include "Staging.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/ThreadPool.h"
#include "numloom/Support/Device.h"

#include <algorithm>
#include <array>
#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

/// What one thread copies at a time: some 10 us of work, so that those that are
/// awake do the work of those that are not yet.
static constexpr int64_t kThreadBytes = 128 << 10;

namespace {
/// A device's pieces that no copy has, those given back first in front. There
/// are as many pieces as copies at once have needed.
struct FreePieces {
  std::mutex mutex;
  /// Has room for all pieces: giving one back must not need memory.
  std::vector<std::unique_ptr<StagingPiece>> pieces;
  size_t numPieces = 0;

  static FreePieces &get(int ordinal) {
    // Never destroyed: arrays may outlive every static.
    static auto &lists = *new std::array<FreePieces, kMaxCudaDevices>;
    return lists[size_t(ordinal)];
  }

  /// One that the device is done with, else a new one while there are few,
  /// else the one that it will be done with first.
  std::unique_ptr<StagingPiece> take(int ordinal) {
    std::lock_guard lock(mutex);
    bool mayWait = numPieces >= StagingPieces::kCount && !pieces.empty();
    if (mayWait || (!pieces.empty() && pieces.front()->isDone())) {
      std::unique_ptr<StagingPiece> piece = std::move(pieces.front());
      pieces.erase(pieces.begin());
      return piece;
    }
    pieces.reserve(numPieces + 1);
    auto piece = std::make_unique<StagingPiece>(ordinal);
    ++numPieces;
    return piece;
  }

  void give(std::unique_ptr<StagingPiece> piece) {
    std::lock_guard lock(mutex);
    pieces.push_back(std::move(piece));
  }
};
} // namespace

void StagingPiece::prepare(size_t bytes) {
  wait();
  if (bytes <= capacity)
    return;
  if (memory.pointer)
    memory.release(memory.owner, memory.pointer, capacity);
  memory = {};
  capacity = 0;
  size_t wanted = bytes <= kSmallBytes ? kSmallBytes
                  : bytes <= kBytes    ? kBytes
                                       : kLongBytes;
  memory = PinnedMemoryPool::get().allocate(wanted);
  capacity = wanted;
}

/// The memory may be used again only behind the copy.
void StagingPiece::recordCopy(const ContextScope &scope, const Stream &stream) {
  try {
    copied.record(stream);
  } catch (...) {
    scope->cuStreamSynchronize.attempt(stream.getHandle());
    throw;
  }
}

void StagingPiece::copyToDevice(const Stream &stream, char *destination,
                                size_t bytes) {
  ContextScope scope(ordinal);
  scope->cuMemcpyHtoDAsync(reinterpret_cast<DeviceAddress>(destination),
                           getData(), bytes, stream.getHandle());
  recordCopy(scope, stream);
}

void StagingPiece::copyFromDevice(const Stream &stream, const char *source,
                                  size_t bytes) {
  ContextScope scope(ordinal);
  scope->cuMemcpyDtoHAsync(getData(), reinterpret_cast<DeviceAddress>(source),
                           bytes, stream.getHandle());
  recordCopy(scope, stream);
}

StagingPieces::~StagingPieces() {
  // In the order of their use, in which the device will be done with them.
  for (std::unique_ptr<StagingPiece> &piece : pieces)
    if (piece)
      FreePieces::get(ordinal).give(std::move(piece));
}

StagingPiece &StagingPieces::get(size_t index) {
  std::unique_ptr<StagingPiece> &piece = pieces[index % kCount];
  if (!piece)
    piece = FreePieces::get(ordinal).take(ordinal);
  return *piece;
}

/// memcpy on all threads: one core reaches a fraction of the link's bandwidth.
static void copyInParallel(char *destination, const char *source,
                           size_t bytes) {
  parallelFor(
      int64_t(bytes), kThreadBytes, [=](int64_t begin, int64_t end) noexcept {
        std::memcpy(destination + begin, source + begin, size_t(end - begin));
      });
}

void cuda::copyStagedToDevice(const Stream &stream, char *destination,
                              const char *source, size_t bytes) {
  StagingPieces pieces(stream.getOrdinal());
  size_t partBytes = StagingPiece::chooseBytes(bytes);
  for (size_t begin = 0, i = 0; begin < bytes; begin += partBytes) {
    size_t size = std::min(bytes - begin, partBytes);
    StagingPiece &piece = pieces.get(i++);
    piece.prepare(size);
    copyInParallel(piece.getData(), source + begin, size);
    piece.copyToDevice(stream, destination + begin, size);
  }
}

/// The device runs ahead by as many pieces as there are.
void cuda::copyStagedToHost(const Stream &stream, char *destination,
                            const char *source, size_t bytes) {
  constexpr size_t kAhead = StagingPieces::kCount;
  StagingPieces pieces(stream.getOrdinal());
  size_t partBytes = StagingPiece::chooseBytes(bytes);
  size_t numParts = (bytes + partBytes - 1) / partBytes;
  auto getSize = [&](size_t part) {
    return std::min(bytes - part * partBytes, partBytes);
  };
  auto finish = [&](size_t part) {
    StagingPiece &piece = pieces.get(part);
    piece.wait();
    copyInParallel(destination + part * partBytes, piece.getData(),
                   getSize(part));
  };
  for (size_t part = 0; part < numParts; ++part) {
    if (part >= kAhead)
      finish(part - kAhead);
    StagingPiece &piece = pieces.get(part);
    piece.prepare(getSize(part));
    piece.copyFromDevice(stream, source + part * partBytes, getSize(part));
  }
  for (size_t part = numParts - std::min(numParts, kAhead); part < numParts;
       ++part)
    finish(part);
}
