// Streams and each thread's current ones.
#include "numloom/Runtime/Cuda/Stream.h"

#include "ContextTable.h"
#include "Polling.h"
#include "PoolRegistry.h"
#include "WorkEstimate.h"

#include "numloom/Support/Device.h"

#include <array>
#include <mutex>
#include <utility>
#include <vector>

using namespace numloom;
using namespace numloom::cuda;

namespace {
/// The streams that live, for waits on a whole device.
struct StreamList {
  std::mutex mutex;
  std::vector<std::weak_ptr<Stream>> streams;

  /// Never destroyed: streams may outlive every static.
  static StreamList &get() {
    static auto *list = new StreamList;
    return *list;
  }

  void add(const StreamPtr &stream) {
    std::lock_guard lock(mutex);
    std::erase_if(streams, [](auto &entry) { return entry.expired(); });
    streams.push_back(stream);
  }

  std::vector<StreamPtr> getStreams(int ordinal) {
    std::vector<StreamPtr> result;
    std::lock_guard lock(mutex);
    for (std::weak_ptr<Stream> &entry : streams)
      if (StreamPtr stream = entry.lock();
          stream && stream->getOrdinal() == ordinal)
        result.push_back(std::move(stream));
    return result;
  }
};
} // namespace

/// The calling thread's current streams; empty ones mean the null stream.
static thread_local std::array<StreamPtr, kMaxCudaDevices> currentStreams;

StreamPtr Stream::create(int ordinal, Options options) {
  ContextScope scope(ordinal);
  StreamPtr stream(new Stream(ordinal, nullptr, /*isOwned=*/false));
  StreamList::get().add(stream);
  scope->cuStreamCreateWithPriority(
      &stream->handle, options.isNonBlocking ? kStreamNonBlocking : 0,
      options.priority);
  stream->isOwned = true;
  return stream;
}

StreamPtr Stream::wrap(int ordinal, StreamHandle handle) {
  checkOrdinal(ordinal);
  return StreamPtr(new Stream(ordinal, handle, /*isOwned=*/false));
}

const StreamPtr &Stream::getNull(int ordinal) {
  checkOrdinal(ordinal);
  static auto &streams = *[] {
    auto *created = new std::array<StreamPtr, kMaxCudaDevices>;
    for (int i = 0; i < kMaxCudaDevices; ++i)
      (*created)[i] = wrap(i, nullptr);
    return created;
  }();
  return streams[ordinal];
}

const StreamPtr &Stream::getCurrent(int ordinal) {
  checkOrdinal(ordinal);
  const StreamPtr &current = currentStreams[ordinal];
  return current ? current : getNull(ordinal);
}

StreamPtr Stream::setCurrent(StreamPtr stream) {
  int ordinal = stream->getOrdinal();
  StreamPtr previous =
      std::exchange(currentStreams[ordinal], std::move(stream));
  return previous ? previous : getNull(ordinal);
}

/// A later stream may get the same handle and must not find this one's memory,
/// which work may still use.
Stream::~Stream() {
  void *memory = counters.load(std::memory_order_acquire);
  if (!isOwned && !memory)
    return;
  runQuietly(ordinal, [&](ContextScope &scope) {
    // Waits for the kernels that count there.
    if (memory)
      scope->cuMemFree.attempt(reinterpret_cast<DeviceAddress>(memory));
    if (!isOwned)
      return;
    closeStreamArenas(*this);
    scope->cuStreamDestroy(handle);
  });
}

void *Stream::getCounters() const {
  void *known = counters.load(std::memory_order_acquire);
  return known ? known : makeCounters();
}

void *Stream::makeCounters() const {
  // The handle for each thread's default stream stands for several streams.
  if (handle == kPerThreadStream || isCapturing())
    return nullptr;
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  if (void *known = counters.load(std::memory_order_acquire))
    return known;
  ContextScope scope(ordinal);
  DeviceAddress address = 0;
  if (scope->cuMemAlloc.attempt(&address, kCounterBytes) != Result::Success)
    return nullptr;
  Result result =
      scope->cuMemsetD8Async.attempt(address, 0, kCounterBytes, handle);
  if (result != Result::Success) {
    scope->cuMemFree.attempt(address);
    throwError(result, scope->cuMemsetD8Async.name);
  }
  void *made = reinterpret_cast<void *>(address);
  counters.store(made, std::memory_order_release);
  return made;
}

int Stream::getPriority() const {
  ContextScope scope(ordinal);
  int priority = 0;
  scope->cuStreamGetPriority(handle, &priority);
  return priority;
}

bool Stream::isCapturing() const {
  ContextScope scope(ordinal);
  int status = 0;
  scope->cuStreamIsCapturing(handle, &status);
  return status != 0;
}

bool Stream::isDone() const {
  ContextScope scope(ordinal);
  return isReady(scope->cuStreamQuery, handle);
}

void Stream::synchronize() const {
  ContextScope scope(ordinal);
  poll(scope->cuStreamQuery, handle);
}

void Stream::waitEvent(const Event &event) const {
  ContextScope scope(ordinal);
  scope->cuStreamWaitEvent(handle, event.getHandle(), 0);
}

void Stream::waitStream(const Stream &other) const {
  Event event(other.ordinal, {.hasTiming = false});
  event.record(other);
  waitEvent(event);
}

void Stream::addCallback(std::function<void()> callback) const {
  ContextScope scope(ordinal);
  noteEnqueued(ordinal, kUnknownTime);
  auto owned = std::make_unique<std::function<void()>>(std::move(callback));
  scope->cuLaunchHostFunc(
      handle,
      [](void *data) {
        std::unique_ptr<std::function<void()>> callback(
            static_cast<std::function<void()> *>(data));
        (*callback)();
      },
      owned.get());
  owned.release();
}

/// Streams are polled before the driver waits for the rest: its wait cannot be
/// interrupted. Behind a poll it takes 2 us even when nothing is left, a fifth
/// of a call with its wait: what ends soon is left to it at once.
void cuda::synchronize(int ordinal) {
  ContextScope scope(ordinal);
  EnqueuedWork work(ordinal);
  if (!work.isShort()) {
    poll(scope->cuStreamQuery, StreamHandle(nullptr));
    for (const StreamPtr &stream : StreamList::get().getStreams(ordinal))
      stream->synchronize();
  }
  scope->cuCtxSynchronize();
  work.forget();
}
