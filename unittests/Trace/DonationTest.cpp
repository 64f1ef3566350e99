// Updates in place: which inputs a program may overwrite.
#include "GpuTraceTest.h"

using namespace numloom;

namespace {
using Starts = std::initializer_list<int64_t>;

/// `base` with the elements from `starts` on, side by side, replaced.
NodeRef update(const NodeRef &base, const NodeRef &value, Starts starts) {
  std::vector<int64_t> attrs{static_cast<int64_t>(starts.size())};
  attrs.insert(attrs.end(), starts);
  attrs.push_back(static_cast<int64_t>(starts.size()));
  attrs.insert(attrs.end(), starts.size(), 1);
  return record(OpCode::Update, std::array{base, value}, base->getShape(),
                base->getDType(), attrs);
}

NodeRef slice(const NodeRef &node, int64_t start, int64_t count) {
  return sliceVector(node, start, 1, count, ViewForm::Recorded);
}

class DonationTest : public TraceTest {
protected:
  const void *getMemory(const NodeRef &node) {
    return node->getStorage()->getData();
  }
  bool isDonated(size_t input) {
    return compiler.programs.back().inputs[input].isDonated;
  }
};

TEST_F(DonationTest, AnArrayThatNobodyElseHoldsIsOverwritten) {
  NodeRef base = makeRange({5});
  const void *memory = getMemory(base);
  NodeRef next = update(base, makeRange({2}), {3});
  base = NodeRef();
  EXPECT_EQ(compute(next), (std::vector<double>{0, 1, 2, 0, 1}));
  EXPECT_EQ(getMemory(next), memory);
  EXPECT_TRUE(next->getStorage()->isUnique());
}

TEST_F(DonationTest, VersionsUnderWayAreOverwrittenToo) {
  NodeRef a = makeRange({4});
  const void *memory = getMemory(a);
  for (int64_t i = 0; i < 3; ++i)
    a = update(a, add(slice(a, i, 1), makeInt(10)), {i + 1});
  EXPECT_EQ(compute(a), (std::vector<double>{0, 10, 20, 30}));
  EXPECT_EQ(getMemory(a), memory);
}

TEST_F(DonationTest, WhatSomebodyHoldsIsCopied) {
  NodeRef base = makeRange({3});
  NodeRef next = update(base, makeRange({1}), {2});
  EXPECT_EQ(compute(next), (std::vector<double>{0, 1, 0}));
  EXPECT_FALSE(isDonated(0));
  EXPECT_EQ(getElements(base), (std::vector<double>{0, 1, 2}));
}

TEST_F(DonationTest, MemoryThatAnotherArraySharesIsCopied) {
  NodeRef base = makeRange({3});
  NodeRef view = sliceVector(base, 1, 1, 2);
  NodeRef next = update(base, makeRange({1}), {2});
  base = NodeRef();
  compute(next);
  EXPECT_EQ(getElements(view), (std::vector<double>{1, 2}));
}

TEST_F(DonationTest, ForeignMemoryIsCopied) {
  double memory[] = {0, 1, 2};
  auto ignore = [](void *, void *, size_t) {};
  NodeRef base =
      makeLeaf(DType::Float64, toSpan({3}),
               StorageRef::external(memory, sizeof(memory), ignore, nullptr));
  NodeRef next = update(base, makeRange({1}), {1});
  base = NodeRef();
  EXPECT_EQ(compute(next), (std::vector<double>{0, 0, 2}));
  EXPECT_EQ(memory[1], 1);
}

TEST_F(DonationTest, WhatWorkOutsideTheProgramReadsIsCopied) {
  NodeRef base = makeRange({3});
  NodeRef unseen = add(base, makeInt(1));
  NodeRef later = multiply(unseen, makeInt(2));
  NodeRef targets[] = {update(base, makeRange({1}), {2}),
                       add(unseen, makeInt(3))};
  base = unseen = NodeRef();
  evaluate(targets);
  EXPECT_FALSE(isDonated(0));
  EXPECT_EQ(compute(later), (std::vector<double>{2, 4, 6}));
}

TEST_F(DonationTest, WhatTheProgramStoresIsNoHindrance) {
  NodeRef base = makeRange({3});
  const void *memory = getMemory(base);
  NodeHandle seen(add(base, makeInt(1)));
  NodeRef targets[] = {update(base, makeRange({1}), {2}),
                       add(seen.get(), makeInt(3))};
  base = NodeRef();
  evaluate(targets);
  EXPECT_EQ(getElements(seen.get()), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(getMemory(targets[0]), memory);
}

TEST_F(DonationTest, AVersionThatSomebodyHoldsTakesTheMemory) {
  NodeRef base = makeRange({3});
  const void *memory = getMemory(base);
  NodeHandle first(update(base, makeRange({1}), {2}));
  NodeRef second = update(first.get(), makeRange({1}), {1});
  base = NodeRef();
  EXPECT_EQ(compute(second), (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(getElements(first.get()), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(getMemory(first.get()), memory);
  EXPECT_NE(getMemory(second), memory);
}

TEST_F(DonationTest, SeveralArraysAreUpdatedByOneProgram) {
  NodeRef a = makeRange({4}), b = makeRange({4});
  const void *memoryOfA = getMemory(a), *memoryOfB = getMemory(b);
  for (int step = 0; step < 2; ++step) {
    b = update(b, add(slice(a, 0, 2), slice(a, 2, 2)), {1});
    a = update(a, add(slice(b, 0, 2), slice(b, 2, 2)), {1});
  }
  NodeRef targets[] = {a, b};
  a = b = NodeRef();
  evaluate(targets);
  EXPECT_EQ(getElements(targets[1]), (std::vector<double>{0, 5, 7, 3}));
  EXPECT_EQ(getElements(targets[0]), (std::vector<double>{0, 7, 8, 3}));
  EXPECT_EQ(getMemory(targets[0]), memoryOfA);
  EXPECT_EQ(getMemory(targets[1]), memoryOfB);
}

TEST_F(DonationTest, ViewsOfWhatIsOverwrittenAreReadThroughIt) {
  NodeRef base = makeRange({4});
  NodeRef next = update(base, slice(base, 1, 2), {2});
  base = NodeRef();
  EXPECT_EQ(compute(next), (std::vector<double>{0, 1, 1, 2}));
  EXPECT_EQ(compiler.programs.back().inputs.size(), 1u);
}

TEST_F(DonationTest, AFailureLeavesTheArrayAsItWas) {
  NodeRef base = makeRange({3});
  NodeRef next = update(base, makeRange({1}), {2});
  base = NodeRef();
  compiler.failure = "no";
  EXPECT_THROW(evaluate(next), Error);
  compiler.failure.clear();
  EXPECT_EQ(compute(next), (std::vector<double>{0, 1, 0}));
}

TEST_F(DonationTest, DonationIsPartOfTheKey) {
  NodeRef base = makeRange({3});
  NodeRef next = update(base, makeRange({1}), {2});
  compute(next);
  base = NodeRef();
  NodeRef last = update(next, makeRange({1}), {2});
  next = NodeRef();
  compute(last);
  EXPECT_EQ(getTraceStats().cacheMisses, 2);
  for (int i = 0; i < 3; ++i)
    last = update(std::exchange(last, NodeRef()), makeRange({1}), {2}),
    evaluate(last);
  EXPECT_EQ(getTraceStats().cacheMisses, 2);
}

//===----------------------------------------------------------------------===//
// Arrays that die
//===----------------------------------------------------------------------===//

/// As many float64 as make an array worth overwriting.
constexpr int64_t kMany = int64_t(1) << 17;

TEST_F(DonationTest, LargeArraysThatDieAreOverwritten) {
  NodeRef x = makeRange({kMany});
  NodeRef y = add(std::exchange(x, NodeRef()), makeInt(1));
  EXPECT_EQ(compute(y)[7], 8);
  EXPECT_TRUE(isDonated(0));
}

TEST_F(DonationTest, SmallOnesAreNot) {
  NodeRef x = makeRange({kMany - 1});
  NodeRef y = add(std::exchange(x, NodeRef()), makeInt(1));
  evaluate(y);
  EXPECT_FALSE(isDonated(0));
}

TEST_F(DonationTest, WhatSomebodyHoldsLivesOn) {
  NodeRef x = makeRange({kMany});
  NodeRef y = add(x, makeInt(1));
  evaluate(y);
  EXPECT_FALSE(isDonated(0));
}

TEST_F(DonationTest, ResultsOfOtherSizesTakeNothing) {
  NodeRef x = makeRange({kMany});
  NodeRef y = sum(std::exchange(x, NodeRef()), {0});
  evaluate(y);
  EXPECT_FALSE(isDonated(0));
}

TEST_F(DonationTest, WhatIsReadLaterIsNotOverwritten) {
  NodeRef x = makeRange({kMany});
  NodeRef unseen = add(x, makeInt(1));
  NodeRef later = multiply(unseen, makeInt(2));
  NodeRef now = add(unseen, makeInt(3));
  x = unseen = NodeRef();
  EXPECT_EQ(compute(now)[5], 9);
  EXPECT_FALSE(isDonated(0));
  EXPECT_EQ(compute(later)[5], 12);
}

TEST_F(DonationTest, OneOfSeveralInputsMayDie) {
  NodeRef x = makeRange({kMany}), y = makeRange({kMany});
  NodeRef z = add(y, std::exchange(x, NodeRef()));
  evaluate(z);
  EXPECT_FALSE(isDonated(0));
  EXPECT_TRUE(isDonated(1));
}

/// An array takes part of a GPU's memory, of which the fake has 1 GiB.
class GpuDonationTest : public GpuTraceTest {
protected:
  static constexpr int64_t kLeast = (int64_t(1) << 30) / 64 / sizeof(double);

  bool isDonated() { return compiler.programs.back().inputs[0].isDonated; }
  NodeRef addToNew(int64_t count) {
    NodeRef x = makeGpuRange({count}, first);
    return add(x, makeInt(1));
  }
};

TEST_F(GpuDonationTest, OnlyWhatTakesMuchOfTheMemoryIsOverwritten) {
  evaluate(addToNew(kLeast - 1));
  EXPECT_FALSE(isDonated());
  evaluate(addToNew(kLeast));
  EXPECT_TRUE(isDonated());
}

TEST_F(GpuDonationTest, ALimitOfThePoolMakesMemoryScarce) {
  cuda::MemoryPool::getDefault()->setLimit(0, size_t(1) << 28);
  evaluate(addToNew(kLeast / 2));
  cuda::MemoryPool::getDefault()->setLimit(0, 0);
  EXPECT_TRUE(isDonated());
}

TEST_F(GpuDonationTest, WhatAnotherStreamMayReadIsNotOverwritten) {
  NodeRef y = addToNew(kLeast);
  cuda::Stream::setCurrent(cuda::Stream::create(0));
  evaluate(y);
  cuda::Stream::setCurrent(cuda::Stream::getNull(0));
  EXPECT_FALSE(isDonated());
}
} // namespace
