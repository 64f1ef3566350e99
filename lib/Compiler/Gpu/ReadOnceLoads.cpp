// Writes loads of what is not needed again in assembly.

#include "ReadOnceLoads.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/NVPTXAddrSpace.h"

namespace numloom {

/// Whether the kernel has no other way to the memory and does not write it: the
/// read-only cache serves such loads, in whatever order.
static bool isReadOnly(const llvm::Value *pointer) {
  const auto *argument =
      llvm::dyn_cast<llvm::Argument>(llvm::getUnderlyingObject(pointer));
  return argument && argument->hasNoAliasAttr() &&
         argument->onlyReadsMemory() &&
         argument->getParent()->getCallingConv() ==
             llvm::CallingConv::PTX_Kernel;
}

static bool isReadOnce(const llvm::LoadInst &load) {
  constexpr uint64_t bytes = 16;
  return load.hasMetadata(llvm::LLVMContext::MD_nontemporal) &&
         load.getDataLayout().getTypeStoreSize(load.getType()) == bytes &&
         load.getAlign() >= bytes && isReadOnly(load.getPointerOperand());
}

static void emitLoad(llvm::LoadInst &load) {
  llvm::IRBuilder<> builder(&load);
  llvm::Type *word = builder.getInt32Ty();
  auto *words = llvm::StructType::get(word, word, word, word);
  llvm::Type *global = builder.getPtrTy(llvm::NVPTXAS::ADDRESS_SPACE_GLOBAL);
  auto *instruction = llvm::InlineAsm::get(
      llvm::FunctionType::get(words, global, /*isVarArg=*/false),
      "ld.global.nc.L1::evict_first.v4.b32 {$0, $1, $2, $3}, [$4];",
      "=r,=r,=r,=r,l", /*hasSideEffects=*/false);
  llvm::Value *loaded = builder.CreateCall(
      instruction,
      builder.CreateAddrSpaceCast(load.getPointerOperand(), global));
  llvm::Value *vector =
      llvm::PoisonValue::get(llvm::FixedVectorType::get(word, 4));
  for (unsigned i = 0; i < 4; ++i)
    vector = builder.CreateInsertElement(
        vector, builder.CreateExtractValue(loaded, i), i);
  load.replaceAllUsesWith(builder.CreateBitCast(vector, load.getType()));
  load.eraseFromParent();
}

void emitReadOnceLoads(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction :
         llvm::make_early_inc_range(llvm::instructions(function)))
      if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
          load && isReadOnce(*load))
        emitLoad(*load);
}

} // namespace numloom
