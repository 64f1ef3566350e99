// Kernels that write a part of a concatenation.
#ifndef NUMLOOM_TRANSFORMS_CONCATENATIONPARTS_H
#define NUMLOOM_TRANSFORMS_CONCATENATIONPARTS_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

namespace numloom {

/// Says on `fusion` that its only result lies in the result of `op`, as operand
/// `part` of it: the array.into attributes of its kernel.
void placeInto(array::FusionOp fusion, array::ConcatenateOp op, unsigned part);

/// The concatenation into which `fusion` was placed; null if it was not.
array::ConcatenateOp getDestination(array::FusionOp fusion);

/// Places every `loop` fusion that computes nothing but one operand of one
/// concatenation: it needs no buffer of its own and no copy.
void placeProducers(array::ConcatenateOp op);

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_CONCATENATIONPARTS_H
