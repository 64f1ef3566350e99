// Detects the host's processor and makes code generators for it.

#include "HostTarget.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

namespace numloom {

static HostTarget detect() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  HostTarget host;
  host.triple = llvm::sys::getProcessTriple();
  host.cpu = llvm::sys::getHostCPUName().str();
  llvm::StringMap<bool> available = llvm::sys::getHostCPUFeatures();
  llvm::SubtargetFeatures features;
  for (const auto &feature : available)
    features.AddFeature(feature.first(), feature.second);
  // 512-bit registers are what the schedules choose vectors for; without this
  // LLVM splits them for processors that lower their clock.
  features.AddFeature("prefer-256-bit", false);
  host.features = features.getString();
  auto has = [&](const char *name) { return available.lookup(name); };
  bool avx512 =
      has("avx512f") && has("avx512dq") && has("avx512bw") && has("avx512vl");
  bool avx2 = has("avx2") && has("fma");
  host.vectorAbi = avx512 ? VectorAbi::Avx512
                   : avx2 ? VectorAbi::Avx2
                          : VectorAbi::Scalar;
  host.vectorBytes = avx512 ? 64 : avx2 ? 32 : 16;
  return host;
}

const HostTarget &HostTarget::get() {
  static const HostTarget host = detect();
  return host;
}

std::unique_ptr<llvm::TargetMachine> HostTarget::createTargetMachine() const {
  std::string error;
  llvm::Triple parsed(triple);
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(parsed, error);
  if (!target)
    return nullptr;
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      parsed, cpu, features, llvm::TargetOptions(), llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Default));
}

} // namespace numloom
