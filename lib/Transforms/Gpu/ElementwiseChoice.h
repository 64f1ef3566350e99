// The choice for kernels without reductions.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_ELEMENTWISECHOICE_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_ELEMENTWISECHOICE_H

#include "ScheduleChoice.h"

namespace numloom::array {

/// The loads that the transpose schedule brings through shared memory:
/// contiguous along `fast`, apart along the innermost loop, each once, with
/// offsets without collapsed dimensions.
llvm::SmallVector<Access> getTransposedLoads(const IterationSpace &space,
                                             unsigned fast);

/// The loop schedule, whatever the operands' layouts.
ScheduleChoice chooseLoopSchedule(mlir::func::FuncOp kernel,
                                  const IterationSpace &space,
                                  const SizeHints &hints);

/// The choice for scatters.
ScheduleChoice chooseScatterSchedule(mlir::func::FuncOp kernel,
                                     const IterationSpace &space,
                                     const SizeHints &hints);

/// The elements of a thread of which `kernel`'s body is small enough.
int64_t getMaxLanes(mlir::func::FuncOp kernel);

/// Tiles of neighbouring elements, if the kernel reads neighbours of its
/// elements (StencilChoice.cpp).
std::optional<ScheduleChoice> chooseStencil(mlir::func::FuncOp kernel,
                                            const IterationSpace &space,
                                            const SizeHints &hints);

ScheduleChoice chooseElementwiseSchedule(mlir::func::FuncOp kernel,
                                         const IterationSpace &space,
                                         const SizeHints &hints);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_ELEMENTWISECHOICE_H
