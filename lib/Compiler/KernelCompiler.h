// Compiles outlined kernels, through the caches.
#ifndef NUMLOOM_LIB_COMPILER_KERNELCOMPILER_H
#define NUMLOOM_LIB_COMPILER_KERNELCOMPILER_H

#include "KernelBackend.h"

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace numloom {

struct KernelCounters {
  std::atomic<int64_t> compiled{0}, fromMemory{0}, fromDisk{0};
};

/// The process's compiled kernels of one machine. Thread-safe.
class KernelCompiler {
public:
  explicit KernelCompiler(std::unique_ptr<const KernelBackend> backend)
      : backend(std::move(backend)) {}

  const KernelBackend &getBackend() const { return *backend; }

  using Kernels = std::vector<std::shared_ptr<const CompiledKernel>>;

  /// Compiles the only function, an outlined kernel, of each of `modules`, or
  /// finds it; several at a time. Empty and `error` set on failure.
  Kernels compile(llvm::ArrayRef<mlir::ModuleOp> modules, std::string &error);

  KernelCounters counters;

private:
  std::string getKey(mlir::ModuleOp module) const;
  /// The kernel from memory or disk, or null.
  std::shared_ptr<const CompiledKernel> find(const std::string &key);
  std::shared_ptr<const CompiledKernel>
  build(mlir::ModuleOp module, const std::string &key, std::string &error);
  /// Adds the kernel unless another thread was faster; returns what is there.
  std::shared_ptr<const CompiledKernel>
  keep(const std::string &key, std::shared_ptr<const CompiledKernel> kernel);
  /// Frees kernels that no plan holds once there are too many. Needs the lock.
  void evictUnused();

  std::unique_ptr<const KernelBackend> backend;
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<const CompiledKernel>>
      kernels;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_KERNELCOMPILER_H
