// Registration of dialects, passes and pipelines for the tools.
#include "tools/Support/Registration.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Passes.h"

#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

void numloom::registerToolDialects(mlir::DialectRegistry &registry) {
  registry.insert<array::ArrayDialect, mlir::arith::ArithDialect,
                  mlir::cf::ControlFlowDialect, mlir::complex::ComplexDialect,
                  mlir::func::FuncDialect, mlir::gpu::GPUDialect,
                  mlir::LLVM::LLVMDialect, mlir::math::MathDialect,
                  mlir::memref::MemRefDialect, mlir::NVVM::NVVMDialect,
                  mlir::scf::SCFDialect, mlir::tensor::TensorDialect,
                  mlir::vector::VectorDialect>();
}

void numloom::registerToolPasses() {
  mlir::registerTransformsPasses();
  registerNumloomPasses();
  registerNumloomPipelines();
}
