// What slices and updates of slices have to satisfy.
#ifndef NUMLOOM_LIB_DIALECT_ARRAY_IR_VERIFYSLICE_H
#define NUMLOOM_LIB_DIALECT_ARRAY_IR_VERIFYSLICE_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

namespace numloom::array {

/// Checks that `op`, which is about a part of an array of extents `whole`, of
/// the same rank and of extents `part`, has a start and a step other than 0 for
/// each axis, and stays within the array as far as that is known.
mlir::LogicalResult verifySlice(mlir::Operation *op,
                                llvm::ArrayRef<int64_t> whole,
                                llvm::ArrayRef<int64_t> part, ParamsAttr starts,
                                ParamsAttr steps);

} // namespace numloom::array

#endif // NUMLOOM_LIB_DIALECT_ARRAY_IR_VERIFYSLICE_H
