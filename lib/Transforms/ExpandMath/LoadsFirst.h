// Loads before the code that branches.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_LOADSFIRST_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_LOADSFIRST_H

#include "mlir/IR/Operation.h"

namespace numloom {

/// Moves the loads of each block below `kernel` before the first function whose
/// code branches: the assembler moves none across branches, and threads would
/// wait for the memory time and again.
void moveLoadsBeforeFunctions(mlir::Operation *kernel);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_LOADSFIRST_H
