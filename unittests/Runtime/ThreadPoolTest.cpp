// The parallel loop: coverage, nesting, concurrent callers, forks.
#include "numloom/Runtime/ThreadPool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace numloom;

namespace {
class ThreadPoolTest : public testing::Test {
protected:
  void TearDown() override { setNumThreads(initial); }
  int initial = getNumThreads();
};

/// How often each item of a loop was visited.
class Visits {
public:
  explicit Visits(int64_t items) : counts(items) {}
  void visit(int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      counts[i].fetch_add(1, std::memory_order_relaxed);
  }
  bool isOnceEach() const {
    for (const std::atomic<int> &count : counts)
      if (count != 1)
        return false;
    return true;
  }

private:
  std::vector<std::atomic<int>> counts;
};
} // namespace

TEST_F(ThreadPoolTest, EveryItemIsVisitedOnce) {
  for (int threads : {1, 2, 3, 8}) {
    setNumThreads(threads);
    EXPECT_EQ(getNumThreads(), threads);
    for (int64_t items : {0, 1, 2, 7, 64, 1000, 12345})
      for (int64_t grain : {1, 2, 7, 100, 20000}) {
        Visits visits(items);
        parallelFor(items, grain, [&](int64_t begin, int64_t end) noexcept {
          visits.visit(begin, end);
        });
        EXPECT_TRUE(visits.isOnceEach())
            << threads << " threads, " << items << " items, grain " << grain;
      }
  }
}

TEST_F(ThreadPoolTest, PiecesDoNotDependOnTheNumberOfThreads) {
  auto getPieces = [](int threads) {
    setNumThreads(threads);
    std::mutex mutex;
    std::set<std::pair<int64_t, int64_t>> pieces;
    parallelFor(1003, 10, [&](int64_t begin, int64_t end) noexcept {
      std::lock_guard lock(mutex);
      pieces.insert({begin, end});
    });
    return pieces;
  };
  auto pieces = getPieces(1);
  EXPECT_EQ(pieces.size(), 101u);
  EXPECT_EQ(*pieces.rbegin(), (std::pair<int64_t, int64_t>(1000, 1003)));
  for (int threads : {2, 5})
    EXPECT_EQ(getPieces(threads), pieces);
}

TEST_F(ThreadPoolTest, SeveralThreadsTakePart) {
  setNumThreads(3);
  std::atomic<int> inside{0};
  // Each piece waits for the others: one thread alone would never return.
  parallelFor(3, 1, [&](int64_t, int64_t) noexcept {
    ++inside;
    while (inside < 3)
      std::this_thread::yield();
  });
  EXPECT_EQ(inside, 3);
}

TEST_F(ThreadPoolTest, NestedLoopsRunInline) {
  setNumThreads(4);
  Visits visits(64 * 64);
  std::atomic<bool> strayed{false};
  parallelFor(64, 1, [&](int64_t outer, int64_t) noexcept {
    auto thread = std::this_thread::get_id();
    parallelFor(64, 1, [&](int64_t begin, int64_t end) noexcept {
      if (std::this_thread::get_id() != thread)
        strayed = true;
      visits.visit(outer * 64 + begin, outer * 64 + end);
    });
  });
  EXPECT_TRUE(visits.isOnceEach());
  EXPECT_FALSE(strayed);
}

TEST_F(ThreadPoolTest, ConcurrentCallersAllFinish) {
  setNumThreads(3);
  std::atomic<int> failures{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        Visits visits(100);
        parallelFor(100, 3, [&](int64_t begin, int64_t end) noexcept {
          visits.visit(begin, end);
        });
        failures += !visits.isOnceEach();
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(ThreadPoolTest, SleepingWorkersWake) {
  setNumThreads(2);
  for (int round = 0; round < 50; ++round) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    std::atomic<int> inside{0};
    parallelFor(2, 1, [&](int64_t, int64_t) noexcept {
      ++inside;
      while (inside < 2)
        std::this_thread::yield();
    });
  }
}

TEST_F(ThreadPoolTest, ThreadCountChangesBetweenLoops) {
  for (int round = 0; round < 20; ++round) {
    setNumThreads(1 + round % 4);
    Visits visits(50);
    parallelFor(50, 1, [&](int64_t begin, int64_t end) noexcept {
      visits.visit(begin, end);
    });
    EXPECT_TRUE(visits.isOnceEach());
  }
  setNumThreads(0);
  EXPECT_EQ(getNumThreads(), 1);
}

static int64_t sumInParallel(int64_t count) {
  std::atomic<int64_t> sum{0};
  parallelFor(count, 5, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i)
      sum += i;
  });
  return sum;
}

TEST_F(ThreadPoolTest, ChildProcessHasAPoolOfItsOwn) {
  setNumThreads(3);
  EXPECT_EQ(sumInParallel(1000), 499500);
  pid_t child = fork();
  if (child == 0) {
    std::atomic<int> inside{0};
    parallelFor(3, 1, [&](int64_t, int64_t) noexcept {
      ++inside;
      while (inside < 3)
        std::this_thread::yield();
    });
    _exit(sumInParallel(1000) == 499500 ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(sumInParallel(1000), 499500);
}

TEST_F(ThreadPoolTest, ForksWhileAnotherThreadLoops) {
  setNumThreads(2);
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done)
      sumInParallel(1000);
  });
  for (int round = 0; round < 20; ++round) {
    pid_t child = fork();
    if (child == 0)
      _exit(sumInParallel(100) == 4950 ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  done = true;
  other.join();
}
