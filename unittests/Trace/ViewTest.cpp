// Views: of memory, and recorded.
#include "FakeCompiler.h"

#include <numeric>

using namespace numloom;

namespace {
using ViewTest = TraceTest;
using Kind = IndexItem::Kind;

IndexItem at(int64_t index) { return {Kind::Integer, index, 0, 1}; }
IndexItem slice(int64_t start, int64_t stop, int64_t step = 1) {
  return {Kind::Slice, start, stop, step};
}
IndexItem reversed() { return {Kind::Slice, INT64_MAX, INT64_MIN, -1}; }
constexpr IndexItem kEllipsis{Kind::Ellipsis, 0, 0, 1};
constexpr IndexItem kNewAxis{Kind::NewAxis, 0, 0, 1};

NodeRef index(const NodeRef &node, std::initializer_list<IndexItem> items) {
  return makeIndexed(node, std::span(items.begin(), items.size()));
}

/// The same array, once in memory and once to be computed.
NodeRef makePendingRange(const Shape &shape) {
  return add(makeRange(shape), makeInt(0));
}

TEST_F(ViewTest, ViewsOfMemoryShareIt) {
  NodeRef x = makeRange({2, 3});
  NodeRef row = index(x, {at(1), reversed()});
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
  check([](const NodeRef &x) { return index(x, {at(-1)}); });
  check([](const NodeRef &x) {
    return index(x, {slice(1, 100, 2), kEllipsis, slice(-2, INT64_MIN, -2)});
  });
  check([](const NodeRef &x) {
    return index(x, {kNewAxis, kEllipsis, kNewAxis, at(2)});
  });
  check([](const NodeRef &x) { return index(x, {slice(3, 1)}); });
  check([](const NodeRef &x) {
    int64_t axes[] = {-1, 0, 1};
    return makeTranspose(x, axes);
  });
  check([](const NodeRef &x) {
    return makeBroadcastTo(x, toSpan({2, 4, 3, 6}));
  });
  check([](const NodeRef &x) { return makeReshape(x, toSpan({2, -1, 3})); });
  check([](const NodeRef &x) {
    int64_t axes[] = {0, -1};
    return makeExpandDims(x, axes);
  });
  check([](const NodeRef &x) {
    int64_t axis = 1;
    return makeSqueeze(x, std::span(&axis, 1));
  });
}

TEST_F(ViewTest, ReshapeCopiesOnlyWhereItMust) {
  NodeRef x = makeRange({4, 6});
  NodeRef part = index(x, {slice(0, 4), slice(0, 4)});
  EXPECT_TRUE(makeReshape(part, toSpan({2, 2, 2, 2}))->isEvaluated());
  EXPECT_EQ(getElements(makeReshape(part, toSpan({2, 2, 4})))[9], 13);
  NodeRef flat = makeReshape(part, toSpan({16}));
  EXPECT_TRUE(flat->isPending());
  EXPECT_EQ(compute(flat)[4], 6);
  EXPECT_TRUE(makeReshape(makeRange({0, 3}), toSpan({3, 0}))->isEvaluated());
}

TEST_F(ViewTest, WholeViewsAreTheNode) {
  NodeRef x = makePendingRange({2, 3});
  EXPECT_EQ(index(x, {kEllipsis}), x);
  EXPECT_EQ(index(x, {slice(0, 2), slice(0, INT64_MAX)}), x);
  EXPECT_EQ(makeReshape(x, toSpan({2, 3})), x);
  EXPECT_EQ(makeBroadcastTo(x, toSpan({2, 3})), x);
}

TEST_F(ViewTest, IndexErrors) {
  NodeRef x = makeRange({2, 3});
  expectError(ErrorKind::Index,
              "index 5 is out of bounds for axis 1 with size 3",
              [&] { index(x, {slice(0, 2), at(5)}); });
  expectError(ErrorKind::Index,
              "too many indices for array: array is 2-dimensional, but 3 were "
              "indexed",
              [&] { index(x, {at(0), at(0), at(0)}); });
  expectError(ErrorKind::Index,
              "an index can only have a single ellipsis ('...')",
              [&] { index(x, {kEllipsis, kEllipsis}); });
  expectError(ErrorKind::Value, "slice step cannot be zero",
              [&] { index(x, {slice(0, 2, 0)}); });
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
  expectError(ErrorKind::Value,
              "cannot select an axis to squeeze out which has size not equal "
              "to one",
              [&] {
                int64_t axis = 0;
                makeSqueeze(x, std::span(&axis, 1));
              });
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
