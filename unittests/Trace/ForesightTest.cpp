// Programs that are launched while they are recorded, and that results are what
// they are without.
#include "ForesightTest.h"

#include "numloom/Runtime/Cuda/MemoryHook.h"
#include "numloom/Runtime/Cuda/Stream.h"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

using namespace numloom;

namespace {

TEST_F(ForesightTest, AProgramIsLaunchedWhenItsInputsAreKnown) {
  learn();
  int before = countKernels();
  NodeRef z = at(0, [&] { return add(x.get(), y.get()); });
  EXPECT_EQ(countLaunches(), 1);
  EXPECT_EQ(countKernels(), before + 1);
  NodeHandle last(addOften(z, 1, 20));
  last = NodeHandle(at(50, [&] { return add(last.get(), makeInt(0)); }));
  EXPECT_TRUE(last->isPending());
  evaluate(last.get());
  EXPECT_EQ(countAdopted(), 1);
  EXPECT_EQ(countKernels(), before + 1);
  EXPECT_EQ(run(last), (std::vector<double>{20, 22, 24, 26}));
}

TEST_F(ForesightTest, InputsMayBeOtherArrays) {
  learn();
  for (int i = 1; i < 10; ++i) {
    NodeHandle other(multiply(makeGpuRange({4}, first), makeInt(i)));
    evaluate(other.get());
    EXPECT_EQ(run(record(x, other))[3], 3 + 3 * i + 20);
    EXPECT_EQ(run(record(other, other))[3], 6 * i + 20);
  }
  EXPECT_GT(countAdopted(), 8);
}

TEST_F(ForesightTest, InputsMayBeNamedLater) {
  auto record = [&](const NodeHandle &u, const NodeHandle &v) {
    NodeRef z = at(0, [&] { return add(u.get(), makeInt(1)); });
    z = addOften(z, 1, 5);
    z = at(10, [&] { return multiply(z, v.get()); });
    return NodeHandle(addOften(z, 20, 20));
  };
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(run(record(x, y))[3], 47);
    EXPECT_EQ(countAdopted(), std::max(i - kRuns + 1, 0));
  }
}

TEST_F(ForesightTest, ShortProgramsReadLargeArrays) {
  NodeHandle u(makeGpuRange({1 << 23}, first));
  auto record = [&] {
    return NodeHandle(at(0, [&] { return add(u.get(), makeInt(1)); }));
  };
  for (int i = 0; i < kRuns; ++i)
    evaluate(record().get());
  EXPECT_EQ(countLaunches(), 0);
  NodeHandle z = record();
  EXPECT_EQ(countLaunches(), 1);
  EXPECT_TRUE(z->isPending());
  int before = countKernels();
  evaluate(z.get());
  EXPECT_EQ(countAdopted(), 1);
  EXPECT_EQ(countKernels(), before);
}

TEST_F(ForesightTest, ResultsMayBeInputs) {
  NodeHandle z = x;
  for (int i = 0; i < 20; ++i) {
    z = record(z, y);
    evaluate(z.get());
  }
  EXPECT_EQ(run(z)[2], 2 + 20 * 22);
  EXPECT_GT(countAdopted(), 10);
}

TEST_F(ForesightTest, PartsOfAnArrayMayBeInputs) {
  NodeHandle whole(makeGpuRange({12}, first));
  auto record = [&](int64_t start, ViewForm form) {
    NodeRef part = sliceVector(whole.get(), start, 1, 8, form);
    NodeRef next = sliceVector(whole.get(), start + 1, 1, 8, form);
    NodeRef z = at(0, [&] { return add(part, next); });
    return NodeHandle(addOften(z, 1, 20));
  };
  for (ViewForm form : {ViewForm::Memory, ViewForm::Recorded}) {
    resetTraceStats();
    setCompiler(&compiler);
    for (int i = 0; i < 8; ++i)
      EXPECT_EQ(run(record(1, form))[0], 3 + 20);
    EXPECT_EQ(countAdopted(), 5);
    // Elsewhere in the same memory.
    EXPECT_EQ(run(record(2, form))[0], 5 + 20);
    EXPECT_EQ(countAdopted(), 5);
  }
}

TEST_F(ForesightTest, SeveralResultsAreAdopted) {
  for (int i = 0; i < 6; ++i) {
    NodeHandle z = record();
    NodeHandle half(at(60, [&] { return multiply(z.get(), makeInt(2)); }));
    std::array targets = {half.get(), z.get()};
    evaluate(targets);
    EXPECT_EQ(run(z)[1], 22);
    EXPECT_EQ(run(half)[1], 44);
  }
  EXPECT_EQ(countAdopted(), 3);
}

//===----------------------------------------------------------------------===//
// What is launched and is something else
//===----------------------------------------------------------------------===//

TEST_F(ForesightTest, ANumberChangesAtTheEnd) {
  learn();
  expectDropped(record(5), 2 + 5);
  expectDropped(record(0), 2);
}

TEST_F(ForesightTest, TheRestIsOther) {
  learn();
  NodeRef z = at(0, [&] { return add(x.get(), y.get()); });
  expectDropped(NodeHandle(addOften(z, 1, 20)), 2);
}

TEST_F(ForesightTest, MoreIsAskedFor) {
  learn();
  NodeRef z = at(0, [&] { return add(x.get(), y.get()); });
  NodeHandle kept(addOften(z, 1, 10));
  NodeRef rest = addOften(kept.get(), 11, 10);
  NodeHandle last(at(50, [&] { return add(rest, makeInt(0)); }));
  expectDropped(last, 2);
  EXPECT_EQ(run(kept)[1], 12);
}

TEST_F(ForesightTest, AnotherProgramComesFirst) {
  learn();
  NodeHandle z = record();
  EXPECT_EQ(run(NodeHandle(add(x.get(), makeInt(7))))[1], 8);
  expectDropped(z, 2);
}

/// The memory of an input goes to another array at the same address.
TEST_F(ForesightTest, AnInputDiesAndItsAddressIsUsedAgain) {
  NodeHandle u(makeGpuRange({4}, first));
  learn();
  void *address = u->getData();
  NodeHandle z = record(u, y);
  EXPECT_EQ(countLaunches(), 1);
  z = u = NodeHandle();
  u = NodeHandle(multiply(x.get(), makeInt(100)));
  NodeHandle v(transfer(makeRange({4}), first));
  ASSERT_EQ(v->getData(), address);
  double value = 0;
  cuda::copyToDevice(0, v->getData(), &value, sizeof(value));
  z = record(v, y);
  expectDropped(z, 2);
  EXPECT_EQ(run(z)[0], 20);
}

TEST_F(ForesightTest, TheStreamChanges) {
  learn();
  NodeHandle z = record();
  cuda::StreamPtr stream = cuda::Stream::create(0);
  cuda::StreamPtr previous = cuda::Stream::setCurrent(stream);
  evaluate(z.get());
  cuda::Stream::setCurrent(previous);
  expectDropped(z, 2);
}

TEST_F(ForesightTest, AnotherThreadEvaluates) {
  learn();
  NodeHandle z = record();
  std::thread([&] { evaluate(z.get()); }).join();
  expectDropped(z, 2);
}

TEST_F(ForesightTest, AHookIsAdded) {
  learn();
  NodeHandle z = record();
  cuda::MemoryHook hook;
  cuda::addMemoryHook(hook);
  evaluate(z.get());
  cuda::removeMemoryHook(hook);
  expectDropped(z, 2);
}

TEST_F(ForesightTest, AnotherCompilerIsSet) {
  learn();
  NodeHandle z = record();
  setCompiler(&compiler);
  expectDropped(z, 2);
}

/// What costs a launch for nothing is tried again after twice as many runs.
TEST_F(ForesightTest, MistakesBecomeRare) {
  for (int i = 0; i < 200; ++i) {
    for (int j = 0; j < 3; ++j)
      evaluate(record().get());
    EXPECT_EQ(run(record(1))[1], 23);
  }
  EXPECT_LT(countLaunches() - countAdopted(), 10);
}

} // namespace
