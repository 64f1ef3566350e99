// Numbers that become constants of programs.
#include "../../lib/Trace/KnownNumbers.h"
#include "GpuTraceTest.h"

#include <bit>

using namespace numloom;

namespace {
/// Uses until a program's numbers are known.
constexpr int kUses = 32;

class KnownNumbersTest : public testing::Test {
protected:
  std::shared_ptr<const Plan> use(std::vector<int64_t> numbers,
                                  int64_t param = 0) {
    return known.use(numbers, &param, [&] {
      ++compiled;
      auto plan = std::make_shared<Plan>();
      SizeFormula extent;
      extent.factors = {makeParam(0)};
      plan->guards = {{extent, param, param}};
      return plan;
    });
  }
  void useOften(const std::vector<int64_t> &numbers) {
    for (int i = 0; i < kUses; ++i)
      EXPECT_EQ(use(numbers), nullptr);
  }

  KnownNumbers known;
  int compiled = 0;
};

TEST_F(KnownNumbersTest, NumbersThatStayGetOnePlan) {
  useOften({1, 2});
  auto plan = use({1, 2});
  EXPECT_NE(plan, nullptr);
  EXPECT_EQ(use({1, 2}), plan);
  EXPECT_EQ(compiled, 1);
}

TEST_F(KnownNumbersTest, NumbersThatChangeAreArguments) {
  for (int64_t i = 0; i < 3 * kUses; ++i)
    EXPECT_EQ(use({1, i}), nullptr);
  useOften({5});
  EXPECT_NE(use({5}), nullptr);
  EXPECT_EQ(use({6}), nullptr);
  EXPECT_EQ(use({5}), nullptr);
  EXPECT_EQ(compiled, 1);
}

TEST_F(KnownNumbersTest, ThePlanHoldsWhereItsGuardsDo) {
  useOften({1});
  auto plan = use({1}, 10);
  EXPECT_NE(use({1}, 20), plan);
  EXPECT_EQ(compiled, 2);
}

TEST_F(KnownNumbersTest, SomePlansAreEnough) {
  useOften({1});
  for (int64_t param = 0; param < 10; ++param)
    EXPECT_EQ(use({1}, param) != nullptr, param < 4);
  EXPECT_EQ(compiled, 4);
}

class KnownNumbersTraceTest : public GpuTraceTest {
protected:
  static constexpr int64_t kLarge = int64_t(1) << 20;

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
  EXPECT_EQ(compiler.programs.size(), 1u);
  std::vector<double> result = computeOnHost(compute(2));
  EXPECT_EQ(result[3], 7);
  ASSERT_EQ(compiler.programs.size(), 2u);
  EXPECT_TRUE(isConstantOfLast());
  EXPECT_EQ(compiler.programs.back().inputs.size(), 3u);
  // Other numbers are arguments of the first plan.
  EXPECT_EQ(computeOnHost(compute(5))[3], 16);
  EXPECT_EQ(compiler.programs.size(), 2u);
}

TEST_F(KnownNumbersTraceTest, SmallProgramsAndTheCpuAreNot) {
  NodeRef small = makeGpuRange({8}, first), onCpu = makeRange({kLarge});
  for (int i = 0; i < 2 * kUses; ++i) {
    evaluate(add(small, makeFloat(1)));
    evaluate(add(onCpu, makeFloat(1)));
  }
  EXPECT_EQ(compiler.programs.size(), 2u);
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
