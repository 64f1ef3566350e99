// Views: of memory, and recorded.
#include "FakeCompiler.h"

#include <numeric>

using namespace numloom;

namespace {
using ViewTest = TraceTest;

NodeRef slice(const NodeRef &node, const Shape &starts, const Shape &steps,
              const Shape &shape) {
  return makeSlice(node, toSpan(starts), toSpan(steps), toSpan(shape));
}

/// The same array, once in memory and once to be computed.
NodeRef makePendingRange(const Shape &shape) {
  return add(makeRange(shape), makeInt(0));
}

TEST_F(ViewTest, ViewsOfMemoryShareIt) {
  NodeRef x = makeRange({2, 3});
  NodeRef row = makeReshape(slice(x, {1, 2}, {1, -1}, {1, 3}), toSpan({3}));
  EXPECT_TRUE(row->isEvaluated());
  EXPECT_EQ(row->getStorage().get(), x->getStorage().get());
  EXPECT_EQ(getElements(row), (std::vector<double>{5, 4, 3}));
  EXPECT_EQ(row->getStrides()[0], -1);
  EXPECT_EQ(getTraceStats().nodesRecorded, 0);
}

TEST_F(ViewTest, PendingAndEvaluatedAgree) {
  auto check = [&](auto view) {
    NodeRef inMemory = view(makeRange({4, 1, 6}));
    NodeRef computed = view(makePendingRange({4, 1, 6}));
    EXPECT_TRUE(inMemory->isEvaluated());
    EXPECT_EQ(getShape(inMemory), getShape(computed));
    EXPECT_EQ(getElements(inMemory), compute(computed));
  };
  check([](const NodeRef &x) {
    return makeReshape(slice(x, {3, 0, 0}, {1, 1, 1}, {1, 1, 6}),
                       toSpan({1, 6}));
  });
  check([](const NodeRef &x) {
    return slice(x, {1, 0, 4}, {2, 1, -2}, {2, 1, 3});
  });
  check([](const NodeRef &x) {
    return makeReshape(slice(x, {0, 0, 2}, {1, 1, 1}, {4, 1, 1}),
                       toSpan({1, 4, 1, 1}));
  });
  check([](const NodeRef &x) {
    return slice(x, {3, 0, 0}, {1, 1, 1}, {0, 1, 6});
  });
  check([](const NodeRef &x) {
    int64_t axes[] = {-1, 0, 1};
    return makeTranspose(x, axes);
  });
  check([](const NodeRef &x) {
    return makeBroadcastTo(x, toSpan({2, 4, 3, 6}));
  });
  check([](const NodeRef &x) { return makeReshape(x, toSpan({2, -1, 3})); });
}

TEST_F(ViewTest, ReshapeCopiesOnlyWhereItMust) {
  NodeRef x = makeRange({4, 6});
  NodeRef part = slice(x, {0, 0}, {1, 1}, {4, 4});
  EXPECT_TRUE(makeReshape(part, toSpan({2, 2, 2, 2}))->isEvaluated());
  EXPECT_EQ(getElements(makeReshape(part, toSpan({2, 2, 4})))[9], 13);
  NodeRef flat = makeReshape(part, toSpan({16}));
  EXPECT_TRUE(flat->isPending());
  EXPECT_EQ(compute(flat)[4], 6);
  EXPECT_TRUE(makeReshape(makeRange({0, 3}), toSpan({3, 0}))->isEvaluated());
}

TEST_F(ViewTest, WholeViewsAreTheNode) {
  NodeRef x = makePendingRange({2, 3});
  EXPECT_EQ(slice(x, {0, 0}, {1, 1}, {2, 3}), x);
  EXPECT_EQ(makeReshape(x, toSpan({2, 3})), x);
  EXPECT_EQ(makeBroadcastTo(x, toSpan({2, 3})), x);
}

TEST_F(ViewTest, ShapeErrors) {
  NodeRef x = makeRange({2, 3});
  expectError(ErrorKind::Value,
              "cannot reshape array of size 6 into shape (4,)",
              [&] { makeReshape(x, toSpan({4})); });
  expectError(ErrorKind::Value, "cannot reshape array of size 6 into shape (4)",
              [&] { makeReshape(x, toSpan({-1, 4})); });
  expectError(ErrorKind::Value, "can only specify one unknown dimension",
              [&] { makeReshape(x, toSpan({-1, -1})); });
  expectError(ErrorKind::Value,
              "operands could not be broadcast together with remapped shapes "
              "[original->remapped]: (2,3)  and requested shape (4,3)",
              [&] { makeBroadcastTo(x, toSpan({4, 3})); });
  expectError(ErrorKind::Value,
              "input operand has more dimensions than allowed by the axis "
              "remapping",
              [&] { makeBroadcastTo(x, toSpan({3})); });
  expectError(ErrorKind::Value, "repeated axis in transpose", [&] {
    int64_t axes[] = {0, 0};
    makeTranspose(x, axes);
  });
  expectError(ErrorKind::Axis,
              "axis 2 is out of bounds for array of dimension 2", [&] {
                int64_t axes[] = {0, 2};
                makeTranspose(x, axes);
              });
}
} // namespace
