// Nodes: reference counts, destruction, storage.
#include "FakeCompiler.h"

#include <memory>
#include <thread>

using namespace numloom;

namespace {
using NodeTest = TraceTest;

TEST_F(NodeTest, ExternalStorageIsReleasedOnceByTheLastUser) {
  static int released;
  released = 0;
  double data[6] = {};
  StorageRef storage = StorageRef::external(
      data, sizeof(data), [](void *, void *, size_t) { ++released; }, nullptr);
  NodeRef leaf = makeLeaf(DType::Float64, toSpan({2, 3}), std::move(storage));
  int64_t axes[] = {1, 0};
  NodeRef view = makeTranspose(leaf, axes);
  leaf = NodeRef();
  EXPECT_EQ(released, 0);
  view = NodeRef();
  EXPECT_EQ(released, 1);
}

TEST_F(NodeTest, LongChainsDieWithoutDeepRecursion) {
  NodeRef x = makeRange({2});
  for (int i = 0; i < 1000000; ++i)
    x = add(x, makeInt(1));
  EXPECT_TRUE(x->isPending());
}

TEST_F(NodeTest, EvaluatedNodesLetTheirOperandsGo) {
  static bool released;
  released = false;
  double data[2] = {1, 2};
  NodeRef x =
      makeLeaf(DType::Float64, toSpan({2}),
               StorageRef::external(
                   data, sizeof(data),
                   [](void *, void *, size_t) { released = true; }, nullptr));
  NodeRef y = add(x, x);
  x = NodeRef();
  EXPECT_FALSE(released);
  evaluate(y);
  EXPECT_TRUE(released);
  EXPECT_TRUE(y->getOperands().empty());
}

TEST_F(NodeTest, ManyDimensionsAndOperandsLieOnTheHeap) {
  std::vector<int64_t> shape(64, 1);
  NodeRef x = makeReshape(makeRange({1}), shape);
  EXPECT_EQ(x->getRank(), 64);
  std::vector<NodeRef> operands(10, makeRange({3}));
  int64_t axis = 0, extent = 30;
  NodeRef all = record(OpCode::Concatenate, operands, std::span(&extent, 1),
                       DType::Float64, std::span(&axis, 1));
  EXPECT_EQ(all->getOperands().size(), 10u);
}

TEST_F(NodeTest, ReferencesAreCountedInAndOutOfSections) {
  UnlockedSection::setLocked();
  EXPECT_FALSE(UnlockedSection::isAny());
  NodeRef x = makeRange({4}), y = add(x, x);
  EXPECT_EQ(x.countReferences(), 3u);
  {
    UnlockedSection section;
    EXPECT_TRUE(UnlockedSection::isAny());
    NodeRef copy = y;
    EXPECT_EQ(y.countReferences(), 2u);
  }
  EXPECT_FALSE(UnlockedSection::isAny());
  EXPECT_EQ(y.countReferences(), 1u);
  y = NodeRef();
  EXPECT_EQ(x.countReferences(), 1u);
  // The threads of other tests have no lock.
  static UnlockedSection others;
}

TEST_F(NodeTest, AThreadInASectionCountsBesideItsStarter) {
  UnlockedSection::setLocked();
  NodeRef x = makeRange({4});
  auto copyOften = [&] {
    for (int i = 0; i < 100000; ++i)
      NodeHandle copy(x);
  };
  auto section = std::make_unique<UnlockedSection>();
  std::thread thread([&] {
    copyOften();
    section.reset();
  });
  copyOften();
  thread.join();
  EXPECT_EQ(x.countReferences(), 1u);
  EXPECT_FALSE(x->hasHandle());
  static UnlockedSection others;
}

TEST_F(NodeTest, ArraysMustBeAddressable) {
  NodeRef x = makeRange({1, 1});
  expectError(ErrorKind::Value,
              "array is too big; `arr.size * arr.dtype.itemsize` is larger "
              "than the maximum possible size.",
              [&] {
                makeBroadcastTo(x,
                                toSpan({int64_t(1) << 40, int64_t(1) << 40}));
              });
}
} // namespace
