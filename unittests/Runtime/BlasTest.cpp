// Finding OpenBLAS. These tests change where it is looked for, so each that
// expects a failure runs in a process of its own.
#include "numloom/Runtime/Blas.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

using namespace numloom;

/// Ends the process: 0 if loading fails with `expected` in the message.
[[noreturn]] static void exitWithFailure(const char *expected) {
  try {
    Blas::get();
  } catch (const BlasError &error) {
    std::exit(std::string(error.what()).find(expected) == std::string::npos);
  }
  std::exit(2);
}

namespace {
/// Runs each test in a fresh process, in which no library is loaded yet.
class BlasTest : public testing::Test {
protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};
} // namespace

TEST_F(BlasTest, MissingLibraryIsNamed) {
  EXPECT_EXIT(
      {
        unsetenv("NUMLOOM_OPENBLAS");
        setLibraryDir("/nonexistent");
        exitWithFailure("/nonexistent/libscipy_openblas.so");
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(BlasTest, EnvironmentNamesALibrary) {
  EXPECT_EXIT(
      {
        setenv("NUMLOOM_OPENBLAS", "/nonexistent/other.so", 1);
        setLibraryDir("");
        exitWithFailure("/nonexistent/other.so");
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(BlasTest, FailureIsNotFinal) {
  EXPECT_EXIT(
      {
        setLibraryDir("/nonexistent");
        unsetenv("NUMLOOM_OPENBLAS");
        EXPECT_THROW(Blas::get(), BlasError);
        setLibraryDir(NUMLOOM_OPENBLAS_DIR);
        std::exit(Blas::get().f32.gemm == nullptr);
      },
      testing::ExitedWithCode(0), "");
}
