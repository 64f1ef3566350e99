// Where the operands and results of matrix products lie in memory.
#ifndef NUMLOOM_LIB_COMPILER_GEMMOPERANDS_H
#define NUMLOOM_LIB_COMPILER_GEMMOPERANDS_H

#include "numloom/Runtime/Plan.h"

#include "mlir/IR/Value.h"

#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace numloom {

/// The buffer below the views that `value` went through, and how it reads it;
/// nothing where that is not linear.
std::optional<GemmOperand>
getGemmOperand(mlir::Value value,
               const llvm::DenseMap<mlir::Value, BufferRef> &buffers);

/// How a product's `result` lies in `buffer`, its own or that of what it is a
/// part of.
GemmOperand getGemmResult(mlir::OpResult result, BufferRef buffer);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GEMMOPERANDS_H
