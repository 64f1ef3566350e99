// Fusions as functions of their own.
#ifndef NUMLOOM_TRANSFORMS_OUTLINEKERNELS_H
#define NUMLOOM_TRANSFORMS_OUTLINEKERNELS_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace numloom {

/// A fusion as the only function of a module, apart from the program that it
/// came from.
struct OutlinedKernel {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// The program's parameter for each parameter of the kernel.
  llvm::SmallVector<int64_t> params;
};

/// Clones the body of `fusion` into a function named `name`, with parameters
/// numbered by first use, so that equal kernels are equal text.
OutlinedKernel outlineKernel(array::FusionOp fusion, llvm::StringRef name);

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_OUTLINEKERNELS_H
