// What is not launched ahead, failures, and memory.
#include "ForesightTest.h"

#include "numloom/Runtime/Cuda/Error.h"
#include "numloom/Runtime/Cuda/MemoryHook.h"
#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Trace/Error.h"

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

using namespace numloom;

namespace {

using ForesightLimitsTest = ForesightTest;

//===----------------------------------------------------------------------===//
// What is not launched
//===----------------------------------------------------------------------===//

TEST_F(ForesightLimitsTest, ShapesAreOther) {
  learn();
  NodeHandle u(makeGpuRange({5}, first));
  EXPECT_EQ(run(record(u, u))[4], 28);
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, ShortProgramsReadSmallArrays) {
  for (int i = 0; i < 10; ++i) {
    NodeHandle z(at(0, [&] { return add(x.get(), makeInt(1)); }));
    evaluate(z.get());
  }
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, AnInputIsPending) {
  learn();
  NodeHandle u(add(x.get(), makeInt(1)));
  EXPECT_EQ(run(record(u, y))[1], 23);
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, AnInputIsSeenByOthers) {
  learn();
  x->getStorage()->addSharer();
  EXPECT_EQ(run(record())[1], 22);
  x->getStorage()->dropSharer();
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, AnInputDiesBeforeTheLaunch) {
  auto begin = [](const NodeHandle &u) {
    return at(0, [&] { return add(u.get(), makeInt(1)); });
  };
  auto finish = [&](const NodeRef &z) {
    NodeRef w = at(10, [&] { return multiply(z, y.get()); });
    return NodeHandle(addOften(w, 20, 20));
  };
  for (int i = 0; i < kRuns; ++i)
    evaluate(finish(begin(x)).get());
  begin(NodeHandle(makeGpuRange({4}, first)));
  EXPECT_EQ(run(finish(x.get()))[3], 29);
  EXPECT_EQ(countLaunches(), 0);
  EXPECT_EQ(run(finish(begin(x)))[3], 32);
  EXPECT_EQ(countAdopted(), 1);
}

TEST_F(ForesightLimitsTest, NoMemoryIsInCache) {
  learn();
  // What fails each time is not tried for ever.
  for (int i = 0; i < 3; ++i) {
    cuda::MemoryPool::getDefault()->freeAllBlocks(0);
    int before = fake.calls["cuMemAlloc"];
    NodeHandle z = record();
    EXPECT_EQ(fake.calls["cuMemAlloc"], before);
    EXPECT_EQ(run(z)[1], 22);
    EXPECT_EQ(countLaunches(), 0);
  }
  EXPECT_EQ(run(record())[1], 22);
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, NoMemoryIsInCacheOnce) {
  learn();
  cuda::MemoryPool::getDefault()->freeAllBlocks(0);
  expectNoLaunch();
  EXPECT_EQ(run(record())[1], 22);
  EXPECT_EQ(countAdopted(), 1);
}

TEST_F(ForesightLimitsTest, HooksWatchTheMemory) {
  learn();
  cuda::MemoryHook hook;
  cuda::addMemoryHook(hook);
  expectNoLaunch();
  cuda::removeMemoryHook(hook);
}

TEST_F(ForesightLimitsTest, AnotherAllocatorServes) {
  learn();
  cuda::setAllocator(cuda::MemoryPool::create());
  expectNoLaunch();
  cuda::setAllocator(nullptr);
}

TEST_F(ForesightLimitsTest, AnInputIsOfAnotherStream) {
  cuda::StreamPtr stream = cuda::Stream::create(0);
  cuda::StreamPtr previous = cuda::Stream::setCurrent(stream);
  learn();
  expectNoLaunch();
  cuda::Stream::setCurrent(previous);
}

TEST_F(ForesightLimitsTest, TheStreamIsCaptured) {
  cuda::StreamPtr stream = cuda::Stream::create(0);
  cuda::StreamPtr previous = cuda::Stream::setCurrent(stream);
  x = NodeHandle(makeGpuRange({4}, first));
  y = NodeHandle(makeGpuRange({4}, first));
  learn();
  auto &captured = fake.getStream(stream->getHandle()).capture;
  captured = std::make_unique<cuda::FakeGraph>();
  NodeHandle z = record();
  EXPECT_EQ(countLaunches(), 0);
  captured = nullptr;
  EXPECT_EQ(run(z)[1], 22);
  z = NodeHandle();
  z = record();
  EXPECT_EQ(countLaunches(), 1);
  captured = std::make_unique<cuda::FakeGraph>();
  evaluate(z.get());
  EXPECT_EQ(countAdopted(), 0);
  EXPECT_EQ(captured->nodes.size(), 1u);
  captured->run();
  captured = nullptr;
  EXPECT_EQ(run(z)[1], 22);
  x = y = z = NodeHandle();
  cuda::Stream::setCurrent(previous);
}

TEST_F(ForesightLimitsTest, SmallProgramsAreNot) {
  for (int i = 0; i < 10; ++i) {
    NodeRef z = at(0, [&] { return add(x.get(), y.get()); });
    EXPECT_EQ(run(NodeHandle(addOften(z, 1, 8)))[1], 10);
  }
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, ProgramsThatWriteWhereElementsSayAreNot) {
  NodeRef isNotZero = recordCast(makeRange({4}), DType::Bool);
  NodeHandle mask(transfer(isNotZero, first));
  for (int i = 0; i < 10; ++i) {
    NodeHandle z = record();
    int64_t count = 3;
    std::array operands = {mask.get(), z.get()};
    NodeHandle part(at(60, [&] {
      return numloom::record(OpCode::Compress, operands, {&count, 1},
                             DType::Float64);
    }));
    EXPECT_EQ(run(part)[0], 22);
  }
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, UpdatesAreNot) {
  for (int i = 0; i < 10; ++i) {
    NodeHandle z = record();
    std::array operands = {x.get(), z.get()};
    std::array<int64_t, 4> attrs{1, 0, 1, 1};
    NodeHandle next(at(60, [&] {
      return numloom::record(OpCode::Update, operands, x->getShape(),
                             DType::Float64, attrs);
    }));
    EXPECT_EQ(run(next)[1], 22);
  }
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, TheCpuIsNot) {
  x = NodeHandle(makeRange({4}));
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(compute(record(x, x).get())[1], 22);
  EXPECT_EQ(countLaunches(), 0);
}

//===----------------------------------------------------------------------===//
// Failures and memory
//===----------------------------------------------------------------------===//

/// A kernel that cannot be launched while the program is recorded.
TEST_F(ForesightLimitsTest, AFailureIsThatOfTheFlush) {
  learn();
  NodeHandle z;
  fake.fault(0, cuda::Result(700));
  EXPECT_NO_THROW(z = record());
  EXPECT_THROW(evaluate(z.get()), cuda::CudaError);
  EXPECT_TRUE(z->isPending());
  EXPECT_EQ(countLaunches(), 0);
}

TEST_F(ForesightLimitsTest, WhatIsDroppedGivesItsMemoryBack) {
  learn();
  cuda::MemoryPool &pool = *cuda::MemoryPool::getDefault();
  size_t before = pool.getUsedBytes(0);
  NodeHandle z = record();
  EXPECT_GT(pool.getUsedBytes(0), before);
  z = NodeHandle();
  EXPECT_EQ(run(NodeHandle(add(x.get(), makeInt(7))))[1], 8);
  EXPECT_EQ(pool.getUsedBytes(0), before);
}

TEST_F(ForesightLimitsTest, WhoeverNeedsMemoryGetsIt) {
  x = NodeHandle(makeGpuRange({1000}, first));
  y = NodeHandle(makeGpuRange({1000}, first));
  learn();
  cuda::MemoryPool &pool = *cuda::MemoryPool::getDefault();
  NodeHandle z = record();
  EXPECT_EQ(countLaunches(), 1);
  pool.setLimit(0, pool.getTotalBytes(0));
  pool.freeAllBlocks(0);
  pool.setLimit(0, pool.getTotalBytes(0));
  {
    NodeHandle other(makeGpuRange({1000}, first));
    EXPECT_EQ(getElements(transfer(other.get(), Device()))[7], 7);
  }
  pool.setLimit(0, 0);
  expectDropped(z, 2);
}

/// One launch is lost to it, not one of each run.
TEST_F(ForesightLimitsTest, WhatMemoryWasTakenFromIsNotForeseenAtOnce) {
  learn();
  NodeHandle z = record();
  cuda::MemoryPool &pool = *cuda::MemoryPool::getDefault();
  pool.setLimit(0, 1);
  EXPECT_THROW(makeGpuRange({1 << 20}, first), std::exception);
  pool.setLimit(0, 0);
  expectDropped(z, 2);
  z = NodeHandle();
  expectDropped(record(), 2);
}

TEST_F(ForesightLimitsTest, ProgramsThatAreTakenStayKnown) {
  constexpr int kOthers = 80;
  learn();
  for (int i = 0; i < kOthers; ++i) {
    EXPECT_EQ(run(record())[1], 22);
    NodeRef z = at(100, [&] { return multiply(x.get(), y.get()); });
    EXPECT_EQ(run(NodeHandle(addOften(z, 101, 20 + i)))[1], 21 + i);
  }
  EXPECT_EQ(countAdopted(), kOthers);
}

/// What was launched is known by them.
TEST_F(ForesightLimitsTest, NoTwoNodesGetOneNumber) {
  constexpr int kThreads = 4, kNodes = 20000;
  std::vector<uint64_t> numbers(kThreads * kNodes);
  auto work = [&](int thread) {
    for (int i = 0; i < kNodes; ++i)
      numbers[thread * kNodes + i] = add(x.get(), y.get())->getSequence();
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back(work, i);
  for (std::thread &thread : threads)
    thread.join();
  std::ranges::sort(numbers);
  EXPECT_EQ(std::ranges::adjacent_find(numbers), numbers.end());
}

} // namespace
