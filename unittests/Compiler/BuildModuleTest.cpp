// Tests of the builder from recorded programs to the array dialect.
#include "numloom/Compiler/BuildModule.h"
#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"

#include <gtest/gtest.h>

using namespace numloom;

namespace {

class BuildModuleTest : public testing::Test {
protected:
  BuildModuleTest() {
    context.loadDialect<array::ArrayDialect, mlir::func::FuncDialect>();
    context.printOpOnDiagnostic(false);
  }

  /// The text of `program`'s module, or its diagnostics where it has none.
  std::string build(bool withLocations = false) {
    std::string text;
    llvm::raw_string_ostream os(text);
    mlir::ScopedDiagnosticHandler handler(
        &context, [&](mlir::Diagnostic &diagnostic) { os << diagnostic; });
    auto module = buildModule(context, program);
    if (module)
      module->print(os, mlir::OpPrintingFlags().enableDebugInfo(withLocations));
    return text;
  }

  void expectContains(const std::string &text, const char *part) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nnot in\n"
                                                  << text;
  }

  void addInput(DType dtype, std::vector<int64_t> shape) {
    program.inputs.push_back({dtype, std::move(shape), {}, true, false});
  }

  void addNode(OpCode op, DType dtype, std::vector<int64_t> shape,
               std::vector<int32_t> operands, std::vector<int64_t> attrs = {}) {
    program.nodes.push_back(
        {op, dtype, std::move(shape), std::move(operands), std::move(attrs)});
  }

  mlir::MLIRContext context;
  Program program;
  const int64_t p0 = makeParam(0), p1 = makeParam(1);
};

TEST_F(BuildModuleTest, ArgumentsAndResultsFollowThePrograms) {
  addInput(DType::Float32, {p0});
  addInput(DType::Float32, {p0});
  addNode(OpCode::Add, DType::Float32, {p0}, {0, 1});
  program.outputs = {2, 0};
  program.paramHints = {1000};
  std::string text = build();
  expectContains(text, "func.func @main(%arg0: tensor<?xf32, "
                       "#array.params<[p0]>>, %arg1: tensor<?xf32, "
                       "#array.params<[p0]>>) -> (tensor<?xf32, "
                       "#array.params<[p0]>>, tensor<?xf32, "
                       "#array.params<[p0]>>) attributes "
                       "{array.param_hints = array<i64: 1000>}");
  expectContains(text, "%0 = array.add %arg0, %arg1 :");
  expectContains(text, "return %0, %arg0 :");
}

TEST_F(BuildModuleTest, StridedInputsAreFlatStorage) {
  addInput(DType::Int8, {p0, p1});
  program.inputs[0].contiguous = false;
  program.inputs[0].strides = {makeParam(2), -1};
  program.outputs = {0};
  std::string text = build();
  expectContains(text, "%arg0: tensor<?xsi8>)");
  expectContains(text, "array.as_strided %arg0 strides <[p2, -1]> : "
                       "tensor<?xsi8> -> tensor<?x?xsi8, "
                       "#array.params<[p0, p1]>>");
}

TEST_F(BuildModuleTest, ScalarsAreMarked) {
  addInput(DType::Float64, {});
  program.inputs[0].isScalar = true;
  addNode(OpCode::Broadcast, DType::Float64, {p0}, {0}, {0});
  program.outputs = {1};
  std::string text = build();
  expectContains(text, "%arg0: tensor<f64> {array.scalar})");
  expectContains(text, "array.broadcast %arg0 axes [] : tensor<f64> ->");
}

TEST_F(BuildModuleTest, GpuProgramsSayWhatTheirAddressesAreLike) {
  addInput(DType::Float64, {p0});
  program.inputs[0].isAligned = false;
  program.needsWideIndices = true;
  program.outputs = {0};
  std::string text = build();
  expectContains(text, "{array.unaligned})");
  expectContains(text, "array.index_bits = 64 : i64");
}

TEST_F(BuildModuleTest, AttributesOfEveryKind) {
  addInput(DType::Float32, {p0, p1});
  addNode(OpCode::Slice, DType::Float32, {p0, 1}, {0},
          {2, 0, makeParam(2), 2, -1, 1});
  addNode(OpCode::Sum, DType::Float32, {p0}, {1}, {1, 1});
  addNode(OpCode::Iota, DType::Int64, {p0}, {}, {0});
  addNode(OpCode::Constant, DType::Float32, {}, {},
          {llvm::bit_cast<int64_t>(2.5)});
  addNode(OpCode::Constant, DType::Int64, {}, {}, {-7});
  addNode(OpCode::Extent, DType::Int64, {}, {}, {2, p0, p1});
  program.outputs = {2, 3, 4, 5, 6};
  std::string text = build();
  expectContains(text, "array.slice %arg0 starts <[0, p2]> steps <[-1, 1]>");
  expectContains(text, "array.sum %0 axes [1]");
  expectContains(text, "array.iota axis 0");
  expectContains(text, "array.constant(2.500000e+00 : f64) : tensor<f32>");
  expectContains(text, "array.constant(-7 : i64) : tensor<si64>");
  expectContains(text, "array.extent <[p0, p1]>");
}

TEST_F(BuildModuleTest, NodesKeepTheirSourceLines) {
  addInput(DType::Float32, {p0});
  addNode(OpCode::Add, DType::Float32, {p0}, {0, 0});
  program.lines = {{"model.py", 12}};
  program.nodes[0].line = 0;
  program.outputs = {1};
  expectContains(build(/*withLocations=*/true), "loc(\"model.py\":12:0)");
}

TEST_F(BuildModuleTest, BrokenConstraintsAreDiagnosed) {
  addInput(DType::Float32, {p0});
  addInput(DType::Float32, {p1});
  addNode(OpCode::Add, DType::Float32, {p0}, {0, 1});
  program.outputs = {2};
  std::string text = build();
  expectContains(text, "expects operands of the result's shape");
  EXPECT_EQ(text.find("module"), std::string::npos);
}

} // namespace
