// Recording and evaluating from several threads at once.
#include "FakeCompiler.h"

#include <atomic>
#include <thread>

using namespace numloom;

namespace {
using ThreadsTest = TraceTest;

TEST_F(ThreadsTest, ThreadsRecordAndEvaluateTheirOwn) {
  NodeHandle shared(makeRange({8}));
  auto work = [&](int number) {
    NodeHandle x = shared;
    for (int i = 1; i <= 2000; ++i) {
      x = NodeHandle(add(x.get(), makeInt(number)));
      if (i % 50 == 0) {
        evaluate(x.get());
        ASSERT_EQ(getElements(x.get())[7], 7 + i * number);
      }
    }
  };
  std::thread first(work, 1), second(work, 3);
  first.join();
  second.join();
}

TEST_F(ThreadsTest, ThreadsAskForTheSameNode) {
  for (int round = 0; round < 200; ++round) {
    NodeHandle x(add(makeRange({4}), makeInt(round)));
    NodeHandle y(multiply(x.get(), makeInt(2)));
    std::atomic<int> ready{0};
    auto work = [&] {
      ++ready;
      while (ready < 2)
        ;
      NodeRef mine = add(y.get(), x.get());
      EXPECT_EQ(compute(y.get())[1], 2 * (1 + round));
      EXPECT_EQ(compute(mine)[1], 3 * (1 + round));
    };
    std::thread first(work), second(work);
    first.join();
    second.join();
  }
}

TEST_F(ThreadsTest, NodesMayDieInAnotherThread) {
  std::vector<NodeRef> nodes;
  for (int i = 0; i < 10000; ++i)
    nodes.push_back(add(makeRange({1}), makeInt(i)));
  std::thread([&] { nodes.clear(); }).join();
  EXPECT_EQ(compute(add(makeRange({1}), makeInt(1)))[0], 1);
}
} // namespace
