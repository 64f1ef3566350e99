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

ScheduleChoice chooseElementwiseSchedule(mlir::func::FuncOp kernel,
                                         const IterationSpace &space,
                                         const SizeHints &hints);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_ELEMENTWISECHOICE_H
