// Numbers that become constants of programs.
#include "../../lib/Trace/KnownNumbers.h"

#include <gtest/gtest.h>

#include <atomic>
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

TEST_F(KnownNumbersTest, PlacesAreSoughtOnce) {
  int sought = 0;
  auto find = [&] {
    ++sought;
    return std::vector<size_t>{1, 4};
  };
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(known.getPlaces(find).back(), 4u);
  EXPECT_EQ(sought, 1);
}

TEST_F(KnownNumbersTest, NoPlacesAreSoughtOnceToo) {
  int sought = 0;
  auto find = [&] {
    ++sought;
    return std::vector<size_t>();
  };
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(known.getPlaces(find).empty());
  EXPECT_EQ(sought, 1);
}
} // namespace
