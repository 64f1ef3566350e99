// The thread of compilations that nobody waits for.
#include "../../lib/Trace/BackgroundCompiler.h"

#include <gtest/gtest.h>

#include <new>

using namespace numloom;

namespace {
TEST(BackgroundCompilerTest, NothingStartsWhileTheProcessEnds) {
  BackgroundCompiler compiler;
  auto compile = [](std::string &) { return std::make_shared<const Plan>(); };
  auto before = compiler.start(compile);
  compiler.stop();
  EXPECT_TRUE(before->hasEnded());
  EXPECT_NE(compiler.start(compile), nullptr);
  compiler.stop(/*isLast=*/true);
  EXPECT_EQ(compiler.start(compile), nullptr);
}

TEST(BackgroundCompilerTest, ExceptionsAreFailures) {
  BackgroundCompiler compiler;
  auto failed =
      compiler.start([](std::string &) -> std::shared_ptr<const Plan> {
        throw std::bad_alloc();
      });
  compiler.wait();
  EXPECT_EQ(failed->getPlan(), nullptr);
  EXPECT_EQ(failed->getError(), "std::bad_alloc");
  EXPECT_EQ(compiler.getNumFailures(), 1);
}
} // namespace
