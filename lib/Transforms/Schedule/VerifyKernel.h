// What a kernel must be for the schedules.
#ifndef NUMLOOM_LIB_TRANSFORMS_SCHEDULE_VERIFYKERNEL_H
#define NUMLOOM_LIB_TRANSFORMS_SCHEDULE_VERIFYKERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom::array {

/// Fails with an error unless `kernel` is a program of ops that have a place
/// inside a kernel, and its attributes fit its body. Outlined kernels do; the
/// tools read others too.
mlir::LogicalResult verifyKernel(mlir::func::FuncOp kernel);

/// Reports what makes a kernel of kind "compress" unfit for its schedule: its
/// results are compress ops of one mask and one extent, at least one, and
/// counts of the mask.
mlir::LogicalResult verifyCompressKernel(mlir::func::FuncOp kernel);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_SCHEDULE_VERIFYKERNEL_H
