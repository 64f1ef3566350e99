// Calls of LLVM's intrinsics for NVIDIA's GPUs.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEINTRINSIC_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEINTRINSIC_H

#include "FloatExpr.h"

namespace numloom {

/// `intrinsic` of each lane, with elements of type `result`, which is that of
/// the operands where it is none.
Expr callDeviceIntrinsic(mlir::ImplicitLocOpBuilder &b,
                         llvm::StringRef intrinsic,
                         llvm::ArrayRef<Expr> operands, mlir::Type result = {});

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_DEVICEINTRINSIC_H
