// Programs that are compiled again with their numbers as constants.
#include "../../lib/Trace/KnownNumbers.h"
#include "GpuTraceTest.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

using namespace numloom;

namespace {
/// Uses until a program's numbers are known.
constexpr int kUses = 32;

class NumberConstantsTest : public GpuTraceTest {
protected:
  static constexpr int64_t kLarge = int64_t(1) << 20;

  /// Of all compilations that were started.
  size_t countPrograms() const {
    getTraceStats();
    return compiler.programs.size();
  }
  /// Lets `run` use its programs until their numbers are known from the next
  /// use on. The kernels compute nothing but in the first use: that takes long.
  template <typename Fn>
  void useOften(const Fn &run) {
    run();
    const std::map<std::string, cuda::FakeKernel> kernels = fake.kernels;
    for (auto &[entry, kernel] : fake.kernels)
      kernel.run = [](const cuda::FakeLaunch &) {};
    for (int i = 0; i < kUses; ++i)
      run();
    // The driver keeps their addresses.
    for (auto &[entry, kernel] : kernels)
      fake.kernels[entry].run = kernel.run;
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

TEST_F(NumberConstantsTest, LargeProgramsAreCompiledAgainWithTheirNumbers) {
  NodeRef x = makeGpuRange({kLarge}, first);
  auto compute = [&](double number) {
    NodeRef y = add(multiply(x, makeFloat(number)), makeFloat(1));
    evaluate(y);
    return y;
  };
  useOften([&] { compute(2); });
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

TEST_F(NumberConstantsTest, EachProgramHasItsNumbersInItsOwnPlaces) {
  // Two neighbouring views are one buffer of the program and two of its inputs.
  NodeRef x = makeGpuRange({kLarge + 1}, first), y = makeGpuRange({1}, first);
  auto slice = [&](int64_t start) { return sliceVector(x, start, 1, kLarge); };
  auto inFrames = [&](double number) {
    return multiply(add(slice(0), slice(1)), makeFloat(number));
  };
  auto twoNumbers = [&](double a, double b) {
    return add(add(makeFloat(a), x), add(makeFloat(b), y));
  };
  auto checkBoth = [&](double a, double b) {
    EXPECT_EQ(computeOnHost(inFrames(a))[3], 7 * a);
    EXPECT_EQ(computeOnHost(twoNumbers(a, b))[3], a + 3 + b);
  };
  useOften([&] {
    evaluate(inFrames(2));
    evaluate(twoNumbers(2, 3));
  });
  ASSERT_EQ(countPrograms(), 2u);
  // The array and the number.
  EXPECT_EQ(compiler.programs[0].inputs.size(), 2u);
  checkBoth(2, 3);
  EXPECT_EQ(countPrograms(), 4u);
  checkBoth(2, 3);
  checkBoth(3, 2);
  EXPECT_EQ(countPrograms(), 4u);
}

TEST_F(NumberConstantsTest, ZerosOfBothSignsAreTwoNumbers) {
  NodeRef x = makeGpuRange({kLarge}, first);
  auto compute = [&](double zero) { return multiply(x, makeFloat(zero)); };
  auto isNegative = [&](double zero) {
    return std::signbit(computeOnHost(compute(zero))[1]);
  };
  useOften([&] { evaluate(compute(0.0)); });
  EXPECT_FALSE(isNegative(0.0));
  EXPECT_EQ(countPrograms(), 2u);
  EXPECT_FALSE(isNegative(0.0));
  EXPECT_TRUE(isNegative(-0.0));
}

TEST_F(NumberConstantsTest, AFailureIsToldAndTheProgramStays) {
  NodeRef x = makeGpuRange({kLarge}, first);
  auto record = [&] { return add(x, makeFloat(3)); };
  useOften([&] { evaluate(record()); });
  EXPECT_EQ(explain({{record()}}).find("remain"), std::string::npos);
  compiler.failure = "not today";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(computeOnHost(record())[2], 5);
    EXPECT_EQ(getTraceStats().backgroundFailures, 1);
  }
  EXPECT_EQ(countPrograms(), 1u);
  EXPECT_NE(explain({{record()}}).find("failed: not today"), std::string::npos);
}

TEST_F(NumberConstantsTest, AnotherCompilerDoesNotGetThePlans) {
  NodeRef x = makeGpuRange({kLarge}, first);
  auto record = [&] { return add(x, makeFloat(3)); };
  useOften([&] { evaluate(record()); });
  evaluate(record());
  FakeCompiler other;
  setCompiler(&other);
  EXPECT_EQ(computeOnHost(record())[2], 5);
  EXPECT_EQ(other.programs.size(), 1u);
  setCompiler(&compiler);
}

TEST_F(NumberConstantsTest, SmallProgramsAndFewNumbersOnTheCpuAreNot) {
  NodeRef small = makeGpuRange({8}, first), onCpu = makeRange({kLarge});
  for (int i = 0; i < 2 * kUses; ++i) {
    evaluate(add(small, makeFloat(1)));
    evaluate(add(onCpu, makeFloat(1)));
  }
  EXPECT_EQ(countPrograms(), 2u);
}

TEST_F(NumberConstantsTest, ManyNumbersOnTheCpuAre) {
  NodeRef x = makeRange({int64_t(1) << 18}), one = makeRange({1});
  auto compute = [&](int count, double number) {
    NodeRef sum = one;
    for (int i = 0; i < count; ++i)
      sum = add(sum, makeFloat(number));
    NodeRef result = add(x, sum);
    evaluate(result);
    return getElements(result)[3];
  };
  for (int i = 0; i < kUses + 2; ++i) {
    EXPECT_EQ(compute(32, 2), 67);
    EXPECT_EQ(compute(33, 2), 69);
  }
  EXPECT_EQ(countPrograms(), 3u);
  EXPECT_TRUE(isConstantOfLast());
  EXPECT_EQ(compute(33, 2), 69);
  EXPECT_EQ(compute(33, 3), 102);
  EXPECT_EQ(countPrograms(), 3u);
}

TEST_F(NumberConstantsTest, NumbersAreWrittenAsConstantsAre) {
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
