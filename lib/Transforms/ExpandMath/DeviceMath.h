// Functions in the instructions of NVIDIA's GPUs.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH_H

#include "FloatExpr.h"

namespace numloom {

/// The expansion of an op on float32, scalars or vectors: divisions and square
/// roots, which stay correctly rounded, and logarithms. None for other ops.
std::optional<Expansion> expandForDevice(mlir::ImplicitLocOpBuilder &b,
                                         mlir::Operation *op);

/// 1 / x of float32 within a unit; 0 where that is subnormal, infinite where x
/// is.
Expr approximateInverse(mlir::ImplicitLocOpBuilder &b, Expr x);

/// Expands the quotients and exponentials in `kernel` that float16 holds.
void expandHalves(mlir::Operation *kernel);

/// Expands the remainders in `kernel`, each with a branch of its own.
void expandRemainders(mlir::Operation *kernel);

/// Expands the functions of complex numbers in `kernel` into those of real
/// ones, where arguments are ordinary; elsewhere the library's are called.
void expandComplexFunctions(mlir::Operation *kernel);

/// Takes the upper halves of 64-bit products of 32-bit integers as what they
/// are, registers. As shifts they would be computed by an instruction of their
/// own beside that of the lower halves.
void expandUpperHalves(mlir::Operation *kernel);

/// sqrt(x) where `getRoot` fails: of numbers below 2**(-2 `shift`) that are not
/// negative, of what is no number, and of infinity.
Expr getSmallRoot(Expr x, llvm::function_ref<Expr(Expr)> getRoot, int shift);

/// sqrt(x) of any float32, of which `fast` is the expansion. Whether that is
/// valid is seen by x, not by the result: else a comparison that lanes have
/// joined would be kept for each of them until the branch.
Expr getRootOfFloat32(mlir::ImplicitLocOpBuilder &b, Expr x, Expr fast);

/// NaN where x is negative, else x.
Expr getNanIfNegative(Expr x);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEMATH_H
