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

/// How long a thread looks for work before it sleeps: a few times what waking
/// it costs, so that loops in a row find the workers awake.
static constexpr auto kSpinTime = std::chrono::microseconds(20);

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

/// Spins until `done()` or kSpinTime has passed; returns the last `done()`.
template <typename Done>
static bool spinUntil(Done done) {
  auto deadline = std::chrono::steady_clock::now() + kSpinTime;
  do {
    for (int i = 0; i < 16; ++i) {
      if (done())
        return true;
      relaxCpu();
    }
  } while (std::chrono::steady_clock::now() < deadline);
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

/// The loop that is being run.
struct Loop {
  detail::TaskFn fn = nullptr;
  void *context = nullptr;
  int64_t items = 0, grain = 0;
  std::atomic<int64_t> next{0};

  /// Claims and runs pieces until none is left.
  void work() {
    for (;;) {
      int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
      if (begin >= items)
        return;
      fn(context, begin, std::min(begin + grain, items));
    }
  }
};

class ThreadPool {
public:
  static ThreadPool &get();

  bool run(int64_t items, int64_t grain, detail::TaskFn fn, void *context);
  int getNumThreads() const { return numThreads; }
  void setNumThreads(int count);

private:
  void startWorkers();
  void stopWorkers();
  void workerMain(uint32_t seen);
  void join();
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
  loop.next.store(0, std::memory_order_relaxed);
  open();
  insideLoop = true;
  loop.work();
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
    int64_t useful = (loop.items - 1) / loop.grain;
    futexWake(epoch, int(std::min<int64_t>(sleeping, useful)));
  }
}

/// Keeps workers out and waits for those inside. A worker announces itself in
/// `active` before it reads `isOpen`, and this writes before it reads, so that
/// one of the two sees the other.
void ThreadPool::close() {
  isOpen = false;
  if (spinUntil([&] { return active == 0; }))
    return;
  callerSleeps = true;
  while (uint32_t count = active)
    futexWait(active, count);
  callerSleeps = false;
}

/// A worker's part in the loop, if one is open.
void ThreadPool::join() {
  ++active;
  if (isOpen)
    loop.work();
  if (--active == 0 && callerSleeps)
    futexWake(active, 1);
}

void ThreadPool::workerMain(uint32_t seen) {
  insideLoop = true;
  pthread_setname_np(pthread_self(), "numloom");
  auto isNew = [&] { return epoch != seen; };
  while (!stopping) {
    if (!spinUntil(isNew)) {
      ++sleepers;
      while (!isNew())
        futexWait(epoch, seen);
      --sleepers;
    }
    seen = epoch;
    join();
  }
}

void ThreadPool::startWorkers() {
  workers = std::make_unique<std::vector<std::thread>>();
  // Signals are for the program's own threads.
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  try {
    for (int i = 1; i < numThreads; ++i)
      workers->emplace_back([this, seen = epoch.load()] { workerMain(seen); });
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
