// The pass that schedules every kernel of a module for the CPU.

#include "../Schedule/VerifyKernel.h"
#include "KernelScheduler.h"

#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_SCHEDULECPUPASS
#include "numloom/Transforms/Passes.h.inc"

namespace {
struct ScheduleCpuPass : impl::ScheduleCpuPassBase<ScheduleCpuPass> {
  using ScheduleCpuPassBase::ScheduleCpuPassBase;

  void runOnOperation() override {
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(array::kKindAttr))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels)
      if (failed(array::verifyKernel(kernel)) ||
          failed(array::KernelScheduler(kernel, {vectorBytes}).run()))
        return signalPassFailure();
  }
};
} // namespace

} // namespace numloom
