// Fused programs in words.
#include "ProgramTest.h"

#include "numloom/Transforms/Explain.h"
#include "numloom/Transforms/Pipelines.h"

#include "mlir/Pass/PassManager.h"

using namespace numloom;

namespace {

class ExplainTest : public ProgramTest {
protected:
  std::string explain(const std::string &text) {
    auto module = parse(text);
    mlir::PassManager manager(&context);
    buildProgramPipeline(manager);
    EXPECT_TRUE(llvm::succeeded(manager.run(*module)));
    return explainFusions(*module);
  }
};

TEST_F(ExplainTest, KernelsTrafficAndOps) {
  EXPECT_EQ(explain(R"(
    func.func @main(%a: !m, %s: !s) -> (!m, !v)
        attributes {array.param_hints = array<i64: 10, 100>} {
      %0 = array.broadcast %s axes [] : !s -> !m
      %1 = array.add %a, %0 : !m, !m -> !m
      %2 = array.add %1, %a : !m, !m -> !m
      %3 = array.sum %2 axes [1] : !m -> !v
      return %2, %3 : !m, !v
    })"),
            "kernel 0: row kernel\n"
            "  reads  float32[] float32[10,100] (4004 bytes)\n"
            "  writes float32[10,100] float32[10] (4040 bytes)\n"
            "  ops    broadcast add x2 sum\n");
}

TEST_F(ExplainTest, WhatWasNotFused) {
  std::string text = explain(R"(
    func.func @main(%a: !m) -> !m
        attributes {array.param_hints = array<i64: 10, 100>} {
      %0 = array.sum %a axes [0] : !m -> !w
      %1 = array.broadcast %0 axes [1] : !w -> !m
      %2 = array.subtract %a, %1 : !m, !m -> !m
      return %2 : !m
    })");
  EXPECT_NE(text.find("kernel 0: column kernel"), std::string::npos) << text;
  EXPECT_NE(text.find("kernel 1: loop kernel"), std::string::npos) << text;
  EXPECT_NE(text.find("not fused: kernel 1 reads kernel 0: "),
            std::string::npos)
      << text;
}

TEST_F(ExplainTest, LibraryCallsAndStridedInputs) {
  std::string text = explain(R"(
    func.func @main(%a: tensor<?xf32>, %b: !m)
        -> tensor<?x?xf32, #array.params<[p0, p0]>>
        attributes {array.param_hints = array<i64: 10, 100, 1>} {
      %0 = array.as_strided %a strides <[p2, -1]>
          : tensor<?xf32> -> tensor<?x?xf32, #array.params<[p1, p0]>>
      %1 = array.matmul %b, %0 : !m, tensor<?x?xf32, #array.params<[p1, p0]>>
          -> tensor<?x?xf32, #array.params<[p0, p0]>>
      %2 = array.exp %1 : tensor<?x?xf32, #array.params<[p0, p0]>>
          -> tensor<?x?xf32, #array.params<[p0, p0]>>
      return %2 : tensor<?x?xf32, #array.params<[p0, p0]>>
    })");
  EXPECT_NE(text.find("kernel 0: matmul\n"), std::string::npos) << text;
  EXPECT_NE(text.find("kernel 1: loop kernel\n"), std::string::npos) << text;
}

} // namespace
