// The backoff of waiting threads and the interrupt check.
#include "Polling.h"

#include "numloom/Runtime/Cuda/Stream.h"

#include "numloom/Support/Device.h"

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

/// Kernels of a program move memory as a rule: this many take milliseconds.
static constexpr size_t kFewKernels = 8;
/// By device, since the last wait for all of it.
static std::array<std::atomic<size_t>, kMaxCudaDevices> numEnqueued;

void cuda::noteEnqueued(int ordinal, size_t kernels, bool multiplies) {
  numEnqueued[ordinal].fetch_add(kernels + (multiplies ? kFewKernels : 0),
                                 std::memory_order_relaxed);
}

bool cuda::areFewEnqueued(int ordinal) {
  size_t count = numEnqueued[ordinal].exchange(0, std::memory_order_relaxed);
  return count > 0 && count <= kFewKernels;
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
