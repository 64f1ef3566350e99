// The runtime's counters.
#include "numloom/Runtime/Stats.h"

#include <gtest/gtest.h>

using namespace numloom;

TEST(StatsTest, AddsUpAndResets) {
  resetRuntimeStats();
  addRuntimeStats({.launches = 2, .bytesRead = 100});
  addRuntimeStats({.launches = 1, .poolMisses = 5});
  RuntimeStats stats = getRuntimeStats();
  EXPECT_EQ(stats.launches, 3);
  EXPECT_EQ(stats.bytesRead, 100);
  EXPECT_EQ(stats.poolMisses, 5);
  EXPECT_EQ(stats.gemms, 0);
  resetRuntimeStats();
  EXPECT_EQ(getRuntimeStats().launches, 0);
}
