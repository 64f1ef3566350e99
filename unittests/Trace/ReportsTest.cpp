// What programs report of elements on the way.
#include "GpuTraceTest.h"

#include "numloom/Trace/Reports.h"

using namespace numloom;

namespace {
class ReportsTest : public GpuTraceTest {
protected:
  ~ReportsTest() override {
    cuda::Stream::setCurrent(cuda::Stream::getNull(0));
  }

  static NodeHandle makeReport(const NodeRef &x) {
    NodeRef numbers =
        record(OpCode::Cast, std::span(&x, 1), x->getShape(), DType::UInt64);
    return NodeHandle(
        record(OpCode::Report, std::span(&numbers, 1), {}, DType::UInt64));
  }
  static NodeRef alongside(const NodeRef &x, const NodeHandle &report) {
    NodeRef operands[] = {x, report.get()};
    return record(OpCode::Alongside, operands, x->getShape(), x->getDType());
  }
};
} // namespace

TEST_F(ReportsTest, AreMadeByTheProgramOfWhatTheyAreOf) {
  for (Device device : {Device(), first, second}) {
    NodeRef x = makeGpuRange({4}, device);
    NodeHandle report = makeReport(x);
    NodeRef y = alongside(add(x, makeInt(1)), report);
    resetTraceStats();
    evaluate(multiply(y, makeInt(2)));
    EXPECT_EQ(getTraceStats().flushes, 1);
    ASSERT_TRUE(report->isEvaluated());
    EXPECT_EQ(readReport(*report.get()), 3u);
    EXPECT_EQ(computeOnHost(y), (std::vector<double>{1, 2, 3, 4}));
  }
}

TEST_F(ReportsTest, NobodyMakesThoseThatNobodyHolds) {
  NodeRef x = makeGpuRange({4}, first);
  NodeRef y = alongside(add(x, makeInt(1)), makeReport(x));
  evaluate(y);
  EXPECT_EQ(compiler.programs.back().outputs.size(), 1u);
}

TEST_F(ReportsTest, NeedNoCopy) {
  NodeHandle report = makeReport(makeGpuRange({4}, first));
  evaluate(report.get());
  int copies = fake.calls["cuMemcpyDtoHAsync"];
  EXPECT_EQ(readReport(*report.get()), 3u);
  EXPECT_EQ(fake.calls["cuMemcpyDtoHAsync"], copies);
}

TEST_F(ReportsTest, OtherStreamsAreNotWaitedFor) {
  cuda::StreamPtr stream = cuda::Stream::create(0);
  NodeRef x = makeGpuRange({4}, first);
  NodeHandle report = makeReport(x);
  cuda::Stream::setCurrent(stream);
  fake.getStream(stream->getHandle()).isHeld = true;
  evaluate(report.get());
  cuda::Stream::setCurrent(cuda::Stream::getNull(0));
  EXPECT_EQ(readReport(*report.get()), std::nullopt);
  fake.getStream(stream->getHandle()).isHeld = false;
  EXPECT_EQ(readReport(*report.get()), 3u);
}
