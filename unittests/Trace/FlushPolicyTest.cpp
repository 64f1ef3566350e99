// The flush policy: loops of any body and length compile few programs.
#include "FakeCompiler.h"
#include "numloom/Runtime/Allocator.h"

#include <random>

using namespace numloom;

namespace {
using FlushPolicyTest = TraceTest;

/// Records as the Python side does: evaluates where the policy says so.
NodeRef flushIfDue(NodeRef node) {
  if (isFlushDue(*node))
    evaluate(node);
  return node;
}

int code;

/// `x = x + 1` at `offset` of the loop's code.
NodeRef stepAt(const NodeRef &x, int64_t offset) {
  setSourceLocation({&code, offset});
  return flushIfDue(add(x, makeInt(1)));
}

/// 66 zeros, not in memory.
NodeRef makePendingZeros() {
  int64_t value = 0, extent = 66;
  return record(OpCode::Constant, {}, std::span(&extent, 1), DType::Float64,
                std::span(&value, 1));
}

/// 64 elements between two others, as if by padding.
NodeRef pad(const NodeRef &inner, const NodeRef &edge) {
  NodeRef parts[] = {edge, inner, edge};
  int64_t axis = 0, extent = 66;
  return record(OpCode::Concatenate, parts, std::span(&extent, 1),
                DType::Float64, std::span(&axis, 1));
}

TEST_F(FlushPolicyTest, SharedMemoryIsReadAtOnce) {
  NodeRef x = makeRange({4});
  EXPECT_FALSE(isFlushDue(*add(x, makeInt(1))));
  x->getStorage()->addSharer();
  EXPECT_TRUE(x->readsSharedMemory());
  NodeRef y = add(x, makeInt(1)), z = add(y, makeInt(1));
  EXPECT_TRUE(isFlushDue(*y) && isFlushDue(*z));
  EXPECT_TRUE(z->readsSharedMemory());
  evaluate(z);
  EXPECT_FALSE(z->readsSharedMemory());
  EXPECT_FALSE(isFlushDue(*add(z, makeInt(1))));
  x->getStorage()->dropSharer();
  EXPECT_FALSE(isFlushDue(*add(x, makeInt(1))));
}

TEST_F(FlushPolicyTest, LoopsCompileThreePrograms) {
  compiler.emptyPlans = true;
  for (int body : {1, 2, 7, 9, 13, 100, 200, 300, 600}) {
    compiler.programs.clear();
    setCompiler(&compiler);
    NodeHandle x(makeRange({4}));
    for (int step = 0; step < 1000; ++step) {
      NodeRef value = x.get();
      for (int i = 0; i < body; ++i)
        value = stepAt(value, body * 10000 + i);
      x = NodeHandle(value);
    }
    evaluate(x.get());
    EXPECT_LE(compiler.programs.size(), 3u) << "body of " << body;
    EXPECT_GE(getTraceStats().flushes, 1000 * body / 2048);
  }
}

TEST_F(FlushPolicyTest, LoopsAreCutWhereverTheirCodeLies) {
  compiler.emptyPlans = true;
  std::mt19937_64 random(1);
  for (int place = 0; place < 8000; ++place) {
    int64_t flushes = getTraceStats().flushes;
    // Only told apart, never read.
    auto *address = reinterpret_cast<void *>(random() >> 17 << 4);
    NodeRef x = makeRange({4});
    for (int step = 0; step < 160; ++step) {
      for (bool isSum : {false, true}) {
        setSourceLocation({address, isSum ? 132 : 126});
        Operand one = makeInt(1);
        x = flushIfDue(isSum ? add(x, one) : multiply(x, one));
      }
    }
    ASSERT_GT(getTraceStats().flushes, flushes) << "code at " << address;
  }
  setSourceLocation({});
}

TEST_F(FlushPolicyTest, StencilLoopsCompileThreePrograms) {
  compiler.emptyPlans = true;
  NodeHandle u(makeRange({66}));
  for (int step = 0; step < 1000; ++step) {
    auto at = [&](int64_t offset) { setSourceLocation({&code, offset}); };
    auto part = [&](int64_t start) {
      return sliceVector(u.get(), start, 1, 64);
    };
    at(1);
    NodeHandle left(flushIfDue(part(0)));
    at(2);
    NodeHandle right(flushIfDue(part(2)));
    at(3);
    NodeHandle sides(flushIfDue(add(left.get(), right.get())));
    at(4);
    NodeHandle inner(flushIfDue(multiply(sides.get(), makeFloat(0.5))));
    at(5);
    NodeHandle edge(
        flushIfDue(makeBroadcastTo(recordScalar(makeFloat(0)), toSpan({1}))));
    at(6);
    NodeRef parts[] = {edge.get(), inner.get(), edge.get()};
    int64_t axis = 0, extent = 66;
    u = NodeHandle(
        flushIfDue(record(OpCode::Concatenate, parts, std::span(&extent, 1),
                          DType::Float64, std::span(&axis, 1))));
  }
  evaluate(u.get());
  EXPECT_LE(compiler.programs.size(), 3u);
}

TEST_F(FlushPolicyTest, ViewsTakenBeforeACutDoNotHastenTheNext) {
  compiler.emptyPlans = true;
  constexpr int64_t kStarts[] = {0, 1, 2, 0};
  NodeHandle zeros(makePendingZeros());
  NodeHandle u(makeRange({66}));
  for (int step = 0; step < 1000; ++step) {
    int64_t offset = 6000000;
    auto keep = [](NodeRef node) { return NodeHandle(flushIfDue(node)); };
    auto next = [&] { setSourceLocation({&code, ++offset}); };
    NodeHandle parts[4];
    for (int i = 0; i < 4; ++i) {
      next();
      parts[i] = keep(sliceVector(u.get(), kStarts[i], 1, 64));
    }
    NodeHandle total = parts[0];
    for (int i = 1; i < 4; ++i) {
      next();
      total = keep(add(total.get(), parts[i].get()));
    }
    next();
    NodeHandle padded = keep(pad(total.get(), makeRange({1})));
    next();
    u = keep(add(zeros.get(), padded.get()));
  }
  evaluate(u.get());
  EXPECT_LE(compiler.programs.size(), 3u);
  EXPECT_LE(getTraceStats().flushes, 1000 * 9 / 120);
}

TEST_F(FlushPolicyTest, StraightLinePrograms) {
  compiler.emptyPlans = true;
  NodeHandle x(makeRange({4}));
  for (int i = 0; i < 500; ++i)
    x = NodeHandle(stepAt(x.get(), 1000000 + i));
  EXPECT_TRUE(x->isPending());
  EXPECT_EQ(compiler.programs.size(), 0u);
}

TEST_F(FlushPolicyTest, SharedAncestorsAreNotCountedTwice) {
  NodeHandle x(makeRange({4}));
  for (int i = 0; i < 40; ++i) {
    setSourceLocation({&code, 2000000 + i});
    x = NodeHandle(add(x.get(), x.get()));
  }
  EXPECT_EQ(x->getPendingCount(), 40u);
}

TEST_F(FlushPolicyTest, LongLoopsHoldLittleMemory) {
  compiler.emptyPlans = true;
  Allocator::get().resetPeak();
  size_t before = Allocator::get().getInfo().peakBytes;
  NodeHandle x(makeRange({1024}));
  for (int i = 0; i < 100000; ++i)
    x = NodeHandle(stepAt(x.get(), 3000000));
  EXPECT_LE(Allocator::get().getInfo().peakBytes, before + (1 << 20));
}

TEST_F(FlushPolicyTest, LargeResultsAreNotCut) {
  NodeRef column = makeRange({300, 1}), row = makeRange({300 * 10});
  setSourceLocation({&code, 4000000});
  NodeRef x = add(column, row);
  for (int i = 0; i < 600; ++i) {
    x = add(x, makeInt(1));
    EXPECT_FALSE(isFlushDue(*x));
  }
}

TEST_F(FlushPolicyTest, BytesThatOnlyPendingNodesHold) {
  // Memory is never touched: one address stands for many large arrays.
  static double element;
  constexpr int64_t kBytes = int64_t(1) << 28;
  int64_t extent = kBytes / 8;
  NodeHandle total(makeRange({1}));
  bool due = false;
  for (int i = 0; i < 6 && !due; ++i) {
    NodeHandle large(
        makeLeaf(DType::Float64, std::span(&extent, 1),
                 StorageRef::external(&element, kBytes, nullptr, nullptr)));
    setSourceLocation({&code, 5000000});
    total = NodeHandle(add(total.get(), large.get()));
    due = isFlushDue(*total);
    EXPECT_TRUE(!due || i >= 4);
  }
  EXPECT_TRUE(due);
}

TEST_F(FlushPolicyTest, ViewsOfWhatTheUserHoldsCostNothing) {
  static double element;
  constexpr int64_t kBytes = int64_t(1) << 28;
  int64_t extent = kBytes / 8;
  NodeHandle image(
      makeLeaf(DType::Float64, std::span(&extent, 1),
               StorageRef::external(&element, kBytes, nullptr, nullptr)));
  NodeHandle total(makeRange({1}));
  for (int i = 0; i < 12; ++i) {
    NodeHandle view(sliceVector(image.get(), 1, 1, extent - 1));
    setSourceLocation({&code, 6000000});
    total = NodeHandle(add(total.get(), view.get()));
    EXPECT_FALSE(isFlushDue(*total));
  }
}
} // namespace
