// What a kernel's attributes must be for the GPU's schedules.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_VERIFYSCHEDULE_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_VERIFYSCHEDULE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom::array {

/// Fails with an error unless the attributes that say how `kernel` is scheduled
/// and what its arguments are have the right form. Chosen ones do; the tools
/// read others too.
mlir::LogicalResult verifyGpuSchedule(mlir::func::FuncOp kernel);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_VERIFYSCHEDULE_H
