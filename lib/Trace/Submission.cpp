// The thread of flushes that nobody waits for.
#include "Submission.h"

#include <system_error>

using namespace numloom;

static thread_local bool isSubmissionThread = false;

SubmissionThread &SubmissionThread::get() {
  // Never destroyed: threads may evaluate while the process exits.
  static auto *thread = new SubmissionThread;
  return *thread;
}

bool SubmissionThread::isFree() {
  std::lock_guard lock(mutex);
  return !thread.joinable() && !isClosed;
}

bool SubmissionThread::start(std::function<void()> work) {
  std::lock_guard lock(mutex);
  if (thread.joinable())
    return false;
  try {
    thread = std::thread([work = std::move(work)] {
      isSubmissionThread = true;
      work();
    });
  } catch (const std::system_error &) {
    return false;
  }
  isRunning.store(true, std::memory_order_release);
  return true;
}

void SubmissionThread::wait() {
  if (!isRunning.load(std::memory_order_acquire) || isSubmissionThread)
    return;
  std::lock_guard lock(mutex);
  if (thread.joinable())
    thread.join();
  isRunning.store(false, std::memory_order_release);
}

void SubmissionThread::close() {
  std::lock_guard lock(mutex);
  isClosed = true;
}
