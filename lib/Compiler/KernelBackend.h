// What compiling kernels needs of a kind of machine.
#ifndef NUMLOOM_LIB_COMPILER_KERNELBACKEND_H
#define NUMLOOM_LIB_COMPILER_KERNELBACKEND_H

#include "CompiledKernel.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <memory>

namespace numloom {

/// The place of an outlined kernel in a program.
struct KernelUse {
  mlir::func::FuncOp program;
  array::FusionOp fusion;
  /// The program's parameter for each of the kernel's.
  llvm::ArrayRef<int64_t> params;
  /// Where the fusion's operands live.
  llvm::ArrayRef<BufferRef> operands;

  /// The hints of the kernel's parameters; empty unless all have one.
  llvm::SmallVector<int64_t> getHints() const;
  /// Whether `buffer` is an input of the program that has the attribute.
  bool hasInputAttr(BufferRef buffer, llvm::StringRef attr) const;
};

/// Compiles kernels for one machine. Thread-safe.
class KernelBackend {
public:
  virtual ~KernelBackend() = default;

  /// The machine and the tools: together with a kernel's text, what its code
  /// depends on.
  virtual std::string getTarget() const = 0;

  /// Says what the program's passes must know of the machine.
  virtual void prepare(mlir::func::FuncOp program) const {}

  /// Adds to an outlined kernel what the machine may make of its use. Its text
  /// is the kernel's key from then on.
  virtual void specialize(mlir::func::FuncOp kernel,
                          const KernelUse &use) const = 0;

  /// Compiles the only function of `module` to `code`; `hash` is its key's.
  /// Null and `error` set on failure.
  virtual std::shared_ptr<CompiledKernel> build(mlir::ModuleOp module,
                                                llvm::StringRef hash,
                                                std::string &code,
                                                std::string &error) const = 0;

  /// Makes the functions of `kernel` runnable with `code`, which `build` made.
  virtual bool link(CompiledKernel &kernel, llvm::StringRef code,
                    llvm::StringRef hash, std::string &error) const = 0;
};

/// `size` as the runtime evaluates it.
SizeFormula getFormula(array::SizeAttr size);

/// The name of the entry of kernel function `function` whose key hashes to
/// `hash`: unique in the process, the same in every process.
std::string getEntryName(llvm::StringRef hash, llvm::StringRef function);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_KERNELBACKEND_H
