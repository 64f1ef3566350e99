// What a function must be for the passes on programs.
#ifndef NUMLOOM_TRANSFORMS_ARRAYPROGRAM_H
#define NUMLOOM_TRANSFORMS_ARRAYPROGRAM_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom {

/// Fails with an error unless `function` has one block and its values, those
/// inside fusions included, are arrays that ops of the array dialect make.
mlir::LogicalResult verifyArrayProgram(mlir::func::FuncOp function);

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_ARRAYPROGRAM_H
