// The compiler behind its shared library's door, as the recorder meets it:
// without LLVM.
#include "numloom/Compiler/Compiler.h"
#include "numloom/Runtime/Executor.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <dlfcn.h>

using namespace numloom;

namespace {

class CompilerLibraryTest : public testing::Test {
protected:
  CompilerLibraryTest() {
    setenv("NUMLOOM_DISK_CACHE", "0", 1);
    std::string path = NUMLOOM_LIBRARY_DIR "/libnumloom_compiler.so";
    library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_TRUE(library) << dlerror();
    auto entry =
        reinterpret_cast<CompilerEntryFn>(dlsym(library, kCompilerEntry));
    compiler = entry(NUMLOOM_LIBRARY_DIR);
    compiler->resetStats();
  }

  /// x + 1.5, elementwise.
  static Program makeProgram() {
    int64_t extent = makeParam(0);
    Program program;
    program.inputs = {{DType::Float64, {extent}, {}, true, false}};
    program.nodes = {{OpCode::Constant,
                      DType::Float64,
                      {extent},
                      {},
                      {std::bit_cast<int64_t>(1.5)}},
                     {OpCode::Add, DType::Float64, {extent}, {0, 1}, {}}};
    program.outputs = {2};
    program.paramHints = {100};
    return program;
  }

  void *library;
  Compiler *compiler;
  std::string error;
};

TEST_F(CompilerLibraryTest, CompilesPrograms) {
  auto plan = compiler->compileForCpu(makeProgram(), error);
  ASSERT_TRUE(plan) << error;
  double x[] = {1, 2, 3}, y[3];
  void *inputs[] = {x}, *outputs[] = {y};
  int64_t params[] = {3};
  execute(*plan, {inputs, outputs, params});
  EXPECT_EQ(y[0], 2.5);
  EXPECT_EQ(y[2], 4.5);
}

TEST_F(CompilerLibraryTest, CountsWhatItDoes) {
  ASSERT_TRUE(compiler->compileForCpu(makeProgram(), error)) << error;
  ASSERT_TRUE(compiler->compileForCpu(makeProgram(), error)) << error;
  CompilerStats stats = compiler->getStats();
  EXPECT_EQ(stats.programsCompiled, 2);
  EXPECT_EQ(stats.kernelsCompiled + stats.kernelsFromMemory, 2);
  EXPECT_GE(stats.kernelsFromMemory, 1);
  EXPECT_EQ(stats.kernelsFromDisk, 0);
  EXPECT_GT(stats.compileMilliseconds, 0);
  compiler->resetStats();
  EXPECT_EQ(compiler->getStats().programsCompiled, 0);
}

TEST_F(CompilerLibraryTest, Explains) {
  std::string text = compiler->explain(makeProgram(), false, error);
  EXPECT_EQ(error, "");
  EXPECT_NE(text.find("kernel 0: loop kernel"), std::string::npos) << text;
  EXPECT_NE(text.find("float64[100]"), std::string::npos) << text;
}

TEST_F(CompilerLibraryTest, InvalidProgramsAreErrors) {
  Program program = makeProgram();
  program.nodes[1].shape = {makeParam(1)};
  EXPECT_EQ(compiler->compileForCpu(program, error), nullptr);
  EXPECT_NE(error.find("expects operands of the result's shape"),
            std::string::npos)
      << error;
  error.clear();
  EXPECT_EQ(compiler->explain(program, false, error), "");
  EXPECT_NE(error, "");
  // The next one starts afresh.
  error.clear();
  EXPECT_TRUE(compiler->compileForCpu(makeProgram(), error));
  EXPECT_EQ(error, "");
}

TEST_F(CompilerLibraryTest, ThereIsOneCompiler) {
  auto entry =
      reinterpret_cast<CompilerEntryFn>(dlsym(library, kCompilerEntry));
  EXPECT_EQ(entry(NUMLOOM_LIBRARY_DIR), compiler);
}

TEST_F(CompilerLibraryTest, HidesWhatItIsMadeOf) {
  EXPECT_EQ(dlsym(library, "LLVMContextCreate"), nullptr);
  EXPECT_EQ(dlsym(library, "_ZN7numloom11getCompilerEPKc"), nullptr);
}

} // namespace
