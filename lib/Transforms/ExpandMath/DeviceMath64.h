// Functions of float64 in the instructions of NVIDIA's GPUs.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH64_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH64_H

#include "FloatExpr.h"

namespace numloom {

/// Replaces the exponentials, logarithms, roots, sines and cosines of float64,
/// and quotients that may be off by 2**-19 of themselves (`afn` and `arcp`),
/// below `kernel`: lanes side by side, sines and cosines of one argument
/// together, and one branch for all of them.
void expandFloat64(mlir::Operation *kernel);

/// Whether `expandFloat64` replaces `op`.
bool isExpandedFloat64(mlir::Operation *op);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH64_H
