// The words in which kernels report, and when they are read and used again.
#include "numloom/Runtime/Cuda/Reports.h"

#include "numloom/Runtime/Cuda/Driver.h"
#include "numloom/Runtime/Cuda/PinnedMemory.h"

#include <atomic>
#include <mutex>
#include <vector>

using namespace numloom;
using namespace numloom::cuda;

namespace numloom::cuda {

/// All words, which are the process's for good, by pages of the driver's.
class ReportPool {
public:
  static ReportPool &get() {
    // Never destroyed: arrays may outlive every static.
    static auto *pool = new ReportPool;
    return *pool;
  }

  Report *take() {
    std::lock_guard lock(mutex);
    if (Report *report = takeFree())
      return report;
    addPage();
    return takeFree();
  }

  void release(Report *report) noexcept {
    std::lock_guard lock(mutex);
    free.push_back(report);
  }

private:
  static constexpr size_t kPageBytes = 4096;
  /// A line of the cache for each word, and the alignment of any array.
  static constexpr size_t kWordBytes = 64;

  /// The one released last that no work can write any more, or null. A stream
  /// that is behind may have thousands: it is asked once, not for each.
  Report *takeFree() {
    const Stream *busy = nullptr;
    for (auto it = free.rbegin(); it != free.rend(); ++it) {
      Report *report = *it;
      const Stream *stream = report->stream.get();
      if (stream && stream == busy)
        continue;
      if (report->isSettled()) {
        free.erase(std::next(it).base());
        return report;
      }
      busy = stream;
    }
    return nullptr;
  }

  void addPage() {
    constexpr size_t kCount = kPageBytes / kWordBytes;
    // So that no release needs memory.
    free.reserve(numReports + kCount);
    pages.reserve(pages.size() + 1);
    auto reports = std::make_unique<Report[]>(kCount);
    pages.push_back(PinnedMemoryPool::get().allocate(kPageBytes));
    auto *page = static_cast<std::byte *>(pages.back().pointer);
    for (size_t i = 0; i < kCount; ++i) {
      reports[i].word = reinterpret_cast<uint64_t *>(page + i * kWordBytes);
      free.push_back(&reports[i]);
    }
    numReports += kCount;
    reports.release();
  }

  std::mutex mutex;
  std::vector<Report *> free;
  std::vector<Allocation> pages;
  size_t numReports = 0;
};

} // namespace numloom::cuda

/// Whether no work can write the word any more. A stream that is captured must
/// not be asked for more than that.
bool Report::isSettled() const {
  return !stream || (!stream->isCapturing() && stream->isDone());
}

Report *Report::take(int ordinal) {
  const StreamPtr &stream = Stream::getCurrent(ordinal);
  bool isCaptured = stream->isCapturing();
  Report *report = ReportPool::get().take();
  std::atomic_ref(*report->word).store(0, std::memory_order_relaxed);
  report->stream = stream;
  report->isCaptured = isCaptured;
  return report;
}

void Report::release(Report *report) noexcept {
  // A forked child has no lock that can be trusted.
  if (Driver::getIfUsable() && !report->isCaptured)
    ReportPool::get().release(report);
}

std::optional<uint64_t> Report::read() {
  if (!isSettled()) {
    if (stream != Stream::getCurrent(stream->getOrdinal()) ||
        stream->isCapturing())
      return std::nullopt;
    stream->synchronize();
  }
  stream.reset();
  return std::atomic_ref(*word).load(std::memory_order_acquire);
}
