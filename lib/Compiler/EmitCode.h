// LLVM's passes and code generator, as kernels of all machines use them.
#ifndef NUMLOOM_LIB_COMPILER_EMITCODE_H
#define NUMLOOM_LIB_COMPILER_EMITCODE_H

#include "mlir/IR/Operation.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

#include <string>

namespace numloom {

/// `source` as LLVM IR for `machine`; null and `error` set on failure, also
/// where there is no machine.
std::unique_ptr<llvm::Module> translate(mlir::Operation *source,
                                        llvm::LLVMContext &context,
                                        llvm::TargetMachine *machine,
                                        std::string &error);

/// Runs the passes that `build` makes with the builder it is given.
/// They are for clean-up only, since schedules have vectorised and unrolled:
/// the default O2 pipeline costs twice the time for the same code.
void runModulePasses(
    llvm::Module &module, llvm::TargetMachine &machine,
    llvm::function_ref<llvm::ModulePassManager(llvm::PassBuilder &)> build);

/// Assembly or object code of `module`, which is spent; empty on failure.
std::string emitCode(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::CodeGenFileType type);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_EMITCODE_H
