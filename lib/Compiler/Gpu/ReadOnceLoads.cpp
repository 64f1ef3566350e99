// Writes loads of what is not needed again in assembly.

#include "ReadOnceLoads.h"

#include "numloom/Transforms/Attributes.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
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

/// One value of `type` by an instruction without side effects.
static llvm::Value *emitAssembly(llvm::IRBuilder<> &builder, llvm::Type *type,
                                 llvm::StringRef text,
                                 llvm::StringRef constraints,
                                 llvm::ArrayRef<llvm::Value *> operands) {
  llvm::SmallVector<llvm::Type *> types;
  for (llvm::Value *operand : operands)
    types.push_back(operand->getType());
  auto *instruction = llvm::InlineAsm::get(
      llvm::FunctionType::get(type, types, /*isVarArg=*/false), text,
      constraints, /*hasSideEffects=*/false);
  return builder.CreateCall(instruction, operands);
}

/// What the second-level cache does with what the block reads; null: drops it
/// first.
static llvm::Value *emitPolicy(llvm::Function &function) {
  uint64_t kept =
      function.getFnAttributeAsParsedInteger(array::kKeptBlocksAttr);
  if (kept == 0)
    return nullptr;
  llvm::IRBuilder<> builder(&*function.getEntryBlock().getFirstInsertionPt());
  auto create = [&](llvm::StringRef priority) {
    return emitAssembly(
        builder, builder.getInt64Ty(),
        ("createpolicy.fractional.L2::" + priority + ".b64 $0, 1.0;").str(),
        "=l", {});
  };
  llvm::Value *block =
      builder.CreateIntrinsic(llvm::Intrinsic::nvvm_read_ptx_sreg_ctaid_x, {});
  llvm::Value *isKept = builder.CreateICmpULT(block, builder.getInt32(kept));
  return builder.CreateSelect(isKept, create("evict_normal"),
                              create("evict_first"));
}

static void emitLoad(llvm::LoadInst &load, llvm::Value *policy) {
  llvm::IRBuilder<> builder(&load);
  llvm::Type *word = builder.getInt32Ty();
  auto *words = llvm::StructType::get(word, word, word, word);
  llvm::Type *global = builder.getPtrTy(llvm::NVPTXAS::ADDRESS_SPACE_GLOBAL);
  llvm::Value *pointer =
      builder.CreateAddrSpaceCast(load.getPointerOperand(), global);
  llvm::Value *loaded =
      policy ? emitAssembly(builder, words,
                            "ld.global.nc.L2::cache_hint.v4.b32 "
                            "{$0, $1, $2, $3}, [$4], $5;",
                            "=r,=r,=r,=r,l,l", {pointer, policy})
             : emitAssembly(builder, words,
                            "ld.global.nc.L1::evict_first.v4.b32 "
                            "{$0, $1, $2, $3}, [$4];",
                            "=r,=r,=r,=r,l", {pointer});
  llvm::Value *vector =
      llvm::PoisonValue::get(llvm::FixedVectorType::get(word, 4));
  for (unsigned i = 0; i < 4; ++i)
    vector = builder.CreateInsertElement(
        vector, builder.CreateExtractValue(loaded, i), i);
  load.replaceAllUsesWith(builder.CreateBitCast(vector, load.getType()));
  load.eraseFromParent();
}

static void emitReadOnceLoads(llvm::Function &function) {
  llvm::SmallVector<llvm::LoadInst *> loads;
  for (llvm::Instruction &instruction : llvm::instructions(function))
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
        load && isReadOnce(*load))
      loads.push_back(load);
  if (loads.empty())
    return;
  llvm::Value *policy = emitPolicy(function);
  for (llvm::LoadInst *load : loads)
    emitLoad(*load, policy);
}

void emitReadOnceLoads(llvm::Module &module) {
  for (llvm::Function &function : module)
    emitReadOnceLoads(function);
}

} // namespace numloom
