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

/// The same of several ops, whose `values` are valid together, where vectors
/// are separate registers.
llvm::SmallVector<mlir::Value>
guardOnDevice(mlir::ImplicitLocOpBuilder &b,
              llvm::ArrayRef<mlir::Operation *> ops,
              llvm::ArrayRef<Expr> values, Expr isValid);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_GUARD_H
