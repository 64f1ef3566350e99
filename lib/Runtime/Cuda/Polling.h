// Waiting for streams and events in a way that can be interrupted.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_POLLING_H
#define NUMLOOM_LIB_RUNTIME_CUDA_POLLING_H

#include "numloom/Runtime/Cuda/Driver.h"

#include <chrono>
#include <cstdint>

namespace numloom::cuda {

/// What a waiting thread does between two questions: nothing at first, so that
/// short waits end at once, then it lets others run, then it sleeps.
class Backoff {
public:
  /// Throws what the interrupt check throws.
  void pause();

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
  Clock::time_point lastCheck = start;
};

/// Whether the work behind `handle` is done, as cuStreamQuery and cuEventQuery
/// say it.
template <typename Handle>
bool isReady(const DriverFunction<Handle> &query, Handle handle) {
  Result result = query.attempt(handle);
  if (result != Result::Success && result != Result::NotReady) [[unlikely]]
    throwError(result, query.name);
  return result == Result::Success;
}

/// Waits until `isReady`.
template <typename Handle>
void poll(const DriverFunction<Handle> &query, Handle handle) {
  if (isReady(query, handle))
    return;
  Backoff backoff;
  while (!isReady(query, handle))
    backoff.pause();
}

/// Notes that work was enqueued on a device that takes so long at most
/// (WorkEstimate.h).
void noteEnqueued(int ordinal, double nanoseconds);

/// What was enqueued on a device, while somebody waits for all of it.
class EnqueuedWork {
public:
  explicit EnqueuedWork(int ordinal);
  /// Whether there is some, which ends within milliseconds.
  bool isShort() const;
  /// It is done. A wait that was interrupted does not say so, and the next one
  /// knows what is still there.
  void forget();

private:
  int ordinal;
  int64_t nanoseconds;
};

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_POLLING_H
