// Compiles modules in the array dialect: what the tools call.
#ifndef NUMLOOM_COMPILER_COMPILEMODULE_H
#define NUMLOOM_COMPILER_COMPILEMODULE_H

#include "numloom/Runtime/Plan.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>
#include <string>

namespace numloom {

class KernelCompiler;

/// Adds every dialect and translation that compiling needs.
void registerCompilerDialects(mlir::DialectRegistry &registry);

/// Compiles the function @main of `module`, which is rewritten on the way,
/// with a kernel cache that the caller owns. Null and `error` set on failure.
std::shared_ptr<const Plan> compileModule(mlir::ModuleOp module,
                                          KernelCompiler &kernels,
                                          std::string &error);

/// The same with a kernel cache of its own; `libraryDir` is where the math
/// library lies.
std::shared_ptr<const Plan> compileModule(mlir::ModuleOp module,
                                          llvm::StringRef libraryDir,
                                          std::string &error);

} // namespace numloom

#endif // NUMLOOM_COMPILER_COMPILEMODULE_H
