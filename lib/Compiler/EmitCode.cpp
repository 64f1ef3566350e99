// LLVM's passes and code generator, as kernels of all machines use them.
#include "EmitCode.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/IR/LegacyPassManager.h"

namespace numloom {

std::unique_ptr<llvm::Module> translate(mlir::Operation *source,
                                        llvm::LLVMContext &context,
                                        llvm::TargetMachine *machine,
                                        std::string &error) {
  // Loads and stores are as aligned as the machine's types are.
  if (machine)
    source->setAttr(mlir::LLVM::LLVMDialect::getDataLayoutAttrName(),
                    mlir::StringAttr::get(
                        source->getContext(),
                        machine->createDataLayout().getStringRepresentation()));
  std::unique_ptr<llvm::Module> module =
      mlir::translateModuleToLLVMIR(source, context);
  if (!module || !machine) {
    error = "translation to LLVM IR failed";
    return nullptr;
  }
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  return module;
}

void runModulePasses(
    llvm::Module &module, llvm::TargetMachine &machine,
    llvm::function_ref<llvm::ModulePassManager(llvm::PassBuilder &)> build) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graphs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graphs, modules);
  build(builder).run(module, modules);
}

std::string emitCode(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::CodeGenFileType type) {
  llvm::SmallVector<char, 0> code;
  llvm::raw_svector_ostream stream(code);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return {};
  passes.run(module);
  return std::string(code.begin(), code.end());
}

} // namespace numloom
