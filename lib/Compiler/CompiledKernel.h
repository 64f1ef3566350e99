// A compiled kernel as plans use it.
#ifndef NUMLOOM_LIB_COMPILER_COMPILEDKERNEL_H
#define NUMLOOM_LIB_COMPILER_COMPILEDKERNEL_H

#include "numloom/Runtime/Plan.h"

#include <string>
#include <variant>
#include <vector>

namespace numloom {

/// One function of a compiled kernel.
struct KernelFunction {
  std::string name;
  /// Operand i, then result j, then array of partial states k.
  std::vector<int64_t> bufferIds;
  /// How to launch it, but for the program's part in it: formulas are of the
  /// kernel's own parameters, buffers and sizes are missing.
  std::variant<LaunchStep, GpuLaunchStep> launch;
};

/// A compiled kernel: one function, or the two of a split reduction, where the
/// second combines the partial states that the first leaves.
struct CompiledKernel {
  std::vector<KernelFunction> functions;
  /// The arrays of partial states, in the kernel's parameters.
  std::vector<ArenaSlot> partials;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_COMPILEDKERNEL_H
