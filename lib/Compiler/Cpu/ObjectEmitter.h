// From kernels in the LLVM dialect to object code.
#ifndef NUMLOOM_LIB_COMPILER_CPU_OBJECTEMITTER_H
#define NUMLOOM_LIB_COMPILER_CPU_OBJECTEMITTER_H

#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace numloom {

/// How many buffers and sizes a kernel function takes.
struct EntryShape {
  std::string function;
  unsigned numBuffers;
  unsigned numSizes;
};

/// Where the stages' text goes, null for nowhere.
struct EmissionDumps {
  llvm::raw_ostream *llvmIr = nullptr;
  llvm::raw_ostream *assembly = nullptr;
};

/// Compiles `module` for the host into an object file with one entry of type
/// CpuKernelFn per entry shape. Empty and `error` set on failure.
std::string emitObject(mlir::ModuleOp module,
                       llvm::ArrayRef<EntryShape> entries, llvm::StringRef hash,
                       const EmissionDumps &dumps, std::string &error);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_CPU_OBJECTEMITTER_H
