// Compiles kernels for a CUDA device.
#ifndef NUMLOOM_LIB_COMPILER_GPU_GPUBACKEND_H
#define NUMLOOM_LIB_COMPILER_GPU_GPUBACKEND_H

#include "../KernelBackend.h"
#include "GpuChip.h"
#include "NvJitLink.h"

#include "numloom/Compiler/Compiler.h"

namespace numloom {

/// A CUDA device: machine code where nvJitLink is there and knows the device,
/// else PTX, which the driver compiles.
class GpuBackend final : public KernelBackend {
public:
  /// Null and `error` set where no code can be made for `target`. `packageDir`
  /// is where Numloom's own libraries lie.
  static std::unique_ptr<GpuBackend> create(const CudaTarget &target,
                                            const std::string &packageDir,
                                            std::string &error);

  /// Says that `program` is for a GPU.
  static void mark(mlir::func::FuncOp program);

  std::string getTarget() const override;
  void prepare(mlir::func::FuncOp program) const override { mark(program); }
  void specialize(mlir::func::FuncOp kernel,
                  const KernelUse &use) const override;
  std::shared_ptr<CompiledKernel> build(mlir::ModuleOp module,
                                        llvm::StringRef hash, std::string &code,
                                        std::string &error) const override;
  bool link(CompiledKernel &kernel, llvm::StringRef code, llvm::StringRef hash,
            std::string &error) const override;

private:
  GpuBackend(const CudaTarget &target, const GpuChip &chip,
             const NvJitLink *assembler)
      : target(target), chip(chip), assembler(assembler) {}

  CudaTarget target;
  const GpuChip &chip;
  /// Null: the driver assembles.
  const NvJitLink *assembler;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GPU_GPUBACKEND_H
