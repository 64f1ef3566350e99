// Puts constants of float64 arithmetic into constant memory.

#include "ConstantMemory.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/NVPTXAddrSpace.h"

namespace numloom {

/// Half of the cache that feeds operands.
static constexpr size_t kMostConstants = 1024 / sizeof(double);
/// Kernels with fewer wait for memory, not for instructions.
static constexpr size_t kLeastConstants = 8;

/// The uses of each constant.
using Uses =
    llvm::MapVector<llvm::ConstantFP *, llvm::SmallVector<llvm::Use *>>;

static bool isArithmetic(const llvm::Instruction &instruction) {
  const auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  return call ? call->getIntrinsicID() == llvm::Intrinsic::fma
              : llvm::isa<llvm::BinaryOperator>(instruction);
}

static bool hasLowerHalf(const llvm::ConstantFP &number) {
  return number.getType()->isDoubleTy() &&
         llvm::Lo_32(number.getValueAPF().bitcastToAPInt().getZExtValue()) != 0;
}

static Uses findUses(llvm::Function &kernel) {
  Uses uses;
  for (llvm::Instruction &instruction : llvm::instructions(kernel))
    if (isArithmetic(instruction))
      for (llvm::Use &use : instruction.operands())
        if (auto *number = llvm::dyn_cast<llvm::ConstantFP>(use);
            number && hasLowerHalf(*number))
          uses[number].push_back(&use);
  return uses;
}

/// In loops constants stay in registers.
static bool hasLoops(const llvm::Function &kernel) {
  llvm::SmallVector<
      std::pair<const llvm::BasicBlock *, const llvm::BasicBlock *>>
      edges;
  llvm::FindFunctionBackedges(kernel, edges);
  return !edges.empty();
}

static llvm::GlobalVariable *createTable(llvm::Module &module,
                                         const Uses &uses) {
  llvm::SmallVector<llvm::Constant *> numbers;
  for (const auto &[number, each] : uses)
    numbers.push_back(number);
  auto *type = llvm::ArrayType::get(
      llvm::Type::getDoubleTy(module.getContext()), numbers.size());
  // What others initialise is not folded back into the instructions.
  return new llvm::GlobalVariable(
      module, type, /*isConstant=*/true, llvm::GlobalValue::InternalLinkage,
      llvm::ConstantArray::get(type, numbers), "constants",
      /*InsertBefore=*/nullptr, llvm::GlobalValue::NotThreadLocal,
      llvm::NVPTXAS::ADDRESS_SPACE_CONST, /*isExternallyInitialized=*/true);
}

static void moveConstants(llvm::Function &kernel) {
  Uses uses = findUses(kernel);
  if (uses.size() < kLeastConstants || uses.size() > kMostConstants ||
      hasLoops(kernel))
    return;
  llvm::GlobalVariable *table = createTable(*kernel.getParent(), uses);
  for (auto [place, entry] : llvm::enumerate(uses))
    for (llvm::Use *use : entry.second) {
      llvm::IRBuilder<> b(llvm::cast<llvm::Instruction>(use->getUser()));
      llvm::Value *address =
          b.CreateConstInBoundsGEP1_64(b.getDoubleTy(), table, place);
      use->set(b.CreateLoad(b.getDoubleTy(), address));
    }
}

void moveConstantsToMemory(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
      moveConstants(function);
}

} // namespace numloom
