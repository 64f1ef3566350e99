// Who made the program wait: reads of values that were not yet computed.
#ifndef NUMLOOM_PYTHON_WAITS_H
#define NUMLOOM_PYTHON_WAITS_H

#include "PyRef.h"

#include <chrono>

namespace numloom::python {

/// The function that is told of waits, or null, which is the rule.
extern PyObject *waitObserver;

/// The time of one read of a value. The GIL must be held when it begins and
/// ends; with no observer it costs the test of a pointer.
class WaitTimer {
public:
  WaitTimer() {
    if (waitObserver)
      begin = Clock::now();
  }
  ~WaitTimer() {
    if (waitObserver && begin != Clock::time_point())
      report(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  WaitTimer(const WaitTimer &) = delete;
  WaitTimer &operator=(const WaitTimer &) = delete;

private:
  using Clock = std::chrono::steady_clock;
  static void report(double seconds) noexcept;

  Clock::time_point begin;
};

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_WAITS_H
