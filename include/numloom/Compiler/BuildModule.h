// Programs as functions of the array dialect.
#ifndef NUMLOOM_COMPILER_BUILDMODULE_H
#define NUMLOOM_COMPILER_BUILDMODULE_H

#include "numloom/Trace/Program.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace numloom {

/// The function `@main` of `program`: an argument per input, a result per
/// output. Strided inputs are flat storage that an `array.as_strided` reads;
/// numbers and hints have the dialect's attributes `scalar` and `param_hints`.
/// The context must have the array and func dialects loaded. Null after a
/// diagnostic where `program` breaks a constraint of the dialect.
mlir::OwningOpRef<mlir::ModuleOp> buildModule(mlir::MLIRContext &context,
                                              const Program &program);

} // namespace numloom

#endif // NUMLOOM_COMPILER_BUILDMODULE_H
