// Object code in the process: linked, called, freed.
#include "Cpu/Jit.h"
#include "Cpu/ObjectEmitter.h"
#include "KernelBackend.h"

#include "numloom/Compiler/CompileModule.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <thread>

using namespace numloom;

namespace {

class JitTest : public testing::Test {
protected:
  JitTest() {
    mlir::DialectRegistry registry;
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  /// The object code of a module in the LLVM dialect whose function @kernel
  /// takes one buffer and one size.
  std::string compile(llvm::StringRef text) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    std::string error;
    auto object = emitObject(*module, {{"kernel", 1, 1}}, kHash, {}, error);
    EXPECT_EQ(error, "");
    return object;
  }

  std::shared_ptr<const KernelCode> link(llvm::StringRef object) {
    auto kernels = linkObject(object, {getEntryName(kHash, "kernel")},
                              NUMLOOM_LIBRARY_DIR, error);
    return kernels.empty() ? nullptr : kernels.front();
  }

  /// What `code` stores into its buffer, given `size`.
  int64_t run(const KernelCode &code, int64_t size) {
    int64_t stored = -1;
    void *buffers[] = {&stored};
    code.function(buffers, &size, /*begin=*/5, /*end=*/7);
    return stored;
  }

  static constexpr const char *kHash = "0123456789abcdef0123456789abcdef";
  mlir::MLIRContext context;
  std::string error;
};

/// Stores size + begin * end.
constexpr const char *kKernel = R"(
  llvm.func @kernel(%buffer: !llvm.ptr, %size: i64, %begin: i64, %end: i64) {
    %0 = llvm.mul %begin, %end : i64
    %1 = llvm.add %size, %0 : i64
    llvm.store %1, %buffer : i64, !llvm.ptr
    llvm.return
  })";

/// Whether the page at `address` can be executed.
bool isExecutable(uintptr_t address) {
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[512], permissions[5];
  uintptr_t begin, end;
  bool found = false;
  while (!found && fgets(line, sizeof(line), maps))
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &begin, &end,
               permissions) == 3)
      found = begin <= address && address < end && permissions[2] == 'x';
  fclose(maps);
  return found;
}

TEST_F(JitTest, EntriesTakeArrays) {
  auto code = link(compile(kKernel));
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(code->name, getEntryName(kHash, "kernel"));
  EXPECT_EQ(run(*code, 100), 135);
}

TEST_F(JitTest, CodeIsFreedWithItsLastKernel) {
  auto code = link(compile(kKernel));
  ASSERT_TRUE(code) << error;
  auto address = reinterpret_cast<uintptr_t>(code->function);
  EXPECT_TRUE(isExecutable(address));
  auto copy = code;
  code.reset();
  EXPECT_TRUE(isExecutable(address));
  copy.reset();
  EXPECT_FALSE(isExecutable(address));
}

TEST_F(JitTest, OneObjectMayBeLinkedSeveralTimes) {
  auto object = compile(kKernel);
  auto first = link(object), second = link(object);
  ASSERT_TRUE(first && second) << error;
  EXPECT_NE(first->function, second->function);
  first.reset();
  EXPECT_EQ(run(*second, 1), 36);
}

TEST_F(JitTest, LinksInSeveralThreads) {
  auto object = compile(kKernel);
  std::vector<std::thread> threads;
  std::atomic<int> correct{0};
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        std::string text;
        auto codes = linkObject(object, {getEntryName(kHash, "kernel")},
                                NUMLOOM_LIBRARY_DIR, text);
        correct += !codes.empty() && run(*codes.front(), i) == 35 + i;
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(correct, 80);
}

TEST_F(JitTest, CallsTheCLibraryAndSleef) {
  auto code = link(compile(R"(
    llvm.func @exp(f64) -> f64
    llvm.func @Sleef_exp_u10(f64) -> f64
    llvm.func @kernel(%buffer: !llvm.ptr, %size: i64, %begin: i64, %end: i64) {
      %0 = llvm.sitofp %size : i64 to f64
      %1 = llvm.call @exp(%0) : (f64) -> f64
      %2 = llvm.call @Sleef_exp_u10(%0) : (f64) -> f64
      %3 = llvm.fadd %1, %2 : f64
      %4 = llvm.fptosi %3 : f64 to i64
      llvm.store %4, %buffer : i64, !llvm.ptr
      llvm.return
    })"));
  ASSERT_TRUE(code) << error;
  EXPECT_EQ(run(*code, 0), 2);
}

TEST_F(JitTest, MissingFunctionsAreNamed) {
  auto object = compile(R"(
    llvm.func @numloom_no_such_function(i64)
    llvm.func @kernel(%buffer: !llvm.ptr, %size: i64, %begin: i64, %end: i64) {
      llvm.call @numloom_no_such_function(%size) : (i64) -> ()
      llvm.return
    })");
  EXPECT_EQ(link(object), nullptr);
  EXPECT_NE(error.find("numloom_no_such_function"), std::string::npos) << error;
  // The same names are free again.
  error.clear();
  EXPECT_TRUE(link(compile(kKernel))) << error;
}

TEST_F(JitTest, NoObjectCodeIsAnError) {
  EXPECT_EQ(link("no object code"), nullptr);
  EXPECT_NE(error, "");
  auto object = compile(kKernel);
  object.resize(object.size() / 2);
  error.clear();
  EXPECT_EQ(link(object), nullptr);
  EXPECT_NE(error, "");
}

TEST_F(JitTest, MissingEntriesAreAnError) {
  EXPECT_TRUE(linkObject(compile(kKernel), {"numloom_other"},
                         NUMLOOM_LIBRARY_DIR, error)
                  .empty());
  EXPECT_NE(error.find("numloom_other"), std::string::npos) << error;
}

} // namespace
