// The order of the passes.
#ifndef NUMLOOM_TRANSFORMS_PIPELINES_H
#define NUMLOOM_TRANSFORMS_PIPELINES_H

#include "numloom/Compiler/Compiler.h"

#include "mlir/Pass/PassManager.h"

namespace numloom {

/// What the CPU schedules need to know of the machine.
struct CpuScheduleOptions {
  int64_t vectorBytes = 64;
};

/// Program in the array dialect -> simplified, fused, with buffers planned.
void buildProgramPipeline(mlir::OpPassManager &manager);

/// Outlined kernel -> loops on buffers.
void buildCpuSchedulePipeline(mlir::OpPassManager &manager,
                              const CpuScheduleOptions &options);

/// Loops on buffers -> LLVM dialect; `vectorAbi` names the math functions'
/// width: avx512, avx2 or scalar.
void buildCpuLoweringPipeline(mlir::OpPassManager &manager,
                              llvm::StringRef vectorAbi);

/// Outlined kernel with a chosen schedule -> GPU kernels on buffers.
void buildGpuSchedulePipeline(mlir::OpPassManager &manager,
                              const CudaTarget &target);

/// GPU kernels on buffers -> LLVM and NVVM dialects.
void buildGpuLoweringPipeline(mlir::OpPassManager &manager);

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_PIPELINES_H
