// Compilations that nobody waits for.
#ifndef NUMLOOM_LIB_TRACE_BACKGROUNDCOMPILER_H
#define NUMLOOM_LIB_TRACE_BACKGROUNDCOMPILER_H

#include "numloom/Runtime/Plan.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace numloom {

/// One compilation. What it made is read when it has ended.
class Compilation {
public:
  /// Returns null and sets the message on failure.
  using Fn = std::function<std::shared_ptr<const Plan>(std::string &error)>;

  explicit Compilation(Fn compile) : compile(std::move(compile)) {}

  bool hasEnded() const { return state.load(std::memory_order_acquire) > 0; }
  /// Ended before it began: it may be asked for again.
  bool isDropped() const { return state.load() == Dropped; }
  /// Null where it failed or was dropped.
  const std::shared_ptr<const Plan> &getPlan() const { return plan; }
  const std::string &getError() const { return error; }

  /// Nobody wants it any more; it still runs to its end if it has begun.
  void forget() { isWanted.store(false, std::memory_order_relaxed); }

private:
  friend class BackgroundCompiler;
  enum State : int { Waiting, Dropped, Complete };

  void run() noexcept;
  void end(State result) { state.store(result, std::memory_order_release); }

  Fn compile;
  std::shared_ptr<const Plan> plan;
  std::string error;
  std::atomic<State> state{Waiting};
  std::atomic<bool> isWanted{true};
};

/// Runs one compilation after the other, on a thread that ends with the last of
/// them: the cores belong to the user's program. Thread-safe.
class BackgroundCompiler {
public:
  static BackgroundCompiler &get();

  /// Null where no thread can be had, and after the last `stop`.
  std::shared_ptr<Compilation> start(Compilation::Fn compile);
  /// Waits until all have ended.
  void wait();
  /// Drops what has not begun and waits for the rest; `isLast`: from now on
  /// nothing starts.
  void stop(bool isLast = false);

  /// Stops, and holds its lock until `release`: for forks, while nothing may
  /// start.
  void hold();
  void release() { mutex.unlock(); }

  /// How many have failed since the last reset.
  int64_t getNumFailures() const { return failures; }
  void resetNumFailures() { failures = 0; }

private:
  bool ensureThread();
  void work();

  std::mutex mutex;
  std::condition_variable idle;
  std::deque<std::shared_ptr<Compilation>> queue;
  std::thread thread;
  bool isWorking = false, isClosed = false;
  std::atomic<int64_t> failures{0};
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_BACKGROUNDCOMPILER_H
