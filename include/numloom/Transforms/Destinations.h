// Kernels and matrix products that write a part of a larger buffer: an operand
// of a concatenation, or the value of an update.
#ifndef NUMLOOM_TRANSFORMS_DESTINATIONS_H
#define NUMLOOM_TRANSFORMS_DESTINATIONS_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

namespace numloom {

/// The result that `operand` of a concatenation, or an update's value, is a
/// part of: the owner's, or that of the outermost concatenation of those that
/// the owner's is placed in.
mlir::Value getDestinationWhole(mlir::OpOperand &operand);

/// Where `operand` lies in that: one index for each of its axes, in terms of
/// the axes of `type`, whose reshape the operand is. None where that is not
/// linear.
std::optional<llvm::SmallVector<array::LinearExpr>>
getDestinationIndex(mlir::OpOperand &operand, mlir::Type type);

/// Whether a matrix product may be written as `operand` lies in the owner's
/// result: neighbours along the last axis of `type`, whose reshape the operand
/// is, are neighbours there, and the other axes go upwards. 16-bit floats must
/// lie where the library stores them fast, as far as the parameters' hints
/// tell.
bool takesProduct(mlir::OpOperand &operand, mlir::Type type);

/// The same as what a kernel is told of its result, which must have an index.
array::DestinationAttr getDestination(mlir::OpOperand &operand,
                                      mlir::Type type);

/// The update whose result `result` of a fusion is; null if it is none.
array::UpdateOp getFusedUpdate(mlir::OpResult result);

/// The result of a kernel or a product that becomes `operand` and that could as
/// well be written into the owner's result: nothing else reads it, and what
/// computes it computes all of it and decides where it goes. Null if there is
/// none.
mlir::OpResult getPlaceableResult(mlir::OpOperand &operand);

/// Says on the op of `result`, which becomes `operand`, that this lies in
/// the owner's result: the `array.into` attribute.
void placeInto(mlir::OpResult result, mlir::OpOperand &operand);

/// Whether what computes `operand` writes it into its owner's result.
bool isPlaced(mlir::OpOperand &operand);

/// The operand that `result` is placed for; null if it is not.
mlir::OpOperand *getPlacedOperand(mlir::OpResult result);

/// The operand whose buffer `op`, if that is an update or a scattering kernel,
/// changes into its result; else null.
mlir::OpOperand *getUpdatedBase(mlir::Operation *op);

/// Whether the kernel of `base`, which it scatters into, reads this operand
/// otherwise as well.
bool readsScatteredBase(mlir::OpOperand &base);

/// Gives `op`, an update or a scattering kernel, another base. What a kernel
/// reads of the old one apart from scattering into it, it goes on to read.
void replaceUpdatedBase(mlir::Operation *op, mlir::Value base);

/// A fusion that copies `source`.
array::FusionOp createCopy(mlir::OpBuilder &builder, mlir::Value source);

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_DESTINATIONS_H
