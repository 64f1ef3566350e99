// Translates to LLVM IR, adds the runtime's entries, optimises and emits.

#include "ObjectEmitter.h"

#include "../EmitCode.h"
#include "../KernelBackend.h"
#include "HostTarget.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
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

static llvm::ModulePassManager buildCleanup(llvm::PassBuilder &) {
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
  return passes;
}

std::string emitObject(mlir::ModuleOp source,
                       llvm::ArrayRef<EntryShape> entries, llvm::StringRef hash,
                       const EmissionDumps &dumps, std::string &error) {
  const HostTarget &host = HostTarget::get();
  thread_local std::unique_ptr<llvm::TargetMachine> machine =
      host.createTargetMachine();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      translate(source, context, machine.get(), error);
  if (!module)
    return {};
  for (const EntryShape &entry : entries)
    addEntry(*module, entry, hash);
  for (llvm::Function &function : *module) {
    function.addFnAttr("target-cpu", host.cpu);
    function.addFnAttr("target-features", host.features);
    function.addFnAttr("prefer-vector-width",
                       std::to_string(host.vectorBytes * 8));
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
  runModulePasses(*module, *machine, buildCleanup);
  if (dumps.llvmIr)
    module->print(*dumps.llvmIr, nullptr);
  if (dumps.assembly) {
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(*module);
    *dumps.assembly << emitCode(*copy, *machine,
                                llvm::CodeGenFileType::AssemblyFile);
  }
  std::string object =
      emitCode(*module, *machine, llvm::CodeGenFileType::ObjectFile);
  if (object.empty())
    error = "code generation failed";
  return object;
}

} // namespace numloom
