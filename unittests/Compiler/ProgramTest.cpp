// Compiles programs from text and runs them.
#include "ProgramTest.h"

#include "Cpu/CpuBackend.h"

#include "numloom/Runtime/Blas.h"

#include "mlir/Parser/Parser.h"

#include <cstdlib>

using namespace numloom;

ProgramTest::ProgramTest()
    : context(mlir::MLIRContext::Threading::DISABLED),
      kernels(std::make_unique<CpuBackend>(NUMLOOM_LIBRARY_DIR)) {
  setenv("NUMLOOM_DISK_CACHE", "0", /*overwrite=*/1);
  setLibraryDir(NUMLOOM_LIBRARY_DIR);
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
}

mlir::OwningOpRef<mlir::ModuleOp> ProgramTest::parse(const std::string &text) {
  return mlir::parseSourceString<mlir::ModuleOp>(kTypes + text, &context);
}

std::shared_ptr<const Plan> ProgramTest::tryCompile(const std::string &text) {
  auto module = parse(text);
  EXPECT_TRUE(module);
  return module ? compileModule(*module, kernels, error) : nullptr;
}

void ProgramTest::compile(const std::string &text) {
  plan = tryCompile(text);
  ASSERT_TRUE(plan) << error;
}

std::vector<Buffer>
ProgramTest::execute(const std::vector<const void *> &inputs,
                     const std::vector<size_t> &outputBytes,
                     const std::vector<int64_t> &params) {
  std::vector<void *> inputPointers, outputPointers;
  for (const void *input : inputs)
    inputPointers.push_back(const_cast<void *>(input));
  std::vector<Buffer> outputs;
  for (size_t bytes : outputBytes) {
    outputs.push_back(Allocator::get().allocate(bytes));
    // What no kernel writes is no plausible result.
    std::memset(outputs.back().data(), 0xA5, bytes);
    outputPointers.push_back(outputs.back().data());
  }
  numloom::execute(*plan, {inputPointers, outputPointers, params});
  return outputs;
}
