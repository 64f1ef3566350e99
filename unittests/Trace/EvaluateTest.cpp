// Evaluation: what is stored, shared, recomputed, and what happens on failure.
#include "FakeCompiler.h"
#include "numloom/Runtime/Allocator.h"

using namespace numloom;

namespace {
using EvaluateTest = TraceTest;

TEST_F(EvaluateTest, ComputesAChain) {
  NodeRef x = makeRange({2, 2});
  NodeRef y = sum(multiply(add(x, makeInt(1)), x), {0});
  EXPECT_EQ(compute(y), (std::vector<double>{6, 14}));
  EXPECT_TRUE(y->isContiguous());
  TraceStats stats = getTraceStats();
  EXPECT_EQ(stats.flushes, 1);
  EXPECT_EQ(stats.cacheMisses, 1);
  EXPECT_EQ(stats.nodesRecorded, 3);
  evaluate(y);
  EXPECT_EQ(getTraceStats().flushes, 1);
}

TEST_F(EvaluateTest, AncestorsWithHandlesAreStoredToo) {
  NodeHandle x(makeRange({3}));
  NodeHandle held(add(x.get(), makeInt(1)));
  NodeRef unseen = multiply(held.get(), makeInt(2));
  NodeRef y = add(unseen, makeInt(3));
  EXPECT_EQ(compute(y), (std::vector<double>{5, 7, 9}));
  EXPECT_TRUE(held->isEvaluated());
  EXPECT_EQ(getElements(held.get()), (std::vector<double>{1, 2, 3}));
  EXPECT_TRUE(unseen->isPending());
}

TEST_F(EvaluateTest, ConstantsAreStoredOnlyWhenAskedFor) {
  int64_t value = 2, extent = 3;
  NodeHandle two(record(OpCode::Constant, {}, std::span(&extent, 1),
                        DType::Int64, std::span(&value, 1)));
  EXPECT_EQ(compute(add(two.get(), makeInt(1))),
            (std::vector<double>{3, 3, 3}));
  EXPECT_TRUE(two->isPending());
  EXPECT_EQ(compute(two.get()), (std::vector<double>{2, 2, 2}));
}

TEST_F(EvaluateTest, HistoriesAreComputedOnce) {
  NodeHandle u(makeRange({4})), v(makeRange({4}));
  for (int step = 0; step < 100; ++step) {
    NodeRef next = add(u.get(), v.get());
    v = NodeHandle(multiply(v.get(), u.get()));
    u = NodeHandle(next);
    evaluate(sum(u.get(), {0}));
  }
  // Without bound it would be a node more at each step.
  EXPECT_LT(getTraceStats().nodesExecuted, 100 * 24);
}

TEST_F(EvaluateTest, SeveralTargetsAreOneProgram) {
  NodeRef x = makeRange({3});
  NodeRef targets[] = {add(x, makeInt(1)), multiply(x, makeInt(2)), x};
  evaluate(targets);
  EXPECT_EQ(getElements(targets[0])[2], 3);
  EXPECT_EQ(getElements(targets[1])[2], 4);
  EXPECT_EQ(getTraceStats().flushes, 1);
}

TEST_F(EvaluateTest, ViewsShareTheMemoryOfWhatIsStored) {
  NodeHandle base(add(makeRange({2, 3}), makeInt(1)));
  int64_t axes[] = {1, 0};
  NodeRef view = makeTranspose(base.get(), axes);
  EXPECT_EQ(compute(view), (std::vector<double>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(view->getStorage().get(), base->getStorage().get());
}

TEST_F(EvaluateTest, AViewNoSmallerThanItsOperandStoresTheOperand) {
  NodeRef sums = sum(makeRange({4, 3}), {0});
  NodeRef wide = makeBroadcastTo(sums, toSpan({1000, 3}));
  evaluate(wide);
  EXPECT_EQ(wide->getStrides()[0], 0);
  EXPECT_EQ(wide->getStorage()->getBytes(), 3 * sizeof(double));
}

TEST_F(EvaluateTest, ASliceOfWhatNobodyNeedsIsStoredAlone) {
  NodeRef part = sliceVector(add(makeRange({1000}), makeInt(1)), 5, 1, 2);
  EXPECT_EQ(compute(part), (std::vector<double>{6, 7}));
  EXPECT_EQ(part->getStorage()->getBytes(), 2 * sizeof(double));
}

TEST_F(EvaluateTest, ViewsOfWhatWasEvaluatedMeanwhileNeedNoProgram) {
  NodeRef base = add(makeRange({2, 3}), makeInt(1));
  int64_t axes[] = {1, 0};
  NodeRef view = makeReshape(makeTranspose(base, axes), toSpan({3, 1, 2}));
  evaluate(base);
  EXPECT_EQ(compute(view), (std::vector<double>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(view->getStorage().get(), base->getStorage().get());
  EXPECT_EQ(getTraceStats().flushes, 1);
}

TEST_F(EvaluateTest, WhatIsAskedForAgainAndAgainIsStored) {
  NodeRef shared = multiply(makeRange({3}), makeInt(2));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(shared->isPending());
    compute(add(shared, makeInt(i)));
  }
  EXPECT_TRUE(shared->isEvaluated());
}

TEST_F(EvaluateTest, FailedCompilationLeavesNodesPending) {
  NodeRef y = add(makeRange({3}), makeInt(1));
  compiler.failure = "no such luck";
  expectError(ErrorKind::Runtime, "compilation failed: no such luck",
              [&] { evaluate(y); });
  EXPECT_TRUE(y->isPending());
  compiler.failure.clear();
  EXPECT_EQ(compute(y), (std::vector<double>{1, 2, 3}));
}

TEST_F(EvaluateTest, OutOfMemoryLeavesNodesPending) {
  NodeRef y = add(makeRange({1000}), makeInt(1));
  Allocator::get().failAfter(0);
  try {
    evaluate(y);
    ADD_FAILURE() << "no error";
  } catch (const Error &error) {
    EXPECT_EQ(error.getKind(), ErrorKind::Memory);
  }
  Allocator::get().failAfter(-1);
  EXPECT_TRUE(y->isPending());
  EXPECT_EQ(compute(y)[999], 1000);
}

TEST_F(EvaluateTest, MillionNodesAreEvaluatedIteratively) {
  compiler.emptyPlans = true;
  NodeRef x = makeRange({2});
  for (int i = 0; i < 1000000; ++i)
    x = add(x, makeInt(1));
  evaluate(x);
  EXPECT_TRUE(x->isEvaluated());
}

TEST_F(EvaluateTest, EmptyArrays) {
  EXPECT_TRUE(compute(add(makeRange({0, 3}), makeInt(1))).empty());
  EXPECT_EQ(compute(sum(add(makeRange({0, 2}), makeInt(1)), {0})),
            (std::vector<double>{0, 0}));
}

TEST_F(EvaluateTest, ExplainShowsTheProgram) {
  NodeRef y = multiply(makeRange({3}), makeRange({3}));
  EXPECT_EQ(explain(std::span(&y, 1)), "1 nodes");
  EXPECT_TRUE(y->isPending());
}
} // namespace
