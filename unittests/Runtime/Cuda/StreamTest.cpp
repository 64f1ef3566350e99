// Streams and events.
#include "CudaTest.h"

#include "numloom/Runtime/Cuda/Context.h"

#include <chrono>
#include <thread>

using namespace numloom;
using namespace numloom::cuda;

namespace {
class StreamTest : public CudaTest {
protected:
  FakeStream &getFake(const StreamPtr &stream) {
    return fake.getStream(stream->getHandle(), stream->getOrdinal());
  }
};
} // namespace

TEST_F(StreamTest, OptionsReachTheDriver) {
  StreamPtr stream = Stream::create(1, {.isNonBlocking = true, .priority = -3});
  EXPECT_EQ(stream->getOrdinal(), 1);
  EXPECT_EQ(getFake(stream).flags, kStreamNonBlocking);
  EXPECT_EQ(stream->getPriority(), -3);
  EXPECT_EQ(getStreamPriorityRange(0), (std::pair<int, int>(0, -5)));
}

TEST_F(StreamTest, OwnedStreamsAreDestroyedOnceUnused) {
  StreamPtr stream = Stream::create(0);
  StreamPtr wrapped = Stream::wrap(0, stream->getHandle());
  wrapped = nullptr;
  EXPECT_EQ(count("cuStreamDestroy"), 0);
  stream = nullptr;
  EXPECT_EQ(count("cuStreamDestroy"), 1);
  EXPECT_EQ(count("cuStreamSynchronize"), 0);
}

TEST_F(StreamTest, CurrentStreamIsPerThreadAndDevice) {
  StreamPtr stream = Stream::create(0);
  EXPECT_TRUE(Stream::getCurrent(0)->isNull());
  EXPECT_EQ(Stream::setCurrent(stream), Stream::getNull(0));
  EXPECT_EQ(Stream::getCurrent(0), stream);
  EXPECT_TRUE(Stream::getCurrent(1)->isNull());
  std::thread([] { EXPECT_TRUE(Stream::getCurrent(0)->isNull()); }).join();
  EXPECT_EQ(Stream::setCurrent(Stream::getNull(0)), stream);
}

TEST_F(StreamTest, QueriesAndWaits) {
  StreamPtr stream = Stream::create(0);
  EXPECT_TRUE(stream->isDone());
  getFake(stream).isHeld = true;
  bool isCalled = false;
  stream->addCallback([&] { isCalled = true; });
  EXPECT_FALSE(stream->isDone());
  EXPECT_FALSE(isCalled);
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::lock_guard lock(fake.mutex);
    getFake(stream).isHeld = false;
  });
  stream->synchronize();
  EXPECT_TRUE(isCalled);
  other.join();
}

TEST_F(StreamTest, LongWaitsCanBeInterrupted) {
  StreamPtr stream = Stream::create(0);
  getFake(stream).isHeld = true;
  stream->addCallback([] {});
  setInterruptCheck([] { throw std::runtime_error("interrupted"); });
  EXPECT_EQ(getError([&] { stream->synchronize(); }), "interrupted");
  EXPECT_EQ(getError([&] { synchronize(0); }), "interrupted");
  setInterruptCheck(nullptr);
  getFake(stream).isHeld = false;
  stream->synchronize();
}

TEST_F(StreamTest, EventsOrderStreams) {
  StreamPtr first = Stream::create(0), second = Stream::create(0);
  std::string log;
  getFake(first).isHeld = true;
  first->addCallback([&] { log += "1"; });
  Event event(0, {.hasTiming = false});
  EXPECT_TRUE(event.isDone());
  event.record(*first);
  EXPECT_FALSE(event.isDone());
  second->waitEvent(event);
  second->addCallback([&] { log += "2"; });
  EXPECT_FALSE(second->isDone());
  getFake(first).isHeld = false;
  second->synchronize();
  event.synchronize();
  EXPECT_EQ(log, "12");
}

TEST_F(StreamTest, StreamsOrderStreams) {
  StreamPtr first = Stream::create(0), second = Stream::create(1);
  std::string log;
  getFake(first).isHeld = true;
  first->addCallback([&] { log += "1"; });
  second->waitStream(*first);
  second->addCallback([&] { log += "2"; });
  EXPECT_EQ(log, "");
  getFake(first).isHeld = false;
  second->synchronize();
  EXPECT_EQ(log, "12");
}

TEST_F(StreamTest, EventFlagsReachTheDriver) {
  Event plain(0), fast(0, {.hasTiming = false}),
      blocking(0, {.isBlocking = true});
  auto getFlags = [](const Event &event) {
    return reinterpret_cast<FakeEvent *>(event.getHandle())->flags;
  };
  EXPECT_EQ(getFlags(plain), 0u);
  EXPECT_EQ(getFlags(fast), kEventDisableTiming);
  EXPECT_EQ(getFlags(blocking), kEventBlockingSync);
  EXPECT_EQ(getElapsedTime(plain, blocking), 1.5f);
}

TEST_F(StreamTest, DevicesAreWaitedForWithAllTheirStreams) {
  auto countPolls = [&] {
    fake.calls.clear();
    synchronize(0);
    EXPECT_EQ(count("cuCtxSynchronize"), 1);
    return count("cuStreamQuery");
  };
  synchronize(0);
  // The null stream, and what the runtime has made for itself.
  auto before = countPolls();
  EXPECT_GE(before, 1);
  StreamPtr stream = Stream::create(0, {.isNonBlocking = true});
  EXPECT_EQ(countPolls(), before + 1);
}
