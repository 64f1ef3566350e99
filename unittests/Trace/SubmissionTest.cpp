// Flushes that nobody waits for: compiled on another thread while recording
// goes on.
#include "GpuTraceTest.h"

#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Trace/Error.h"

#include <atomic>
#include <functional>
#include <thread>

using namespace numloom;

namespace {

/// Compiles on its thread when `mayCompile` is set.
class WaitingCompiler : public FakeCompiler {
public:
  std::shared_ptr<const Plan> compileForCuda(const Program &program,
                                             const CudaTarget &target,
                                             std::string &error) override {
    hasBegun = true;
    hasBegun.notify_all();
    mayCompile.wait(false);
    threads.push_back(std::this_thread::get_id());
    return FakeCompiler::compileForCuda(program, target, error);
  }
  void allow() {
    mayCompile = true;
    mayCompile.notify_all();
  }

  std::atomic<bool> mayCompile{true}, hasBegun{false};
  std::vector<std::thread::id> threads;
};

int code;

/// `x = x + 1` at `offset` of the loop's code.
NodeRef stepAt(const NodeRef &x, int64_t offset) {
  setSourceLocation({&code, offset});
  return add(x, makeInt(1));
}

class SubmissionTest : public GpuTraceTest {
protected:
  void SetUp() override {
    GpuTraceTest::SetUp();
    setCompiler(&waiting);
  }
  void TearDown() override {
    waiting.allow();
    GpuTraceTest::TearDown();
  }

  /// Adds one until a flush is due; returns how often.
  int recordUntilDue(NodeHandle &x) {
    for (int count = 1;; ++count) {
      x = NodeHandle(stepAt(x.get(), 0));
      if (isFlushDue(*x.get()))
        return count;
    }
  }

  WaitingCompiler waiting;
};

TEST_F(SubmissionTest, RecordingGoesOnWhileAProgramIsCompiled) {
  waiting.mayCompile = false;
  NodeHandle x(makeGpuRange({4}, first));
  int steps = recordUntilDue(x);
  NodeHandle due = x;
  submit(due.get());
  // The compiler waits for this thread.
  for (int i = 0; i < 50; ++i)
    x = NodeHandle(stepAt(x.get(), 1));
  EXPECT_TRUE(due->isPending() && x->isPending());
  waiting.allow();
  EXPECT_EQ(computeOnHost(x.get())[3], 3 + steps + 50);
  EXPECT_FALSE(due->isPending());
  ASSERT_EQ(waiting.programs.size(), 2u);
  EXPECT_NE(waiting.threads[0], std::this_thread::get_id());
  EXPECT_EQ(waiting.threads[1], std::this_thread::get_id());
  EXPECT_EQ(getTraceStats().submissions, 1);
}

TEST_F(SubmissionTest, LaterProgramsQueueBehind) {
  waiting.mayCompile = false;
  NodeHandle x(makeGpuRange({4}, first));
  int steps = recordUntilDue(x);
  submit(x.get());
  NodeHandle y(multiply(x.get(), makeInt(2)));
  waiting.hasBegun.wait(false);
  std::thread allow([&] { waiting.allow(); });
  evaluate(y.get());
  allow.join();
  // One program for what was submitted, one for what came after.
  EXPECT_EQ(waiting.programs.size(), 2u);
  EXPECT_EQ(waiting.programs[1].nodes.size(), 2u);
  EXPECT_EQ(computeOnHost(y.get())[1], 2 * (1 + steps));
}

TEST_F(SubmissionTest, WhatIsDroppedMeanwhileIsComputed) {
  waiting.mayCompile = false;
  NodeHandle x(makeGpuRange({4}, first));
  NodeHandle other(multiply(x.get(), makeInt(3)));
  x = NodeHandle(add(x.get(), other.get()));
  int steps = recordUntilDue(x);
  submit(x.get());
  NodeHandle sum(add(x.get(), other.get()));
  x = NodeHandle();
  other = NodeHandle();
  waiting.allow();
  EXPECT_EQ(computeOnHost(sum.get())[2], 4 * 2 + steps + 3 * 2);
  // Both were stored, as they would have been at once.
  EXPECT_EQ(waiting.programs[0].outputs.size(), 2u);
}

TEST_F(SubmissionTest, LoopsCompileTheProgramsOfEvaluation) {
  auto run = [&](int body, const std::function<void(const NodeRef &)> &flush) {
    waiting.programs.clear();
    setCompiler(&waiting);
    NodeHandle x(makeGpuRange({4}, first)), y(makeGpuRange({4}, first));
    for (int i = 0; i < 3000; ++i) {
      NodeRef next = stepAt(i % 2 ? y.get() : x.get(), i % body);
      if (isFlushDue(*next))
        flush(next);
      (i % 2 ? y : x) = NodeHandle(std::move(next));
    }
    EXPECT_EQ(computeOnHost(x.get())[1], 1501);
    EXPECT_EQ(computeOnHost(y.get())[1], 1501);
    return waiting.programs.size();
  };
  for (int body : {2, 7, 100}) {
    resetTraceStats();
    size_t expected = run(body, [](const NodeRef &node) { evaluate(node); });
    EXPECT_EQ(getTraceStats().submissions, 0);
    EXPECT_EQ(run(body, [](const NodeRef &node) { submit(node); }), expected);
    EXPECT_GT(getTraceStats().submissions, 0);
  }
}

TEST_F(SubmissionTest, KnownProgramsRunAtOnce) {
  waiting.mayCompile = false;
  for (bool isKnown : {false, true}) {
    NodeHandle x(makeGpuRange({4}, first));
    recordUntilDue(x);
    submit(x.get());
    EXPECT_EQ(x->isPending(), !isKnown);
    waiting.allow();
    finishSubmissions();
    EXPECT_FALSE(x->isPending());
  }
  EXPECT_EQ(getTraceStats().submissions, 1);
}

TEST_F(SubmissionTest, FailuresAppearWhereTheValueIsAskedFor) {
  waiting.failure = "not today";
  NodeHandle x(makeGpuRange({4}, first));
  int steps = recordUntilDue(x);
  submit(x.get());
  NodeHandle y(stepAt(x.get(), 1));
  try {
    evaluate(y.get());
    FAIL();
  } catch (const Error &error) {
    EXPECT_NE(std::string(error.what()).find("not today"), std::string::npos);
  }
  EXPECT_TRUE(x->isPending());
  waiting.failure.clear();
  EXPECT_EQ(computeOnHost(y.get())[0], steps + 1);
}

TEST_F(SubmissionTest, WorkGoesToTheStreamOfTheThreadThatSubmits) {
  cuda::StreamPtr stream = cuda::Stream::create(0);
  NodeHandle x(makeGpuRange({4}, first));
  recordUntilDue(x);
  cuda::StreamPtr previous = cuda::Stream::setCurrent(stream);
  fake.getStream(stream->getHandle()).isHeld = true;
  submit(x.get());
  finishSubmissions();
  EXPECT_FALSE(x->isPending());
  EXPECT_FALSE(stream->isDone());
  fake.getStream(stream->getHandle()).isHeld = false;
  EXPECT_TRUE(stream->isDone());
  cuda::Stream::setCurrent(previous);
}

TEST_F(SubmissionTest, TheCpuIsNotLeftBehind) {
  NodeHandle x(makeRange({4}));
  recordUntilDue(x);
  submit(x.get());
  EXPECT_FALSE(x->isPending());
  EXPECT_EQ(getTraceStats().submissions, 0);
}

} // namespace
