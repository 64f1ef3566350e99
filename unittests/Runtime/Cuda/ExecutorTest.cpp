// Plans on the fake driver.
#include "CudaTest.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/Plan.h"
#include "numloom/Runtime/Stats.h"

using namespace numloom;
using namespace numloom::cuda;

namespace {
constexpr BufferRef kInput{BufferKind::Input, 0};
constexpr BufferRef kNumber{BufferKind::Input, 1};
constexpr BufferRef kOutput{BufferKind::Output, 0};
BufferRef slot(int32_t index) { return {BufferKind::Arena, index}; }

SizeFormula param(int64_t index, int64_t multiplier = 1, int64_t divisor = 1) {
  SizeFormula formula;
  formula.factors = {makeParam(index)};
  formula.multiplier = multiplier;
  formula.divisor = divisor;
  return formula;
}

class GpuExecutorTest : public CudaTest {
protected:
  GpuExecutorTest() {
    // to[i] += from[i] + addend; the size has 32 bits.
    fake.kernels["add"] = {{8, 8, 4, 4}, [](const FakeLaunch &launch) {
                             auto *from = launch.get<int32_t *>(0);
                             auto *to = launch.get<int32_t *>(1);
                             auto addend = launch.get<int32_t>(2);
                             for (int i = 0; i < launch.get<int32_t>(3); ++i)
                               to[i] += from[i] + addend;
                           }};
  }

  GpuLaunchStep makeStep(BufferRef from, BufferRef to) {
    GpuLaunchStep step;
    step.kernel = makeKernel("add");
    step.buffers = {from, to, kNumber};
    step.byValue = {false, false, true};
    step.sizes = {makeParam(0)};
    step.blocks = param(0, 1, 256);
    step.bytesRead = {param(0, 4)};
    step.bytesWritten = {param(0, 4)};
    return step;
  }

  /// input -> slot 0 -> slot 1 -> output, through zeroed slots.
  Plan makeChain() {
    Plan plan;
    ArenaSlot zeros{param(0, 4), ArenaSlot::Content::Zeros};
    plan.slots = {zeros, zeros};
    plan.steps = {makeStep(kInput, slot(0)), makeStep(slot(0), slot(1)),
                  makeStep(slot(1), kOutput)};
    return plan;
  }

  /// Brings the pool into the state in which each run of another plan gets the
  /// same memory as the last.
  void warmUp() {
    run(makeChain(), 1000);
    fake.calls.clear();
  }

  /// Runs the plan on `count` ones with the addend; the output begins as 0.
  std::vector<int32_t> run(const Plan &plan, int64_t count,
                           int32_t number = 10) {
    size_t bytes = size_t(count) * 4;
    Allocation input = allocate(0, bytes), output = allocate(0, bytes);
    std::vector<int32_t> values(size_t(count), 1);
    copyToDevice(0, input.pointer, values.data(), bytes);
    std::memset(output.pointer, 0, bytes);
    int32_t addend[4] = {number};
    void *inputs[] = {input.pointer, addend}, *outputs[] = {output.pointer};
    try {
      execute(0, plan, {inputs, outputs, {&count, 1}});
      addend[0] = 0;
      copyToHost(0, values.data(), output.pointer, bytes);
    } catch (...) {
      release(input);
      release(output);
      throw;
    }
    release(input);
    release(output);
    return values;
  }
};
} // namespace

TEST_F(GpuExecutorTest, PassesResultsThroughTheArena) {
  for (int64_t count : {1, 1000, 100000})
    EXPECT_EQ(run(makeChain(), count), std::vector<int32_t>(size_t(count), 31));
}

TEST_F(GpuExecutorTest, ZeroesTheArenaAtEveryExecution) {
  warmUp();
  Plan plan = makeChain();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(run(plan, 1000), std::vector<int32_t>(1000, 31));
  // One memset an execution, until it is part of a graph.
  EXPECT_EQ(count("cuMemsetD8Async"), 2);
}

TEST_F(GpuExecutorTest, CountersAreTheStreamsOwn) {
  std::vector<int32_t *> counters;
  fake.kernels["count"] = {{8}, [&](const FakeLaunch &launch) {
                             counters.push_back(launch.get<int32_t *>(0));
                             EXPECT_EQ(counters.back()[0], 0);
                           }};
  auto makePlan = [&](int64_t bytes) {
    Plan plan;
    plan.slots = {{SizeFormula::constant(bytes), ArenaSlot::Content::Counters}};
    GpuLaunchStep step;
    step.kernel = makeKernel("count");
    step.buffers = {slot(0)};
    step.byValue = {false};
    plan.steps = {step};
    return plan;
  };
  Plan few = makePlan(4), many = makePlan(Stream::kCounterBytes + 4);
  {
    StreamPtr first = Stream::create(0), second = Stream::create(0);
    for (const StreamPtr &stream : {first, second, first}) {
      StreamPtr previous = Stream::setCurrent(stream);
      execute(0, few, {});
      stream->synchronize();
      Stream::setCurrent(previous);
    }
    // Zeroed once for each stream, for all its kernels.
    EXPECT_EQ(count("cuMemsetD8Async"), 2);
    ASSERT_EQ(counters.size(), 3u);
    EXPECT_NE(counters[0], counters[1]);
    EXPECT_EQ(counters[0], counters[2]);
  }
  EXPECT_GE(count("cuMemFree"), 2);
  // More than a stream has lie in the arena.
  StreamPtr third = Stream::create(0);
  StreamPtr previous = Stream::setCurrent(third);
  execute(0, many, {});
  execute(0, many, {});
  third->synchronize();
  Stream::setCurrent(previous);
  EXPECT_EQ(count("cuMemsetD8Async"), 4);
}

TEST_F(GpuExecutorTest, LoadsImagesOnceADevice) {
  Plan plan = makeChain();
  auto kernel = makeKernel("add");
  for (Step &step : plan.steps)
    std::get<GpuLaunchStep>(step).kernel = kernel;
  run(plan, 10);
  run(plan, 10);
  EXPECT_EQ(count("cuModuleLoadDataEx"), 1);
}

TEST_F(GpuExecutorTest, BadImagesAreReportedWithTheLog) {
  Plan plan = makeChain();
  std::get<GpuLaunchStep>(plan.steps[0]).kernel =
      makeKernel("add", "bad image");
  std::string message = getError([&] { run(plan, 10); });
  EXPECT_TRUE(contains(message, "cuModuleLoadDataEx")) << message;
  EXPECT_TRUE(contains(message, "line 7: nonsense"));
  EXPECT_EQ(MemoryPool::getDefault()->getUsedBytes(0), 0u);
}

TEST_F(GpuExecutorTest, LargeSharedMemoryIsAskedFor) {
  Plan plan = makeChain();
  std::get<GpuLaunchStep>(plan.steps[0]).sharedBytes =
      SizeFormula::constant(200 << 10);
  EXPECT_EQ(run(plan, 10), std::vector<int32_t>(10, 31));
}

TEST_F(GpuExecutorTest, RefusedLaunchesNameTheKernel) {
  Plan plan = makeChain();
  std::get<GpuLaunchStep>(plan.steps[1]).sharedBytes =
      SizeFormula::constant(1 << 20);
  std::string message = getError([&] { run(plan, 10); });
  EXPECT_TRUE(contains(message, "from cuLaunchKernel")) << message;
  EXPECT_TRUE(contains(message, "(kernel add)"));
}

TEST_F(GpuExecutorTest, EmptyGridsAreNotLaunched) {
  resetRuntimeStats();
  run(makeChain(), 0);
  EXPECT_EQ(count("cuLaunchKernel"), 0);
  EXPECT_EQ(getRuntimeStats().launches, 0);
}

TEST_F(GpuExecutorTest, HugeGridsAreRefused) {
  Plan plan = makeChain();
  std::get<GpuLaunchStep>(plan.steps[2]).blocks =
      SizeFormula::constant(int64_t(1) << 31);
  std::string message = getError([&] { run(plan, 10); });
  EXPECT_TRUE(contains(message, "kernel add needs 2147483648 blocks"))
      << message;
}

TEST_F(GpuExecutorTest, CountsWorkAndBytes) {
  resetRuntimeStats();
  run(makeChain(), 1000);
  RuntimeStats stats = getRuntimeStats();
  EXPECT_EQ(stats.executions, 1);
  EXPECT_EQ(stats.launches, 3);
  EXPECT_EQ(stats.bytesRead, 3 * 4000);
  EXPECT_EQ(stats.bytesWritten, 3 * 4000);
  EXPECT_EQ(stats.arenaBytes, 2 * 4096);
}

TEST_F(GpuExecutorTest, RunsOnTheCurrentStream) {
  StreamPtr stream = Stream::create(0);
  Stream::setCurrent(stream);
  EXPECT_EQ(run(makeChain(), 100), std::vector<int32_t>(100, 31));
  fake.getStream(stream->getHandle()).isHeld = true;
  Allocation memory = allocate(0, 400);
  int32_t addend[4] = {1};
  int64_t size = 100;
  void *inputs[] = {memory.pointer, addend}, *outputs[] = {memory.pointer};
  execute(0, makeChain(), {inputs, outputs, {&size, 1}});
  EXPECT_FALSE(stream->isDone());
  EXPECT_TRUE(Stream::getNull(0)->isDone());
  fake.getStream(stream->getHandle()).isHeld = false;
  stream->synchronize();
  release(memory);
  Stream::setCurrent(Stream::getNull(0));
}

TEST_F(GpuExecutorTest, FailedAllocationsLeaveNothingBehind) {
  Plan plan = makeChain();
  MemoryPool &pool = *MemoryPool::getDefault();
  pool.setLimit(0, 1536);
  EXPECT_THROW(run(plan, 128), OutOfMemory);
  EXPECT_EQ(pool.getUsedBytes(0), 0u);
  pool.setLimit(0, 0);
  EXPECT_EQ(run(plan, 128), std::vector<int32_t>(128, 31));
  EXPECT_EQ(pool.getUsedBytes(0), 0u);
}

TEST_F(GpuExecutorTest, ImpossibleArenasAreRefused) {
  for (int64_t multiplier : {int64_t(1) << 61, int64_t(-8)}) {
    Plan plan = makeChain();
    plan.slots.assign(4, {param(0, multiplier)});
    EXPECT_THROW(run(plan, 3), OutOfMemory);
  }
}

TEST_F(GpuExecutorTest, ExecutionsThatRepeatBecomeGraphs) {
  warmUp();
  Plan plan = makeChain();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(run(plan, 1000), std::vector<int32_t>(1000, 31));
  EXPECT_EQ(count("cuGraphInstantiateWithFlags"), 1);
  EXPECT_EQ(count("cuGraphLaunch"), 8);
  EXPECT_EQ(count("cuLaunchKernel"), 2 * 3);
  plan = Plan();
}

TEST_F(GpuExecutorTest, OtherArgumentsMakeOtherGraphs) {
  warmUp();
  Plan plan = makeChain();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(run(plan, 1000), std::vector<int32_t>(1000, 31));
    EXPECT_EQ(run(plan, 1000, 5), std::vector<int32_t>(1000, 16));
    EXPECT_EQ(run(plan, 999), std::vector<int32_t>(999, 31));
  }
  EXPECT_EQ(count("cuGraphInstantiateWithFlags"), 3);
  EXPECT_EQ(count("cuGraphLaunch"), 3 * 3);
}

TEST_F(GpuExecutorTest, ArgumentsThatNeverRepeatMakeNoGraphs) {
  Plan plan = makeChain();
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(run(plan, 100, i), std::vector<int32_t>(100, 1 + 3 * i));
  EXPECT_EQ(count("cuGraphInstantiateWithFlags"), 0);
}

TEST_F(GpuExecutorTest, GraphsThatDoNotPayOffAreGivenUp) {
  warmUp();
  {
    Plan plan = makeChain();
    for (int i = 0; i < 100; ++i)
      for (int repeat = 0; repeat < 4; ++repeat)
        run(plan, 100, i);
    EXPECT_EQ(count("cuGraphInstantiateWithFlags"), 4);
  }
  EXPECT_EQ(count("cuGraphExecDestroy"), 4);
}

TEST_F(GpuExecutorTest, GraphsCountLikeLaunches) {
  warmUp();
  Plan plan = makeChain();
  resetRuntimeStats();
  for (int i = 0; i < 10; ++i)
    run(plan, 1000);
  EXPECT_EQ(count("cuGraphLaunch"), 8);
  RuntimeStats stats = getRuntimeStats();
  EXPECT_EQ(stats.executions, 10);
  EXPECT_EQ(stats.launches, 30);
  EXPECT_EQ(stats.bytesRead, 30 * 4000);
  EXPECT_EQ(stats.arenaBytes, 10 * 2 * 4096);
}
