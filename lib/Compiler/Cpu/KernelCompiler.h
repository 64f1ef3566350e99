// Compiles outlined kernels for the CPU, through the caches.
#ifndef NUMLOOM_LIB_COMPILER_CPU_KERNELCOMPILER_H
#define NUMLOOM_LIB_COMPILER_CPU_KERNELCOMPILER_H

#include "numloom/Runtime/Plan.h"

#include "mlir/IR/BuiltinOps.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace numloom {

/// One function of a compiled kernel and what the plan needs to launch it.
/// Factors are constants or the kernel's own parameters.
struct KernelFunction {
  std::string name;
  std::shared_ptr<const KernelCode> code;
  /// Operand i, then result j, then array of partial states k.
  std::vector<int64_t> bufferIds;
  SizeFormula work;
  SizeFormula itemCost;
};

/// A compiled kernel: one function, or the two of a split reduction, where the
/// second combines the partial states that the first leaves.
struct CompiledKernel {
  std::vector<KernelFunction> functions;
  /// Bytes of one entry of each array of partial states; the arrays have one
  /// entry per work item of the first function.
  std::vector<int64_t> partialBytes;
  int64_t numParams = 0;
};

struct KernelCounters {
  std::atomic<int64_t> compiled{0}, fromMemory{0}, fromDisk{0};
};

/// The process's compiled kernels. Thread-safe.
class KernelCompiler {
public:
  explicit KernelCompiler(std::string libraryDir)
      : libraryDir(std::move(libraryDir)) {}

  /// Compiles the only function of `module`, an outlined kernel, or finds it.
  /// Null and `error` set on failure.
  std::shared_ptr<const CompiledKernel> compile(mlir::ModuleOp module,
                                                std::string &error);

  KernelCounters counters;

private:
  std::shared_ptr<CompiledKernel> loadFromDisk(const std::string &key,
                                               std::string &error);
  std::shared_ptr<CompiledKernel>
  build(mlir::ModuleOp module, const std::string &key, std::string &error);
  /// Frees kernels that no plan holds once there are too many. Needs the lock.
  void evictUnused();
  bool link(CompiledKernel &kernel, llvm::ArrayRef<char> object,
            const std::string &hash, std::string &error);

  std::string libraryDir;
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<const CompiledKernel>>
      kernels;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_CPU_KERNELCOMPILER_H
