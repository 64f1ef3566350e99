// Plans as CUDA graphs on the fake driver: branches, changes, products.
#include "GemmFixture.h"

#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/Plan.h"
#include "numloom/Runtime/Stats.h"

using namespace numloom;
using namespace numloom::cuda;

namespace {

constexpr int64_t kCount = 4;
constexpr BufferRef kInput{BufferKind::Input, 0};
constexpr BufferRef kNumber{BufferKind::Input, 1};
BufferRef slot(int32_t index) { return {BufferKind::Arena, index}; }
BufferRef output(int32_t index) { return {BufferKind::Output, index}; }

StreamHandle productStream;
bool failsInCapture;

class GraphTest : public CudaGemmTest {
protected:
  GraphTest() {
    // to[i] = from[i] + addend.
    fake.kernels["add"] = {{8, 8, 4}, [this](const FakeLaunch &launch) {
                             order.push_back(launch.get<float *>(1));
                             for (int i = 0; i < kCount; ++i)
                               launch.get<float *>(1)[i] =
                                   launch.get<float *>(0)[i] +
                                   launch.get<float>(2);
                           }};
    failsInCapture = false;
    cublas.setStream.pointer = [](CublasHandle, StreamHandle stream) {
      productStream = stream;
      return CublasStatus::Success;
    };
    // As cuBLAS does, on the stream.
    cublas.gemm.pointer = [](auto... args) {
      int isCapturing = 0;
      FakeDriver::get().table.cuStreamIsCapturing(productStream, &isCapturing);
      if (isCapturing && failsInCapture)
        return CublasStatus(14);
      static const float one = 1, zero = 0;
      auto tuple = std::make_tuple(args...);
      std::get<6>(tuple) = &one;
      std::get<15>(tuple) = &zero;
      enqueueFake("gemm", productStream, [=] {
        std::apply(fakeGemm, tuple);
        return true;
      });
      return CublasStatus::Success;
    };
  }

  GpuLaunchStep makeStep(BufferRef from, BufferRef to) {
    GpuLaunchStep step;
    step.kernel = makeKernel("add");
    step.buffers = {from, to, kNumber};
    step.byValue = {false, false, true};
    step.isWritten = {false, true, false};
    step.blocks = SizeFormula::constant(1);
    return step;
  }

  /// c = a @ b for matrices of 2 x 2.
  GemmStep makeGemm(BufferRef a, BufferRef b, BufferRef c) {
    SizeFormula two = SizeFormula::constant(2), one = SizeFormula::constant(1);
    auto operand = [&](BufferRef buffer) {
      return GemmOperand{buffer, {}, two, one};
    };
    return {DType::Float32, {},         2,          2, 2,
            operand(a),     operand(b), operand(c), {}};
  }

  Plan makePlan(std::vector<Step> steps, size_t slots) {
    Plan plan;
    plan.steps = std::move(steps);
    plan.slots.assign(slots, {SizeFormula::constant(kCount * 4)});
    return plan;
  }

  /// input -> slot 0 -> ... -> output 0, in so many steps.
  Plan makeChain(int32_t length) {
    std::vector<Step> steps;
    for (int32_t i = 0; i < length; ++i)
      steps.push_back(makeStep(i == 0 ? kInput : slot(i - 1),
                               i + 1 == length ? output(0) : slot(i)));
    return makePlan(std::move(steps), size_t(length - 1));
  }

  /// Runs the plan on `input`; returns the outputs one behind the other.
  std::vector<float> run(const Plan &plan, float number, int numOutputs = 1,
                         std::vector<float> input = {1, 2, 3, 4}) {
    order.clear();
    size_t bytes = kCount * 4;
    Allocation from = allocate(0, bytes), to = allocate(0, numOutputs * bytes);
    copyToDevice(0, from.pointer, input.data(), bytes);
    float addend[4] = {number};
    void *inputs[] = {from.pointer, addend};
    std::vector<void *> outputs;
    for (int i = 0; i < numOutputs; ++i)
      outputs.push_back(static_cast<float *>(to.pointer) + i * kCount);
    std::vector<float> result(size_t(numOutputs * kCount));
    try {
      execute(0, plan, {inputs, outputs, {}});
      copyToHost(0, result.data(), to.pointer, numOutputs * bytes);
    } catch (...) {
      release(from);
      release(to);
      throw;
    }
    release(from);
    release(to);
    return result;
  }

  /// What a chain gives.
  static std::vector<float> add(float number) {
    return {1 + number, 2 + number, 3 + number, 4 + number};
  }

  /// Where kernels wrote, in the order in which they ran.
  std::vector<float *> order;
};

} // namespace

TEST_F(GraphTest, IndependentKernelsAreBranches) {
  // The fake runs what may run last first.
  Plan plan =
      makePlan({makeStep(kInput, output(0)), makeStep(kInput, output(1)),
                makeStep(kInput, output(2))},
               0);
  for (int i = 0; i < 12; ++i)
    run(plan, 1, 3);
  EXPECT_GE(count("cuGraphLaunch"), 4);
  ASSERT_EQ(order.size(), 3u);
  EXPECT_GT(order[0], order[1]);
  EXPECT_GT(order[1], order[2]);
}

TEST_F(GraphTest, BranchesFollowWhatTheyRead) {
  // Two kernels on one result, and one that overwrites it after both.
  Plan plan = makePlan({makeStep(kInput, slot(0)), makeStep(slot(0), output(0)),
                        makeStep(slot(0), output(1)), makeStep(kInput, slot(0)),
                        makeStep(slot(0), output(2))},
                       1);
  std::vector<float> expected = run(plan, 5, 3);
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(run(plan, 5, 3), expected);
  EXPECT_GE(count("cuGraphLaunch"), 5);
  // The readers changed places, nobody else.
  ASSERT_EQ(order.size(), 5u);
  EXPECT_GT(order[1], order[2]);
}

TEST_F(GraphTest, UnknownWritesAndDonationsKeepTheOrder) {
  Plan unknown = makeChain(3);
  for (Step &step : unknown.steps)
    std::get<GpuLaunchStep>(step).isWritten.clear();
  Plan donated =
      makePlan({makeStep(kInput, output(0)), makeStep(kInput, output(1)),
                makeStep(kInput, output(2))},
               0);
  donated.donations = {-1, -1, -1};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(run(unknown, 2), add(6));
    run(donated, 2, 3);
  }
  ASSERT_EQ(order.size(), 3u);
  EXPECT_LT(order[0], order[1]);
  EXPECT_LT(order[1], order[2]);
}

TEST_F(GraphTest, NewArgumentsChangeOneGraph) {
  Plan plan = makeChain(8);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(run(plan, float(i)), add(8 * float(i)));
  EXPECT_EQ(count("cuGraphInstantiateWithFlags"), 1);
  EXPECT_GE(count("cuGraphLaunch"), 42);
  EXPECT_EQ(count("cuLaunchKernel"), 8 * (50 - count("cuGraphLaunch")));
  EXPECT_EQ(count("cuGraphExecKernelNodeSetParams"),
            8 * (count("cuGraphLaunch") - 1));
}

TEST_F(GraphTest, OnlyWhatChangedIsSet) {
  // One number for one kernel of eight.
  Plan plan = makeChain(8);
  float zero[4] = {};
  std::vector<float> expected;
  for (Step &step : plan.steps)
    std::get<GpuLaunchStep>(step).buffers[2] = {BufferKind::Input, 2};
  std::get<GpuLaunchStep>(plan.steps[3]).buffers[2] = kNumber;
  Allocation from = allocate(0, 16), to = allocate(0, 16);
  std::vector<float> input = {1, 2, 3, 4}, result(4);
  copyToDevice(0, from.pointer, input.data(), 16);
  for (int i = 0; i < 40; ++i) {
    float number[4] = {float(i)};
    void *inputs[] = {from.pointer, number, zero}, *outputs[] = {to.pointer};
    execute(0, plan, {inputs, outputs, {}});
    copyToHost(0, result.data(), to.pointer, 16);
    EXPECT_EQ(result, add(float(i)));
  }
  release(from);
  release(to);
  EXPECT_EQ(count("cuGraphExecKernelNodeSetParams"),
            count("cuGraphLaunch") - 1);
}

TEST_F(GraphTest, ChangesThatFailLoseNothing) {
  Plan plan = makeChain(8);
  for (int i = 0; i < 10; ++i)
    run(plan, float(i));
  int launches = count("cuGraphLaunch");
  EXPECT_GT(launches, 0);
  auto set = fake.table.cuGraphExecKernelNodeSetParams.pointer;
  fake.table.cuGraphExecKernelNodeSetParams.pointer =
      [](GraphExecHandle, GraphNodeHandle, const KernelNodeParams *) {
        return Result::InvalidValue;
      };
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(run(plan, float(100 + i)), add(8 * float(100 + i)));
  fake.table.cuGraphExecKernelNodeSetParams.pointer = set;
  EXPECT_EQ(count("cuGraphLaunch"), launches);
}

TEST_F(GraphTest, GraphsThatCannotBeMadeAreLaunches) {
  auto instantiate = fake.table.cuGraphInstantiateWithFlags.pointer;
  fake.table.cuGraphInstantiateWithFlags.pointer =
      [](GraphExecHandle *, GraphHandle, unsigned long long) {
        return Result::InvalidValue;
      };
  Plan plan = makeChain(4);
  resetRuntimeStats();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(run(plan, 1), add(4));
  fake.table.cuGraphInstantiateWithFlags.pointer = instantiate;
  EXPECT_EQ(count("cuGraphLaunch"), 0);
  EXPECT_EQ(count("cuLaunchKernel"), 40);
  EXPECT_EQ(getRuntimeStats().launches, 40);
}

TEST_F(GraphTest, ProductsAreCaptured) {
  Plan plan =
      makePlan({makeStep(kInput, slot(0)), makeGemm(slot(0), slot(0), slot(1)),
                makeStep(slot(1), output(0))},
               2);
  resetRuntimeStats();
  std::vector<float> expected = run(plan, 1);
  EXPECT_EQ(expected, (std::vector<float>{17, 22, 29, 38}));
  int products = numGemms;
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(run(plan, 1), expected);
  EXPECT_GE(count("cuStreamBeginCapture"), 1);
  EXPECT_GE(count("cuGraphLaunch"), 6);
  EXPECT_EQ(numGemms, 10 * products);
  EXPECT_EQ(numHandles, 1);
  EXPECT_EQ(getRuntimeStats().gemms, 10);
  // Behind the capture the handle is the stream's again.
  EXPECT_EQ(productStream, Stream::getCurrent(0)->getHandle());
}

TEST_F(GraphTest, KernelsChangeAroundProducts) {
  std::vector<Step> steps = {makeStep(kInput, slot(0)),
                             makeGemm(slot(0), slot(0), slot(1))};
  for (int32_t i = 1; i < 5; ++i)
    steps.push_back(makeStep(slot(i), slot(i + 1)));
  steps.push_back(makeStep(slot(5), output(0)));
  Plan plan = makePlan(std::move(steps), 6);
  for (int i = 0; i < 30; ++i) {
    float x = float(i);
    std::vector<float> a = add(x);
    EXPECT_EQ(run(plan, x),
              (std::vector<float>{a[0] * a[0] + a[1] * a[2] + 5 * x,
                                  a[0] * a[1] + a[1] * a[3] + 5 * x,
                                  a[2] * a[0] + a[3] * a[2] + 5 * x,
                                  a[2] * a[1] + a[3] * a[3] + 5 * x}));
  }
  EXPECT_EQ(count("cuStreamBeginCapture"), 1);
  EXPECT_GT(count("cuGraphLaunch"), 10);
}

TEST_F(GraphTest, CapturesThatFailAreLaunches) {
  failsInCapture = true;
  Plan plan =
      makePlan({makeStep(kInput, slot(0)), makeGemm(slot(0), slot(0), slot(1)),
                makeStep(slot(1), output(0))},
               2);
  resetRuntimeStats();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(run(plan, 1), (std::vector<float>{17, 22, 29, 38}));
  EXPECT_EQ(count("cuStreamBeginCapture"), 1);
  EXPECT_EQ(count("cuStreamEndCapture"), 1);
  EXPECT_EQ(count("cuGraphLaunch"), 0);
  EXPECT_EQ(getRuntimeStats().launches, 20);
  EXPECT_EQ(getRuntimeStats().gemms, 10);
}

TEST_F(GraphTest, ProductsThatNeedMemoryAreLaunches) {
  // Neither stride is 1: the operand is packed.
  GemmStep gemm = makeGemm(kInput, kInput, output(0));
  gemm.a.rowStride = SizeFormula::constant(2);
  gemm.a.colStride = SizeFormula::constant(0);
  Plan plan = makePlan(
      {gemm, makeStep(kInput, output(1)), makeStep(kInput, output(2))}, 0);
  std::vector<float> expected = run(plan, 1, 3);
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(run(plan, 1, 3), expected);
  EXPECT_EQ(count("cuGraphLaunch"), 0);
}
