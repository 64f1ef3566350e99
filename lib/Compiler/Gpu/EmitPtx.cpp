// Translates to LLVM IR, links the device library, optimises and emits.

#include "numloom/Compiler/EmitPtx.h"

#include "../EmitCode.h"
#include "ConstantMemory.h"
#include "DeviceLibrary.h"
#include "GpuChip.h"
#include "ReadOnceLoads.h"

#include "llvm/IR/Module.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

namespace numloom {

/// One set of options for all functions, else library functions would not be
/// inlined; denormals are numbers like others.
static void setOptions(llvm::Module &module, const GpuChip &chip) {
  for (llvm::Function &function : module) {
    function.removeFnAttr("frame-pointer");
    function.addFnAttr("target-cpu", chip.getName());
    function.addFnAttr("target-features", chip.getFeatures());
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  module.addModuleFlag(llvm::Module::Override, "nvvm-reflect-ftz", 0u);
}

static llvm::ModulePassManager buildCleanup(llvm::PassBuilder &builder) {
  llvm::ModulePassManager passes;
  // Decides libdevice's questions to the target.
  builder.invokePipelineStartEPCallbacks(passes, llvm::OptimizationLevel::O2);
  passes.addPass(llvm::AlwaysInlinerPass());
  passes.addPass(llvm::GlobalDCEPass());
  llvm::FunctionPassManager cleanup;
  cleanup.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  cleanup.addPass(llvm::EarlyCSEPass());
  cleanup.addPass(llvm::InstCombinePass());
  cleanup.addPass(llvm::SimplifyCFGPass());
  cleanup.addPass(llvm::createFunctionToLoopPassAdaptor(
      llvm::LICMPass(llvm::LICMOptions()), /*UseMemorySSA=*/true));
  cleanup.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  cleanup.addPass(llvm::InstCombinePass());
  cleanup.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(cleanup)));
  return passes;
}

std::string emitPtx(mlir::gpu::GPUModuleOp source, int computeCapability,
                    llvm::function_ref<std::string(llvm::StringRef)> getEntry,
                    llvm::raw_ostream *llvmIr, std::string &error) {
  const GpuChip *chip = GpuChip::find(computeCapability, error);
  if (!chip)
    return {};
  std::unique_ptr<llvm::TargetMachine> machine = chip->createTargetMachine();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      translate(source, context, machine.get(), error);
  if (!module)
    return {};
  for (llvm::Function &function : *module)
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
      function.setName(getEntry(function.getName()));
  linkDeviceLibrary(*module);
  setOptions(*module, *chip);
  runModulePasses(*module, *machine, buildCleanup);
  moveConstantsToMemory(*module);
  emitReadOnceLoads(*module);
  if (llvmIr)
    module->print(*llvmIr, nullptr);
  std::string ptx =
      emitCode(*module, *machine, llvm::CodeGenFileType::AssemblyFile);
  if (ptx.empty())
    error = "code generation failed";
  return ptx;
}

} // namespace numloom
