// The thread pool: one loop at a time, its pieces claimed from a counter.
#include "numloom/Runtime/ThreadPool.h"

#include "numloom/Support/Environment.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <csignal>
#include <fstream>
#include <linux/futex.h>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace numloom;

using Clock = std::chrono::steady_clock;

/// How long a thread looks for work before it sleeps: about what waking it
/// costs, 8 us of its waker's time and 12 until it works.
static constexpr Clock::duration kSpinTime = std::chrono::microseconds(20);
/// The same for a worker whose last wait was no longer than this: programs that
/// test a value at every step run loops in a row with Python in between.
static constexpr Clock::duration kBusySpinTime = std::chrono::microseconds(200);

static void relaxCpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

using FutexWord = std::atomic<uint32_t>;
static_assert(sizeof(FutexWord) == sizeof(uint32_t));

/// Sleeps while `word` holds `value`; may return early.
static void futexWait(FutexWord &word, uint32_t value) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}

static void futexWake(FutexWord &word, int count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

/// Spins until `done()` or `limit` has passed; returns the last `done()`.
template <typename Done>
static bool spinUntil(Done done, Clock::duration limit) {
  auto deadline = Clock::now() + limit;
  do {
    for (int i = 0; i < 16; ++i) {
      if (done())
        return true;
      relaxCpu();
    }
  } while (Clock::now() < deadline);
  return done();
}

/// CPUs that the control group's quota amounts to; INT_MAX without one.
static int getQuotaCpus() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota, period;
  if (!(file >> quota >> period) || period <= 0)
    return INT_MAX;
  return std::max(1, int(quota / period + 0.5));
}

static int getDefaultThreads() {
  if (auto count = getEnvironmentNumber("NUMLOOM_NUM_THREADS"); count && *count)
    return int(std::min<int64_t>(*count, 1024));
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
    return std::max(1u, std::thread::hardware_concurrency());
  return std::min(CPU_COUNT(&cpus), getQuotaCpus());
}

/// True in workers, and in a caller while its loop runs.
static thread_local bool insideLoop = false;

namespace {

/// Neighbouring pieces of a loop: `first` and those behind it, or before it in
/// loops that run backwards.
struct alignas(64) Share {
  std::atomic<int64_t> numClaimed{0};
  int64_t first = 0, size = 0;
};

/// The loop that is being run.
struct Loop {
  detail::TaskFn fn = nullptr;
  void *context = nullptr;
  int64_t items = 0, grain = 0;
  /// One share for each thread that the loop has pieces for.
  int numShares = 0;
  std::vector<Share> shares;
  /// Whether shares run backwards: every other loop does, so that it meets in
  /// the caches what the loop before it has read or written last.
  bool isReversed = false;

  int64_t getPieces() const { return (items + grain - 1) / grain; }
  void divide(int numThreads);
  void work(int thread);
};

/// Cuts the pieces into equal shares.
void Loop::divide(int numThreads) {
  int64_t pieces = getPieces(), begin = 0;
  numShares = int(std::min<int64_t>(pieces, numThreads));
  isReversed = !isReversed;
  for (int i = 0; i < numShares; ++i) {
    Share &share = shares[i];
    share.numClaimed.store(0, std::memory_order_relaxed);
    share.size = pieces / numShares + (i < pieces % numShares);
    share.first = isReversed ? begin + share.size - 1 : begin;
    begin += share.size;
  }
}

/// Claims and runs pieces until none is left: first those of the thread's own
/// share, which in loops over the same arrays are in its cache, then others'.
void Loop::work(int thread) {
  for (int i = 0; i < numShares; ++i) {
    Share &share = shares[(thread + i) % numShares];
    for (;;) {
      int64_t number = share.numClaimed.fetch_add(1, std::memory_order_relaxed);
      if (number >= share.size)
        break;
      int64_t begin = (share.first + (isReversed ? -number : number)) * grain;
      fn(context, begin, std::min(begin + grain, items));
    }
  }
}

class ThreadPool {
public:
  static ThreadPool &get();

  bool run(int64_t items, int64_t grain, detail::TaskFn fn, void *context);
  int getNumThreads() const { return numThreads; }
  void setNumThreads(int count);

private:
  void startWorkers();
  void stopWorkers();
  void workerMain(int thread, uint32_t seen);
  void join(int thread);
  void open();
  void close();
  void resetAfterFork();

  /// Held while a loop runs.
  std::mutex owner;
  std::atomic<int> numThreads{getDefaultThreads()};
  std::unique_ptr<std::vector<std::thread>> workers;
  Loop loop;
  /// Advances with every loop; workers sleep on it.
  alignas(64) FutexWord epoch{0};
  std::atomic<bool> isOpen{false}, stopping{false};
  std::atomic<int> sleepers{0};
  /// Workers that may be looking at `loop`; the caller sleeps on it.
  alignas(64) FutexWord active{0};
  std::atomic<bool> callerSleeps{false};
};

} // namespace

ThreadPool &ThreadPool::get() {
  // Never destroyed: its threads run until the process ends.
  static ThreadPool *pool = [] {
    auto *created = new ThreadPool;
    // No loop may run while the process is copied; the child has no workers.
    pthread_atfork([] { get().owner.lock(); }, [] { get().owner.unlock(); },
                   [] { get().resetAfterFork(); });
    return created;
  }();
  return *pool;
}

void ThreadPool::resetAfterFork() {
  // The threads do not exist here, so their objects can be neither joined nor
  // destroyed.
  (void)workers.release();
  epoch = 0;
  sleepers = 0;
  active = 0;
  owner.unlock();
}

/// Runs the loop on all threads; false when another thread's loop is running.
bool ThreadPool::run(int64_t items, int64_t grain, detail::TaskFn fn,
                     void *context) {
  std::unique_lock lock(owner, std::try_to_lock);
  if (!lock)
    return false;
  if (!workers)
    startWorkers();
  loop.fn = fn;
  loop.context = context;
  loop.items = items;
  loop.grain = grain;
  loop.divide(numThreads);
  open();
  insideLoop = true;
  loop.work(0);
  insideLoop = false;
  close();
  return true;
}

/// Lets workers into the loop. Sequentially consistent like the sleeper's own
/// steps: either it sees the new epoch or it is counted here.
void ThreadPool::open() {
  isOpen = true;
  ++epoch;
  if (int sleeping = sleepers) {
    int64_t useful = loop.getPieces() - 1;
    futexWake(epoch, int(std::min<int64_t>(sleeping, useful)));
  }
}

/// Keeps workers out and waits for those inside. A worker announces itself in
/// `active` before it reads `isOpen`, and this writes before it reads, so that
/// one of the two sees the other.
void ThreadPool::close() {
  isOpen = false;
  if (spinUntil([&] { return active == 0; }, kSpinTime))
    return;
  callerSleeps = true;
  while (uint32_t count = active)
    futexWait(active, count);
  callerSleeps = false;
}

/// A worker's part in the loop, if one is open.
void ThreadPool::join(int thread) {
  ++active;
  if (isOpen)
    loop.work(thread);
  if (--active == 0 && callerSleeps)
    futexWake(active, 1);
}

void ThreadPool::workerMain(int thread, uint32_t seen) {
  insideLoop = true;
  pthread_setname_np(pthread_self(), "numloom");
  auto isNew = [&] { return epoch != seen; };
  Clock::duration spinTime = kSpinTime;
  while (!stopping) {
    Clock::time_point begin = Clock::now();
    if (!spinUntil(isNew, spinTime)) {
      ++sleepers;
      while (!isNew())
        futexWait(epoch, seen);
      --sleepers;
    }
    seen = epoch;
    spinTime =
        Clock::now() - begin <= kBusySpinTime ? kBusySpinTime : kSpinTime;
    join(thread);
  }
}

void ThreadPool::startWorkers() {
  // Before `workers`, which says that there are shares.
  loop.shares = std::vector<Share>(numThreads);
  workers = std::make_unique<std::vector<std::thread>>();
  // Signals are for the program's own threads.
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  try {
    for (int i = 1; i < numThreads; ++i)
      workers->emplace_back(
          [this, i, seen = epoch.load()] { workerMain(i, seen); });
  } catch (const std::exception &) {
    // Fewer threads than asked for compute the same.
  }
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
}

void ThreadPool::stopWorkers() {
  if (!workers)
    return;
  stopping = true;
  ++epoch;
  futexWake(epoch, INT_MAX);
  for (std::thread &worker : *workers)
    worker.join();
  stopping = false;
  workers.reset();
}

void ThreadPool::setNumThreads(int count) {
  std::lock_guard lock(owner);
  count = std::clamp(count, 1, 1024);
  if (count == numThreads)
    return;
  stopWorkers();
  numThreads = count;
}

int numloom::getNumThreads() { return ThreadPool::get().getNumThreads(); }

void numloom::setNumThreads(int count) {
  ThreadPool::get().setNumThreads(count);
}

void detail::parallelFor(int64_t items, int64_t grain, TaskFn fn,
                         void *context) {
  if (items <= 0)
    return;
  grain = std::max<int64_t>(grain, 1);
  bool inlined = items <= grain || insideLoop || getNumThreads() == 1;
  if (!inlined && ThreadPool::get().run(items, grain, fn, context))
    return;
  for (int64_t begin = 0; begin < items; begin += grain)
    fn(context, begin, std::min(begin + grain, items));
}
