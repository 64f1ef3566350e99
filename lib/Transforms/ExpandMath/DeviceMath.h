// Functions of float32 in the instructions of NVIDIA's GPUs.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH_H

#include "FloatExpr.h"

namespace numloom {

/// The expansion of an op on float32, scalars or vectors: divisions and square
/// roots, which stay correctly rounded, and logarithms. None for other ops.
std::optional<Expansion> expandForDevice(mlir::ImplicitLocOpBuilder &b,
                                         mlir::Operation *op);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH_H
