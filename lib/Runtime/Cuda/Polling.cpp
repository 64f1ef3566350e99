// The backoff of waiting threads and the interrupt check.
#include "Polling.h"

#include "numloom/Runtime/Cuda/Stream.h"

#include "numloom/Support/Device.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

using namespace numloom;
using namespace numloom::cuda;
using namespace std::chrono_literals;

/// Kernels end within this as a rule, and a thread that yields may come back
/// late.
static constexpr auto kSpinTime = 200us;
/// From here on a sleep's inaccuracy is below some per cent of the wait.
static constexpr auto kYieldTime = 5ms;
static constexpr auto kSleepTime = 50us;
static constexpr auto kCheckInterval = 20ms;

static std::atomic<void (*)()> interruptCheck{nullptr};

/// Who presses Ctrl-C does not notice this, even if it is ten times as long.
static constexpr double kShortTime = 4e6;
/// What more work counts as: sums of many do not overflow.
static constexpr double kLongTime = 1e9;

/// In nanoseconds, by device, since the last wait for all of it.
static std::array<std::atomic<int64_t>, kMaxCudaDevices> enqueued;

void cuda::noteEnqueued(int ordinal, double nanoseconds) {
  enqueued[ordinal].fetch_add(int64_t(std::min(nanoseconds, kLongTime)),
                              std::memory_order_relaxed);
}

EnqueuedWork::EnqueuedWork(int ordinal)
    : ordinal(ordinal),
      nanoseconds(enqueued[ordinal].load(std::memory_order_relaxed)) {}

bool EnqueuedWork::isShort() const {
  return nanoseconds > 0 && double(nanoseconds) <= kShortTime;
}

void EnqueuedWork::forget() {
  enqueued[ordinal].fetch_sub(nanoseconds, std::memory_order_relaxed);
}

void cuda::setInterruptCheck(void (*check)()) { interruptCheck = check; }

void Backoff::pause() {
  Clock::time_point now = Clock::now();
  if (now - lastCheck > kCheckInterval) {
    lastCheck = now;
    if (auto check = interruptCheck.load())
      check();
  }
  if (now - start > kYieldTime)
    std::this_thread::sleep_for(kSleepTime);
  else if (now - start > kSpinTime)
    std::this_thread::yield();
}
