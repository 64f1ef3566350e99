// When waits are left to the driver, which cannot be interrupted.
#include "CudaTest.h"

#include "../../../lib/Runtime/Cuda/WorkEstimate.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Runtime/Plan.h"

#include <stdexcept>

using namespace numloom;
using namespace numloom::cuda;

namespace {
class PollingTest : public CudaTest {
protected:
  PollingTest() {
    fake.kernels["nothing"] = {{}, [](const FakeLaunch &) {}};
    synchronize(0);
    fake.calls.clear();
  }
  ~PollingTest() override { setInterruptCheck(nullptr); }

  /// `steps` launches of so many operations at each point of a square.
  Plan makePlan(int64_t operations, int steps = 1) {
    GpuLaunchStep step;
    step.kernel = makeKernel("nothing");
    step.blocks.factors = {makeParam(0)};
    step.work.spaces = {{makeParam(0)}, {makeParam(0), makeParam(0)}};
    step.work.operations = operations;
    Plan plan;
    plan.steps.assign(size_t(steps), step);
    return plan;
  }
  void run(const Plan &plan, int64_t extent) {
    execute(0, plan, {{}, {}, {&extent, 1}});
  }
  /// Whether a wait for the device asks before it leaves it to the driver.
  bool isPolled() {
    fake.calls.clear();
    synchronize(0);
    EXPECT_EQ(count("cuCtxSynchronize"), 1);
    return count("cuStreamQuery") > 0;
  }
};
} // namespace

TEST_F(PollingTest, ShortWorkIsLeftToTheDriver) {
  run(makePlan(10), 1000);
  EXPECT_FALSE(isPolled());
  // Nothing is known of what others enqueued.
  EXPECT_TRUE(isPolled());
}

TEST_F(PollingTest, LongKernelsArePolled) {
  for (int64_t extent : {100'000, 10'000'000, 2'000'000'000}) {
    run(makePlan(1), extent);
    EXPECT_TRUE(isPolled());
  }
}

TEST_F(PollingTest, ManyShortKernelsAreLong) {
  for (int i = 0; i < 10; ++i)
    run(makePlan(1), 1000);
  EXPECT_FALSE(isPolled());
  for (int i = 0; i < 1000; ++i)
    run(makePlan(1), 1000);
  EXPECT_TRUE(isPolled());
}

TEST_F(PollingTest, AFewThreadsAreSlow) {
  Plan plan = makePlan(1);
  auto &step = std::get<GpuLaunchStep>(plan.steps[0]);
  run(plan, 1000);
  EXPECT_FALSE(isPolled());
  step.blocks = SizeFormula::constant(1);
  step.threads = 1;
  run(plan, 1000);
  EXPECT_TRUE(isPolled());
}

TEST_F(PollingTest, GraphsTakeWhatTheirKernelsTake) {
  for (int64_t extent : {10, 100'000}) {
    Plan plan = makePlan(1, 3);
    for (int i = 0; i < 10; ++i)
      run(plan, extent);
    EXPECT_GT(count("cuGraphLaunch"), 0);
    EXPECT_EQ(isPolled(), extent > 10);
    run(plan, extent);
    EXPECT_EQ(isPolled(), extent > 10);
  }
}

TEST_F(PollingTest, CallbacksMayTakeLong) {
  run(makePlan(1), 10);
  Stream::getNull(0)->addCallback([] {});
  EXPECT_TRUE(isPolled());
}

TEST_F(PollingTest, WhatAnInterruptLeftIsPolledAgain) {
  FakeStream &stream = fake.getStream(nullptr);
  stream.isHeld = true;
  run(makePlan(1), 1'000'000);
  setInterruptCheck([] { throw std::runtime_error("interrupted"); });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(getError([&] { synchronize(0); }), "interrupted");
    run(makePlan(1), 10);
  }
  setInterruptCheck(nullptr);
  stream.isHeld = false;
  synchronize(0);
  run(makePlan(1), 10);
  EXPECT_FALSE(isPolled());
}

TEST_F(PollingTest, EstimatesAreNeverNothing) {
  EXPECT_GT(estimateLaunch(0, 256), 0);
  EXPECT_GT(estimateLaunch(1e30, 256), 1e20);
}
