// Numbers that become constants of programs.
#include "../../lib/Trace/KnownNumbers.h"
#include "GpuTraceTest.h"

#include <atomic>
#include <bit>
#include <chrono>
#include <thread>

using namespace numloom;

namespace {
/// Uses until a program's numbers are known.
constexpr int kUses = 32;

class KnownNumbersTest : public testing::Test {
protected:
  /// A use, and the end of the compilation that it starts.
  std::shared_ptr<const Plan> use(std::vector<int64_t> numbers,
                                  int64_t param = 0) {
    auto plan = known.use(numbers, &param, [&] { return start(param); });
    BackgroundCompiler::get().wait();
    return plan;
  }
  std::shared_ptr<Compilation> start(int64_t param) {
    ++started;
    if (!canStart)
      return nullptr;
    return BackgroundCompiler::get().start([=, this](std::string &error) {
      hasBegun = true;
      hasBegun.notify_all();
      mayCompile.wait(false);
      ++compiled;
      error = failure;
      return failure.empty() ? makePlan(param) : nullptr;
    });
  }
  static std::shared_ptr<const Plan> makePlan(int64_t param) {
    auto plan = std::make_shared<Plan>();
    SizeFormula extent;
    extent.factors = {makeParam(0)};
    plan->guards = {{extent, param, param}};
    return plan;
  }
  void useOften(const std::vector<int64_t> &numbers) {
    for (int i = 0; i < kUses; ++i)
      EXPECT_EQ(use(numbers), nullptr);
  }
  /// The compilations wait until `allow`.
  void hold() { mayCompile = false; }
  void allow() {
    mayCompile = true;
    mayCompile.notify_all();
  }
  /// A use that does not wait.
  std::shared_ptr<const Plan> useNow(std::vector<int64_t> numbers) {
    int64_t param = 0;
    return known.use(numbers, &param, [&] { return start(param); });
  }

  KnownNumbers known;
  bool canStart = true;
  std::string failure;
  std::atomic<bool> mayCompile{true}, hasBegun{false};
  std::atomic<int> compiled{0};
  int started = 0;
};

TEST_F(KnownNumbersTest, NumbersThatStayGetOnePlan) {
  useOften({1, 2});
  EXPECT_EQ(use({1, 2}), nullptr);
  auto plan = use({1, 2});
  EXPECT_NE(plan, nullptr);
  EXPECT_EQ(use({1, 2}), plan);
  EXPECT_EQ(compiled, 1);
}

TEST_F(KnownNumbersTest, NumbersThatChangeAreArguments) {
  for (int64_t i = 0; i < 3 * kUses; ++i)
    EXPECT_EQ(use({1, i}), nullptr);
  useOften({5});
  EXPECT_EQ(use({5}), nullptr);
  EXPECT_NE(use({5}), nullptr);
  EXPECT_EQ(use({6}), nullptr);
  EXPECT_EQ(use({5}), nullptr);
  EXPECT_EQ(compiled, 1);
}

TEST_F(KnownNumbersTest, ArgumentsServeUntilThePlanIsThere) {
  useOften({1});
  hold();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(useNow({1}), nullptr);
  EXPECT_EQ(started, 1);
  allow();
  BackgroundCompiler::get().wait();
  EXPECT_NE(useNow({1}), nullptr);
}

TEST_F(KnownNumbersTest, WhatIsCompiledForOtherNumbersIsNotTaken) {
  useOften({1});
  hold();
  EXPECT_EQ(useNow({1}), nullptr);
  EXPECT_EQ(useNow({2}), nullptr);
  allow();
  BackgroundCompiler::get().wait();
  // One use of {2} is counted already.
  for (int i = 1; i <= kUses; ++i)
    EXPECT_EQ(use({2}), nullptr);
  EXPECT_NE(use({2}), nullptr);
  EXPECT_EQ(started, 2);
}

TEST_F(KnownNumbersTest, WhatNobodyWantsAnyMoreDoesNotBegin) {
  hold();
  auto first = start(0), second = start(0);
  second->forget();
  allow();
  BackgroundCompiler::get().wait();
  EXPECT_NE(first->getPlan(), nullptr);
  EXPECT_TRUE(second->isDropped());
  EXPECT_EQ(compiled, 1);
}

TEST_F(KnownNumbersTest, FailuresAreKeptAndNotRepeated) {
  int64_t before = BackgroundCompiler::get().getNumFailures();
  useOften({1});
  failure = "not today";
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(use({1}), nullptr);
  EXPECT_EQ(compiled, 1);
  EXPECT_EQ(known.getFailure(), "not today");
  EXPECT_EQ(BackgroundCompiler::get().getNumFailures(), before + 1);
  // Other numbers get another attempt.
  failure.clear();
  useOften({2});
  EXPECT_EQ(known.getFailure(), "");
  EXPECT_EQ(use({2}), nullptr);
  EXPECT_NE(use({2}), nullptr);
}

TEST_F(KnownNumbersTest, WhatIsDroppedBeginsAgain) {
  for (int i = 0; i < kUses; ++i)
    useNow({1});
  hold();
  auto running = start(0);
  EXPECT_EQ(useNow({1}), nullptr);
  hasBegun.wait(false);
  // A fork comes before the second compilation begins.
  std::thread fork([] { BackgroundCompiler::get().stop(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  allow();
  fork.join();
  EXPECT_NE(running->getPlan(), nullptr);
  EXPECT_EQ(use({1}), nullptr);
  EXPECT_NE(use({1}), nullptr);
}

TEST_F(KnownNumbersTest, ThePlanHoldsWhereItsGuardsDo) {
  useOften({1});
  EXPECT_EQ(use({1}, 10), nullptr);
  EXPECT_NE(use({1}, 10), nullptr);
  EXPECT_EQ(use({1}, 20), nullptr);
  EXPECT_NE(use({1}, 20), nullptr);
  EXPECT_EQ(compiled, 2);
}

TEST_F(KnownNumbersTest, SomePlansAreEnough) {
  useOften({1});
  for (int64_t param = 0; param < 10; ++param) {
    EXPECT_EQ(use({1}, param), nullptr);
    EXPECT_EQ(use({1}, param) != nullptr, param < 4);
  }
  EXPECT_EQ(compiled, 4);
}

TEST_F(KnownNumbersTest, WithoutAThreadTheyAreArguments) {
  canStart = false;
  useOften({1});
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(use({1}), nullptr);
  EXPECT_EQ(compiled, 0);
}

TEST(BackgroundCompilerTest, NothingStartsWhileTheProcessEnds) {
  BackgroundCompiler compiler;
  auto compile = [](std::string &) { return std::make_shared<const Plan>(); };
  auto before = compiler.start(compile);
  compiler.stop();
  EXPECT_TRUE(before->hasEnded());
  EXPECT_NE(compiler.start(compile), nullptr);
  compiler.stop(/*isLast=*/true);
  EXPECT_EQ(compiler.start(compile), nullptr);
}

TEST(BackgroundCompilerTest, ExceptionsAreFailures) {
  BackgroundCompiler compiler;
  auto failed =
      compiler.start([](std::string &) -> std::shared_ptr<const Plan> {
        throw std::bad_alloc();
      });
  compiler.wait();
  EXPECT_EQ(failed->getPlan(), nullptr);
  EXPECT_EQ(failed->getError(), "std::bad_alloc");
  EXPECT_EQ(compiler.getNumFailures(), 1);
}

class KnownNumbersTraceTest : public GpuTraceTest {
protected:
  static constexpr int64_t kLarge = int64_t(1) << 20;

  /// Of all compilations that were started.
  size_t countPrograms() const {
    getTraceStats();
    return compiler.programs.size();
  }
  /// Lets `count` be the number of times that a kernel runs from now on.
  void countRuns(const std::string &entry, int &count) {
    auto &run = fake.kernels.at(entry).run;
    run = [&count, run](const cuda::FakeLaunch &launch) {
      ++count;
      run(launch);
    };
  }
  bool isConstantOfLast() const {
    return std::ranges::any_of(compiler.programs.back().nodes, [](auto &node) {
      return node.op == OpCode::Constant;
    });
  }
};

TEST_F(KnownNumbersTraceTest, LargeProgramsAreCompiledAgainWithTheirNumbers) {
  NodeRef x = makeGpuRange({kLarge}, first);
  auto compute = [&](double number) {
    NodeRef y = add(multiply(x, makeFloat(number)), makeFloat(1));
    evaluate(y);
    return y;
  };
  for (int i = 0; i <= kUses; ++i)
    compute(2);
  EXPECT_EQ(countPrograms(), 1u);
  EXPECT_EQ(computeOnHost(compute(2))[3], 7);
  ASSERT_EQ(countPrograms(), 2u);
  int generalRuns = 0, specialRuns = 0;
  countRuns("interpreted1", generalRuns);
  countRuns("interpreted2", specialRuns);
  EXPECT_EQ(computeOnHost(compute(2))[3], 7);
  EXPECT_TRUE(isConstantOfLast());
  EXPECT_EQ(compiler.programs.back().inputs.size(), 3u);
  EXPECT_EQ(specialRuns, 1);
  // Other numbers are arguments of the first plan.
  EXPECT_EQ(computeOnHost(compute(5))[3], 16);
  EXPECT_EQ(generalRuns, 1);
  EXPECT_EQ(countPrograms(), 2u);
}

TEST_F(KnownNumbersTraceTest, AFailureIsToldAndTheProgramStays) {
  NodeRef x = makeGpuRange({kLarge}, first);
  auto record = [&] { return add(x, makeFloat(3)); };
  for (int i = 0; i <= kUses; ++i)
    evaluate(record());
  EXPECT_EQ(explain({{record()}}).find("remain"), std::string::npos);
  compiler.failure = "not today";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(computeOnHost(record())[2], 5);
    EXPECT_EQ(getTraceStats().backgroundFailures, 1);
  }
  EXPECT_EQ(countPrograms(), 1u);
  EXPECT_NE(explain({{record()}}).find("failed: not today"), std::string::npos);
}

TEST_F(KnownNumbersTraceTest, AnotherCompilerDoesNotGetThePlans) {
  NodeRef x = makeGpuRange({kLarge}, first);
  for (int i = 0; i <= kUses + 1; ++i)
    evaluate(add(x, makeFloat(3)));
  FakeCompiler other;
  setCompiler(&other);
  EXPECT_EQ(computeOnHost(add(x, makeFloat(3)))[2], 5);
  EXPECT_EQ(other.programs.size(), 1u);
  setCompiler(&compiler);
}

TEST_F(KnownNumbersTraceTest, SmallProgramsAndTheCpuAreNot) {
  NodeRef small = makeGpuRange({8}, first), onCpu = makeRange({kLarge});
  for (int i = 0; i < 2 * kUses; ++i) {
    evaluate(add(small, makeFloat(1)));
    evaluate(add(onCpu, makeFloat(1)));
  }
  EXPECT_EQ(countPrograms(), 2u);
}

TEST_F(KnownNumbersTraceTest, NumbersAreWrittenAsConstantsAre) {
  auto getBits = [](PyScalar scalar, DType dtype) {
    return getNumberBits(*recordScalar(scalar, dtype, Device()));
  };
  for (DType dtype :
       {DType::Float16, DType::BFloat16, DType::Float32, DType::Float64})
    EXPECT_EQ(getBits(makeFloat(-1.5), dtype), std::bit_cast<int64_t>(-1.5));
  for (DType dtype : {DType::Int8, DType::Int16, DType::Int32, DType::Int64})
    EXPECT_EQ(getBits(makeInt(-7), dtype), -7);
  for (DType dtype :
       {DType::UInt8, DType::UInt16, DType::UInt32, DType::UInt64, DType::Bool})
    EXPECT_EQ(getBits(makeInt(1), dtype), 1);
  EXPECT_EQ(getBits(makeInt(200), DType::UInt8), 200);
}

} // namespace
