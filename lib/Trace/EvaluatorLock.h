// The evaluator's lock.
#ifndef NUMLOOM_LIB_TRACE_EVALUATORLOCK_H
#define NUMLOOM_LIB_TRACE_EVALUATORLOCK_H

#include "Evaluator.h"
#include "numloom/Trace/Error.h"

#include <mutex>

namespace numloom {

/// The evaluator's lock. A thread that evaluates already gets an error where it
/// would wait for itself: evaluation calls back into the user's program.
class EvaluatorLock {
public:
  explicit EvaluatorLock(Evaluator &evaluator) {
    if (isHeld)
      throw Error(ErrorKind::Runtime,
                  "an array cannot be computed by what is called while arrays "
                  "are computed: an allocator, a memory hook, a finalizer");
    lock = std::unique_lock(evaluator.mutex);
    isHeld = true;
  }
  /// Does not wait, and may not get it.
  EvaluatorLock(Evaluator &evaluator, std::try_to_lock_t) {
    if (isHeld)
      return;
    lock = std::unique_lock(evaluator.mutex, std::try_to_lock);
    isHeld = lock.owns_lock();
  }
  ~EvaluatorLock() {
    if (lock)
      isHeld = false;
  }
  EvaluatorLock(const EvaluatorLock &) = delete;
  EvaluatorLock &operator=(const EvaluatorLock &) = delete;

  /// Whether the calling thread has it: what evaluation calls back is called.
  static bool isHeldHere() { return isHeld; }
  explicit operator bool() const { return static_cast<bool>(lock); }

private:
  static thread_local bool isHeld;
  std::unique_lock<std::mutex> lock;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_EVALUATORLOCK_H
