// Plans with hand-written kernels.
#include "numloom/Runtime/Executor.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Stats.h"
#include "numloom/Runtime/ThreadPool.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

using namespace numloom;

/// sizes[0] = number of elements, sizes[1] = addend.
static void addConstant(void **buffers, const int64_t *sizes, int64_t begin,
                        int64_t end) {
  const auto *from = static_cast<const int64_t *>(buffers[0]);
  auto *to = static_cast<int64_t *>(buffers[1]);
  for (int64_t i = begin; i < end; ++i)
    to[i] = from[i] + sizes[1];
}

/// Items are rows of sizes[0] elements.
static void sumRows(void **buffers, const int64_t *sizes, int64_t begin,
                    int64_t end) {
  const auto *from = static_cast<const int64_t *>(buffers[0]);
  auto *to = static_cast<int64_t *>(buffers[1]);
  for (int64_t row = begin; row < end; ++row)
    to[row] = std::accumulate(from + row * sizes[0],
                              from + (row + 1) * sizes[0], int64_t(0));
}

static std::shared_ptr<const KernelCode> makeKernel(CpuKernelFn function) {
  auto code = std::make_shared<KernelCode>();
  code->function = function;
  return code;
}

static SizeFormula param(int64_t index, int64_t multiplier = 1) {
  return {{makeParam(index)}, multiplier, 1, 1, {}};
}

static LaunchStep addStep(BufferRef from, BufferRef to, int64_t addend) {
  LaunchStep step;
  step.kernel = makeKernel(addConstant);
  step.buffers = {from, to};
  step.sizes = {makeParam(0), addend};
  step.work = param(0);
  step.bytesRead = {param(0, 8)};
  step.bytesWritten = {param(0, 8)};
  return step;
}

static constexpr BufferRef kInput{BufferKind::Input, 0};
static constexpr BufferRef kOutput{BufferKind::Output, 0};
static BufferRef slot(int32_t index) { return {BufferKind::Arena, index}; }

/// input -> slot 0 -> ... -> output, each step adding 1.
static Plan makeChain(int32_t length) {
  Plan plan;
  BufferRef previous = kInput;
  for (int32_t i = 0; i + 1 < length; ++i) {
    plan.slots.push_back({param(0, 8)});
    plan.steps.push_back(addStep(previous, slot(i), 1));
    previous = slot(i);
  }
  plan.steps.push_back(addStep(previous, kOutput, 1));
  return plan;
}

/// Runs `plan` on 0, 1, ... and returns its output.
static std::vector<int64_t> runOnRange(const Plan &plan, int64_t size) {
  std::vector<int64_t> input(size), output(size, -1);
  std::iota(input.begin(), input.end(), 0);
  void *inputs[] = {input.data()}, *outputs[] = {output.data()};
  int64_t params[] = {size};
  execute(plan, {inputs, outputs, params});
  return output;
}

static void expectShifted(const std::vector<int64_t> &values, int64_t shift) {
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(values[i], int64_t(i) + shift);
}

TEST(ExecutorTest, RunsOneLaunch) {
  for (int64_t size : {1, 10, 1000, 1000003})
    expectShifted(runOnRange(makeChain(1), size), 1);
}

TEST(ExecutorTest, PassesResultsThroughTheArena) {
  for (int32_t length : {2, 3, 40})
    for (int64_t size : {1, 10, 100003})
      expectShifted(runOnRange(makeChain(length), size), length);
}

TEST(ExecutorTest, EmptyWorkRunsNothing) {
  resetRuntimeStats();
  runOnRange(makeChain(3), 0);
  EXPECT_EQ(getRuntimeStats().launches, 0);
  EXPECT_EQ(getRuntimeStats().executions, 1);
}

TEST(ExecutorTest, ManyBuffersAndSizes) {
  Plan plan = makeChain(1);
  auto &step = std::get<LaunchStep>(plan.steps[0]);
  step.buffers.resize(100, kInput);
  step.sizes.resize(100, 7);
  expectShifted(runOnRange(plan, 10), 1);
}

TEST(ExecutorTest, SplitsItemsByTheirCost) {
  int64_t rows = 500, cols = 1000;
  Plan plan;
  LaunchStep step;
  step.kernel = makeKernel(sumRows);
  step.buffers = {kInput, kOutput};
  step.sizes = {makeParam(1)};
  step.work = param(0);
  step.itemCost.factors = {makeParam(1), 8};
  plan.steps.push_back(step);
  std::vector<int64_t> input(rows * cols, 2), output(rows, 0);
  void *inputs[] = {input.data()}, *outputs[] = {output.data()};
  int64_t params[] = {rows, cols};
  execute(plan, {inputs, outputs, params});
  EXPECT_EQ(output, std::vector<int64_t>(rows, 2 * cols));
}

/// Records the pieces it is called with in buffers[0].
static void recordPieces(void **buffers, const int64_t *, int64_t begin,
                         int64_t end) {
  static_cast<int64_t *>(buffers[0])[begin] = end;
}

TEST(ExecutorTest, PiecesDependOnSizesAlone) {
  Plan plan;
  LaunchStep step;
  step.kernel = makeKernel(recordPieces);
  step.buffers = {kOutput};
  step.work = param(0);
  step.itemCost = SizeFormula::constant(8);
  plan.steps.push_back(step);
  auto getPieces = [&](int threads) {
    setNumThreads(threads);
    return runOnRange(plan, 1000003);
  };
  int initial = getNumThreads();
  auto pieces = getPieces(1);
  EXPECT_EQ(getPieces(3), pieces);
  setNumThreads(initial);
  int64_t count = 0;
  for (int64_t begin = 0; begin < 1000003; begin = pieces[begin], ++count) {
    EXPECT_EQ(begin % 64, 0);
    ASSERT_GT(pieces[begin], begin);
  }
  EXPECT_GE(count, 29);
  EXPECT_LE(count, 31);
}

TEST(ExecutorTest, ParametersAndFormulas) {
  int64_t params[] = {10, 3};
  SizeFormula formula{{makeParam(0), makeParam(1), 2}, 4, 7, 1, {}};
  EXPECT_EQ(formula.evaluate(params), 35);
  EXPECT_EQ(SizeFormula().evaluate(params), 1);
}

TEST(ExecutorTest, RunsMatrixProducts) {
  // The same matrix times its transpose, for every entry of the batch.
  auto constant = SizeFormula::constant;
  GemmStep step{DType::Int64,
                {makeParam(0)},
                makeParam(1),
                2,
                2,
                {kInput, {constant(0)}, constant(2), constant(1)},
                {kInput, {constant(0)}, constant(1), param(1)},
                {kOutput, {param(1, 2)}, constant(2), constant(1)},
                {}};
  Plan plan;
  plan.steps.push_back(step);
  std::vector<int64_t> input{1, 2, 3, 4}, output(12, -1);
  void *inputs[] = {input.data()}, *outputs[] = {output.data()};
  int64_t params[] = {3, 2};
  resetRuntimeStats();
  execute(plan, {inputs, outputs, params});
  EXPECT_EQ(output, (std::vector<int64_t>{5, 11, 11, 25, 5, 11, 11, 25, 5, 11,
                                          11, 25}));
  EXPECT_EQ(getRuntimeStats().gemms, 1);
}

TEST(ExecutorTest, CountsWorkAndBytes) {
  resetRuntimeStats();
  runOnRange(makeChain(3), 100);
  RuntimeStats stats = getRuntimeStats();
  EXPECT_EQ(stats.executions, 1);
  EXPECT_EQ(stats.launches, 3);
  EXPECT_EQ(stats.bytesRead, 3 * 800);
  EXPECT_EQ(stats.bytesWritten, 3 * 800);
  EXPECT_EQ(stats.arenaBytes, 2 * 832);
  EXPECT_EQ(stats.allocations, 1);
}

TEST(ExecutorTest, FailedAllocationLeavesNothingBehind) {
  Plan plan = makeChain(5);
  size_t used = Allocator::get().getInfo().usedBytes;
  Allocator::get().failAfter(0);
  EXPECT_THROW(runOnRange(plan, 100), OutOfMemory);
  EXPECT_EQ(Allocator::get().getInfo().usedBytes, used);
  expectShifted(runOnRange(plan, 100), 5);
  EXPECT_EQ(Allocator::get().getInfo().usedBytes, used);
}

TEST(ExecutorTest, ImpossibleArenasAreRefused) {
  for (int64_t multiplier : {int64_t(1) << 61, int64_t(-8)}) {
    Plan plan = makeChain(1);
    plan.slots.assign(4, {param(0, multiplier)});
    EXPECT_THROW(runOnRange(plan, 3), OutOfMemory);
  }
}

TEST(ExecutorTest, ThreadsShareAPlan) {
  Plan plan = makeChain(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round)
        expectShifted(runOnRange(plan, 100000), 4);
    });
  for (std::thread &thread : threads)
    thread.join();
}
