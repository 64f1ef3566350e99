// The GPU's schedules: one function for each name in array.schedule.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULES_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULES_H

#include "../Schedule/IterationSpace.h"

#include "numloom/Compiler/Compiler.h"

namespace numloom::array {

/// Where a thread takes several neighbours along a loop, the grid has 65/64 of
/// the blocks that full tiles would need: enough from so many tiles on.
inline constexpr int64_t kLeastBands = 64;
/// With bands in groups, 70/64 of them: enough for 64 groups of so many tiles
/// side by side, of which those of the last warp may not exist.
inline constexpr int64_t kGroupedExcess = 6, kLeastGroupedTiles = 496;

/// Emits the functions of `kernel`, whose space is `space`, into the gpu.module
/// beside it.
using GpuScheduleFn = mlir::LogicalResult(mlir::func::FuncOp kernel,
                                          const IterationSpace &space,
                                          const CudaTarget &target);

/// Elements of one space, each written by the thread that computes it.
GpuScheduleFn scheduleGpuLoop;
/// The same, with operands that lie transposed brought through shared memory.
GpuScheduleFn scheduleGpuTranspose;
/// Elements that read neighbours of each other, a tile of them for each thread.
GpuScheduleFn scheduleGpuStencil;
/// Reductions of rows, a group of threads for each.
GpuScheduleFn scheduleGpuRow;
/// Reductions of short rows of broadcast operands, several for each thread.
GpuScheduleFn scheduleGpuRowTile;
/// Reductions of which each operand lacks a row or a column of the results, a
/// tile of them for each thread.
GpuScheduleFn scheduleGpuPairs;
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
/// Elements where a mask holds, a block for each tile.
GpuScheduleFn scheduleGpuCompress;

/// Scatters by one thread, in order.
GpuScheduleFn scheduleGpuScatterSerial;
/// Scatters whose entries for one place are neighbours, a thread for each run.
GpuScheduleFn scheduleGpuScatterRuns;

/// Calls the schedule that array.schedule of `kernel` names and erases
/// `kernel`.
mlir::LogicalResult scheduleForGpu(mlir::func::FuncOp kernel,
                                   const CudaTarget &target);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULES_H
