// Links libdevice and the compiler's own functions, which are embedded as
// bitcode, into modules that call them.

#include "DeviceLibrary.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Transforms/IPO/Internalize.h"

namespace numloom {
namespace {
constexpr unsigned char kLibdevice[] = {
#include "libdevice.10.bc.inc"
};
constexpr unsigned char kComplexMath[] = {
#include "ComplexMath.bc.inc"
};
} // namespace

static bool hasUndefined(const llvm::Module &module, llvm::StringRef prefix) {
  return llvm::any_of(module, [&](const llvm::Function &function) {
    return function.isDeclaration() && function.getName().starts_with(prefix);
  });
}

static void link(llvm::Module &module, llvm::ArrayRef<unsigned char> bitcode,
                 llvm::StringRef prefix) {
  if (!hasUndefined(module, prefix))
    return;
  auto library = llvm::cantFail(llvm::getLazyBitcodeModule(
      llvm::MemoryBufferRef(llvm::toStringRef(bitcode), prefix),
      module.getContext()));
  library->setTargetTriple(module.getTargetTriple());
  library->setDataLayout(module.getDataLayout());
  llvm::Linker::linkModules(
      module, std::move(library), llvm::Linker::LinkOnlyNeeded,
      [](llvm::Module &linked, const llvm::StringSet<> &names) {
        llvm::internalizeModule(linked, [&](const llvm::GlobalValue &value) {
          return !value.hasName() || !names.contains(value.getName());
        });
        for (llvm::Function &function : linked)
          if (names.contains(function.getName()) &&
              !function.hasFnAttribute(llvm::Attribute::NoInline))
            function.addFnAttr(llvm::Attribute::AlwaysInline);
      });
}

/// libdevice asks `__nvvm_reflect` how exact divisions and square roots of
/// float32 are to be; LLVM, which answers questions about the target, would
/// say: approximate.
static void requestCorrectRounding(llvm::Module &module) {
  llvm::Function *reflect = module.getFunction("__nvvm_reflect");
  if (!reflect)
    return;
  for (llvm::User *user : llvm::make_early_inc_range(reflect->users())) {
    auto *call = llvm::cast<llvm::CallInst>(user);
    llvm::StringRef question;
    if (!llvm::getConstantStringInfo(call->getArgOperand(0), question) ||
        (question != "__CUDA_PREC_SQRT" && question != "__CUDA_PREC_DIV"))
      continue;
    call->replaceAllUsesWith(llvm::ConstantInt::get(call->getType(), 1));
    call->eraseFromParent();
  }
}

void linkDeviceLibrary(llvm::Module &module) {
  // The first calls the second.
  link(module, kComplexMath, "__numloom_");
  link(module, kLibdevice, "__nv_");
  requestCorrectRounding(module);
}

} // namespace numloom
