// Whether references to nodes are counted by one thread at a time.
#ifndef NUMLOOM_TRACE_UNLOCKEDSECTION_H
#define NUMLOOM_TRACE_UNLOCKEDSECTION_H

#include <atomic>

namespace numloom {

/// Code that may count references to nodes without the lock under which all
/// others do, the interpreter's. While there is none nobody need count
/// atomically, which would take a fifth of the time of recording. Sections
/// begin where the lock is held, or inside another one; they may end anywhere.
class UnlockedSection {
public:
  UnlockedSection() { number.fetch_add(1, std::memory_order_relaxed); }
  ~UnlockedSection() { number.fetch_sub(1, std::memory_order_release); }
  UnlockedSection(const UnlockedSection &) = delete;
  UnlockedSection &operator=(const UnlockedSection &) = delete;

  static bool isAny() { return number.load(std::memory_order_acquire) != 0; }

  /// Says that a lock guards all that is outside of sections. Until then, as in
  /// programs without an interpreter, everything counts as inside of one.
  /// To be said once; true.
  static bool setLocked() {
    number.fetch_sub(1, std::memory_order_relaxed);
    return true;
  }

private:
  static inline constinit std::atomic<int> number{1};
};

} // namespace numloom

#endif // NUMLOOM_TRACE_UNLOCKEDSECTION_H
