// Streams and events.
#ifndef NUMLOOM_RUNTIME_CUDA_STREAM_H
#define NUMLOOM_RUNTIME_CUDA_STREAM_H

#include "numloom/Runtime/Cuda/DriverTypes.h"

#include <atomic>
#include <functional>
#include <memory>

namespace numloom::cuda {

class Stream;
using StreamPtr = std::shared_ptr<Stream>;

/// A point in a stream's work.
class Event {
public:
  struct Options {
    bool hasTiming = true;
    /// CU_EVENT_BLOCKING_SYNC: what other libraries' waits do.
    bool isBlocking = false;
  };

  explicit Event(int ordinal) : Event(ordinal, Options()) {}
  Event(int ordinal, Options options);
  ~Event();
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;

  int getOrdinal() const { return ordinal; }
  EventHandle getHandle() const { return handle; }
  /// Moves the event behind all work enqueued on `stream`.
  void record(const Stream &stream);
  /// Whether the work before it is done; true before the first record.
  bool isDone() const;
  /// Waits for the work before it, as Stream::synchronize does.
  void synchronize() const;

private:
  int ordinal;
  EventHandle handle = nullptr;
};

/// Milliseconds between two recorded events with timing.
float getElapsedTime(const Event &start, const Event &end);

/// A queue of work on one device.
class Stream : public std::enable_shared_from_this<Stream> {
public:
  struct Options {
    /// Does not wait for the null stream, nor it for this one.
    bool isNonBlocking = false;
    /// Lower numbers run first; see getStreamPriorityRange.
    int priority = 0;
  };

  static StreamPtr create(int ordinal) { return create(ordinal, Options()); }
  static StreamPtr create(int ordinal, Options options);
  /// A stream that somebody else made, keeps alive and destroys.
  static StreamPtr wrap(int ordinal, StreamHandle handle);
  /// The device's null (legacy default) stream.
  static const StreamPtr &getNull(int ordinal);

  /// The calling thread's current stream of the device: the null stream until
  /// `setCurrent`.
  static const StreamPtr &getCurrent(int ordinal);
  /// Makes `stream` current for the calling thread and its device; returns the
  /// one before.
  static StreamPtr setCurrent(StreamPtr stream);

  ~Stream();
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;

  int getOrdinal() const { return ordinal; }
  StreamHandle getHandle() const { return handle; }
  bool isNull() const { return !handle; }
  int getPriority() const;
  /// Whether work enqueued now would be recorded into a graph instead of run.
  bool isCapturing() const;

  static constexpr size_t kCounterBytes = 4096;
  /// Memory of the stream's own that kernels find zeroed and leave zeroed: one
  /// after the other uses it. Null where there is none yet and the stream is
  /// being captured, which would zero it only later, or no memory is left.
  void *getCounters() const;

  /// Whether all enqueued work is done.
  bool isDone() const;
  /// Waits until it is. Polls, so that the interrupt check gets its turn; the
  /// check's exception leaves the work running.
  void synchronize() const;
  /// Lets later work on this stream wait for the event.
  void waitEvent(const Event &event) const;
  /// Lets later work on this stream wait for all work enqueued on `other`.
  void waitStream(const Stream &other) const;
  /// Runs `callback` in a thread of the driver once the enqueued work is done;
  /// later work waits for it. It must not call CUDA, nor throw.
  void addCallback(std::function<void()> callback) const;

private:
  Stream(int ordinal, StreamHandle handle, bool isOwned)
      : ordinal(ordinal), handle(handle), isOwned(isOwned) {}

  void *makeCounters() const;

  int ordinal;
  StreamHandle handle;
  bool isOwned;
  mutable std::atomic<void *> counters{nullptr};
};

/// Sets what long waits call every few milliseconds; it may throw to end the
/// wait. No lock of the runtime is held then. Null switches it off.
void setInterruptCheck(void (*check)());

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_STREAM_H
