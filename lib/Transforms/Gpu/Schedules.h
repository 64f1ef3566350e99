// The GPU's schedules: one function for each name in array.schedule.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULES_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULES_H

#include "../Schedule/IterationSpace.h"

#include "numloom/Compiler/Compiler.h"

namespace numloom::array {

/// Emits the functions of `kernel`, whose space is `space`, into the gpu.module
/// beside it.
using GpuScheduleFn = mlir::LogicalResult(mlir::func::FuncOp kernel,
                                          const IterationSpace &space,
                                          const CudaTarget &target);

/// Elements of one space, each written by the thread that computes it.
GpuScheduleFn scheduleGpuLoop;
/// The same, with operands that lie transposed brought through shared memory.
GpuScheduleFn scheduleGpuTranspose;
/// Reductions of rows, a group of threads for each.
GpuScheduleFn scheduleGpuRow;
/// Reductions of few long rows, several blocks for each.
GpuScheduleFn scheduleGpuSplit;
/// Reductions of columns, neighbouring threads on neighbouring columns.
GpuScheduleFn scheduleGpuColumn;
/// Running reductions along short contiguous rows, a group of threads for each.
GpuScheduleFn scheduleGpuScan;
/// The same along long rows, a block for each tile.
GpuScheduleFn scheduleGpuTiledScan;
/// The same along columns.
GpuScheduleFn scheduleGpuColumnScan;

/// Calls the schedule that array.schedule of `kernel` names and erases
/// `kernel`.
mlir::LogicalResult scheduleForGpu(mlir::func::FuncOp kernel,
                                   const CudaTarget &target);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULES_H
