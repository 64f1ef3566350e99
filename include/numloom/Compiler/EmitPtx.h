// From GPU kernels in the LLVM dialect to PTX.
#ifndef NUMLOOM_COMPILER_EMITPTX_H
#define NUMLOOM_COMPILER_EMITPTX_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

#include "llvm/Support/raw_ostream.h"

#include <string>

namespace numloom {

/// Compiles the kernels of `module`, in the LLVM and NVVM dialects, to PTX for
/// devices of `computeCapability` (10 * major + minor), as entries named
/// `getEntry(kernel)`. `llvmIr` receives the optimised module unless null.
/// Empty and `error` set on failure.
std::string emitPtx(mlir::gpu::GPUModuleOp module, int computeCapability,
                    llvm::function_ref<std::string(llvm::StringRef)> getEntry,
                    llvm::raw_ostream *llvmIr, std::string &error);

} // namespace numloom

#endif // NUMLOOM_COMPILER_EMITPTX_H
