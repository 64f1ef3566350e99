// What kernels that compress are made of.
#ifndef NUMLOOM_LIB_TRANSFORMS_COMPRESSION_H
#define NUMLOOM_LIB_TRANSFORMS_COMPRESSION_H

#include "mlir/IR/Value.h"

namespace numloom::array {

/// The mask of which `op` computes how often it holds: `op` is the sum, over
/// all axes, of a bool array as int64. Null for other ops.
mlir::Value getCountedMask(mlir::Operation *op);

/// The mask by which `op` compresses, or which it counts while others compress
/// by it: who compresses counts. Null for other ops.
mlir::Value getCompressionMask(mlir::Operation *op);

/// Whether `op` is such a count, or a conversion that only such counts read: no
/// element is computed for it.
bool isCountedOnTheWay(mlir::Operation *op);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_COMPRESSION_H
