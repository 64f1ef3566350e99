// Flushes that nobody waits for, on a thread of their own.
#ifndef NUMLOOM_LIB_TRACE_SUBMISSION_H
#define NUMLOOM_LIB_TRACE_SUBMISSION_H

#include "Backend.h"
#include "numloom/Trace/Node.h"

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace numloom {

/// A flush that is left to another thread. It holds what the flush stores, so
/// that its program is the same whenever it is made.
struct Submission {
  Device device;
  /// The node to be evaluated, then all others that get memory.
  std::vector<NodeRef> targets;
  uint64_t cut = 0;
  /// The stream and the allocator of the thread that submits.
  backend::ThreadState thread;
};

/// Runs one submission at a time. Threads live as long as their submission: a
/// process that compiles once has none afterwards, and none to fork.
class SubmissionThread {
public:
  static SubmissionThread &get();

  /// Whether `start` may be called: nothing runs, blocks it, or closed it.
  bool isFree();
  /// Runs `work`, which must not throw; false if something runs or blocks it,
  /// or no thread can be had.
  bool start(std::function<void()> work);
  /// Waits until nothing runs; at once in the thread itself.
  void wait();
  void close();

  /// Lets nothing start until `unblock`; `wait` then waits for the last.
  void block();
  void unblock();
  /// Holds its lock until `release`: over a fork.
  void hold() { mutex.lock(); }
  void release() { mutex.unlock(); }

private:
  std::mutex mutex;
  std::thread thread;
  std::atomic<bool> isRunning{false};
  /// Of threads that fork.
  int numBlocks = 0;
  bool isClosed = false;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_SUBMISSION_H
