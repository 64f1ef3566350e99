// Questions about the ops of kernels on NVIDIA's GPUs.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEOPS_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEOPS_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace numloom {

/// Of an op with one result, a vector.
inline int64_t getLanes(mlir::Operation *op) {
  return mlir::cast<mlir::VectorType>(op->getResult(0).getType())
      .getNumElements();
}

/// The scalar that is in all lanes of a vector, where the vector is made of it;
/// else `value`.
inline mlir::Value skipBroadcast(mlir::Value value) {
  auto splat = value.getDefiningOp<mlir::vector::BroadcastOp>();
  return splat ? splat.getSource() : value;
}

/// Whether threads of a block meet in `op`.
inline bool isMeeting(mlir::Operation *op) {
  return mlir::isa<mlir::gpu::BarrierOp, mlir::gpu::ShuffleOp>(op);
}

/// Whether `use` is at `end` or behind it, in the same block.
inline bool isBehind(const mlir::OpOperand &use, mlir::Operation *end) {
  mlir::Operation *user =
      end->getBlock()->findAncestorOpInBlock(*use.getOwner());
  return user && !user->isBeforeInBlock(end);
}

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEOPS_H
