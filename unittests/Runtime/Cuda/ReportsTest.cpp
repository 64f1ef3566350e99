// Words that kernels write and the host reads.
#include "CudaTest.h"

#include "numloom/Runtime/Cuda/Reports.h"

using namespace numloom;
using namespace numloom::cuda;

namespace {
class ReportsTest : public CudaTest {
protected:
  ~ReportsTest() override { Stream::setCurrent(Stream::getNull(0)); }

  FakeStream &getFake(const StreamPtr &stream) {
    return fake.getStream(stream->getHandle(), stream->getOrdinal());
  }
  /// Work on `stream` that has not run until the stream is let go.
  void hold(const StreamPtr &stream, std::function<void()> work = [] {}) {
    getFake(stream).isHeld = true;
    stream->addCallback(std::move(work));
  }
};
} // namespace

TEST_F(ReportsTest, WordsBeginWithZeroAndAreUsedAgain) {
  Report *report = Report::take(0);
  EXPECT_EQ(*report->getWord(), 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(report->getWord()) % 64, 0u);
  EXPECT_EQ(report->read(), 0u);
  *report->getWord() = 7;
  EXPECT_EQ(report->read(), 7u);
  Report::release(report);
  Report *again = Report::take(1);
  EXPECT_EQ(again, report);
  EXPECT_EQ(*again->getWord(), 0u);
  Report::release(again);
}

TEST_F(ReportsTest, CurrentStreamIsWaitedFor) {
  StreamPtr stream = Stream::create(0);
  Stream::setCurrent(stream);
  Report *report = Report::take(0);
  stream->addCallback([&] { *report->getWord() = 3; });
  EXPECT_EQ(report->read(), 3u);
  Report::release(report);
}

TEST_F(ReportsTest, OtherStreamsAreNotWaitedFor) {
  StreamPtr stream = Stream::create(0);
  Stream::setCurrent(stream);
  Report *report = Report::take(0);
  hold(stream, [&] { *report->getWord() = 3; });
  Stream::setCurrent(Stream::getNull(0));
  EXPECT_EQ(report->read(), std::nullopt);
  getFake(stream).isHeld = false;
  EXPECT_EQ(report->read(), 3u);
  Report::release(report);
}

TEST_F(ReportsTest, WordsThatWorkMayWriteAreNotGivenOut) {
  StreamPtr stream = Stream::create(0);
  Stream::setCurrent(stream);
  Report *report = Report::take(0);
  hold(stream);
  Report::release(report);
  Report *other = Report::take(0);
  EXPECT_NE(other, report);
  getFake(stream).isHeld = false;
  Report::release(other);
  // The one of the two that was released last.
  EXPECT_EQ(Report::take(0), other);
  EXPECT_EQ(Report::take(0), report);
  Report::release(other);
  Report::release(report);
}

TEST_F(ReportsTest, ThereAreAsManyAsAreAskedFor) {
  std::vector<Report *> reports;
  for (int i = 0; i < 200; ++i)
    reports.push_back(Report::take(0));
  std::set<uint64_t *> words;
  for (Report *report : reports)
    words.insert(report->getWord());
  EXPECT_EQ(words.size(), reports.size());
  for (Report *report : reports)
    Report::release(report);
}

TEST_F(ReportsTest, StreamThatIsBehindIsAskedOnce) {
  StreamPtr stream = Stream::create(0);
  Stream::setCurrent(stream);
  hold(stream);
  std::vector<Report *> reports;
  for (int i = 0; i < 100; ++i)
    reports.push_back(Report::take(0));
  for (Report *report : reports)
    Report::release(report);
  int before = count("cuStreamQuery");
  Report *other = Report::take(0);
  // And the stream of the one that is taken.
  EXPECT_LE(count("cuStreamQuery"), before + 2);
  Report::release(other);
  getFake(stream).isHeld = false;
}
