// The process-wide thread pool and its parallel loop.
#ifndef NUMLOOM_RUNTIME_THREADPOOL_H
#define NUMLOOM_RUNTIME_THREADPOOL_H

#include <cstdint>
#include <type_traits>

namespace numloom {

/// The number of threads that a parallel loop uses, its caller included:
/// NUMLOOM_NUM_THREADS, or the CPUs this process may use.
int getNumThreads();

/// Sets the number of threads, at least 1. Waits for a running loop; must not
/// be called from inside one.
void setNumThreads(int count);

namespace detail {
using TaskFn = void (*)(void *context, int64_t begin, int64_t end);
void parallelFor(int64_t items, int64_t grain, TaskFn fn, void *context);
} // namespace detail

/// Calls `fn(begin, end)` for consecutive pieces of [0, items) of `grain`
/// items each, on all threads, and returns when all are done. The pieces
/// depend on `items` and `grain` alone. Runs in the calling thread when there
/// is one piece, inside another loop, and while another thread's loop runs.
/// `fn` must be noexcept: an exception has no thread to go to.
template <typename Fn>
void parallelFor(int64_t items, int64_t grain, Fn &&fn) {
  using F = std::remove_reference_t<Fn>;
  static_assert(std::is_nothrow_invocable_v<F &, int64_t, int64_t>);
  detail::parallelFor(
      items, grain,
      [](void *context, int64_t begin, int64_t end) {
        (*static_cast<F *>(context))(begin, end);
      },
      const_cast<void *>(static_cast<const void *>(&fn)));
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_THREADPOOL_H
