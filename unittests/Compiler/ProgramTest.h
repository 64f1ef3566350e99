// Compiles programs from text and runs them.
#ifndef NUMLOOM_UNITTESTS_COMPILER_PROGRAMTEST_H
#define NUMLOOM_UNITTESTS_COMPILER_PROGRAMTEST_H

#include "KernelCompiler.h"
#include "numloom/Compiler/CompileModule.h"
#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Executor.h"

#include "mlir/IR/OwningOpRef.h"

#include <gtest/gtest.h>

#include <cstring>

namespace numloom {

/// The types that programs of the tests use.
inline constexpr const char *kTypes = R"(
  !s = tensor<f32>
  !v = tensor<?xf32, #array.params<[p0]>>
  !w = tensor<?xf32, #array.params<[p1]>>
  !m = tensor<?x?xf32, #array.params<[p0, p1]>>
  !iv = tensor<?xsi64, #array.params<[p0]>>
  !iw = tensor<?xsi64, #array.params<[p1]>>
  !im = tensor<?x?xsi64, #array.params<[p0, p1]>>
)";

/// A program with a kernel cache of its own; the disk cache is off.
class ProgramTest : public testing::Test {
protected:
  ProgramTest();

  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text);
  /// Compiles @main of `text`, behind kTypes. Null and `error` set on failure.
  std::shared_ptr<const Plan> tryCompile(const std::string &text);
  /// The same where failure is a failure of the test.
  void compile(const std::string &text);

  /// Runs the compiled plan; inputs point to their first elements.
  std::vector<Buffer> execute(const std::vector<const void *> &inputs,
                              const std::vector<size_t> &outputBytes,
                              const std::vector<int64_t> &params);

  /// Runs the compiled plan, which has one output of `size` elements.
  template <typename T>
  std::vector<T> run(const std::vector<const void *> &inputs, size_t size,
                     const std::vector<int64_t> &params) {
    return toVector<T>(execute(inputs, {size * sizeof(T)}, params)[0], size);
  }

  template <typename T>
  static std::vector<T> toVector(const Buffer &buffer, size_t size) {
    std::vector<T> values(size);
    if (size)
      std::memcpy(values.data(), buffer.data(), size * sizeof(T));
    return values;
  }

  /// scale * (first, first + 1, ...).
  template <typename T>
  static std::vector<T> range(size_t size, T first = 0, T scale = 1) {
    std::vector<T> values;
    for (size_t i = 0; i < size; ++i)
      values.push_back(scale * (first + static_cast<T>(i)));
    return values;
  }

  mlir::MLIRContext context;
  KernelCompiler kernels;
  std::shared_ptr<const Plan> plan;
  std::string error;
};

} // namespace numloom

#endif // NUMLOOM_UNITTESTS_COMPILER_PROGRAMTEST_H
