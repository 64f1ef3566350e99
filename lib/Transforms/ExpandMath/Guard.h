// Expansions that are right for some arguments, and what the others get.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_GUARD_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_GUARD_H

#include "FloatExpr.h"

namespace numloom {

/// The expansion's value where it is valid, else that of `op`, which is
/// computed only if some lane needs it: an element does not depend on its
/// neighbours.
mlir::Value guardExpansion(mlir::ImplicitLocOpBuilder &b, mlir::Operation *op,
                           const Expansion &expansion);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_GUARD_H
