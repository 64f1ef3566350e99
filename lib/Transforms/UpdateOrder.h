// The order in which a fused program runs so that updates happen in place.
#ifndef NUMLOOM_LIB_TRANSFORMS_UPDATEORDER_H
#define NUMLOOM_LIB_TRANSFORMS_UPDATEORDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom {

/// Makes every update of `function` one that may be done in place: its base has
/// a buffer that may be written, and whatever else reads the base comes before
/// the kernel that writes. Moves ops, copies bases where no order will do, and
/// places kernels into the bases. Linear but for a heap of what may run next.
mlir::LogicalResult orderUpdates(mlir::func::FuncOp function);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_UPDATEORDER_H
