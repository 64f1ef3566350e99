// The thread of flushes that nobody waits for.
#include "Submission.h"

#include <memory>
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
  return !thread.joinable() && !numBlocks && !isClosed;
}

bool SubmissionThread::start(std::function<void()> work) {
  std::lock_guard lock(mutex);
  if (thread.joinable() || numBlocks)
    return false;
  try {
    auto section = std::make_unique<UnlockedSection>();
    thread = std::thread(
        [section = std::move(section), work = std::move(work)]() mutable {
          isSubmissionThread = true;
          work();
          // What it refers to goes before the section ends.
          work = nullptr;
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

void SubmissionThread::block() {
  std::lock_guard lock(mutex);
  ++numBlocks;
}

void SubmissionThread::unblock() {
  std::lock_guard lock(mutex);
  --numBlocks;
}

void SubmissionThread::close() {
  std::lock_guard lock(mutex);
  isClosed = true;
}
