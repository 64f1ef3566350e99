// Numbers that kernels leave in the host's memory.
#ifndef NUMLOOM_RUNTIME_CUDA_REPORTS_H
#define NUMLOOM_RUNTIME_CUDA_REPORTS_H

#include "numloom/Runtime/Cuda/Stream.h"

#include <cstdint>
#include <optional>

namespace numloom::cuda {

/// A word of page-locked memory that is 0 until a kernel finds something to
/// report. The host reads it without a copy. Thread-safe but for `read`.
class Report {
public:
  /// For work that the calling thread enqueues next, on its current stream of
  /// the device. Throws OutOfMemory and CudaError.
  static Report *take(int ordinal);
  /// The work need not be done: the word waits for it.
  static void release(Report *report) noexcept;

  uint64_t *getWord() const { return word; }
  /// The word once the stream's work is done: none where it is not, unless the
  /// stream is the calling thread's, which is waited for.
  std::optional<uint64_t> read();

private:
  friend class ReportPool;

  bool isSettled() const;

  uint64_t *word = nullptr;
  /// Whose work may write the word; null once it is known to be done.
  StreamPtr stream;
  /// A graph of somebody else's writes it whenever it is launched.
  bool isCaptured = false;
};

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_REPORTS_H
