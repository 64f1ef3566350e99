// The fixture of tests on programs that are launched while they are recorded.
#ifndef NUMLOOM_UNITTESTS_TRACE_FORESIGHTTEST_H
#define NUMLOOM_UNITTESTS_TRACE_FORESIGHTTEST_H

#include "GpuTraceTest.h"

#include <functional>
#include <vector>

namespace numloom {

class ForesightTest : public GpuTraceTest {
protected:
  void SetUp() override {
    GpuTraceTest::SetUp();
    x = NodeHandle(makeGpuRange({4}, first));
    y = NodeHandle(makeGpuRange({4}, first));
  }
  void TearDown() override {
    x = y = NodeHandle();
    GpuTraceTest::TearDown();
  }

  /// What `record` records at `place` of the program, launched or evaluated if
  /// that is due.
  static NodeRef at(int64_t place, const std::function<NodeRef()> &record) {
    static int code;
    setSourceLocation({&code, place});
    NodeRef node = record();
    if (isFlushDue(*node))
      submit(node);
    return node;
  }
  /// `z`, and one added `count` times.
  static NodeRef addOften(NodeRef z, int64_t place, int count) {
    for (int i = 0; i < count; ++i)
      z = at(place + i, [&] { return add(z, makeInt(1)); });
    return z;
  }
  /// x + y + 20 + number.
  static NodeHandle record(const NodeHandle &x, const NodeHandle &y,
                           int64_t number = 0) {
    NodeRef z = at(0, [&] { return add(x.get(), y.get()); });
    z = addOften(z, 1, 20);
    return NodeHandle(at(50, [&] { return add(z, makeInt(number)); }));
  }
  NodeHandle record(int64_t number = 0) { return record(x, y, number); }
  /// What `record` makes, on the host.
  static std::vector<double> run(const NodeHandle &z) {
    return computeOnHost(z.get());
  }
  /// Runs the program until it is foreseen.
  void learn() {
    for (int i = 0; i < kRuns; ++i)
      evaluate(record().get());
    EXPECT_EQ(countLaunches(), 0);
  }
  static int64_t countLaunches() { return getTraceStats().launchesAhead; }
  static int64_t countAdopted() { return getTraceStats().launchesAdopted; }
  int countKernels() { return fake.calls["cuLaunchKernel"]; }
  /// That nothing was launched and the results are right.
  void expectNoLaunch() {
    EXPECT_EQ(run(record())[1], 22);
    EXPECT_EQ(countLaunches(), 0);
  }
  /// That what was launched is not taken for `z`, which is `value` + 20.
  void expectDropped(const NodeHandle &z, double value, int64_t launches = 1) {
    EXPECT_EQ(run(z)[1], value + 20);
    EXPECT_EQ(countLaunches(), launches);
    EXPECT_EQ(countAdopted(), 0);
  }

  static constexpr int kRuns = 3;
  NodeHandle x, y;
};

} // namespace numloom

#endif // NUMLOOM_UNITTESTS_TRACE_FORESIGHTTEST_H
