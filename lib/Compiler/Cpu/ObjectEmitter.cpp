// Translates to LLVM IR, adds the runtime's entries, optimises and emits.

#include "ObjectEmitter.h"

#include "../KernelBackend.h"
#include "HostTarget.h"

#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Cloning.h"

namespace numloom {

/// Whether `function` stores past the caches.
static bool isStreaming(const llvm::Function &function) {
  for (const llvm::Instruction &instruction : llvm::instructions(function))
    if (instruction.hasMetadata(llvm::LLVMContext::MD_nontemporal))
      return true;
  return false;
}

/// void entry(void **buffers, int64_t *sizes, int64_t begin, int64_t end):
/// spreads the arrays into the kernel's arguments.
static void addEntry(llvm::Module &module, const EntryShape &shape,
                     llvm::StringRef hash) {
  llvm::Function *kernel = module.getFunction(shape.function);
  kernel->setLinkage(llvm::GlobalValue::InternalLinkage);
  kernel->addFnAttr(llvm::Attribute::AlwaysInline);
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *pointer = builder.getPtrTy(), *integer = builder.getInt64Ty();
  auto *entry = llvm::Function::Create(
      llvm::FunctionType::get(builder.getVoidTy(),
                              {pointer, pointer, integer, integer}, false),
      llvm::GlobalValue::ExternalLinkage, getEntryName(hash, shape.function),
      module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "entry", entry));
  llvm::SmallVector<llvm::Value *> arguments;
  auto spread = [&](llvm::Type *type, llvm::Value *array, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      arguments.push_back(
          builder.CreateLoad(type, builder.CreateConstGEP1_64(type, array, i)));
  };
  spread(pointer, entry->getArg(0), shape.numBuffers);
  spread(integer, entry->getArg(1), shape.numSizes);
  arguments.push_back(entry->getArg(2));
  arguments.push_back(entry->getArg(3));
  builder.CreateCall(kernel, arguments);
  // Streaming stores are not ordered by the release that ends a work item.
  if (isStreaming(*kernel))
    builder.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent);
  builder.CreateRetVoid();
}

/// Clean-up only: kernels are vectorised and unrolled by their schedules. The
/// default O2 pipeline costs twice the time for the same code.
static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
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
  llvm::ModulePassManager passes;
  passes.addPass(llvm::AlwaysInlinerPass());
  llvm::FunctionPassManager cleanup;
  cleanup.addPass(llvm::EarlyCSEPass());
  cleanup.addPass(llvm::InstCombinePass());
  cleanup.addPass(llvm::SimplifyCFGPass());
  cleanup.addPass(llvm::createFunctionToLoopPassAdaptor(
      llvm::LICMPass(llvm::LICMOptions()), /*UseMemorySSA=*/true));
  cleanup.addPass(llvm::EarlyCSEPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(cleanup)));
  passes.run(module, modules);
}

static bool emitFile(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::raw_pwrite_stream &stream,
                     llvm::CodeGenFileType type) {
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return false;
  passes.run(module);
  return true;
}

std::string emitObject(mlir::ModuleOp source,
                       llvm::ArrayRef<EntryShape> entries, llvm::StringRef hash,
                       const EmissionDumps &dumps, std::string &error) {
  const HostTarget &host = HostTarget::get();
  thread_local std::unique_ptr<llvm::TargetMachine> machine =
      host.createTargetMachine();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      mlir::translateModuleToLLVMIR(source, context);
  if (!module || !machine) {
    error = "translation to LLVM IR failed";
    return {};
  }
  module->setTargetTriple(machine->getTargetTriple());
  module->setDataLayout(machine->createDataLayout());
  for (const EntryShape &entry : entries)
    addEntry(*module, entry, hash);
  for (llvm::Function &function : *module) {
    function.addFnAttr("target-cpu", host.cpu);
    function.addFnAttr("target-features", host.features);
    function.addFnAttr("prefer-vector-width",
                       std::to_string(host.vectorBytes * 8));
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  optimize(*module, *machine);
  if (dumps.llvmIr)
    module->print(*dumps.llvmIr, nullptr);
  if (dumps.assembly) {
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(*module);
    llvm::SmallVector<char, 0> text;
    llvm::raw_svector_ostream stream(text);
    emitFile(*copy, *machine, stream, llvm::CodeGenFileType::AssemblyFile);
    dumps.assembly->write(text.data(), text.size());
  }
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  if (!emitFile(*module, *machine, stream, llvm::CodeGenFileType::ObjectFile))
    error = "code generation failed";
  return std::string(object.begin(), object.end());
}

} // namespace numloom
