// Runs passes the way the compiler does.
#ifndef NUMLOOM_LIB_COMPILER_RUNPASSES_H
#define NUMLOOM_LIB_COMPILER_RUNPASSES_H

#include "numloom/Compiler/Dump.h"

#include "mlir/Pass/PassManager.h"

namespace numloom {

/// Runs the passes that `addPasses` names on `module` without verifying in
/// between, and dumps what each leaves.
inline bool
runPasses(mlir::ModuleOp module, Dump &dump,
          llvm::function_ref<void(mlir::OpPassManager &)> addPasses) {
  mlir::PassManager manager(module.getContext());
  manager.enableVerifier(false);
  addPasses(manager);
  dump.watch(manager);
  return mlir::succeeded(manager.run(module));
}

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_RUNPASSES_H
