// The order of the passes, and why it is so.

#include "numloom/Transforms/Pipelines.h"

#include "numloom/Support/Environment.h"
#include "numloom/Transforms/Passes.h"

#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace numloom {

void buildProgramPipeline(OpPassManager &manager) {
  // 1. Exact algebra first: fewer ops make cheaper fusion decisions.
  manager.addNestedPass<func::FuncOp>(createSimplifyPass());
  // 2. What the library does is no kernel's.
  if (getEnvironment("NUMLOOM_GEMM_EPILOGUES") != "0")
    manager.addNestedPass<func::FuncOp>(createFoldGemmEpiloguesPass());
  // 3. Fewer stages of reductions, which decide what may be one kernel.
  manager.addNestedPass<func::FuncOp>(createOnePassDeviationsPass());
  // 4. One region per kernel.
  manager.addNestedPass<func::FuncOp>(createFormFusionsPass());
  // 5. Buffers last: only now is it known which values exist in memory.
  manager.addNestedPass<func::FuncOp>(createPlanBuffersPass());
}

void buildCpuSchedulePipeline(OpPassManager &manager,
                              const CpuScheduleOptions &options) {
  manager.addPass(createScheduleCpuPass({options.vectorBytes}));
}

void buildCpuLoweringPipeline(OpPassManager &manager, StringRef vectorAbi) {
  // 1. Math functions in registers where that is faster, else library calls,
  //    while vectors are still whole. Machines without vectors of SLEEF's have
  //    no fused multiply-add, on which the approximations rely.
  if (vectorAbi != "scalar")
    manager.addPass(createExpandMathPass());
  LowerMathToLibraryPassOptions math;
  math.vectorAbi = vectorAbi.str();
  manager.addPass(createLowerMathToLibraryPass(math));
  // 2. Loops to branches; upstream's patterns for it do not bear being applied
  //    together with the conversion of what they make.
  manager.addPass(createSCFToControlFlowPass());
  // 3. Everything else in one conversion.
  manager.addPass(createConvertKernelsToLLVMPass());
}

void buildGpuSchedulePipeline(OpPassManager &manager,
                              const CudaTarget &target) {
  manager.addPass(
      createScheduleGpuPass({target.computeCapability, target.multiprocessors,
                             target.sharedBytesPerBlock, target.cacheBytes}));
}

void buildGpuLoweringPipeline(OpPassManager &manager) {
  OpPassManager &kernels = manager.nest<gpu::GPUModuleOp>();
  // The same order, for the same reasons, as on the CPU.
  kernels.addPass(createExpandDeviceMathPass());
  kernels.addPass(createLowerMathToLibdevicePass());
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(createConvertGpuKernelsToNVVMPass());
}

void registerNumloomPipelines() {
  PassPipelineRegistration<>("numloom-program",
                             "Array dialect: simplify, fuse, plan buffers",
                             buildProgramPipeline);
  PassPipelineRegistration<>(
      "numloom-cpu-kernels",
      "Fused program: outline kernels and schedule them for the CPU",
      [](OpPassManager &manager) {
        manager.addPass(createOutlineKernelsPass());
        buildCpuSchedulePipeline(manager, {});
      });
  PassPipelineRegistration<>("numloom-cpu-llvm",
                             "Scheduled kernels: lower to the LLVM dialect",
                             [](OpPassManager &manager) {
                               buildCpuLoweringPipeline(manager, "avx512");
                             });
  PassPipelineRegistration<>(
      "numloom-gpu-kernels",
      "Fused program: outline kernels and schedule them for a GPU",
      [](OpPassManager &manager) {
        manager.addPass(createOutlineKernelsPass());
        buildGpuSchedulePipeline(manager, {});
      });
  PassPipelineRegistration<>("numloom-gpu-nvvm",
                             "Scheduled kernels: lower to the NVVM dialect",
                             buildGpuLoweringPipeline);
}

} // namespace numloom
