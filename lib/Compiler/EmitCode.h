// LLVM's passes and code generator, as kernels of all machines use them.
#ifndef NUMLOOM_LIB_COMPILER_EMITCODE_H
#define NUMLOOM_LIB_COMPILER_EMITCODE_H

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

#include <string>

namespace numloom {

/// Runs the passes that `build` makes with the builder it is given.
void runModulePasses(
    llvm::Module &module, llvm::TargetMachine &machine,
    llvm::function_ref<llvm::ModulePassManager(llvm::PassBuilder &)> build);

/// Assembly or object code of `module`, which is spent; empty on failure.
std::string emitCode(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::CodeGenFileType type);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_EMITCODE_H
