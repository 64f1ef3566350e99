// How long something takes, by the processor's own counter where it has one.
#ifndef NUMLOOM_LIB_TRACE_TIMER_H
#define NUMLOOM_LIB_TRACE_TIMER_H

#include <chrono>
#include <cstdint>

namespace numloom {

/// Adds the life time of the object, in milliseconds, to a counter. Reading the
/// system's clock takes 23 ns, four times in an evaluation of 900; reading the
/// processor's counter, whose rate is measured with the former, takes 6.
class Timer {
public:
  explicit Timer(double &total) : total(total) {
    if (millisecondsPerTick == 0) [[unlikely]]
      measureRate();
    begin = readTicks();
  }
  ~Timer() {
    // Counters of two processors may differ a little, either way.
    auto ticks = static_cast<int64_t>(readTicks() - begin);
    total += static_cast<double>(ticks) * millisecondsPerTick;
  }
  Timer(const Timer &) = delete;
  Timer &operator=(const Timer &) = delete;

private:
  using Clock = std::chrono::steady_clock;

  static uint64_t readTicks() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<uint64_t>(Clock::now().time_since_epoch().count());
#endif
  }

  /// Takes 50 us, once; off by a thousandth.
  static void measureRate() {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    Clock::time_point start = Clock::now(), now;
    uint64_t ticks = readTicks();
    do
      now = Clock::now();
    while (now - start < std::chrono::microseconds(50));
    millisecondsPerTick = Milliseconds(now - start) / Milliseconds(1) /
                          double(readTicks() - ticks);
  }

  /// Written before anything is evaluated on several threads: evaluations run
  /// one at a time.
  inline static double millisecondsPerTick = 0;

  double &total;
  uint64_t begin;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_TIMER_H
