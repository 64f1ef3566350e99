// Memory that runs out, at each allocation of a program: arrays stay what they
// are, and the program succeeds later.
#include "GpuTraceTest.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Trace/Recorder.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

using namespace numloom;

namespace {

class OutOfMemoryTest : public GpuTraceTest {
protected:
  using Record = std::function<std::vector<NodeHandle>()>;

  /// Evaluates what `record` records under limits from nothing upwards until
  /// there is enough; returns how often there was not.
  int countFailures(const Record &record,
                    const std::function<void(std::span<NodeHandle>)> &check) {
    for (int failures = 0;; ++failures) {
      std::vector<NodeHandle> handles = record();
      std::vector<NodeRef> targets;
      for (NodeHandle &handle : handles)
        targets.push_back(handle.get());
      pool.freeAllBlocks(0);
      size_t used = pool.getUsedBytes(0);
      pool.setLimit(0, used + size_t(failures) * 512 + 1);
      bool isEnough = tryEvaluate(targets);
      pool.setLimit(0, 0);
      if (!isEnough) {
        EXPECT_EQ(pool.getUsedBytes(0), used);
        evaluate(targets);
      }
      check(handles);
      if (isEnough)
        return failures;
    }
  }
  static bool tryEvaluate(std::span<const NodeRef> targets) {
    try {
      evaluate(targets);
      return true;
    } catch (const OutOfMemory &) {
      return false;
    }
  }

  cuda::MemoryPool &pool = *cuda::MemoryPool::getDefault();
};

TEST_F(OutOfMemoryTest, OfOutputs) {
  NodeHandle x(makeGpuRange({100}, first));
  auto record = [&] {
    NodeHandle y(multiply(x.get(), makeInt(2)));
    NodeHandle z(add(y.get(), x.get())), total(sum(z.get(), {0}));
    return std::vector{y, z, total};
  };
  int failures = countFailures(record, [&](std::span<NodeHandle> results) {
    EXPECT_EQ(computeOnHost(results[0].get())[7], 14);
    EXPECT_EQ(computeOnHost(results[1].get())[7], 21);
    EXPECT_EQ(computeOnHost(results[2].get())[0], 3 * 99 * 100 / 2);
    EXPECT_EQ(computeOnHost(x.get())[7], 7);
  });
  EXPECT_GE(failures, 4);
}

/// An array that the program overwrites is as it was where memory for the other
/// results ran out.
TEST_F(OutOfMemoryTest, BesideAnUpdateInPlace) {
  NodeHandle value(makeGpuRange({2}, first));
  auto record = [&] {
    NodeRef base = makeGpuRange({100}, first);
    std::array<int64_t, 4> attrs{1, 3, 1, 1};
    NodeHandle next(numloom::record(OpCode::Update,
                                    std::array{base, value.get()},
                                    base->getShape(), base->getDType(), attrs));
    NodeHandle other(add(next.get(), makeInt(1)));
    return std::vector{next, other};
  };
  int failures = countFailures(record, [&](std::span<NodeHandle> results) {
    std::vector<double> next = computeOnHost(results[0].get());
    std::vector<double> other = computeOnHost(results[1].get());
    for (size_t i = 0; i < 100; ++i) {
      double expected = i == 3 || i == 4 ? double(i) - 3 : double(i);
      ASSERT_EQ(next[i], expected);
      ASSERT_EQ(other[i], expected + 1);
    }
  });
  EXPECT_TRUE(compiler.programs.back().inputs[0].isDonated ||
              compiler.programs.back().inputs[1].isDonated);
  EXPECT_GE(failures, 1);
}

TEST_F(OutOfMemoryTest, TheErrorNamesTheLine) {
  static int code;
  setLocationResolver([](SourceLocation location) {
    return SourceLine{"program.py", static_cast<int32_t>(location.offset)};
  });
  NodeHandle x(makeGpuRange({100}, first));
  setSourceLocation({&code, 12});
  NodeHandle y(add(x.get(), makeInt(1)));
  pool.freeAllBlocks(0);
  pool.setLimit(0, 1);
  try {
    evaluate(y.get());
    ADD_FAILURE();
  } catch (const OutOfMemory &error) {
    EXPECT_NE(std::string(error.what()).find("recorded at program.py:12"),
              std::string::npos)
        << error.what();
  }
  pool.setLimit(0, 0);
  setLocationResolver(nullptr);
}

} // namespace
