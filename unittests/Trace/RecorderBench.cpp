// Prints what recording and flushing cost, and fails far above the targets.
#include "FakeCompiler.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

using namespace numloom;

namespace {
using RecorderBench = TraceTest;

/// Nanoseconds per call of `fn`, the best of several runs.
template <typename Fn>
double measure(int calls, Fn &&fn) {
  using Clock = std::chrono::steady_clock;
  double best = 1e30;
  for (int run = 0; run < 10; ++run) {
    auto begin = Clock::now();
    for (int i = 0; i < calls; ++i)
      fn();
    std::chrono::duration<double, std::nano> time = Clock::now() - begin;
    best = std::min(best, time.count() / calls);
  }
  return best;
}

TEST_F(RecorderBench, NanosecondsPerNode) {
  NodeRef x = makeRange({100, 100}), y = makeRange({100, 100});
  NodeRef row = makeRange({100});
  int code = 0;
  setSourceLocation({&code, 1});
  double binary = measure(100000, [&] { add(x, y); });
  double scalar = measure(100000, [&] { add(x, makeFloat(2)); });
  double broadcast = measure(100000, [&] { add(x, row); });
  double chain = measure(1000, [&] {
    NodeRef z = x;
    for (int i = 0; i < 100; ++i)
      z = add(z, y);
  });
  std::printf("record: array+array %.0f ns, array+scalar %.0f ns, "
              "array+row %.0f ns, in a chain of 100 %.0f ns; %zu bytes\n",
              binary, scalar, broadcast, chain / 100, sizeof(Node));
  EXPECT_LT(std::max({binary, scalar, broadcast, chain / 100}), 500);
}

TEST_F(RecorderBench, NanosecondsPerCachedFlush) {
  compiler.emptyPlans = true;
  NodeRef x = makeRange({10, 10}), y = makeRange({10, 10});
  auto recordTen = [&] {
    NodeRef z = x;
    for (int i = 0; i < 5; ++i)
      z = multiply(add(z, y), makeFloat(0.5));
    return z;
  };
  double record = measure(10000, recordTen);
  double both = measure(10000, [&] { evaluate(recordTen()); });
  std::printf("ten nodes: record %.0f ns, cached flush %.0f ns\n", record,
              both - record);
  EXPECT_LT(both - record, 10000);
}
} // namespace
