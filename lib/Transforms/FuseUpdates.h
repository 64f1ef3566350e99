// Updates within the kernels that compute their values.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSEUPDATES_H
#define NUMLOOM_LIB_TRANSFORMS_FUSEUPDATES_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom {

/// Moves those of `updates` into the kernels of their values for which that
/// saves time: such a kernel writes all of the next version, and copies
/// what it does not compute. `updates` are those whose kernels may not write
/// into the base. Returns whether any was moved.
bool fuseUpdates(mlir::func::FuncOp function,
                 llvm::ArrayRef<array::UpdateOp> updates);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_FUSEUPDATES_H
