// The table of architectures, and code generators for them.

#include "GpuChip.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"

namespace numloom {

/// PTX 8.0 came with CUDA 12.0, the oldest that is supported; newer
/// architectures need the version that introduced them.
static constexpr GpuChip kChips[] = {{75, 80},  {80, 80},  {86, 80},  {87, 80},
                                     {89, 80},  {90, 80},  {100, 86}, {103, 88},
                                     {110, 90}, {120, 87}, {121, 88}};

const GpuChip *GpuChip::find(int computeCapability, std::string &error) {
  const GpuChip *found = nullptr;
  for (const GpuChip &chip : kChips)
    if (chip.computeCapability <= computeCapability)
      found = &chip;
  if (!found)
    error = "GPUs of compute capability " +
            std::to_string(computeCapability / 10) + "." +
            std::to_string(computeCapability % 10) + " are not supported";
  return found;
}

std::unique_ptr<llvm::TargetMachine> GpuChip::createTargetMachine() const {
  static const llvm::Target *target = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    std::string error;
    return llvm::TargetRegistry::lookupTarget(
        llvm::Triple("nvptx64-nvidia-cuda"), error);
  }();
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      llvm::Triple("nvptx64-nvidia-cuda"), getName(), getFeatures(), options,
      std::nullopt, std::nullopt, llvm::CodeGenOptLevel::Default));
}

} // namespace numloom
