// The cache of compiled programs.
#include "../../lib/Trace/ProgramCache.h"

#include <gtest/gtest.h>

using namespace numloom;

namespace {
std::shared_ptr<const Plan> makePlan() { return std::make_shared<Plan>(); }

TEST(ProgramCacheTest, EqualHashesAreToldApartByTheKey) {
  ProgramCache cache;
  int64_t a[] = {1, 2}, b[] = {1, 3};
  auto planA = makePlan(), planB = makePlan();
  cache.insert(7, a, planA);
  EXPECT_EQ(cache.find(7, b, nullptr), nullptr);
  cache.insert(7, b, planB);
  EXPECT_EQ(cache.find(7, a, nullptr), planA);
  EXPECT_EQ(cache.find(7, b, nullptr), planB);
}

TEST(ProgramCacheTest, TheLeastRecentlyUsedIsDropped) {
  ProgramCache cache;
  for (int64_t i = 0; i < static_cast<int64_t>(ProgramCache::kCapacity); ++i)
    cache.insert(static_cast<uint64_t>(i % 3), std::span(&i, 1), makePlan());
  int64_t first = 0, second = 1, extra = -1;
  EXPECT_NE(cache.find(0, std::span(&first, 1), nullptr), nullptr);
  cache.insert(0, std::span(&extra, 1), makePlan());
  EXPECT_EQ(cache.size(), ProgramCache::kCapacity);
  EXPECT_NE(cache.find(0, std::span(&first, 1), nullptr), nullptr);
  EXPECT_EQ(cache.find(1, std::span(&second, 1), nullptr), nullptr);
}

TEST(ProgramCacheTest, APlanIsUsedWhereItsGuardsHold) {
  ProgramCache cache;
  int64_t key[] = {1}, small = 10, large = 1000;
  auto forSmall = std::make_shared<Plan>();
  SizeFormula extent;
  extent.factors = {makeParam(0)};
  forSmall->guards = {{extent, 0, 100, 2}};
  cache.insert(7, key, forSmall);
  EXPECT_EQ(cache.find(7, key, &small), forSmall);
  EXPECT_EQ(cache.find(7, key, &large), nullptr);
  auto forAll = makePlan();
  cache.insert(7, key, forAll);
  EXPECT_EQ(cache.find(7, key, &large), forAll);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(ProgramCacheTest, TheOldestPlanOfAProgramIsDropped) {
  ProgramCache cache;
  int64_t key[] = {1};
  SizeFormula extent;
  extent.factors = {makeParam(0)};
  constexpr int64_t kNumPlans = ProgramCache::kMaxPlans + 1;
  for (int64_t i = 0; i < kNumPlans; ++i) {
    auto plan = std::make_shared<Plan>();
    plan->guards = {{extent, i, i}};
    cache.insert(7, key, plan);
  }
  int64_t first = 0, last = kNumPlans - 1;
  EXPECT_EQ(cache.find(7, key, &first), nullptr);
  EXPECT_NE(cache.find(7, key, &last), nullptr);
}
} // namespace
