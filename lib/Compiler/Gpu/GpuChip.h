// The GPU architectures that kernels are compiled for.
#ifndef NUMLOOM_LIB_COMPILER_GPU_GPUCHIP_H
#define NUMLOOM_LIB_COMPILER_GPU_GPUCHIP_H

#include "llvm/Target/TargetMachine.h"

#include <string>

namespace numloom {

/// An architecture and the version of PTX that its code is written in.
struct GpuChip {
  int computeCapability;
  int ptxVersion;

  /// The newest known architecture whose code runs on a device of
  /// `computeCapability`; null and `error` set where it is older than all.
  static const GpuChip *find(int computeCapability, std::string &error);

  /// "sm_90".
  std::string getName() const {
    return "sm_" + std::to_string(computeCapability);
  }
  /// "+ptx80".
  std::string getFeatures() const {
    return "+ptx" + std::to_string(ptxVersion);
  }

  /// A code generator that contracts no products into sums; for one thread.
  std::unique_ptr<llvm::TargetMachine> createTargetMachine() const;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GPU_GPUCHIP_H
