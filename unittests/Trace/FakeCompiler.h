// A compiler whose plans interpret the program: evaluation without LLVM.
#ifndef NUMLOOM_UNITTESTS_TRACE_FAKECOMPILER_H
#define NUMLOOM_UNITTESTS_TRACE_FAKECOMPILER_H

#include "numloom/Compiler/Compiler.h"
#include "numloom/Trace/Flush.h"
#include "numloom/Trace/Recorder.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace numloom {

/// Knows add, multiply, sum, cast, constant, compress, copies, updates, reports
/// and the views, on float64, (u)int64, float32 and bool, in double precision.
/// Its GPU is the fake driver's.
class FakeCompiler : public Compiler {
public:
  std::shared_ptr<const Plan> compileForCpu(const Program &program,
                                            std::string &error) override;
  std::shared_ptr<const Plan> compileForCuda(const Program &program,
                                             const CudaTarget &target,
                                             std::string &error) override;
  std::string explain(const Program &program, bool isForGpu,
                      std::string &error) override;
  CompilerStats getStats() override { return {}; }
  void resetStats() override {}

  /// Every program compiled so far.
  std::vector<Program> programs;
  /// Compile to plans that do nothing, for measurements.
  bool emptyPlans = false;
  /// What the plans compiled next assume.
  std::vector<PlanGuard> guards;
  /// Fail with this message.
  std::string failure;

private:
  std::shared_ptr<Plan> start(const Program &program, std::string &error);
};

/// Runs a program on buffers of the host: inputs, then outputs.
void interpret(const Program &program, void **buffers, const int64_t *params);

/// Puts a FakeCompiler in the place of the real one.
class TraceTest : public testing::Test {
protected:
  void SetUp() override {
    setCompiler(&compiler);
    setSourceLocation({});
    resetTraceStats();
  }
  void TearDown() override { setCompiler(nullptr); }

  FakeCompiler compiler;
};

using Shape = std::initializer_list<int64_t>;

inline std::span<const int64_t> toSpan(const Shape &shape) {
  return {shape.begin(), shape.size()};
}

/// A float64 array 0, 1, 2, ... of the given shape.
NodeRef makeRange(const Shape &shape);

/// `extent` elements of a 1-D array, from `start` on.
NodeRef sliceVector(const NodeRef &vector, int64_t start, int64_t step,
                    int64_t extent, ViewForm form = ViewForm::Memory);

/// The elements of an evaluated node or scalar, in row-major order.
std::vector<double> getElements(const NodeRef &node);

/// Evaluates and returns the elements.
std::vector<double> compute(const NodeRef &node);

PyScalar makeInt(int64_t value);
PyScalar makeFloat(double value);

NodeRef add(const Operand &x, const Operand &y);
NodeRef multiply(const Operand &x, const Operand &y);

/// Sum over `axes` of a float64 array.
NodeRef sum(const NodeRef &x, std::initializer_list<int64_t> axes);

std::vector<int64_t> getShape(const NodeRef &node);

/// Expects an Error of `kind` with `message`.
template <typename Fn>
void expectError(ErrorKind kind, const std::string &message, Fn &&fn) {
  try {
    fn();
    ADD_FAILURE() << "no error; expected: " << message;
  } catch (const Error &error) {
    EXPECT_EQ(error.getKind(), kind);
    EXPECT_EQ(error.what(), message);
  }
}

} // namespace numloom

#endif // NUMLOOM_UNITTESTS_TRACE_FAKECOMPILER_H
