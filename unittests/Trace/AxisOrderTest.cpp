// The order of results' axes: NumPy's rules, and the case in which it is C
// order.
#include "numloom/Trace/AxisOrder.h"

#include <gtest/gtest.h>

#include <vector>

using namespace numloom;

namespace {

using Values = std::vector<int64_t>;

Values get(const AxisOrder &order) {
  return {order.get().begin(), order.get().end()};
}

AxisOrder makeOrder(const Values &axes) { return AxisOrder{std::span(axes)}; }

TEST(AxisOrder, KeepsThatOfOneOperand) {
  Values shape = {3, 4, 5}, strides = {5, -15, 1};
  EXPECT_FALSE(keepsCOrder(shape, strides));
  AxisSteps steps = makeSteps(shape, strides, 3);
  EXPECT_EQ(get(mergeOrders({&steps, 1}, 3)), (Values{1, 0, 2}));
}

TEST(AxisOrder, IsCOrderWhereOperandsDisagree) {
  Values shape = {3, 4};
  AxisSteps steps[] = {makeSteps(shape, Values{1, 3}, 2),
                       makeSteps(shape, Values{4, 1}, 2)};
  EXPECT_TRUE(isCOrder(mergeOrders(steps, 2)));
}

TEST(AxisOrder, LeavesAxesWithoutStepsWhereTheyAre) {
  Values shape = {3, 1, 4}, strides = {1, 7, 3};
  AxisSteps steps = makeSteps(shape, strides, 3);
  EXPECT_EQ(get(mergeOrders({&steps, 1}, 3)), (Values{1, 2, 0}));
  EXPECT_EQ(get(joinOrders({&steps, 1}, 3)), (Values{2, 0, 1}));
  EXPECT_EQ(get(sortAxes(shape, strides)), (Values{2, 1, 0}));
}

TEST(AxisOrder, AlignsAtTheLastAxis) {
  AxisSteps steps = makeSteps(Values{3, 4}, Values{1, 3}, 4);
  EXPECT_EQ(Values(steps.get().begin(), steps.get().end()),
            (Values{0, 0, 1, 3}));
}

TEST(AxisOrder, IsCOrderForAllPlainOperands) {
  EXPECT_TRUE(keepsCOrder(Values{3, 1, 5}, Values{10, 99, -2}));
  EXPECT_TRUE(keepsCOrder(Values{3, 4}, Values{0, 1}));
  EXPECT_TRUE(keepsCOrder(Values{}, Values{}));
}

TEST(AxisOrder, InvertsAndDrops) {
  AxisOrder order = makeOrder({2, 0, 1});
  EXPECT_EQ(get(invert(order)), (Values{1, 2, 0}));
  EXPECT_EQ(get(makeFortranOrder(3)), (Values{2, 1, 0}));
  // Axis 0 is the second one in memory.
  EXPECT_EQ(findPlaces(order, 1), uint64_t(2));
  EXPECT_EQ(get(dropAxes(order, 1)), (Values{1, 0}));
}

} // namespace
