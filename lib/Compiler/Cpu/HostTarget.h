// The machine that compiled kernels run on.
#ifndef NUMLOOM_LIB_COMPILER_CPU_HOSTTARGET_H
#define NUMLOOM_LIB_COMPILER_CPU_HOSTTARGET_H

#include "llvm/IR/LLVMContext.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace numloom {

/// Which vector math functions the machine has.
enum class VectorAbi { Avx512, Avx2, Scalar };

/// Facts of the host's processor, found once.
struct HostTarget {
  std::string triple;
  std::string cpu;
  std::string features;
  VectorAbi vectorAbi;
  /// Bytes of the widest vector registers.
  int64_t vectorBytes;

  static const HostTarget &get();

  /// A code generator for the host; one per thread.
  std::unique_ptr<llvm::TargetMachine> createTargetMachine() const;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_CPU_HOSTTARGET_H
