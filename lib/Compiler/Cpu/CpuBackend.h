// Compiles kernels for the host's processor.
#ifndef NUMLOOM_LIB_COMPILER_CPU_CPUBACKEND_H
#define NUMLOOM_LIB_COMPILER_CPU_CPUBACKEND_H

#include "../KernelBackend.h"

namespace numloom {

/// The host's processor: object code, linked into the process.
class CpuBackend final : public KernelBackend {
public:
  /// `libraryDir` is where the math library lies.
  explicit CpuBackend(std::string libraryDir)
      : libraryDir(std::move(libraryDir)) {}

  std::string getTarget() const override;
  void specialize(mlir::func::FuncOp kernel,
                  const KernelUse &use) const override;
  std::shared_ptr<CompiledKernel> build(mlir::ModuleOp module,
                                        llvm::StringRef hash, std::string &code,
                                        std::string &error) const override;
  bool link(CompiledKernel &kernel, llvm::StringRef code, llvm::StringRef hash,
            std::string &error) const override;

private:
  std::string libraryDir;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_CPU_CPUBACKEND_H
