// What is known of arrays of indices, and of which ones.
#include "numloom/Trace/IndexFacts.h"
#include "FakeCompiler.h"

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace numloom;

namespace {
class IndexFactsTest : public TraceTest {
protected:
  static NodeRef makeEvaluated() {
    NodeRef node = add(makeRange({4}), makeInt(0));
    evaluate({&node, 1});
    return node;
  }
};
} // namespace

TEST_F(IndexFactsTest, BoundsNarrow) {
  NodeRef node = makeEvaluated();
  EXPECT_FALSE(findKnownRange(*node));
  noteRange(*getIndexFacts(*node), {-4, 9});
  noteRange(*getIndexFacts(*node), {-7, 3});
  std::optional<IntegerRange> range = findKnownRange(*node);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->least, -4);
  EXPECT_EQ(range->most, 3);
  EXPECT_FALSE(hasFewRepeats(*node));
}

TEST_F(IndexFactsTest, FactsAreOfMemory) {
  NodeRef node = add(makeRange({4}), makeInt(0));
  noteRange(*getIndexFacts(*node), {0, 3});
  EXPECT_FALSE(findKnownRange(*node));
  evaluate({&node, 1});
  EXPECT_TRUE(findKnownRange(*node));
}

TEST_F(IndexFactsTest, NothingIsKnownOfMemoryThatOthersSaw) {
  NodeRef node = makeEvaluated();
  noteRange(*getIndexFacts(*node), {0, 3});
  node->getStorage()->addSharer();
  EXPECT_FALSE(findKnownRange(*node));
  node->getStorage()->dropSharer();
  EXPECT_FALSE(node->getStorage()->isShared());
  EXPECT_FALSE(findKnownRange(*node));
  NodeRef foreign = makeRange({4});
  noteRange(*getIndexFacts(*foreign), {0, 3});
  EXPECT_EQ(findKnownRange(*foreign).has_value(),
            foreign->getStorage()->isOwn());
}

TEST_F(IndexFactsTest, FactsDieWithTheNode) {
  IndexFactsRef facts;
  {
    NodeRef node = makeEvaluated();
    facts = getIndexFacts(*node);
    noteRange(*facts, {0, 3});
  }
  EXPECT_EQ(facts.use_count(), 1);
  // Whatever takes the dead one's place.
  for (int i = 0; i < 100; ++i)
    EXPECT_FALSE(findKnownRange(*makeEvaluated()));
  noteRange(*facts, {0, 2});
}

TEST_F(IndexFactsTest, LastEntriesAreExpectedOnce) {
  NodeRef node = makeEvaluated(), areLast = makeEvaluated();
  IndexFactsRef facts = getIndexFacts(*node);
  LastEntries expected = expectLastEntries(*facts, areLast);
  ASSERT_TRUE(expected);
  EXPECT_TRUE(areLast->hasHandle());
  EXPECT_FALSE(expectLastEntries(*facts, areLast));
  EXPECT_FALSE(findLastEntries(*node));
  expected.reset();
  expected = expectLastEntries(*facts, areLast);
  ASSERT_TRUE(expected);
  noteLastEntries(*facts, expected);
  expected.reset();
  EXPECT_EQ(findLastEntries(*node), areLast);
  EXPECT_FALSE(expectLastEntries(*facts, areLast));
  facts.reset();
  node = {};
  EXPECT_FALSE(areLast->hasHandle());
  EXPECT_EQ(areLast.countReferences(), 1u);
}

TEST_F(IndexFactsTest, FewRepeats) {
  NodeRef node = makeEvaluated();
  noteFewRepeats(*getIndexFacts(*node));
  EXPECT_TRUE(hasFewRepeats(*node));
  EXPECT_FALSE(findKnownRange(*node));
}

TEST_F(IndexFactsTest, Direction) {
  NodeRef node = makeEvaluated();
  EXPECT_EQ(findDirection(*node), 0);
  noteDirection(*getIndexFacts(*node), -1);
  EXPECT_EQ(findDirection(*node), -1);
  EXPECT_EQ(findDirection(*makeEvaluated()), 0);
}

TEST_F(IndexFactsTest, NodesDieOnOtherThreads) {
  UnlockedSection unlocked;
  auto work = [] {
    for (int i = 0; i < 200; ++i) {
      NodeRef node = makeRange({2});
      noteRange(*getIndexFacts(*node), {i, i});
    }
  };
  std::thread other(work);
  work();
  other.join();
}

TEST_F(IndexFactsTest, ForksFindTheLockFree) {
  std::atomic<bool> isDone = false;
  std::thread other([&] {
    UnlockedSection unlocked;
    while (!isDone)
      noteRange(*getIndexFacts(*makeRange({2})), {0, 1});
  });
  for (int i = 0; i < 50; ++i) {
    pid_t child = fork();
    if (child == 0) {
      alarm(10);
      noteRange(*getIndexFacts(*makeRange({2})), {0, 1});
      _exit(0);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  isDone = true;
  other.join();
}
