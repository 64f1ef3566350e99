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

/// Combines conditions of all lanes in predicates: a vector of them would be an
/// integer first.
void combineConditions(mlir::Operation *kernel);

/// `all` conditions that were joined so, null if there are none, and
/// `condition`. Of two that are one comparison with another operand, it becomes
/// that one.
mlir::Value joinCondition(mlir::ImplicitLocOpBuilder &b, mlir::Value all,
                          mlir::Value condition);

/// `values` if they are valid in all lanes, else what `getOthers` gives, where
/// vectors are separate registers.
llvm::SmallVector<mlir::Value>
branchOnDevice(mlir::ImplicitLocOpBuilder &b, llvm::ArrayRef<Expr> values,
               Expr isValid,
               llvm::function_ref<llvm::SmallVector<mlir::Value>()> getOthers);

/// The same, with `values` in all lanes where they are valid.
llvm::SmallVector<mlir::Value>
guardOnDevice(mlir::ImplicitLocOpBuilder &b, llvm::ArrayRef<Expr> values,
              Expr isValid,
              llvm::function_ref<llvm::SmallVector<mlir::Value>()> getOthers);

/// The same of several ops, whose `values` are valid together.
llvm::SmallVector<mlir::Value>
guardOnDevice(mlir::ImplicitLocOpBuilder &b,
              llvm::ArrayRef<mlir::Operation *> ops,
              llvm::ArrayRef<Expr> values, Expr isValid);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_GUARD_H
