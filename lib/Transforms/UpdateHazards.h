// Whether a kernel may write an update's value into the base that it reads.
#ifndef NUMLOOM_LIB_TRANSFORMS_UPDATEHAZARDS_H
#define NUMLOOM_LIB_TRANSFORMS_UPDATEHAZARDS_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

namespace numloom {

/// The value whose buffer `value` reads: views between kernels are free.
mlir::Value getRoot(mlir::Value value);

/// Whether every element of the base's buffer that the op of `result`, placed
/// for the value of `update`, reads at a point is the one that it writes there,
/// or one that it writes at no point. Of a product's operands only what is
/// added first may be the former.
bool readsOnlyWhatItWrites(mlir::OpResult result, array::UpdateOp update);

/// The operand of `fusion` that reads the buffer of `root`, or -1.
int64_t findOperand(array::FusionOp fusion, mlir::Value root);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_UPDATEHAZARDS_H
