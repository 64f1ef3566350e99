// What values are sure to be functions of.
#include "numloom/Trace/Dependence.h"
#include "FakeCompiler.h"

using namespace numloom;

namespace {
class DependenceTest : public TraceTest {
protected:
  static bool isFunction(const NodeRef &value,
                         std::initializer_list<NodeRef> known, size_t first = 0,
                         size_t count = 1) {
    return isFunctionOf(value, {first, count}, {known.begin(), known.size()});
  }
  /// `node`, recorded as `op` with these attributes.
  static NodeRef recordOn(OpCode op, const NodeRef &node, const Shape &shape,
                          std::initializer_list<int64_t> attrs = {}) {
    return record(op, {&node, 1}, toSpan(shape), node->getDType(),
                  {attrs.begin(), attrs.size()});
  }

  NodeRef x = makeRange({4}), y = makeRange({4});
};
} // namespace

TEST_F(DependenceTest, ElementwiseOnTheSameElements) {
  NodeRef twice = multiply(x, makeInt(2));
  EXPECT_TRUE(isFunction(x, {x}));
  EXPECT_TRUE(isFunction(add(twice, x), {x}));
  EXPECT_TRUE(isFunction(add(twice, y), {x, y}));
  EXPECT_FALSE(isFunction(add(twice, y), {x}));
  EXPECT_FALSE(isFunction(x, {}));
}

TEST_F(DependenceTest, MemoryIsNothingButItsPlace) {
  NodeRef front = sliceVector(x, 0, 1, 2), back = sliceVector(x, 2, 1, 2);
  EXPECT_TRUE(isFunction(sliceVector(x, 0, 1, 2), {front}));
  EXPECT_FALSE(isFunction(front, {back}));
  EXPECT_FALSE(isFunction(sliceVector(x, 1, -1, 2), {front}));
  EXPECT_FALSE(isFunction(makeRange({2}), {front}));
  EXPECT_TRUE(isFunction(sliceVector(x, 3, 1, 1), {}));
}

TEST_F(DependenceTest, PendingViews) {
  NodeRef z = add(x, y);
  NodeRef front = recordOn(OpCode::Slice, z, {2}, {1, 0, 1, 1});
  NodeRef steps = recordOn(OpCode::Slice, z, {2}, {1, 0, 1, 2});
  EXPECT_TRUE(isFunction(add(front, front), {front}));
  EXPECT_FALSE(isFunction(steps, {front}));
  NodeRef column = recordOn(OpCode::Reshape, z, {4, 1});
  NodeRef table = recordOn(OpCode::Broadcast, column, {4, 3}, {2, 0, 1});
  EXPECT_TRUE(isFunction(table, {}, /*first=*/1));
  EXPECT_TRUE(isFunction(table, {z}));
  EXPECT_FALSE(isFunction(table, {}));
  NodeRef turned = recordOn(OpCode::Transpose, table, {3, 4}, {2, 1, 0});
  EXPECT_TRUE(isFunction(turned, {}));
  EXPECT_TRUE(isFunction(turned, {z}, /*first=*/1));
  EXPECT_FALSE(isFunction(turned, {x}, /*first=*/1));
}

TEST_F(DependenceTest, RecordedTwice) {
  EXPECT_TRUE(isFunction(multiply(add(x, y), makeInt(3)), {add(x, y)}));
  EXPECT_FALSE(isFunction(add(x, y), {add(y, x)}));
  EXPECT_FALSE(isFunction(add(x, makeInt(1)), {add(x, makeInt(2))}));
  EXPECT_FALSE(isFunction(add(x, y), {multiply(x, y)}));
}

TEST_F(DependenceTest, PositionsAndReductions) {
  const int64_t axis = 0, size = 4;
  NodeRef iota =
      recordCreation(OpCode::Iota, {&size, 1}, DType::Int64, {&axis, 1}, {});
  EXPECT_FALSE(isFunction(iota, {x}));
  EXPECT_TRUE(isFunction(add(x, sum(y, {0})), {x}));
  NodeRef table = makeRange({4, 3});
  EXPECT_FALSE(isFunction(sum(table, {1}), {x}));
}

TEST_F(DependenceTest, EvaluatedNodesHaveForgotten) {
  NodeRef z = add(x, y);
  EXPECT_TRUE(isFunction(z, {x, y}));
  evaluate(z);
  EXPECT_FALSE(isFunction(z, {x, y}));
}

TEST_F(DependenceTest, SearchesEnd) {
  NodeRef z = x;
  for (int i = 0; i < 100; ++i)
    z = add(z, z);
  EXPECT_FALSE(isFunction(z, {y}));
}
